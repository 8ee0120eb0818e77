"""The lines behind a control's status: what the rule used, what decided, and what does not count and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Row
from sqlmodel import Session

from access.permissions import Person, require
from controls.audit.audit_bounds import audit_bounds, catalogue_of
from locales import Text, text
from models.vocabulary import ControlKind, Grade, LineKind, MappingRelation, Status
from readiness.answer_cache import AnswerCache, knowledge_moment
from readiness.rule import STATUSES, query_rule
from readiness.status import natural_sort_key, worst_status


@dataclass(frozen=True, slots=True)
class ControlLine:
    """One line that the rule used for a control. `taken_from`: the other edition's control that it belongs to.

    `finding`: the number of a nonconformity, whose `key` is its title.
    """

    kind: str  # a LineKind
    key: str
    status: str
    text: Text
    deciding: bool = False
    counted: bool = True
    taken_from: str = ""
    finding: int = 0


@dataclass(frozen=True, slots=True)
class ControlExplanation:
    """A control's status and its lines: deciding, other counted, not counted."""

    status: str
    lines: list[ControlLine]


_CACHE: AnswerCache[tuple[tuple[str, ...], date, datetime, tuple[str, ...]], dict[str, ControlExplanation]] = (
    AnswerCache(64)
)
_NEEDED: AnswerCache[tuple[date, datetime, tuple[str, ...]], dict[str, tuple[str, ...]]] = AnswerCache(16)

_CONTROL = """
SELECT h.control AS explained, 'nonconformity' AS kind, CAST(f.id AS VARCHAR) AS key,
       CASE WHEN f.grade = 'major' THEN 7 ELSE 0 END AS status,
       f.grade AS relation, 1 AS reviewed, h.taken, f.title AS words, f.first_day AS day
FROM reach h CROSS JOIN points p
JOIN nonconformity f ON f.control = h.taken AND f.recorded_at <= :known AND f.first_day <= p.on_day
 AND (f.closed_recorded_at IS NULL OR f.closed_recorded_at > :known OR f.closed_day > p.on_day)
WHERE h.control IN ({controls})
UNION ALL
SELECT c.control, 'control', c.control, c.status, '', 0, c.control, '', NULL
FROM control_status c WHERE c.control IN ({controls})
UNION ALL
SELECT h.control, 'measure', m.measure, s.status, m.relation,
       CASE WHEN m.reviewed_at <= :known THEN 1 ELSE 0 END, h.taken, '', NULL
FROM reach h
JOIN mapping m ON m.control = h.taken AND m.proposed_at <= :known AND (m.ended_at IS NULL OR m.ended_at > :known)
JOIN measure_status s ON s.measure = m.measure
WHERE h.control IN ({controls})
UNION ALL
SELECT h.control, 'requirement', r.key, k.status, '', 1, h.taken, '', NULL
FROM reach h JOIN proof k ON k.control = h.taken JOIN requirement r ON r.id = k.requirement
WHERE h.control IN ({controls})
UNION ALL
SELECT a.control, 'applicability', '',
       CASE WHEN a.applicable THEN 1 ELSE 0 END, '', 1, a.control, a.justification, a.in_force
FROM points p JOIN applicability a ON a.control IN ({controls}) AND a.recorded_at <= :known AND a.in_force <= p.on_day
WHERE NOT EXISTS (
  SELECT 1 FROM applicability b WHERE b.control = a.control AND b.recorded_at <= :known AND b.in_force <= p.on_day
  AND (b.in_force > a.in_force OR (b.in_force = a.in_force AND b.recorded_at > a.recorded_at)))
"""


def explain_control(
    session: Session, person: Person, control: str, on: date, known: datetime, systems: Sequence[str] = ()
) -> ControlExplanation:
    """Why a control has its status: every line that the rule used, then what is not counted and why."""
    return explain_controls(session, person, [control], on, known, systems)[control]


