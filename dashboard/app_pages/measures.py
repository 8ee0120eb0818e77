"""Shows for each measure and system whether it is demonstrated."""

from collections import Counter

from controls.browse import lookup
from dashboard.charts.heatmap import heatmap
from dashboard.components import version_comparison
from dashboard.components.cells import cell_views, measure_statuses
from dashboard.components.measure_matrix import columns, groups
from dashboard.shell import badge, html, url_filters
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
    sentence = t(
        "{held} of the {n} applicable measures are fully demonstrated today.", held=demonstrated, n=len(applicable)
    )
    remark = t(
        "A measure is only demonstrated if there is valid evidence for every system and target: evidence "
        "for one system says nothing about another."
    )
    show(html.answer(sentence, t("Measures"), remark), badge.status_badges(t, Counter(statuses)))
    label = t.short_date(context.audit_day) if context.audit_day else ""
    days = {"today": t("Today")} | ({"audit": t("On {day}", day=label)} if then else {})
    on = url_filters.segments(t("Date"), days, "on") if then else "today"
    readiness_on_day, later = (then, None) if then and on == "audit" else (current, then)
    cells = cell_views(readiness_on_day, later)
    names = [context.titles.system(t, key) for key in columns(context.titles, cells)]
    rows = groups(t, context.titles, cells, measure_statuses(readiness_on_day, later), label, on=readiness_on_day.on)
    show(heatmap(t, names, rows), version_comparison.dropped_promises(t, gone(context)))


def gone(context: PageContext) -> list[str]:
    """Titles of the measures that only the previous version of the statement promised."""
    return [t.title(measure) for measure in lookup.former_measures(context.session, context.person)]


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
