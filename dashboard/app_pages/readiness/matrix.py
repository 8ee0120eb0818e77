"""The measures by system, today or on the audit's day: a section that is redrawn when another day is chosen."""

from dashboard.app_pages.readiness.measure_matrix import columns, groups
from dashboard.charts.heatmap import heatmap
from dashboard.components.cells import cell_views, measure_statuses
from dashboard.shell import url_filters
from dashboard.shell.frame import show
from dashboard.shell.page_context import PageContext, section
from locales import Language


@section
def matrix(t: Language, context: PageContext) -> None:
    """The choice of the day, if an audit is ahead, and the heat map of that day."""
    current, then = context.current(), context.then()
    label = t.short_date(context.audit_day) if context.audit_day else ""
    days = {"today": t("Today")} | ({"audit": t("On {day}", day=label)} if then else {})
    on = url_filters.segments(t("Date"), days, "on") if then else "today"
    readiness_on_day, later = (then, None) if then and on == "audit" else (current, then)
    cells, measures = cell_views(readiness_on_day, later), measure_statuses(readiness_on_day, later)
    rows = groups(t, context.titles, cells, measures, label, on=readiness_on_day.on)
    show(heatmap(t, [context.titles.system(t, key) for key in columns(context.titles, cells)], rows))
