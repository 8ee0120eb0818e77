"""The scores today and on the day of the audit, each with its numerator, denominator and a stacked bar."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.shell.html import Html, html, join
from dashboard.shell.status_styles import STATUSES, css_class
from locales import Language
from models.vocabulary import Status

#: Bars go from demonstrated to worst.
ORDER = tuple(reversed(STATUSES))


@dataclass(frozen=True, slots=True)
class Score:
    """How many of the applicable controls are demonstrated on one day."""

    label: str
    demonstrated: int
    applicable: int
    remark: str
    counts: Mapping[str, int]


def scores(t: Language, items: Sequence[Score]) -> Html:
    return html('<div class="scores">{each}</div>', each=join(_score(t, score) for score in items))


def share(demonstrated: int, applicable: int) -> int:
    """Percentage, rounded down, so that 99.6 % never reads as 100 %."""
    return demonstrated * 100 // applicable if applicable else 0


def _score(t: Language, score: Score) -> Html:
    return html(
        '<div class="score"><p class="label">{label}</p><p class="figure">{share}<small> %</small></p>'
        '<p class="of">{remark}</p>{bar}</div>',
        label=score.label,
        share=share(score.demonstrated, score.applicable),
        remark=score.remark,
        bar=bar(t, score.counts),
    )


def bar(t: Language, counts: Mapping[str, int]) -> Html:
    """A stacked bar of statuses; its numbers are also in its title."""
    present = [status for status in ORDER if counts.get(status) and status != Status.EXCLUDED]
    words = ", ".join(f"{t.render(STATUSES[status].label)} {counts[status]}" for status in present)
    parts = (
        html('<i class="{kind}" style="flex-grow:{n}"></i>', kind=css_class(status), n=counts[status])
        for status in present
    )
    return html(
        '<div class="bar" role="img" aria-label="{words}" title="{words}">{parts}</div>', words=words, parts=join(parts)
    )
