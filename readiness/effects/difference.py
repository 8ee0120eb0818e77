"""The statuses that differ between two readinesses, such as before and after an upload."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from readiness.status import Readiness

_Facts = tuple[str, bool, date | None]


@dataclass(frozen=True, slots=True)
class Change:
    """One cell, measure or control whose status, exception or end differs."""

    kind: str  # cell, measure, control
    key: tuple[str, str, str] | str
    before: str
    after: str
    valid_until: date | None = None  # cells: the new first day without valid evidence


def difference(before: Readiness, after: Readiness) -> list[Change]:
    """Cells first, then measures, then controls; a cell that was only renewed is a change as well."""
    return [
        *_changes(
            "cell",
            {c.key: (c.status, c.with_exception, c.valid_until) for c in before.cells},
            {c.key: (c.status, c.with_exception, c.valid_until) for c in after.cells},
        ),
        *_changes(
            "measure",
            {m.key: (m.status, m.with_exception, None) for m in before.measures.values()},
            {m.key: (m.status, m.with_exception, None) for m in after.measures.values()},
        ),
        *_changes(
            "control",
            {c.key: (c.status, c.with_exception, None) for c in before.controls.values()},
            {c.key: (c.status, c.with_exception, None) for c in after.controls.values()},
        ),
    ]


def _changes(
    kind: str, before: Mapping[tuple[str, str, str] | str, _Facts], after: Mapping[tuple[str, str, str] | str, _Facts]
) -> Iterator[Change]:
    nothing: _Facts = ("missing" if kind == "cell" else "unknown", False, None)
    for key, facts in after.items():
        old = before.get(key, nothing)
        if facts != old:
            yield Change(kind, key, old[0], facts[0], facts[2])
