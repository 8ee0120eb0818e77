"""The controls that depend on a piece of evidence, and the other evidence that they still need."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from dashboard.components.cells import rank
from dashboard.shell.badge import mark
from dashboard.shell.html import Html, address, caption, html, join, link, section, table
from dashboard.shell.title_lookup import TitleLookup
from locales import Language
from models.vocabulary import LineKind, Status
from readiness import CellStatus, ControlExplanation, Readiness

_NAMED = 6  # places of a requirement
_FINE = ("demonstrated", "excluded")


def needed_evidence(t: Language, titles: TitleLookup, after: Readiness, why: Mapping[str, ControlExplanation]) -> Html:
    """A table of requirements without valid evidence that hold these controls back, with the places concerned."""
    lacking = _open_cells(after, why.values())
    if not lacking:
        return html("")
    named = join((link(address("control", key=key), titles.reference(t, key)) for key in why), ", ")
    rows = [
        [mark(t, status), titles.requirement(t, key), _places(t, titles, some)]
        for key, cells in lacking.items()
        for status, some in _by_status(cells).items()
    ]
    return join(
        [
            section(t("Evidence that these controls still need")),
            caption(named),
            table([t("Status"), t("Evidence requirement"), t("Where")], rows),
        ]
    )


def _by_status(cells: Sequence[CellStatus]) -> dict[str, list[CellStatus]]:
    """The cells of one requirement by status, the worst first; what has no cells is unknown."""
    groups: dict[str, list[CellStatus]] = {}
    for cell in sorted(cells, key=lambda cell: rank(cell.status)):
        groups.setdefault(cell.status, []).append(cell)
    return groups or {Status.UNKNOWN: []}


def _places(t: Language, titles: TitleLookup, cells: Sequence[CellStatus]) -> Html:
    """Systems and targets without it, one per line; the last line counts those not named."""
    names = list(dict.fromkeys(titles.place(t, cell.system, cell.target) for cell in cells))
    lines = [html("<span>{name}</span>", name=name) for name in names[:_NAMED]]
    if len(names) > _NAMED:
        words = t.n("and one more", "and {n} more", len(names) - _NAMED)
        lines.append(html("<small>{words}</small>", words=words))
    return join(lines, "<br>")


def _open_cells(after: Readiness, why: Iterable[ControlExplanation]) -> dict[str, list[CellStatus]]:
    """Open cells by requirement, in the order of the controls; a requirement without cells has none."""
    cells_by_requirement: dict[str, list[CellStatus]] = {
        key: [] for explanation in why for key in _requirements_behind(after, explanation)
    }
    for cell in after.cells:
        if cell.requirement in cells_by_requirement:
            cells_by_requirement[cell.requirement].append(cell)
    open_cells = {
        key: [view for view in cells if view.status not in _FINE] for key, cells in cells_by_requirement.items()
    }
    return {key: cells for key, cells in open_cells.items() if cells or not cells_by_requirement[key]}


def _requirements_behind(after: Readiness, why: ControlExplanation) -> Iterator[str]:
    """Keys of the requirements behind the lines that count: the control's own, and those of its measures."""
    for line in why.lines:
        if line.counted and line.kind == LineKind.REQUIREMENT:
            yield line.key
        elif line.counted and line.kind == LineKind.MEASURE:
            yield from after.requirements_of.get(line.key, ())
