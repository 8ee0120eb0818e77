"""Shows one measure: its status, the required evidence for each system and target, and until when that is valid."""

import streamlit as st

from dashboard.app_pages.measure.cell_table import cell_table, name_of
from dashboard.app_pages.measure.sections import controls, facts, place_and_fact, quotes, sentence
from dashboard.components import promise_panel, version_comparison
from dashboard.components.cell_explanation import explained_cell
from dashboard.components.cells import cells_shown, controls_shown, measures_shown
from dashboard.components.deciding_evidence import evidence_behind
from dashboard.components.timeline import draw_timeline, period, share_of_cell
from dashboard.shell import badge, html
from dashboard.shell.frame import chosen, language, show
from dashboard.shell.page_context import PageContext, opening
from readiness import measure_continuity

t = language()


def draw(context: PageContext, key: str) -> None:
    measure = context.titles.measures[key]
    current, then = context.current(), context.then()
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
        place_and_fact(t, context.titles, deciding, context.today)
        if deciding
        else t("No evidence has been specified for this yet.")
    )
    became = version_comparison.remark(t, measure)
    show(html.answer(sentence(t, measure, status, cells), where, remark), became, quotes(measure))
    over_time = measure_continuity(
        context.session, context.person, key, period(context), context.now, context.systems, context.audit_day
    )
    show(facts(t, context, measure, then, over_time))
    found = evidence_behind(context, [one.cell for one in cells])
    shares = {(one.requirement, one.system, one.target): share_of_cell(t, one) for one in over_time.cells}
    opened = st.query_params.get("cell", "")
    for asked in measure.requirements:
        mine = [one for one in cells if one.cell.requirement == asked.key]
        why = {one.cell.key: explained_cell(context, one.cell.key) for one in mine if name_of(one.cell.key) == opened}
        upload = html.link(html.address("upload", requirement=asked.key), t("Upload evidence"))
        show(
            html.section(t.title(asked), upload),
            html.pairs(promise_panel.requirement_facts(t, context.titles, asked)),
            html.html('<p class="caption">{judged}</p>', judged=t.pick(asked, "judged")),
            cell_table(t, context.titles, mine, found, why, shares, st.query_params.get("system", ""))
            if mine
            else t("Nothing in scope requires this today."),
        )
    draw_timeline(t, context, over_time)
    show(controls(t, context.titles, measure, controls_shown(current, then)))


with opening() as context:
    key = chosen("key")
    if key in context.titles.measures:
        draw(context, key)
    else:
        show(html.answer(t("This measure does not exist."), html.link("/measures", t("Measures"))))
