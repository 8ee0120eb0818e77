"""Says which measures are demonstrated, and where not."""

from collections import Counter

from controls import browse
from dashboard.parts import badge, choice, markup, version_parts
from dashboard.parts.cells import cells_shown, measures_shown
from dashboard.parts.frame import language, show
from dashboard.parts.heatmap import heatmap
from dashboard.parts.matrix import columns, groups
from dashboard.parts.opening import Opening, opening

t = language()


def draw(o: Opening) -> None:
    current, then = o.current(), o.then()
    measures = measures_shown(current, then)
    statuses = [measures.get(key, "unknown") for key in o.book.measures]
    asked = [status for status in statuses if status != "excluded"]
    held = sum(status in ("demonstrated", "lapsing") for status in asked)
    sentence = t("{held} of the {n} applicable measures are demonstrated everywhere today.", held=held, n=len(asked))
    remark = t("A measure is as good as its worst cell: proof for one system says nothing about another.")
    show(markup.answer(sentence, t("Measures"), remark), badge.counts(t, Counter(statuses)))
    label = t.short_date(o.audit_day) if o.audit_day else ""
    days = {"today": t("Today")} | ({"audit": t("On {day}", day=label)} if then else {})
    on = choice.segments(t("Day"), days, "on") if then else "today"
    looked, later = (then, None) if then and on == "audit" else (current, then)
    cells = cells_shown(looked, later)
    names = [o.book.system(t, key) for key in columns(o.book, cells)]
    rows = groups(t, o.book, cells, measures_shown(looked, later), label, on=looked.on)
    show(heatmap(t, names, rows), version_parts.no_longer(t, gone(o)))


def gone(o: Opening) -> list[str]:
    """The titles of what the version before promised, and is retired."""
    return [t.title(one) for one in browse.former_measures(o.session, o.person)]


with opening() as o:
    if o.book.measures:
        draw(o)
    else:
        show(
            markup.answer(t("There are no measures yet.")),
            markup.empty(
                t("Measures follow from the statement"),
                t(
                    "Each is something that the organisation says it does; its evidence "
                    "requirements say what an auditor would accept as proof."
                ),
            ),
        )
