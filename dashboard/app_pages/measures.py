"""Says which measures are demonstrated, and where not."""

from collections import Counter

from controls.browse import lookup
from dashboard.app_pages.readiness.matrix import matrix
from dashboard.components import badge, version_comparison
from dashboard.components.cells import measures_shown
from dashboard.shell import html
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
    sentence = t("{held} of the {n} applicable measures are demonstrated everywhere today.", held=held, n=len(asked))
    remark = t("A measure is as good as its worst cell: proof for one system says nothing about another.")
    show(html.answer(sentence, t("Measures"), remark), badge.counts(t, Counter(statuses)))
    matrix(t)
    show(version_comparison.no_longer(t, gone(o)))


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
                t("Measures follow from the statement"),
                t(
                    "Each is something that the organisation says it does; its evidence "
                    "requirements say what an auditor would accept as proof."
                ),
            ),
        )
