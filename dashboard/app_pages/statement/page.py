"""Shows the statement, with the promises that can be demonstrated and those that cannot."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

import streamlit as st

from controls.browse import lookup
from controls.statement import statement_versions
from controls.statement.differences import UNCHANGED
from controls.statement.version_rows import VersionRow
from dashboard.app_pages.statement import promises
from dashboard.app_pages.statement.highlighted_text import Promise, statement_text
from dashboard.app_pages.statement.without_measure import without_measure
from dashboard.components import promise_panel, version_comparison
from dashboard.components.cell_explanation import explain_visible_cell
from dashboard.components.cells import CellView, cell_views, measure_statuses
from dashboard.components.page_tabs import page_tabs
from dashboard.shell import badge, html, url_filters
from dashboard.shell.frame import language, show
from dashboard.shell.page_context import PageContext, page_context
from dashboard.shell.status_styles import STATUSES
from models.vocabulary import Status

t = language()
VIEWS = {
    "promises": t("Promises in context"),
    "whole": t("The whole statement"),
    "gaps": t("Only without valid evidence"),
    "without": t("Without a measure"),
    "versions": t("Versions"),
}
SHOWN = {"differences": t("Differences"), "all": t("All sentences")}


def draw(context: PageContext) -> None:
    statement = lookup.statement(context.session, context.person)
    current = context.current()
    then = context.then()
    measures = measure_statuses(current, then)
    clauses = promises.promises(t, context.titles, statement.clauses, measures)
    place = html.html(
        "<b>{title}</b> · {organisation} · {day} · {source}",
        title=t.title(statement),
        organisation=statement.organisation,
        day=t("version of {day}", day=statement.effective),
        source=statement.source.removeprefix("https://"),
    )
    remark = t(
        "Every underlined sentence is a promise. Its underline and note show whether it can be demonstrated today."
    )
    if context.viewed:
        remark = t("Every underlined sentence is a promise. Its underline and note show its status on that day.")
    if st.query_params.get("view") == "without":
        remark = t("These sentences have no measure, each for the reason above it.")
    show(
        html.answer(promises.sentence(t, clauses, context.today if context.viewed else None), place, remark),
        page_tabs(t, context.person, "statement"),
    )
    if context.viewed and statement.effective > context.today:
        show(html.note("in-review", not_yet_in_effect(statement.effective), "update"))
    elif statement.effective > context.today:
        show(html.note("in-review", counts_already(statement.effective), "update"))
    view = url_filters.segments(t("View"), VIEWS, "view")
    if view == "without":
        show(without_measure(t, statement))
        return
    show(badge.status_badges(t, Counter(promise.status for promise in clauses)))
    opened = st.query_params.get("measure") or worst_of(clauses)
    left, right = st.columns([8, 4], gap="large")
    with left:
        marked = [
            promise for promise in clauses if view != "gaps" or promise.status not in (*promises.HELD, Status.EXCLUDED)
        ]
        show(statement_text(t, statement.text, marked, opened, whole=view == "whole"))
    # A phone shows the panel over the text, so only for a promise that was asked for.
    with right, st.container(key="panel" if "measure" in st.query_params else "panel-unasked"):
        draw_panel(context, opened, measures, cell_views(current, then))


def counts_already(effective: date) -> str:
    return t("This version takes effect on {day}, but has counted since it was loaded.", day=effective)


def not_yet_in_effect(effective: date) -> str:
    return t("This is today's text, which takes effect on {day}: later than the day that you look at.", day=effective)


def worst_of(clauses: list[Promise]) -> str:
    order = list(STATUSES)
    first = min(clauses, key=lambda view: order.index(view.status), default=None)
    return first.measures[0].key if first else ""


def draw_panel(context: PageContext, opened: str, measures: Mapping[str, str], cells: Sequence[CellView]) -> None:
    measure = context.titles.measures.get(opened)
    if measure is None:
        return
    own = {requirement.key for requirement in measure.requirements}
    own_cells = [view for view in cells if view.cell.requirement in own]
    deciding = promise_panel.deciding_cell(own_cells)
    why = explain_visible_cell(context, deciding.cell.key) if deciding else None
    show(promise_panel.panel(t, context.titles, measure, measures.get(opened, "unknown"), own_cells, why))


def draw_versions(context: PageContext) -> None:
    rows = statement_versions.versions(context.session, context.person)
    by_key = {row.key: row for row in rows}
    pairs = {
        f"{row.replaces}--{row.key}": (by_key[row.replaces], row)
        for row in rows
        if row.replaces and row.replaces in by_key
    }
    if not pairs:
        draw_one_version(context, rows)
        return
    labels = {key: t("{old} and {new}", old=old.effective, new=new.effective) for key, (old, new) in pairs.items()}
    pair_in_address = st.query_params.get("pair", "")
    old, new = pairs[pair_in_address if pair_in_address in pairs else next(iter(pairs))]
    differences = statement_versions.compare(context.session, context.person, old.key, new.key)
    place = html.html("<b>{title}</b> · {organisation}", title=t.title(new), organisation=new.organisation)
    lead = t("Only mappings of changed, new or removed sentences need review again.")
    begin = html.link("/start", t("Start from a text"))
    answer = html.answer(version_comparison.difference_counts(t, differences), place, html.join([lead, begin], " "))
    show(answer, page_tabs(t, context.person, "statement"))
    url_filters.segments(t("View"), VIEWS, "view")
    if len(pairs) > 1:
        url_filters.choice(t("Versions to compare"), labels, "pair")
    whole = url_filters.segments(t("Show"), SHOWN, "show") == "all"
    selected = [difference for difference in differences if whole or difference.kind != UNCHANGED]
    show(
        version_comparison.side_by_side(t, context.titles, old, new, selected)
        if selected
        else html.empty(t("No sentence changed"), t("The versions differ only in text without tracked promises."))
    )


def draw_one_version(context: PageContext, rows: Sequence[VersionRow]) -> None:
    place = html.html("<b>{title}</b> · {organisation}", title=t.title(rows[0]), organisation=rows[0].organisation)
    answer = html.answer(t("There is one version, dated {day}.", day=rows[0].effective), place)
    show(answer, page_tabs(t, context.person, "statement"))
    url_filters.segments(t("View"), VIEWS, "view")
    how = t(
        "When the text changes, publish the new text here. This page then shows both versions side by side, and "
        "mappings of changed sentences are reviewed again."
    )
    begin = html.link("/start", t("Start from a text"), "button")
    show(html.empty(t("Nothing to compare yet"), how, begin))


with page_context() as context:
    if context.titles.measures and st.query_params.get("view") == "versions":
        draw_versions(context)
    elif context.titles.measures:
        draw(context)
    else:
        show(
            html.answer(t("No statement has been loaded yet.")),
            html.empty(
                t("Start with the statement that you publish"),
                t(
                    "Add the statement as one Markdown file and one YAML file in controls/statements; each "
                    "promise then shows whether it can be demonstrated."
                ),
                html.link("/start", t("Start from a text"), "button first"),
            ),
        )
