"""Shows one measure: its status, the required evidence for each system and target, and until when that is valid."""

from collections.abc import Sequence

import streamlit as st

from controls.browse import lookup
from controls.errors import Unknown
from controls.mapping import list_mappings
from dashboard.app_pages.measure.cell_table import cell_in_address, cell_table
from dashboard.app_pages.measure.retired import retired_measure
from dashboard.app_pages.measure.sections import controls, facts, place_and_fact, quotes, sentence
from dashboard.components import promise_panel, version_comparison
from dashboard.components.cell_explanation import explain_visible_cell
from dashboard.components.cells import (
    CellView,
    cell_views,
    control_statuses,
    measure_statuses,
)
from dashboard.components.evidence.deciding_evidence import evidence_of_cells
from dashboard.components.timeline import draw_timeline, period, share_of_cell
from dashboard.shell import badge, html
from dashboard.shell.frame import key_from_address, language, show
from dashboard.shell.page_context import PageContext, page_context
from models.vocabulary import Status
from readiness import measure_continuity

t = language()


def draw(context: PageContext, key: str) -> None:
    measure = context.titles.measures[key]
    current, then = context.current(), context.then()
    status = measure_statuses(current, then).get(key, "unknown")
    own = {row.key for row in measure.requirements}
    cells = [view for view in cell_views(current, then) if view.cell.requirement in own]
    place = html.html(
        "{way}<br>{badge}",
        way=html.crumbs(html.link(html.address("measures"), t("Measures")), t.title(measure)),
        badge=badge.badge(t, status, with_exception=key in current.measures and current.measures[key].with_exception),
    )
    deciding = promise_panel.deciding_cell(cells)
    remark = (
        place_and_fact(t, context.titles, deciding, context.today)
        if deciding
        else t("No evidence has been specified for this yet.")
    )
    sentence_remark = version_comparison.remark(t, measure)
    show(html.answer(sentence(t, measure, status, cells), place, remark), sentence_remark, quotes(measure))
    over_time = measure_continuity(
        context.session, context.person, key, period(context), context.now, context.systems, context.audit_day
    )
    show(facts(t, context, measure, context.compared(), over_time))
    evidence = evidence_of_cells(context, [view.cell for view in cells])
    shares = {(cell.requirement, cell.system, cell.target): share_of_cell(t, cell) for cell in over_time.cells}
    opened = opened_cell(cells)
    for requirement in measure.requirements:
        own_cells = [view for view in cells if view.cell.requirement == requirement.key]
        why = {
            view.cell.key: explain_visible_cell(context, view.cell.key)
            for view in own_cells
            if cell_in_address(view.cell.key) == opened
        }
        upload = html.link(html.address("upload", requirement=requirement.key), t("Upload evidence"), "action")
        show(
            html.section(t.title(requirement), upload),
            html.pairs(promise_panel.requirement_facts(t, context.titles, requirement)),
            html.caption(context.titles.criteria(t, requirement)),
            cell_table(t, context.titles, own_cells, evidence, why, shares, st.query_params.get("system", ""))
            if own_cells
            else nothing_required(context),
        )
    draw_timeline(t, context, over_time)
    show(controls(t, context.titles, measure, control_statuses(current, then)))


def opened_cell(cells: Sequence[CellView]) -> str:
    """The cell whose facts are shown: the one in the address, or what fails in the system in the address."""
    system = st.query_params.get("system", "")
    worst = promise_panel.deciding_cell(view for view in cells if system and view.cell.system == system)
    failing = cell_in_address(worst.cell.key) if worst and worst.status == Status.FAILING else ""
    return st.query_params.get("cell", failing)


def nothing_required(context: PageContext) -> str:
    if context.viewed:
        return t("On {day}, nothing in scope requires this.", day=context.today)
    return t("Nothing in scope requires this today.")


def draw_retired(context: PageContext, key: str) -> None:
    """A measure that no statement in effect promises, if there ever was one."""
    try:
        measure = lookup.measure(context.session, context.person, key)
    except Unknown:
        show(html.answer(t("This measure does not exist."), html.link(html.address("measures"), t("Measures"))))
        return
    mappings = list_mappings(context.session, context.person, measure=key, ended=True)
    show(retired_measure(t, context.titles, measure, mappings))


with page_context() as context:
    key = key_from_address("key")
    if key in context.titles.measures:
        draw(context, key)
    else:
        draw_retired(context, key)
