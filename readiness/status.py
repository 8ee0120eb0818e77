"""Readiness at one point: the status of every cell, measure and control, and what that means for an audit."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Date, Row
from sqlmodel import Session

from access.permissions import Person, may, require
from controls.audit.audit_bounds import audit_bounds
from controls.audit.audit_plan import AuditPlan
from models.durations import add
from models.vocabulary import LineKind, Status
from readiness.answer_cache import AnswerCache, knowledge_moment
from readiness.rule import HOLDS, IGNORED, JUDGED, STATUSES, WAITING, query_rule

#: Pages need today and the audit's day again and again.
CACHE: AnswerCache[tuple[date, datetime, tuple[str, ...]], "Readiness"] = AnswerCache(32)
_RANK: dict[str, int] = {status: rank for rank, status in enumerate(STATUSES)}

_ANSWER = f"""
SELECT 'cell' AS kind, r.key, c.system, c.target, c.status, c.excepted,
       w.says, w.last_day, w.explicit_end, w.evidence, r.renewal,
       CASE WHEN w.fails = 1 THEN (SELECT COUNT(*) FROM coverage_check k WHERE k.coverage = w.coverage)
            ELSE 0 END AS fails,
       CASE WHEN w.fails = 1 AND w.says < 4 THEN (
         SELECT MIN(check_end) FROM (
           SELECT MAX(g.last_day) AS check_end FROM check_exception g
           JOIN coverage_check k ON k.coverage = w.coverage AND k."check" = g."check"
           WHERE g.series = w.series AND g.recorded_at <= :known AND g.in_force <= w.on_day AND g.last_day >= w.on_day
             AND (g.revoked_at IS NULL OR g.revoked_at > :known OR g.revoked_day > w.on_day)
           GROUP BY g."check") each_check
       ) END AS exception_end, NULL AS ignored
FROM requirement r
JOIN cell_status c ON c.requirement = r.id
LEFT JOIN weighed w ON w.requirement = c.requirement AND w.place = c.place
UNION ALL SELECT 'measure', measure, '', '', status, excepted, 0, NULL, NULL, NULL, '', 0, NULL, NULL
FROM measure_status
UNION ALL SELECT 'control', control, '', '', status, excepted, 0, NULL, NULL, NULL, '', 0, NULL, NULL
FROM control_status
UNION ALL  -- what waits for a review, and what was provided where nothing counts: the newest of each series
SELECT 'other', r.key, c.system, c.target, c.status, 0, 0, e.last_day, NULL, e.evidence, '', 0, NULL, {IGNORED}
FROM due d JOIN requirement r ON r.id = d.requirement
JOIN cell_status c ON c.requirement = d.requirement AND c.point = d.point AND c.status IN (2, 5)
JOIN lines s ON s.place = c.place AND s.requirement = c.requirement AND s.stage = d.stage
JOIN coverage e ON e.id = (
  SELECT e.id FROM coverage e WHERE e.series = s.series AND {JUDGED} AND (c.status = 5 OR ({WAITING}))
  ORDER BY e.last_day DESC, e.recorded_at DESC, e.evidence DESC LIMIT 1)
