"""Shows the evidence library: all evidence that the reader can open, with filters, today or as on another day."""

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

import streamlit as st
from sqlmodel import Session

from access.permissions import Person
from dashboard.components.data_table import TableTools, data_table
from dashboard.components.evidence.evidence_list import KINDS, REVIEWS, VERDICTS, ListedEvidence, columns, listed
from dashboard.components.evidence.sent_uploads import sent_uploads_note
from dashboard.components.file_buttons import MOST
from dashboard.components.page_links import page_links, page_number
from dashboard.shell import html, url_filters
from dashboard.shell.frame import language, show
from dashboard.shell.page_context import PageContext, page_context, read_later
from dashboard.shell.requirement_choice import searchable_label
from evidence.intake.program_uploads.sent_uploads import sent_uploads
from evidence.library import evidence_items
from evidence.library.evidence_filters import Filters
from readiness import readiness

t = language()
SIZE = 50


def draw(context: PageContext) -> None:
    with st.container(key="top"):
        top = st.container()
    filters, day = choose(context), viewed_day(context)
    narrowed, filters = filters != Filters(), replace(filters, **day)
    page = page_number()
    order = st.query_params.get("sort", "")
    results = evidence_items.search(context.session, context.person, filters, page, SIZE, order)
    waiting = evidence_items.search(context.session, context.person, Filters(review="waiting", **day), 1, 1).total
    is_empty = not (results.rows or narrowed or context.viewed)  # then the way to upload stands with the explanation
    upload = html.link("/upload", html.join([html.icon("upload_file"), t("Upload evidence")]), "button first")
    with top:
        review = html.link(html.address("review"), t("Review what waits"), "button") if waiting else ""
        actions = html.html('<div class="actions">{upload}{review}</div>', upload=upload, review=review)
        show(
            html.answer(sentence(context, results.total, waiting, narrowed=narrowed), t("Evidence")),
            "" if is_empty else actions,
            sent_uploads_note(t, sent_uploads(context.session, context.person)),
        )
    if results.rows:
        lines = listed(context.session, context.person, context.current(), results.rows)
        tools = TableTools(
            "evidence", t("Evidence"), kind="library", finds=False, sortable=frozenset(evidence_items.ORDERS)
        )
        every = read_later(context, partial(read_all, context, filters, order))
        data_table(t, tools, columns(t, context.titles), lines, every)
        show(page_links(t, page, SIZE, results.total))
    elif narrowed:
        show(html.empty(t("Nothing matches these filters"), t("Remove a filter to see more.")))
    elif is_empty:
        why = t(
            "Test reports, registers and documents that demonstrate measures. An auditor asks what each covers, "
            "from which date, who accepted it, and whether it is unchanged since it was uploaded."
        )
        show(html.empty(t("No evidence yet"), why, upload))


def read_all(
    context: PageContext, filters: Filters, order: str, session: Session, person: Person, _: datetime
) -> list[ListedEvidence]:
    """All lines that match, for a file, by the same readiness as the page."""
    rows = evidence_items.search_all(session, person, filters, order, MOST + 1)
    return listed(session, person, readiness(session, person, context.today, context.now, context.systems), rows)


def viewed_day(context: PageContext) -> dict[str, Any]:
    """Of another day: only evidence that represents that day or earlier ones, as far as it was known."""
    return {"last_day": context.today, "known": context.now} if context.viewed else {}


def sentence(context: PageContext, total: int, waiting: int, *, narrowed: bool) -> str:
    first = t.n("{n} piece of evidence", "{n} pieces of evidence", total)
    if context.viewed:
        first = t("On {day}: {found}", day=context.today, found=first)
    if narrowed:
        return t("{found} found with these filters.", found=first)
    if not total:
        return t("{found}.", found=first) if context.viewed else t("No evidence has been uploaded yet.")
    return (
        t.n("{found}; {n} awaits review.", "{found}; {n} await review.", waiting, found=first)
        if waiting
        else t("{found}; none awaits review.", found=first)
    )


def choose(context: PageContext) -> Filters:
    """Draw the filters, which are kept in the page's address."""
    everything = t("All")
    requirements = {"": everything} | {
        key: searchable_label(t, context.titles, key) for key in context.titles.requirements
    }
    systems = {"": everything} | {key: t.title(system) for key, system in context.titles.systems.items()}
    teams = {"": everything} | {key: t.title(team) for key, team in context.titles.teams.items()}
    measures = {"": everything} | {key: t.title(measure) for key, measure in context.titles.measures.items()}
    verdicts = {"": everything} | {key: t.render(label) for key, (_, label) in VERDICTS.items()}
    reviews = {"": everything} | {key: t.render(label) for key, (_, label) in REVIEWS.items()}
    kinds = {"": everything} | {key: t.render(label) for key, label in KINDS.items()}
    folded = st.query_params.get("filters") != "open"
    with st.container(key="filters-folded" if folded else "filters-open"):
        first, second = st.columns(4), st.columns(4)
    with first[0]:
        words = url_filters.search_field(t("Search"), "text", t("title, file, tool or note"))
    with first[1]:
        measure = url_filters.choice(t("Measure"), measures, "measure")
    with first[2]:
        requirement = url_filters.choice(t("Evidence requirement"), requirements, "requirement")
    with first[3]:
        system = url_filters.choice(t("System"), systems, "system")
    with second[0]:
        verdict = url_filters.choice(t("Verdict"), verdicts, "verdict")
    with second[1]:
        review = url_filters.choice(t("Review"), reviews, "review")
    with second[2]:
        kind = url_filters.choice(t("Kind"), kinds, "kind")
    with second[3]:
        team = url_filters.choice(t("Team"), teams, "team")
    chosen = sum(value != "" for value in (measure, requirement, system, verdict, review, kind, team))
    show(unfold(chosen) if folded else html.link(html.query(filters="shut"), t("Fewer filters"), "button narrow"))
    return Filters(
        requirement=requirement,
        measure=measure,
        system=system,
        team=team,
        review=review,
        verdict=verdict,
        kind=kind,
        text=words,
    )


def unfold(chosen: int) -> html.Html:
    """A link that opens the filters, which are folded on a narrow screen."""
    words = t("More filters ({n} chosen)", n=chosen) if chosen else t("More filters")
    return html.link(html.query(filters="open"), words, "button narrow")


with page_context() as context:
    draw(context)
