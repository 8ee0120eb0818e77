"""Shows who did what and when, as sentences by day, and how far the log is signed."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple

import streamlit as st
from sqlmodel import Session

from access.activity import read
from access.activity.read import ActivityFilter, Entry, LogState
from access.permissions import SYSTEM, Person
from dashboard.app_pages.administration.activity import entries
from dashboard.app_pages.administration.activity.days import Log, by_day, is_machine
from dashboard.app_pages.administration.activity.words import VERBS
from dashboard.components.data_table import Column, TableTools, list_or_table
from dashboard.components.file_buttons import MOST
from dashboard.components.page_links import before_entry, older_entries
from dashboard.components.page_tabs import page_tabs
from dashboard.shell import html, url_filters
from dashboard.shell.badge import mark
from dashboard.shell.frame import language, show
from dashboard.shell.page_context import PageContext, page_context, read_later
from evidence.library import evidence_items

t = language()

_SIZE = 40  # entries shown at once


def draw(context: PageContext) -> None:
    with st.container(key="top"):
        top = st.container()
    filters = choose()
    found = read.list_entries(context.session, context.person, filters, before_entry(), _SIZE + 1)
    shown = found[:_SIZE]
    with top:
        place = html.html(
            "<b>{title}</b> · {words}", title=t("Activity"), words=t("the log can't be changed or shortened")
        )
        show(html.answer(sentence(shown), place), page_tabs(t, context.person, "activity"))
    if shown:
        titles = evidence_items.titles(context.session, context.person, {entry.subject for entry in shown}, t)
        tools = TableTools("activity", t("Activity"), finds=False, sortable=frozenset())
        list_or_table(
            t,
            tools,
            columns(context),
            [Line(entry, titles) for entry in shown],
            lambda: show(by_day(t, context.titles, Log(shown, titles), context.today)),
            read_later(context, partial(every, filters)),
        )
    else:
        show(html.empty(t("No entries match these filters"), t("Remove a filter to see more.")))
    show(older_entries(t, [entry.id for entry in found], _SIZE))
    show(chain(read.read_log_state(context.session, context.person)))


def sentence(shown: Sequence[Entry]) -> str:
    """How many actions are shown, since when, and how many of them a build server did."""
    if not shown:
        return t("No actions.")
    machine = sum(map(is_machine, shown))
    people = {entry.person for entry in shown if not is_machine(entry) and entry.person != SYSTEM.name}
    since = t.date(t.day_of(shown[-1].at))
    if not machine:
        by = t.n("by {n} person", "by {n} people", len(people))
        return t.n("{n} action since {day}, {by}.", "{n} actions since {day}, {by}.", len(shown), day=since, by=by)
    by = t.n("{actions} by {n} person", "{actions} by {n} people", len(people), actions=len(shown) - machine)
    return t.n(
        "{n} action since {day}: {people}, {machine} by build servers.",
        "{n} actions since {day}: {people}, {machine} by build servers.",
        len(shown),
        machine=machine,
        day=since,
        people=by,
    )


def choose() -> ActivityFilter:
    """Draw the filters, which are kept in the page's address."""
    verbs = {"": t("All")} | dict(
        sorted(((key, t.render(verb)) for key, verb in VERBS.items()), key=lambda pair: pair[1])
    )
    with st.container(key="filters-activity"):
        columns = st.columns(5)
    with columns[0]:
        person = url_filters.search_field(t("Who"), "who")
    with columns[1]:
        verb = url_filters.choice(t("What"), verbs, "verb")
    with columns[2]:
        subject = url_filters.search_field(t("Subject"), "subject", t("name or key"))
    with columns[3]:
        first = url_filters.day_field(t("First day"), "first")
    with columns[4]:
        last = url_filters.day_field(t("Last day"), "last")
    return ActivityFilter(person, verb, subject, first, last)


class Line(NamedTuple):
    """An entry, and the titles of evidence by id."""

    entry: Entry
    titles: dict[str, str]


def every(filters: ActivityFilter, session: Session, person: Person, _now: datetime) -> list[Line]:
    """All entries that match, for a file."""
    found = read.list_entries(session, person, filters, limit=MOST + 1)
    titles = evidence_items.titles(session, person, {entry.subject for entry in found}, t)
    return [Line(entry, titles) for entry in found]


def columns(context: PageContext) -> list[Column[Line]]:
    """The columns of the table of entries."""

    def subject(line: Line) -> html.Html:
        return entries.subject(t, context.titles, line.entry, line.titles)

    return [
        Column("entry", t("Entry"), lambda line: line.entry.id, lambda line: str(line.entry.id)),
        Column("when", t("When"), lambda line: t.moment(line.entry.at)),
        Column("who", t("Who"), lambda line: line.entry.person),
        Column("what", t("What"), lambda line: entries.label(t, line.entry)),
        Column("subject", t("Subject"), lambda line: subject(line).striptags(), subject),
        Column("details", t("Details"), lambda line: entries.details_text(t, context.titles, line.entry)),
    ]


def chain(state: LogState) -> html.Html:
    """How far the log is signed; the key only on demand."""
    checkpoint = state.checkpoint
    if checkpoint is None:
        words = t.n(
            "{n} entry; entries are signed every ten minutes.",
            "{n} entries; they are signed every ten minutes.",
            state.entries,
        )
        return html.html('<p class="caption chained">{words}</p>', words=words)
    words = t.n(
        "{n} entry, signed up to entry {last}, on {moment}.",
        "{n} entries, each sealed with the one before; signed up to entry {last}, on {moment}.",
        state.entries,
        last=str(checkpoint.entry),
        moment=checkpoint.signed_at,
    )
    return html.html(
        '<div class="chained">{mark} <span>{words}</span>'
        '<details class="more"><summary>{title}</summary>{key}</details></div>',
        mark=mark(t, "demonstrated", t("Log signed")),
        words=words,
        title=t("Check it yourself"),
        key=html.pairs(
            [
                (t("Public key"), html.html('<span class="mono">{key}</span>', key=checkpoint.public_key)),
                (t("Command"), html.html('<span class="mono">make verify</span>')),
            ]
        ),
    )


with page_context() as context:
    draw(context)
