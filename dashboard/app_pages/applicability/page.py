"""Shows the Statement of Applicability: which controls apply, why, and how far they are implemented."""

from collections import Counter
from collections.abc import Mapping, Sequence

import streamlit as st

from access.permissions import may
from audits import applicability as soa
from audits.applicability_lines import ApplicabilityLine, applicability_lines
from dashboard.app_pages.applicability import filters, form, table
from dashboard.components.cells import control_statuses
from dashboard.components.download import download
from dashboard.components.page_tabs import page_tabs
from dashboard.shell import html, url_filters
from dashboard.shell.frame import language, show
from dashboard.shell.page_context import PageContext, page_context
from dashboard.shell.saving import show_message
from dashboard.shell.ticked_links import ticked
from models.vocabulary import ApplicabilityState

t = language()


def draw(context: PageContext) -> None:
    top = st.container()
    show_message()
    fields = st.columns(3)
    with fields[0]:
        catalogues = filters.chosen_catalogues(t, context)
    every = applicability_lines(context.session, context.person, catalogues, context.today, context.now)
    every.sort(key=lambda line: catalogues.index(line.control.catalogue))
    lines = filters.filtered(t, context.titles, every, fields[1:])
    states = {"": t("All {n}", n=len(lines))} | state_names(lines)
    state = url_filters.segments(t("Which controls"), states, "state")
    with top:
        names = ", ".join(context.titles.edition(t, key) for key in catalogues)
        place = t("Statement of Applicability · {catalogue}", catalogue=names)
        show(html.answer(sentence(every), place), page_tabs(t, context.person, "applicability"))
    shown = [line for line in lines if state in ("", line.state)]
    statuses = control_statuses(context.current(), context.then())
    if not may(context.person, "applicability.decide"):
        show(table.unfolding(t, context.titles, shown, statuses))
        show(downloads(context, catalogues))
        return
    ticks = ticked(table.TICK, [line.control.key for line in shown])
    with st.container(key="ticked-first" if ticks else "tasks-first"):
        left, right = st.columns([8.9, 3.1], gap="medium")
    with left:
        chosen = choose(context, shown, statuses, ticks, key=" ".join(["lines", *(line.control.key for line in shown)]))
        show(downloads(context, catalogues))
    with right, st.container(key="soa-decision"):
        if chosen:
            form.decide(t, context, chosen)
            draw_history(context, chosen)
        else:
            why = t(
                "An auditor asks for each control why it applies, or why it does not, and how far it is implemented."
            )
            show(html.empty(t("Nothing is ticked"), why))


def choose(
    context: PageContext, lines: list[ApplicabilityLine], statuses: Mapping[str, str], ticks: list[str], key: str
) -> list[ApplicabilityLine]:
    """Draw the controls to tick: as a table, and for narrow screens as a list whose ticks are in the address."""
    with st.container(key="soa-table"):
        chosen = table.selectable(t, context.titles, lines, statuses, key)
        show(html.caption(t("Tick the controls that you want to decide on together; with Shift a whole range.")))
    with st.container(key="soa-list"):
        show(html.caption(t("Tick the controls that you want to decide on together.")))
        show(table.unfolding(t, context.titles, lines, statuses, ticks))
    return [line for line in lines if line in chosen or line.control.key in ticks]


def state_names(lines: list[ApplicabilityLine]) -> dict[str, str]:
    """The states that occur, each with its number."""
    labels = {
        ApplicabilityState.UNDECIDED: t("Not decided"),
        ApplicabilityState.UNREASONED: t("Without a reason"),
        ApplicabilityState.EXCLUDED: t("Excluded"),
        ApplicabilityState.PLANNED: t("Planned"),
    }
    counts = Counter(line.state for line in lines)
    return {state: f"{label} {counts[state]}" for state, label in labels.items() if counts[state]}


def sentence(lines: list[ApplicabilityLine]) -> str:
    """How many controls apply, are excluded, and wait for a decision."""
    counts = Counter(line.state for line in lines)
    applies = len(lines) - counts[ApplicabilityState.EXCLUDED] - counts[ApplicabilityState.UNDECIDED]
    return t.n(
        "{n} control: {applies} applicable, {excluded} excluded, {undecided} not decided yet.",
        "{n} controls: {applies} applicable, {excluded} excluded, {undecided} not decided yet.",
        len(lines),
        applies=applies,
        excluded=counts[ApplicabilityState.EXCLUDED],
        undecided=counts[ApplicabilityState.UNDECIDED],
    )


def downloads(context: PageContext, catalogues: Sequence[str]) -> html.Html:
    """The statement as a file of each catalogue; served by the API, so that it does not pass through the page."""
    return html.join(_downloads(context, key, is_named=len(catalogues) > 1) for key in catalogues)


def _downloads(context: PageContext, catalogue: str, *, is_named: bool) -> html.Html:
    to = f"/api/v1/applicability/sheet?catalogue={catalogue}&language={t.code}&format="
    return html.html(
        '<p class="actions">{name} {excel} {csv}</p>',
        name=context.titles.edition(t, catalogue) if is_named else "",
        excel=download(to + "xlsx", t("Download as Excel")),
        csv=download(to + "csv", t("Download as CSV")),
    )


def draw_history(context: PageContext, chosen: list[ApplicabilityLine]) -> None:
    """Every earlier decision on a control, if one is ticked."""
    if len(chosen) != 1:
        return
    decisions = soa.history(context.session, context.person, chosen[0].control.key, context.now)
    if decisions:
        show(html.section(t("History"), level=3), table.history(t, decisions))


with page_context() as context:
    if context.criteria:
        draw(context)
    else:
        show(html.answer(t("No catalogue has been loaded yet.")))