def explain_controls(
    session: Session, person: Person, controls: Sequence[str], on: date, known: datetime, systems: Sequence[str] = ()
) -> dict[str, ControlExplanation]:
    """The same for several controls, in one query; by control."""
    require(person, "readiness.read")
    scope = _permitted_systems(session, person, on, systems, controls)
    key = (tuple(controls), on, knowledge_moment(session, known), scope)
    return _CACHE.get(session, [key], lambda missing: [_explain(session, *key) for key in missing])[0]


def _explain(
    session: Session, controls: Sequence[str], on: date, known: datetime, systems: Sequence[str]
) -> dict[str, ControlExplanation]:
    if not controls:
        return {}
    names = {f"control{number}": control for number, control in enumerate(controls)}
    answer = _CONTROL.replace("{controls}", ", ".join(f":{name}" for name in names))
    rows: dict[str, list[Row[Any]]] = {control: [] for control in controls}
    for row in query_rule(session, [on], known, answer, systems, values=names, day=Date()):
        rows[row.explained].append(row)
    return {control: _explained(control, own) for control, own in rows.items()}


def controls_needing(
    session: Session,
    person: Person,
    requirements: Sequence[str],
    on: date,
    known: datetime,
    systems: Sequence[str] = (),
) -> list[str]:
    """The controls that need one of the requirements: by a primary measure, as their own, or through a crosswalk."""
    require(person, "readiness.read")
    if not requirements:
        return []
    scope = _permitted_systems(session, person, on, systems)
    rows = query_rule(session, [on], known, "SELECT DISTINCT control FROM needed", scope, requirements=requirements)
    bounds = audit_bounds(session, person, "readiness.read")
    controls = (row.control for row in rows if bounds is None or bounds.has_control(row.control))
    return sorted(controls, key=natural_sort_key)


def needed_requirements(
    session: Session, person: Person, on: date, known: datetime, systems: Sequence[str] = ()
) -> dict[str, tuple[str, ...]]:
    """The evidence requirements (keys) that each control needs, by control; as `controls_needing`, for all at once."""
    require(person, "readiness.read")
    scope = _permitted_systems(session, person, on, systems)
    key = (on, knowledge_moment(session, known), scope)
    whole = _NEEDED.get(session, [key], lambda missing: [_needed(session, *each) for each in missing])[0]
    bounds = audit_bounds(session, person, "readiness.read")
    return {control: keys for control, keys in whole.items() if bounds is None or bounds.has_control(control)}


def _needed(session: Session, on: date, known: datetime, systems: Sequence[str]) -> dict[str, tuple[str, ...]]:
    answer = "SELECT DISTINCT n.control, r.key FROM needed n JOIN requirement r ON r.id = n.requirement ORDER BY r.key"
    needed: dict[str, tuple[str, ...]] = {}
    for row in query_rule(session, [on], known, answer, systems):
        needed[row.control] = (*needed.get(row.control, ()), row.key)
    return needed


def _permitted_systems(
    session: Session, person: Person, on: date, systems: Sequence[str], controls: Sequence[str] = ()
) -> tuple[str, ...]:
    """The systems that the person may see.

    Raises `NotAllowed` when the day, a system or a control lies outside an auditor's audit.
    """
    bounds = audit_bounds(session, person, "readiness.read")
    if bounds is None:
        return tuple(systems)
    bounds.require_catalogues(catalogue_of(control) for control in controls)
    return bounds.systems_on(on, systems)


def _explained(control: str, rows: Sequence[Row[Any]]) -> ControlExplanation:
    decided = next((row for row in rows if row.kind == ControlKind.CONTROL), None)
    if decided is None:
        return ControlExplanation(Status.UNKNOWN, [])
    status = STATUSES[decided.status]
    lines = [line for row in rows if (line := _line(row, control, status)) is not None]
    merged = [*_merge(lines), *_rest(lines, status)]
    order = sorted(merged, key=lambda line: (not line.deciding, not line.counted, line.kind, line.key))
    return ControlExplanation(status, order)


