"""The controls that rest on a proof, and what they still lack: one proof alone seldom turns a control."""

from collections.abc import Iterable, Iterator, Mapping

from dashboard.components.badge import mark
from dashboard.shell.html import Html, address, html, join, link, section, table
from dashboard.shell.title_lookup import Book
from locales import Language
from models.vocabulary import LineKind
from readiness import ControlExplanation, Readiness, worst

_FINE = ("demonstrated", "excluded")


def lacking(t: Language, book: Book, after: Readiness, why: Mapping[str, ControlExplanation]) -> Html:
    """The requirements without valid proof that keep these controls as they are, each with who delivers it."""
    statuses = _open_requirements(after, why.values())
    if not statuses:
        return html("")
    named = join((link(address("control", key=key), book.reference(t, key)) for key in why), ", ")
    rows = [[mark(t, status), book.requirement(t, key)] for key, status in statuses.items()]
    return join(
        [
            section(t("What these controls still lack")),
            html('<p class="caption">{controls}</p>', controls=named),
            table([t("Status"), t("Evidence requirement")], rows),
        ]
    )


def _open_requirements(after: Readiness, why: Iterable[ControlExplanation]) -> dict[str, str]:
    found = dict.fromkeys(key for one in why for key in _asked(after, one))
    cells: dict[str, list[str]] = {}
    for cell in after.cells:
        cells.setdefault(cell.requirement, []).append(cell.status)
    statuses = {key: worst(cells.get(key, [])) for key in found}
    return {key: status for key, status in statuses.items() if status not in _FINE}


def _asked(after: Readiness, why: ControlExplanation) -> Iterator[str]:
    """The requirements behind the counted lines: a control's own, and those of its measures."""
    for line in why.lines:
        if line.counted and line.kind == LineKind.REQUIREMENT:
            yield line.key
        elif line.counted and line.kind == LineKind.MEASURE:
            yield from after.asked.get(line.key, ())