UNION ALL SELECT 'requirement', key, COALESCE(measure, ''), '', 0, 0, 0, NULL, NULL, NULL, '', 0, NULL, NULL
FROM requirement
"""


class CellStatus(NamedTuple):
    """One cell: its status, the evidence that decides it, and the days between which that holds."""

    requirement: str
    system: str
    target: str
    status: str
    with_exception: bool = False
    evidence: str | None = None
    valid_until: date | None = None  # the first day on which it is no longer demonstrated, if nobody acts
    since: date | None = None  # expired: since then; failing: the last day that the failing evidence represents
    fails: int = 0  # checks that failed in the deciding evidence
    delivered: str | None = None  # missing: the newest evidence that was provided and does not count
    ignored: str = ""  # … and why it does not count (`readiness.rule.IGNORED`)

    @property
    def key(self) -> tuple[str, str, str]:
        return self.requirement, self.system, self.target


@dataclass(frozen=True, slots=True)
class MeasureStatus:
    """A measure: the worst of its cells, and how many have which status."""

    key: str
    status: str
    with_exception: bool = False
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ControlStatus:
    """A control or requirement clause."""

    key: str
    status: str
    with_exception: bool = False


@dataclass(frozen=True, slots=True)
class Readiness:
    """The status of every cell, measure and control on one day (`on`), by the knowledge of one moment (`known`)."""

    on: date
    known: datetime
    cells: list[CellStatus]
    measures: dict[str, MeasureStatus]
    controls: dict[str, ControlStatus]
    requirements_of: dict[str, list[str]] = field(default_factory=dict)  # measure → its requirements

    @property
    def named_evidence(self) -> set[str]:
        """The ids of all evidence that its cells name."""
        return {key for cell in self.cells for key in (cell.evidence, cell.delivered) if key}


@dataclass(frozen=True, slots=True)
class AuditReadiness:
    """The verdict: ready only when every applicable control of the audit's criteria is demonstrated.

    `not_followed`: catalogues of the criteria that the organisation does not answer to then, so that none of their
    controls was judged.
    """

    on: date
    known: datetime
    demonstrated: int
    applicable: int
    with_exception: int
    counts: dict[str, int]
    gaps: list[ControlStatus]  # worst first, without those that only wait for our own review
    waiting: list[ControlStatus]
    readiness: Readiness
    not_followed: tuple[str, ...] = ()

    @property
    def ready(self) -> bool:
        return 0 < self.applicable == self.demonstrated and not self.not_followed


def readiness(session: Session, person: Person, on: date, known: datetime, systems: Sequence[str] = ()) -> Readiness:
    """The statuses on a day, by the knowledge of a moment. `systems`: the scope; empty: all that the person may see."""
    require(person, "readiness.read")
    bounds = audit_bounds(session, person, "readiness.read")
    scope = bounds.systems_on(on, systems) if bounds else tuple(systems)
    key = (on, knowledge_moment(session, known), scope)
    whole = CACHE.get(session, [key], lambda missing: [_query(session, *key) for key in missing])[0]
    if bounds is not None:
        whole = replace(whole, controls={key: each for key, each in whole.controls.items() if bounds.has_control(key)})
    if not may(person, "evidence.read"):  # statuses only, nothing about the evidence itself
        return withhold_unreadable_of_cells(whole, ())
    return whole


def withhold_unreadable_of_cells(whole: Readiness, readable: Collection[str]) -> Readiness:
    """The same for someone who may read only the `readable` evidence (ids): of the rest, the status alone."""
    cells = [_withheld(cell) if {cell.evidence, cell.delivered} - {None, *readable} else cell for cell in whole.cells]
    return replace(whole, cells=cells)


def _withheld(cell: CellStatus) -> CellStatus:
    return cell._replace(evidence=None, delivered=None, fails=0)


def _query(session: Session, on: date, known: datetime, systems: Sequence[str]) -> Readiness:
    rows = query_rule(
        session, [on], known, _ANSWER, systems, last_day=Date(), explicit_end=Date(), exception_end=Date()
    )
    cells = _with_other_evidence(_cells(row[:13] for row in rows if row[0] == "cell"), rows)
    measure_of = {row.key: row.system for row in rows if row[0] == LineKind.REQUIREMENT}
    requirements_of: dict[str, list[str]] = {}
    for requirement, measure in measure_of.items():
        if measure:
            requirements_of.setdefault(measure, []).append(requirement)
    counts: dict[str, Counter[str]] = {}
    for (requirement, status), number in Counter((cell.requirement, cell.status) for cell in cells).items():
        counts.setdefault(measure_of[requirement], Counter())[status] += number
    measures = {
        row.key: MeasureStatus(*_status(row), dict(counts.get(row.key, {}))) for row in rows if row[0] == "measure"
    }
    controls = {row.key: ControlStatus(*_status(row)) for row in rows if row[0] == "control"}
    return Readiness(on, known, cells, measures, controls, requirements_of)


def _status(row: Row[Any]) -> tuple[str, str, bool]:
    return row.key, STATUSES[row.status], row.status == 1 and bool(row.excepted)


def audit_readiness(session: Session, person: Person, audit: AuditPlan, on: date, known: datetime) -> AuditReadiness:
    """Readiness for an audit: its catalogues are the criteria, its systems the scope."""
    require(person, "readiness.read")
    if bounds := audit_bounds(session, person, "readiness.read"):
        bounds.require_catalogues(audit.catalogues)
    return audit_verdict(readiness(session, person, on, known, audit.systems), audit.catalogues)


def audit_verdict(whole: Readiness, catalogues: Iterable[str]) -> AuditReadiness:
    """The verdict on the controls of some catalogues, from readiness already computed."""
    wanted = set(catalogues)
    judged = {key.split(":")[0] for key in whole.controls}
    controls = [control for control in whole.controls.values() if control.key.split(":")[0] in wanted]
    applicable = [control for control in controls if control.status != Status.EXCLUDED]
    open_ones = sorted(
        (c for c in applicable if c.status != Status.DEMONSTRATED),
        key=lambda c: (-_RANK[c.status], natural_sort_key(c.key)),
    )
    return AuditReadiness(
        whole.on,
        whole.known,
        demonstrated=len(applicable) - len(open_ones),
        applicable=len(applicable),
        with_exception=sum(control.with_exception for control in applicable),
        counts=dict(Counter(control.status for control in controls)),
        gaps=[control for control in open_ones if control.status != Status.IN_REVIEW],
        waiting=[control for control in open_ones if control.status == Status.IN_REVIEW],
        readiness=whole,
        not_followed=tuple(sorted(wanted - judged)),
    )


def natural_sort_key(key: str) -> tuple[tuple[int, int, str], ...]:
    """A sort key that puts 9.2 before A.5.1, and A.8.9 before A.8.24."""
    parts = key.replace(":", ".").split(".")
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts)


def worst_status(statuses: Iterable[str]) -> str:
    """The worst of some statuses; excluded only if all are."""
    return max(statuses, key=_RANK.__getitem__, default=Status.UNKNOWN)


def _cells(rows: Iterable[Sequence[Any]]) -> list[CellStatus]:
    """Cells with the evidence that decides: a fail that holds, else what stays valid longest."""
    best: dict[tuple[str, str, str], tuple[tuple[bool, date], CellStatus]] = {}
    for row in rows:
        _, key, system, target, rank, excepted, says, last_day, explicit_end, evidence, renewal, fails, excused = row
        end = _end(last_day, renewal, explicit_end, excused) if last_day else date.min
        cell, weight = (key, system, target), (says == HOLDS, end)
        if cell not in best or weight > best[cell][0]:
            best[cell] = weight, _cell(cell, STATUSES[rank], bool(excepted), evidence, last_day, end, fails)
    return [cell for _, cell in best.values()]


def _with_other_evidence(cells: Iterable[CellStatus], rows: Iterable[Row[Any]]) -> list[CellStatus]:
    """Cells in review with the newest evidence to review, missing ones with the newest that does not count."""
    newest: dict[tuple[str, str, str], Row[Any]] = {}
    for row in rows:
        key = (row.key, row.system, row.target)
        if row.kind == "other" and (key not in newest or row.last_day > newest[key].last_day):
            newest[key] = row
    return [_other_evidence(cell, newest[cell.key]) if cell.key in newest else cell for cell in cells]


def _other_evidence(cell: CellStatus, row: Row[Any]) -> CellStatus:
    if cell.status == Status.IN_REVIEW:
        return cell._replace(evidence=row.evidence)
    return cell._replace(delivered=row.evidence, ignored=row.ignored or "")


def _end(last_day: date, renewal: str, *last_days: date | None) -> date:
    """The first day on which this evidence no longer demonstrates its cell, or the last day of the calendar."""
    end = add(last_day, renewal) if renewal else date.max
    for day in last_days:
        if day and day < end:
            end = day + timedelta(days=1)
    return end


def _cell(
    key: tuple[str, str, str],
    status: str,
    excepted: bool,  # noqa: FBT001
    evidence: str | None,
    last_day: date | None,
    end: date,
    fails: int,
) -> CellStatus:
    if status == Status.DEMONSTRATED:
        return CellStatus(*key, status, excepted, evidence, None if end == date.max else end, None, fails)
    since = last_day if status == Status.FAILING else end if status == Status.LAPSED else None
    return CellStatus(*key, status, False, evidence, None, since, fails)  # noqa: FBT003