def _line(row: Row[Any], control: str, status: str) -> ControlLine | None:
    """The line of a row of `_CONTROL`; None for the control itself. `status`: the control's."""
    taken_from = row.taken if row.taken != control else ""
    if row.kind == LineKind.MEASURE:
        return _measure_line(row, status, taken_from)
    if row.kind == LineKind.REQUIREMENT:
        return _counted_line(LineKind.REQUIREMENT, row, status, text("own requirement"), taken_from)
    if row.kind == LineKind.NONCONFORMITY:
        return _nonconformity_line(row, taken_from)
    if row.kind == LineKind.APPLICABILITY:
        return _applicability_line(row, status)
    return None


def _counted_line(kind: LineKind, row: Row[Any], status: str, message: Text, taken_from: str) -> ControlLine:
    own = STATUSES[row.status]
    is_applicable = own != Status.EXCLUDED
    return ControlLine(kind, row.key, own, message, own == status and is_applicable, is_applicable, taken_from)


def _nonconformity_line(row: Row[Any], taken_from: str) -> ControlLine:
    is_major = row.relation == Grade.MAJOR
    own = STATUSES[row.status] if row.status else Status.DEMONSTRATED
    if is_major:
        message = text("major nonconformity, open since {day}", day=row.day)
    else:
        message = text("minor nonconformity, open since {day}", day=row.day)
    return ControlLine(LineKind.NONCONFORMITY, row.words, own, message, is_major, is_major, taken_from, int(row.key))


def _applicability_line(row: Row[Any], status: str) -> ControlLine:
    if row.status:
        message, own = text("applicable since {day}: {why}", day=row.day, why=row.words), Status.DEMONSTRATED
    else:
        message = text("excluded by the Statement of Applicability since {day}: {why}", day=row.day, why=row.words)
        own = Status.EXCLUDED
    is_deciding = status == Status.EXCLUDED and own == Status.EXCLUDED
    return ControlLine(LineKind.APPLICABILITY, row.words, own, message, is_deciding)


def _measure_line(row: Row[Any], status: str, taken_from: str) -> ControlLine:
    if row.relation == MappingRelation.PRIMARY and row.reviewed:
        return _counted_line(LineKind.MEASURE, row, status, text("primary measure"), taken_from)
    if row.relation == MappingRelation.PRIMARY:
        message = text("mapping proposed, not reviewed yet")
    else:
        message = text("supporting measure: does not count towards the control's status")
    own = STATUSES[row.status]
    return ControlLine(LineKind.MEASURE, row.key, own, message, counted=False, taken_from=taken_from)


def _merge(lines: Sequence[ControlLine]) -> list[ControlLine]:
    """A requirement has a line for each of its cells, and a measure may be reached twice: one line each, the worst.

    Each finding has its own, also where two have one title.
    """
    best: dict[tuple[str, str, int], ControlLine] = {}
    for line in lines:
        key = (line.kind, line.key, line.finding)
        other = best.get(key)
        if (
            other is None
            or (line.counted, not line.taken_from) > (other.counted, not other.taken_from)
            or (
                line.counted == other.counted
                and worst_status([line.status, other.status]) == line.status != other.status
            )
        ):
            best[key] = line
    return list(best.values())


def _rest(lines: Sequence[ControlLine], status: str) -> list[ControlLine]:
    """The line that explains an unknown status: nothing is mapped to the control, or not for all of it."""
    if status != Status.UNKNOWN or any(line.deciding for line in lines):
        return []
    if any(line.counted and line.kind in (LineKind.MEASURE, LineKind.REQUIREMENT) for line in lines):
        message = text(
            "This control requires more than the controls it contains, and nothing states how the rest is demonstrated."
        )
    else:
        message = text(
            "No reviewed primary measure and no requirement of its own: nothing states how this is demonstrated."
        )
    return [ControlLine("rest", "", Status.UNKNOWN, message, deciding=True)]
