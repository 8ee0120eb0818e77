"""Says why a control has its status, and what would change it."""

from collections.abc import Sequence

import streamlit as st

from audits.nonconformities import Finding, nonconformities
from controls.browse import lookup
from controls.browse.rows import CatalogueRow, ControlDetail, ControlRow
from dashboard.app_pages.control.explanation import explained
from dashboard.app_pages.control.findings import findings
from dashboard.app_pages.control.sections import asked_by, asks, lapsing, mapping, reasons, sentence
from dashboard.app_pages.measure.sections import period
from dashboard.charts import gantt, validity_windows
from dashboard.charts.drawing import show_chart
from dashboard.components import badge
from dashboard.components.cells import cells_shown, controls_shown
from dashboard.components.compared_catalogue import related, sources
from dashboard.components.deciding_evidence import evidence_behind
from dashboard.shell import html
from dashboard.shell.frame import chosen, language, show
from dashboard.shell.page_context import PageContext, opening
from models.vocabulary import LAPSING, ControlKind, LineKind, Status
from readiness import Continuity, ControlExplanation, Readiness, control_continuity, explain_control

t = language()


def draw(o: PageContext, key: str) -> None:
    detail = lookup.control(o.session, o.person, key)
    if o.book.catalogues[detail.control.catalogue].followed:
        judged(o, detail)
    else:
        read(o, detail)


def read(o: PageContext, detail: ControlDetail) -> None:
    """A control of a catalogue that is not followed: what it relates to, as that stands."""
    control = detail.control
    catalogue = o.book.catalogues[control.catalogue]
    remark = t("The organisation does not answer to it: nothing is judged by it, and nothing is asked for it.")
    show(html.answer(f"{control.ref} {t.title(control)}", way_to(catalogue, control), remark))
    left, right = st.columns([8, 4], gap="large")
    with left:
        show(html.section(t("Related controls, today")))
        show(related(t, o.book, control, controls_shown(o.current(), o.then())))
        show(explained(t, o.book, detail))
    with right:
        show(asks(t, o.book, detail, with_crosswalk=False))
        show(sources(t, control))


def way_to(catalogue: CatalogueRow, control: ControlRow) -> html.Html:
    return html.crumbs(
        html.link("/controls", t("Controls")),
        html.link(html.address("controls", catalogue=catalogue.key), t.title(catalogue)),
        control.ref,
    )


def judged(o: PageContext, detail: ControlDetail) -> None:
    control, key = detail.control, detail.control.key
    current, then = o.current(), o.then()
    status = controls_shown(current, then).get(key, "unknown")
    excepted = key in current.controls and current.controls[key].with_exception
    why = explain_control(o.session, o.person, key, o.today, o.now, o.systems)
    keys = {asked for line in why.lines for asked in asked_by(o.book, line)}
    cells = [one for one in cells_shown(current, then) if one.cell.requirement in keys]
    catalogue = o.book.catalogues[control.catalogue]
    marked = badge.badge(t, status, with_exception=excepted)
    where = html.html("{way}<br>{badge}", way=way_to(catalogue, control), badge=marked)
    said = sentence(t, o.book, control, status, why)
    if status == LAPSING and o.audit_day:
        ending = explain_control(o.session, o.person, key, o.audit_day, o.now, o.systems).lines
        said = lapsing(t, o.book, control, [line for line in ending if line.deciding], cells)
    show(html.answer(said, where))
    over_time = control_continuity(o.session, o.person, key, period(o), o.now, o.systems, o.audit_day)
    taken = {line.taken_from for line in why.lines if line.kind == LineKind.NONCONFORMITY} - {""}
    found = nonconformities(o.session, o.person, {key, *taken}, o.now)
    show(facts(o, control, status, then, over_time, why, found))
    left, right = st.columns([8, 4], gap="large")
    with left:
        show(reasons(t, o.book, why, cells, evidence_behind(o, [one.cell for one in cells])))
        show(explained(t, o.book, detail))
    with right:
        show(asks(t, o.book, detail))
    if over_time.cells:
        show(
            html.section(
                t("Evidence over time"), t("windows in which each cell was demonstrated, by what is known today")
            )
        )
        spans = validity_windows.spans(t, o.book, over_time.cells, o.today)
        show_chart(gantt.gantt, t, spans, o.today, o.audit_day, key="windows")
        show(gantt.key(t, spans))
    show(findings(t, o.book, found, key))
    if detail.mappings:
        heads = [t("Measure"), t("Relation"), t("Why it is mapped"), t("Review")]
        remark = t("a supporting or unreviewed mapping never turns a control green")
        show(html.section(t("Mapped measures"), remark), html.table(heads, mapping(t, detail)))


def facts(
    o: PageContext,
    control: ControlRow,
    status: str,
    then: Readiness | None,
    over_time: Continuity,
    why: ControlExplanation,
    found: Sequence[Finding],
) -> html.Html:
    later = then.controls.get(control.key) if then else None
    opened = sum(one.closed_day is None or one.closed_day > o.today for one in found)
    return html.facts(
        [
            (t("Applicable"), t("No") if status == Status.EXCLUDED else t("Yes"), applicability(control, why)),
            (
                t("On audit day"),
                badge.mark(t, later.status) if later else t("no audit set"),
                t.value(o.audit_day) if o.audit_day else "",
            ),
            validity_windows.share_fact(t, over_time)
            if status != Status.EXCLUDED
            else (t("Demonstrated over time"), html.NONE, ""),
            (t("Nonconformities from audits"), t("{n} open", n=opened) if opened else t("None open"), ""),
        ]
    )


def applicability(control: ControlRow, why: ControlExplanation) -> str:
    """Who says so: the Statement of Applicability only if somebody decided it there."""
    if control.kind == ControlKind.CLAUSE:
        return t("clauses 4 to 10 always apply")
    if any(line.kind == LineKind.APPLICABILITY for line in why.lines):
        return t("by the Statement of Applicability")
    return t("applicable, not decided yet")


with opening() as o:
    key = chosen("key")
    if key in o.book.controls:
        draw(o, key)
    else:
        show(html.answer(t("There is no such control."), html.link("/controls", t("Controls"))))
