"""Says what a measure is, what proves it, where, and until when."""

import streamlit as st

from dashboard.app_pages.measure.sections import controls, facts, period, place_and_fact, quotes, sentence
from dashboard.charts import gantt, validity_windows
from dashboard.charts.drawing import show_chart
from dashboard.components import badge, promise_panel, version_comparison
from dashboard.components.cell_explanation import explained_cell
from dashboard.components.cell_table import cell_table, name_of
from dashboard.components.cells import cells_shown, controls_shown, measures_shown
from dashboard.components.deciding_evidence import evidence_behind
from dashboard.shell import html
from dashboard.shell.frame import chosen, language, show
from dashboard.shell.page_context import PageContext, opening
from readiness import measure_continuity

t = language()


def draw(o: PageContext, key: str) -> None:
    measure = o.book.measures[key]
    current, then = o.current(), o.then()
    status = measures_shown(current, then).get(key, "unknown")
    own = [one.key for one in measure.requirements]
    cells = [one for one in cells_shown(current, then) if one.cell.requirement in own]
    where = html.html(
        "{way}<br>{badge}",
        way=html.crumbs(html.link("/measures", t("Measures")), t.title(measure)),
        badge=badge.badge(t, status, with_exception=key in current.measures and current.measures[key].with_exception),
    )
    deciding = promise_panel.decider(cells)
    remark = (
        place_and_fact(t, o.book, deciding, o.today)
        if deciding
        else t("No evidence requirement says yet how this is shown.")
    )
    became = version_comparison.remark(t, measure)
    show(html.answer(sentence(t, measure, status, cells), where, remark), became, quotes(measure))
    over_time = measure_continuity(o.session, o.person, key, period(o), o.now, o.systems, o.audit_day)
    show(facts(t, o, measure, then, over_time))
    found = evidence_behind(o, [one.cell for one in cells])
    shares = {
        (one.requirement, one.system, one.target): validity_windows.share_of_cell(t, one) for one in over_time.cells
    }
    opened = st.query_params.get("cell", "")
    for asked in measure.requirements:
        mine = [one for one in cells if one.cell.requirement == asked.key]
        why = {one.cell.key: explained_cell(o, one.cell.key) for one in mine if name_of(one.cell.key) == opened}
        upload = html.link(html.address("upload", requirement=asked.key), t("Upload evidence"))
        show(
            html.section(t.title(asked), upload),
            html.pairs(promise_panel.requirement_facts(t, o.book, asked)),
            html.html('<p class="caption">{judged}</p>', judged=t.pick(asked, "judged")),
            cell_table(t, o.book, mine, found, why, shares, st.query_params.get("system", ""))
            if mine
            else t("Nothing in scope asks for this today."),
        )
    if over_time.cells:
        show(
            html.section(
                t("Evidence over time"), t("windows in which each cell was demonstrated, by what is known today")
            )
        )
        spans = validity_windows.spans(t, o.book, over_time.cells, o.today)
        show_chart(gantt.gantt, t, spans, o.today, o.audit_day, key="windows")
        show(gantt.key(t, spans))
    show(controls(t, o.book, measure, controls_shown(current, then)))


with opening() as o:
    key = chosen("key")
    if key in o.book.measures:
        draw(o, key)
    else:
        show(html.answer(t("There is no such measure."), html.link("/measures", t("Measures"))))
