"""Says which promises can be proved."""

from collections import Counter
from collections.abc import Mapping, Sequence

import streamlit as st

from controls import browse
from dashboard.parts import badge, choice, markup, panel, promises
from dashboard.parts.cells import Shown, cells_shown, measures_shown
from dashboard.parts.frame import language, show
from dashboard.parts.opening import Opening, opening
from dashboard.parts.palette import STATUSES
from dashboard.parts.statement_text import Promise, statement_text
from readiness import explain_cell

t = language()
VIEWS = {
    "promises": t("Promises in their text"),
    "whole": t("The whole statement"),
    "gaps": t("Only without valid proof"),
}


def draw(o: Opening) -> None:
    statement = browse.statement(o.session, o.person)
    current = o.current()
    then = o.then()
    measures = measures_shown(current, then)
    found = promises.promises(t, o.book, statement.clauses, measures)
    place = markup.html(
        "<b>{title}</b> · {organisation} · {day} · {source}",
        title=t.title(statement),
        organisation=statement.organisation,
        day=t("version of {day}", day=statement.effective),
        source=statement.source.removeprefix("https://"),
    )
    remark = t("Every underlined sentence is a promise. Its line and note say whether it can be demonstrated today.")
    show(markup.answer(promises.sentence(t, found), place, remark))
    view = choice.segments(t("View"), VIEWS, "view")
    show(badge.counts(t, Counter(one.status for one in found)))
    opened = st.query_params.get("measure") or worst_of(found)
    left, right = st.columns([8, 4], gap="large")
    with left:
        marked = [one for one in found if view != "gaps" or one.status not in (*promises.HELD, "excluded")]
        show(statement_text(t, statement.text, marked, opened, whole=view == "whole"))
    # A phone shows the panel over the text, so only for a promise that was asked for.
    with right, st.container(key="panel" if "measure" in st.query_params else "panel-unasked"):
        draw_panel(o, opened, measures, cells_shown(current, then))


def worst_of(found: list[Promise]) -> str:
    order = list(STATUSES)
    first = min(found, key=lambda one: order.index(one.status), default=None)
    return first.measures[0].key if first else ""


def draw_panel(o: Opening, opened: str, measures: Mapping[str, str], cells: Sequence[Shown]) -> None:
    measure = o.book.measures.get(opened)
    if measure is None:
        return
    own = {one.key for one in measure.requirements}
    mine = [one for one in cells if one.cell.requirement in own]
    deciding = panel.decider(mine)
    why = explain_cell(o.session, o.person, deciding.cell.key, o.today, o.now) if deciding else None
    show(panel.panel(t, o.book, measure, measures.get(opened, "unknown"), mine, why))


with opening() as o:
    if o.book.measures:
        draw(o)
    else:
        show(
            markup.answer(t("No statement has been loaded yet.")),
            markup.empty(
                t("Start with what you publish"),
                t(
                    "Add the statement as one Markdown and one YAML file under controls/statements; "
                    "each promise then shows whether it can be demonstrated."
                ),
            ),
        )
