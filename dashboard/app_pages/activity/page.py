"""Shows who did what and when, with values before and after, and how far the log is signed."""

import streamlit as st

from access.activity import read
from access.activity.read import ActivityFilter
from dashboard.app_pages.activity import entries
from dashboard.app_pages.activity.words import VERBS
from dashboard.components.page_links import before_entry, older_entries
from dashboard.components.page_tabs import page_tabs
from dashboard.shell import html, url_filters
from dashboard.shell.frame import language, show
from dashboard.shell.page_context import PageContext, page_context
from evidence.library import evidence_items

t = language()


def draw(context: PageContext) -> None:
    state = read.read_log_state(context.session, context.person)
    lead = t(
        "Every change, and every time that evidence was opened. Entries cannot be changed: each is chained to "
        "the one before."
    )
    sentence = t.n("{n} action logged.", "{n} actions logged.", state.entries)
    show(html.answer(sentence, t("Activity"), lead), page_tabs(t, context.person, "activity"))
    show(entries.chain_state(t, state))
    filters = choose()
    entries_read = read.list_entries(context.session, context.person, filters, before_entry(), read.PAGE_SIZE + 1)
    if entries_read:
        evidence_titles = evidence_items.titles(
            context.session, context.person, {entry.subject for entry in entries_read}
        )
        show(entries.activity_list(t, context.titles, entries_read[: read.PAGE_SIZE], evidence_titles))
    else:
        show(html.empty(t("No entries match these filters"), t("Remove a filter to see more.")))
    show(older_entries(t, [entry.id for entry in entries_read], read.PAGE_SIZE))


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


with page_context() as context:
    draw(context)
