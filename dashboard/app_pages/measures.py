"""Says which measures are demonstrated, and where not."""

from collections import Counter

from controls.browse import lookup
from dashboard.charts.heatmap import heatmap
from dashboard.charts.measure_matrix import columns, groups
from dashboard.components import badge, version_comparison
from dashboard.components.cells import cells_shown, measures_shown
from dashboard.shell import html, url_filters
from dashboard.shell.frame import language, show
from dashboard.shell.page_context import PageContext, opening
from models.vocabulary import LAPSING, Status

t = language()


def draw(o: PageContext) -> None:
    current, then = o.current(), o.then()
    measures = measures_shown(current, then)
    statuses = [measures.get(key, "unknown") for key in o.book.measures]
    asked = [status for status in statuses if status != Status.EXCLUDED]
    held = sum(status in (Status.DEMONSTRATED, LAPSING) for status in asked)
    sentence = t("{held} of the {n} applicable measures are fully demonstrated today.", held=held, n=len(asked))
    remark = t(
        "A measure is only demonstrated if there is valid evidence for every system and target: evidence "
        "for one system says nothing about another."
    )
    show(html.answer(sentence, t("Measures"), remark), badge.counts(t, Counter(statuses)))
    label = t.short_date(o.audit_day) if o.audit_day else ""
    days = {"today": t("Today")} | ({"audit": t("On {day}", day=label)} if then else {})
    on = url_filters.segments(t("Date"), days, "on") if then else "today"
    looked, later = (then, None) if then and on == "audit" else (current, then)
    cells = cells_shown(looked, later)
    names = [o.book.system(t, key) for key in columns(o.book, cells)]
    rows = groups(t, o.book, cells, measures_shown(looked, later), label, on=looked.on)
    show(heatmap(t, names, rows), version_comparison.no_longer(t, gone(o)))


def gone(o: PageContext) -> list[str]:
    """The titles of what the version before promised, and is retired."""
    return [t.title(one) for one in lookup.former_measures(o.session, o.person)]


with opening() as o:
    if o.book.measures:
        draw(o)
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
