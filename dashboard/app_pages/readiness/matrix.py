"""The measures by system, today or on the audit's day: a section that a choice of the day draws anew by itself."""

from dashboard.charts.heatmap import heatmap
from dashboard.charts.measure_matrix import columns, groups
from dashboard.components.cells import cells_shown, measures_shown
from dashboard.shell import url_filters
from dashboard.shell.frame import show
from dashboard.shell.page_context import PageContext, section
from locales import Language


@section
def matrix(t: Language, o: PageContext) -> None:
    """The choice of the day, if an audit is ahead, and the heat map of that day."""
    current, then = o.current(), o.then()
    label = t.short_date(o.audit_day) if o.audit_day else ""
    days = {"today": t("Today")} | ({"audit": t("On {day}", day=label)} if then else {})
    on = url_filters.segments(t("Day"), days, "on") if then else "today"
    looked, later = (then, None) if then and on == "audit" else (current, then)
    cells, measures = cells_shown(looked, later), measures_shown(looked, later)
    rows = groups(t, o.book, cells, measures, label, on=looked.on)
    show(heatmap(t, [o.book.system(t, key) for key in columns(o.book, cells)], rows))
