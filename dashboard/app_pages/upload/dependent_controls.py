"""The controls that rest on a proof, and what they still lack: one proof alone seldom turns a control."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from dashboard.components.badge import mark
from dashboard.shell.html import Html, address, html, join, link, section, table
from dashboard.shell.title_lookup import TitleLookup
from locales import Language
from models.vocabulary import LineKind
from readiness import CellStatus, ControlExplanation, Readiness, worst_status

_NAMED = 6  # places of a requirement
_FINE = ("demonstrated", "excluded")


def lacking(t: Language, book: TitleLookup, after: Readiness, why: Mapping[str, ControlExplanation]) -> Html:
    """The requirements without valid proof that keep these controls as they are, each with where it is lacking."""
    lacking = _open_cells(after, why.values())
    if not lacking:
        return html("")
    named = join((link(address("control", key=key), book.reference(t, key)) for key in why), ", ")
    rows = [
        [mark(t, worst_status(one.status for one in cells)), book.requirement(t, key), _places(t, book, cells)]
        for key, cells in lacking.items()
    ]
    return join(
        [
            section(t("What these controls still lack")),
            html('<p class="caption">{controls}</p>', controls=named),
            table([t("Status"), t("Evidence requirement"), t("Where")], rows),
        ]
    )


def _places(t: Language, book: TitleLookup, cells: Sequence[CellStatus]) -> Html:
    """The systems and targets that lack it, each on its own line; the last one counts those that are not named."""
    names = list(dict.fromkeys(book.place(t, one.system, one.target) for one in cells))
    lines = [html("<span>{name}</span>", name=name) for name in names[:_NAMED]]
    if len(names) > _NAMED:
        words = t.n("and one more", "and {n} more", len(names) - _NAMED)
        lines.append(html("<small>{words}</small>", words=words))
    return join(lines, "<br>")


def _open_cells(after: Readiness, why: Iterable[ControlExplanation]) -> dict[str, list[CellStatus]]:
    """By requirement, in the order of the controls; none of one that is asked nowhere yet."""
    found: dict[str, list[CellStatus]] = {key: [] for one in why for key in _asked(after, one)}
    for cell in after.cells:
        if cell.requirement in found:
            found[cell.requirement].append(cell)
    open_cells = {key: [one for one in cells if one.status not in _FINE] for key, cells in found.items()}
    return {key: cells for key, cells in open_cells.items() if cells or not found[key]}


def _asked(after: Readiness, why: ControlExplanation) -> Iterator[str]:
    """The requirements behind the counted lines: a control's own, and those of its measures."""
    for line in why.lines:
        if line.counted and line.kind == LineKind.REQUIREMENT:
            yield line.key
        elif line.counted and line.kind == LineKind.MEASURE:
            yield from after.requirements_of.get(line.key, ())
