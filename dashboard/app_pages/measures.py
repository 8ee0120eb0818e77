"""Shows for each measure and system whether it is demonstrated."""

from collections import Counter

from controls.browse import lookup
from dashboard.app_pages.readiness.matrix import matrix
from dashboard.app_pages.readiness.measure_matrix import measure_columns
from dashboard.components import version_comparison
from dashboard.components.cells import cell_views, measure_statuses
from dashboard.components.data_table import TableTools, list_or_table
from dashboard.components.page_tabs import page_tabs
from dashboard.shell import badge, html
from dashboard.shell.frame import language, show
from dashboard.shell.page_context import PageContext, page_context
from models.vocabulary import LAPSING, Status

t = language()


def draw(context: PageContext) -> None:
    current, then = context.current(), context.then()
    measures = measure_statuses(current, then)
    statuses = [measures.get(key, "unknown") for key in context.titles.measures]
    applicable = [status for status in statuses if status != Status.EXCLUDED]
    demonstrated = sum(status in (Status.DEMONSTRATED, LAPSING) for status in applicable)
    sentence = (
        t.n(
            "On {day}: {held} of {n} applicable measure fully demonstrated.",
            "On {day}: {held} of the {n} applicable measures fully demonstrated.",
            len(applicable),
            day=context.today,
            held=demonstrated,
        )
        if context.viewed
        else t.n(
            "{n} of the {total} applicable measures is fully demonstrated today.",
            "{n} of the {total} applicable measures are fully demonstrated today.",
            demonstrated,
            total=len(applicable),
        )
    )
    remark = t(
        "A measure is only demonstrated if there is valid evidence for every system and target: evidence "
        "for one system says nothing about another."
    )
    tabs = page_tabs(t, context.person, "measures")
    show(html.answer(sentence, t("Measures"), remark), tabs, badge.status_badges(t, Counter(statuses)))
    columns = measure_columns(t, context.titles, cell_views(current, then), measures)
    own_view = f":material/grid_view: {t('By system')}"
    tools = TableTools("measures", t("Measures"), t("measure or status"), own_view=own_view)
    list_or_table(t, tools, columns, list(context.titles.measures), lambda: matrix(t))
    show(version_comparison.dropped_promises(t, lookup.former_measures(context.session, context.person)))


with page_context() as context:
    if context.titles.measures:
        draw(context)
    else:
        show(
            html.answer(t("There are no measures yet.")),
            html.empty(
                t("Measures come from the statement"),
                t(
                    "A measure is something that the organisation says it does; its evidence requirements say "
                    "what an auditor would accept as evidence."
                ),
            ),
        )
