"""What lists of controls share: the values of their filters, the tag for healthcare, and counts."""

from collections.abc import Iterable, Mapping, Sequence

from controls.browse.values import ControlRow
from controls.files.words import HEALTHCARE
from dashboard.shell.html import Html, html, icon
from locales import Language
from models.vocabulary import LAPSING, Healthcare, Status

#: The filter's words for groups of statuses, beside each status itself.
GAPS = ("nonconforming", "failing", "missing", "lapsed", "unknown")
#: The filter's value for all catalogues that readiness is about, beside each catalogue itself.
CRITERIA = "criteria"


def catalogue_filter(criteria: Sequence[str]) -> str:
    """The value of the catalogue filter that shows the controls of these catalogues."""
    return criteria[0] if len(criteria) == 1 else CRITERIA


def matches(status: str, filter_value: str) -> bool:
    """Whether a status passes the filter; an empty filter passes all."""
    return (
        not filter_value
        or status == filter_value
        or (filter_value == "gaps" and status in GAPS)
        or (filter_value == Status.DEMONSTRATED and status == LAPSING)
    )


def tag(t: Language, control: ControlRow) -> Html:
    """A tag for what the healthcare edition adds, and one if sources disagree."""
    if control.healthcare in (Healthcare.NONE, Healthcare.UNKNOWN, ""):
        return Html("")
    disputed = html(' <span class="tag">{label}</span>', label=t("sources disagree")) if control.disputed else ""
    return html(
        ' <span class="tag care">{label}</span>{disputed}',
        label=t.render(HEALTHCARE[control.healthcare]),
        disputed=disputed,
    )


def count_demonstrated(controls: Iterable[ControlRow], today: Mapping[str, str]) -> tuple[int, int]:
    """The number of demonstrated controls, and of applicable controls."""
    statuses = [today.get(control.key, "unknown") for control in controls]
    applicable = [status for status in statuses if status != Status.EXCLUDED]
    return sum(status in (Status.DEMONSTRATED, LAPSING) for status in applicable), len(applicable)


def folded_theme(t: Language, name: str, number: int, content: Html, *, is_open: bool = False) -> Html:
    """A theme of a catalogue that unfolds, with its number of controls."""
    return html(
        '<details class="theme plain"{open}><summary>{chevron}<h2>{name}</h2><span class="count">{number}</span>'
        "</summary>{content}</details>",
        open=Html(" open") if is_open else "",
        chevron=icon("chevron_right"),
        name=name,
        number=t.n("{n} control", "{n} controls", number),
        content=content,
    )
