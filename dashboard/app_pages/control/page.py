"""Shows the status of one control, why it has it, the evidence behind it and the audit findings on it."""

from collections.abc import Sequence

import streamlit as st

from audits.nonconformities import Finding, nonconformities
from controls.browse import lookup
from controls.browse.values import CatalogueRow, ControlDetail, ControlRow
from dashboard.app_pages.control.explanation import explanation_section
from dashboard.app_pages.control.sections import (
    expiry_sentence,
    mapping,
    purpose_section,
    reason_table,
    requirements_of_line,
    sentence,
)
from dashboard.components.cells import cell_views, control_statuses
from dashboard.components.compared_catalogue import related_table, sources
from dashboard.components.evidence.deciding_evidence import evidence_of_cells
from dashboard.components.findings.finding_forms import finding_forms
from dashboard.components.findings.finding_table import findings
from dashboard.components.timeline import audit_day_fact, draw_timeline, period, share_fact
from dashboard.shell import badge, html
from dashboard.shell.frame import key_from_address, language, show
from dashboard.shell.page_context import PageContext, page_context
from dashboard.shell.saving import show_message
from models.vocabulary import LAPSING, ControlKind, LineKind, Status
from readiness import Continuity, ControlExplanation, Readiness, control_continuity, explain_control

t = language()


def draw(context: PageContext, key: str) -> None:
    detail = lookup.control(context.session, context.person, key)
    if context.titles.catalogues[detail.control.catalogue].followed:
        judged(context, detail)
    else:
        read(context, detail)


def read(context: PageContext, detail: ControlDetail) -> None:
    """Draw a control of a catalogue that is not followed, with the followed controls that it relates to."""
    control = detail.control
    catalogue = context.titles.catalogues[control.catalogue]
    remark = t(
        "Your organisation does not follow this catalogue: nothing is assessed against it, and it requires no evidence."
    )
    show(html.answer(f"{control.ref} {t.title(control)}", way_to(catalogue, control), remark))
    left, right = st.columns([8, 4], gap="large")
    with left:
        show(html.section(t("Related controls") if context.viewed else t("Related controls today")))
        show(related_table(t, context.titles, control, control_statuses(context.current(), context.then())))
        show(explanation_section(t, context.titles, detail))
    with right:
        show(purpose_section(t, context.titles, detail, with_crosswalk=False))
        show(sources(t, control))


def way_to(catalogue: CatalogueRow, control: ControlRow) -> html.Html:
    return html.crumbs(
        html.link(html.address("controls"), t("Controls")),
        html.link(html.address("controls", catalogue=catalogue.key), t.title(catalogue)),
        control.ref,
    )


def judged(context: PageContext, detail: ControlDetail) -> None:
    control, key = detail.control, detail.control.key
    current, then = context.current(), context.then()
    status = control_statuses(current, then).get(key, "unknown")
    excepted = key in current.controls and current.controls[key].with_exception
    why = explain_control(context.session, context.person, key, context.today, context.now, context.systems)
    keys = {requirement for line in why.lines for requirement in requirements_of_line(context.titles, line)}
    cells = [view for view in cell_views(current, then) if view.cell.requirement in keys]
    catalogue = context.titles.catalogues[control.catalogue]
    marked = badge.badge(t, status, with_exception=excepted)
    place = html.html("{way}<br>{badge}", way=way_to(catalogue, control), badge=marked)
    answer = sentence(t, context.titles, control, status, why)
    if status == LAPSING and context.audit_day:
        ending = explain_control(
            context.session, context.person, key, context.audit_day, context.now, context.systems
        ).lines
        answer = expiry_sentence(t, context.titles, control, [line for line in ending if line.deciding], cells)
    show(html.answer(answer, place))
    show_message()
    over_time = control_continuity(
        context.session, context.person, key, period(context), context.now, context.systems, context.audit_day
    )
    taken = {line.taken_from for line in why.lines if line.kind == LineKind.NONCONFORMITY} - {""}
    known = nonconformities(context.session, context.person, {key, *taken}, context.now)
    nonconformities_found = [finding for finding in known if finding.first_day <= context.today]
    show(facts(context, control, status, context.compared(), over_time, why, nonconformities_found))
    left, right = st.columns([8, 4], gap="large")
    with left:
        show(reason_table(t, context.titles, why, cells, evidence_of_cells(context, [view.cell for view in cells])))
        show(explanation_section(t, context.titles, detail))
    with right:
        show(purpose_section(t, context.titles, detail))
    draw_timeline(t, context, over_time)
    show(findings(t, context.titles, nonconformities_found, key))
    finding_forms(t, context, [key], nonconformities_found)
    if detail.mappings:
        heads = [t("Measure"), t("Relation"), t("Reason for the mapping"), t("Review")]
        remark = t("a supporting or unreviewed mapping is never enough to demonstrate a control")
        show(html.section(t("Mapped measures"), remark), html.table(heads, mapping(t, detail)))


def facts(
    context: PageContext,
    control: ControlRow,
    status: str,
    then: Readiness | None,
    over_time: Continuity,
    why: ControlExplanation,
    nonconformities_found: Sequence[Finding],
) -> html.Html:
    later = then.controls.get(control.key) if then else None
    opened = sum(finding.closed_day is None or finding.closed_day > context.today for finding in nonconformities_found)
    return html.facts(
        [
            (t("Applicable"), t("No") if status == Status.EXCLUDED else t("Yes"), applicability(control, why)),
            audit_day_fact(t, context, later.status if later else None),
            share_fact(t, over_time) if status != Status.EXCLUDED else (t("Demonstrated over time"), html.NONE, ""),
            (t("Nonconformities from audits"), t("{n} open", n=opened) if opened else t("None open"), ""),
        ]
    )


def applicability(control: ControlRow, why: ControlExplanation) -> str:
    """Who decided that the control applies: the Statement of Applicability, if it holds a decision."""
    if control.kind == ControlKind.CLAUSE:
        return t("clauses 4 to 10 always apply")
    if any(line.kind == LineKind.APPLICABILITY for line in why.lines):
        return t("by the Statement of Applicability")
    return t("applicable, not decided yet")


with page_context() as context:
    key = key_from_address("key")
    if key in context.titles.controls:
        draw(context, key)
    else:
        show(html.answer(t("This control does not exist."), html.link(html.address("controls"), t("Controls"))))
