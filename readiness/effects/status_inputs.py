"""What the statuses of controls follow from on a day, to compute them again under assumptions without the database.

The rule itself is `rule.sql`; without assumptions `Basis.statuses` gives its answer, which the tests hold.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Row
from sqlmodel import Session

from evidence.intake.delivery.cells import CellKey
from models.vocabulary import Status
from readiness.answer_cache import AnswerCache, knowledge_moment
from readiness.rule import STATUSES, query_rule
from readiness.status import ControlStatus

_EXCLUDED, _DEMONSTRATED, _UNKNOWN, _NONCONFORMING = (
    STATUSES.index(status) for status in (Status.EXCLUDED, Status.DEMONSTRATED, Status.UNKNOWN, Status.NONCONFORMING)
)
_CACHE: AnswerCache[tuple[tuple[date, ...], datetime, tuple[str, ...]], "list[Basis]"] = AnswerCache(8)

_ANSWER = """
SELECT 'requirement' AS kind, k.point, r.key, COALESCE(r.measure, '') AS other, '' AS target, k.status,
       k.excepted AS flag
FROM proof k JOIN requirement r ON r.id = k.requirement
UNION ALL
SELECT 'cell', c.point, r.key, c.system, c.target, c.status, 0
FROM cell_status c JOIN requirement r ON r.id = c.requirement WHERE c.status > 1
UNION ALL
SELECT 'control', point, control, '', '', status, 0 FROM control_status
UNION ALL  -- what a control rests on is the same on every day
SELECT DISTINCT 'measure', 0, h.control, s.measure, '', 0, h.same
FROM reach h JOIN primary_mapping m ON m.control = h.taken JOIN measure_status s ON s.measure = m.measure
UNION ALL
SELECT 'own', 0, h.control, r.key, '', 0, h.same FROM reach h JOIN requirement r ON r.control = h.taken
"""


class Requirement(NamedTuple):
    """A requirement on a day. `rank`: of its status; `open_cells`: those in review or worse, each with its rank."""

    rank: int
    with_exception: bool
    open_cells: Mapping[CellKey, int]

    def rank_once(self, done: Collection[CellKey]) -> int:
        """Its rank once some cells are demonstrated."""
        if not self.open_cells:
            return self.rank
        return max((rank for cell, rank in self.open_cells.items() if cell not in done), default=_DEMONSTRATED)


class Part(NamedTuple):
    """Something that a control rests on: a measure with its requirements (none: unknown), or one requirement.

    `own`: of the control itself or of an equal one, not of one that it contains.
    """

    requirements: tuple[str, ...]
    own: bool


@dataclass(frozen=True, slots=True)
class Basis:
    """What the statuses of controls on a day follow from.

    `settled`: the ranks of controls that are nonconforming or excluded, whatever they rest on.
    """

    on: date
    requirements: Mapping[str, Requirement]
    parts: Mapping[str, Sequence[Part]]
    settled: Mapping[str, int]

    def statuses(self, done: Collection[CellKey] = (), excluded: Collection[str] = ()) -> dict[str, ControlStatus]:
        """The status of every control once some cells are demonstrated and some controls are excluded."""
        ranks = {key: row.rank_once(done) for key, row in self.requirements.items()}
        return {key: self._status(key, ranks, excluded) for key in self.parts}

    def gains(self, done: Collection[CellKey], controls: Iterable[str]) -> Counter[str]:
        """For each requirement, how many of the controls are demonstrated if all its cells are, and not if none is.

        The other cells are as they are with `done`.
        """
        at_best = {key: _DEMONSTRATED if row.open_cells else row.rank for key, row in self.requirements.items()}
        gains: Counter[str] = Counter()
        for control in controls:
            if control in self.settled or _worst(self.parts[control], at_best) != _DEMONSTRATED:
                continue
            names = {name for part in self.parts[control] for name in part.requirements}
            open_ones = {name for name in names if self.requirements[name].open_cells}
            rest = {name for name in open_ones if self.requirements[name].rank_once(done) != _DEMONSTRATED}
            gains.update(rest if len(rest) == 1 else () if rest else open_ones)
        return gains

    def _status(self, control: str, ranks: Mapping[str, int], excluded: Collection[str]) -> ControlStatus:
        rank = self.settled.get(control, _EXCLUDED if control in excluded else None)
        rank = _worst(self.parts[control], ranks) if rank is None else rank
        names = {name for part in self.parts[control] for name in part.requirements}
        excepted = rank == _DEMONSTRATED and any(self.requirements[name].with_exception for name in names)
        return ControlStatus(control, STATUSES[rank], excepted)


def _worst(parts: Collection[Part], ranks: Mapping[str, int]) -> int:
    """The rank of a control by what it rests on, as in `control_status` of the rule."""
    worst = max((_rank_of(part, ranks) for part in parts), default=_EXCLUDED)
    partly = worst < _UNKNOWN and not any(part.own for part in parts)
    return _UNKNOWN if worst == _EXCLUDED or partly else worst


def _rank_of(part: Part, ranks: Mapping[str, int]) -> int:
    return max((ranks[name] for name in part.requirements), default=_UNKNOWN)


def bases(session: Session, days: Sequence[date], known: datetime, systems: Sequence[str]) -> list[Basis]:
    """The basis of each day, by the knowledge of one moment. `systems`: the scope; empty: all."""
    key = (tuple(days), knowledge_moment(session, known), tuple(systems))
    return _CACHE.get(session, [key], lambda missing: [_query(session, *key) for key in missing])[0]


def _query(session: Session, days: Sequence[date], known: datetime, systems: Sequence[str]) -> list[Basis]:
    rows: dict[tuple[str, int], list[Row[Any]]] = {}
    for row in query_rule(session, days, known, _ANSWER, systems):
        rows.setdefault((row.kind, row.point), []).append(row)
    parts = _parts(rows)
    return [
        Basis(day, _requirements(rows, point), parts, _settled(rows.get(("control", point), ())))
        for point, day in enumerate(days)
    ]


def _parts(rows: Mapping[tuple[str, int], Sequence[Row[Any]]]) -> dict[str, list[Part]]:
    by_measure: dict[str, list[str]] = {}
    for row in rows.get(("requirement", 0), ()):
        by_measure.setdefault(row.other, []).append(row.key)
    parts: dict[str, list[Part]] = {row.key: [] for row in rows.get(("control", 0), ())}
    for row in rows.get(("measure", 0), ()):
        parts.setdefault(row.key, []).append(Part(tuple(by_measure.get(row.other, ())), bool(row.flag)))
    for row in rows.get(("own", 0), ()):
        parts.setdefault(row.key, []).append(Part((row.other,), bool(row.flag)))
    return {row.key: parts[row.key] for row in rows.get(("control", 0), ())}


def _requirements(rows: Mapping[tuple[str, int], Sequence[Row[Any]]], point: int) -> dict[str, Requirement]:
    open_cells: dict[str, dict[CellKey, int]] = {}
    for row in rows.get(("cell", point), ()):
        open_cells.setdefault(row.key, {})[row.key, row.other, row.target] = row.status
    every = rows.get(("requirement", point), ())
    return {row.key: Requirement(row.status, bool(row.flag), open_cells.get(row.key, {})) for row in every}


def _settled(controls: Iterable[Row[Any]]) -> dict[str, int]:
    return {row.key: row.status for row in controls if row.status in (_EXCLUDED, _NONCONFORMING)}
