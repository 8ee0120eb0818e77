"""The lines behind a control's status: what the rule looked at, what decided, and what does not count and why."""

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
from readiness.answer_cache import AnswerCache, knowledge
from readiness.rule import STATUSES, ask
from readiness.status import natural, worst


@dataclass(frozen=True, slots=True)
class ControlLine:
    """One line that the rule looked at for a control. `taken_from`: the other edition's control that it belongs to.

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


_KEPT: AnswerCache[tuple[tuple[str, ...], date, datetime, tuple[str, ...]], dict[str, ControlExplanation]] = (
    AnswerCache(64)
)

_CONTROL = """
SELECT h.control AS asked, 'nonconformity' AS kind, CAST(f.id AS VARCHAR) AS key,
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
    """Why a control has its status: every line that the rule looked at, then what is not counted and why."""
    return explain_controls(session, person, [control], on, known, systems)[control]


def explain_controls(
    session: Session, person: Person, controls: Sequence[str], on: date, known: datetime, systems: Sequence[str] = ()
) -> dict[str, ControlExplanation]:
    """The same for several controls, asked at once."""
    require(person, "readiness.read")
    within = _within(session, person, on, systems, controls)
    key = (tuple(controls), on, knowledge(session, known), within)
    return _KEPT.of(session, [key], lambda missing: [_explain(session, *one) for one in missing])[0]


def _explain(
    session: Session, controls: Sequence[str], on: date, known: datetime, systems: Sequence[str]
) -> dict[str, ControlExplanation]:
    if not controls:
        return {}
    names = {f"control{number}": control for number, control in enumerate(controls)}
    answer = _CONTROL.replace("{controls}", ", ".join(f":{name}" for name in names))
    found: dict[str, list[Row[Any]]] = {control: [] for control in controls}
    for row in ask(session, [on], known, answer, systems, values=names, day=Date()):
        found[row.asked].append(row)
    return {control: _explained(control, rows) for control, rows in found.items()}


def controls_needing(
    session: Session,
    person: Person,
    requirements: Sequence[str],
    on: date,
    known: datetime,
    systems: Sequence[str] = (),
) -> list[str]:
    """The controls that need some requirement: by a primary measure, as their own, or by taking over."""
    require(person, "readiness.read")
    if not requirements:
        return []
    within = _within(session, person, on, systems)
    rows = ask(session, [on], known, "SELECT DISTINCT control FROM needed", within, requirements=requirements)
    bounds = audit_bounds(session, person, "readiness.read")
    found = (row.control for row in rows if bounds is None or bounds.has_control(row.control))
    return sorted(found, key=natural)


def _within(
    session: Session, person: Person, on: date, systems: Sequence[str], controls: Sequence[str] = ()
) -> tuple[str, ...]:
    """The systems that may be asked; refused if the day, a system or a control lies outside an auditor's audit."""
    bounds = audit_bounds(session, person, "readiness.read")
    if bounds is None:
        return tuple(systems)
    bounds.require_catalogues(catalogue_of(control) for control in controls)
    return bounds.systems_on(on, systems)


def _explained(control: str, rows: Sequence[Row[Any]]) -> ControlExplanation:
    decided = next((row for row in rows if row.kind == ControlKind.CONTROL), None)
    if decided is None:
        return ControlExplanation("unknown", [])
    status = STATUSES[decided.status]
    lines = [line for row in rows if (line := _line(row, control, status)) is not None]
    merged = [*_merge(lines), *_rest(lines, status)]
    order = sorted(merged, key=lambda line: (not line.deciding, not line.counted, line.kind, line.key))
    return ControlExplanation(status, order)


def _line(row: Row[Any], control: str, status: str) -> ControlLine | None:
    taken = row.taken if row.taken != control else ""
    if row.kind == LineKind.MEASURE:
        return _measure(row, status, taken)
    if row.kind == LineKind.REQUIREMENT:
        state = STATUSES[row.status]
        return ControlLine(
            LineKind.REQUIREMENT,
            row.key,
            state,
            text("own requirement"),
            state == status and state != Status.EXCLUDED,
            state != Status.EXCLUDED,
            taken,
        )
    if row.kind == LineKind.NONCONFORMITY:
        return ControlLine(
            LineKind.NONCONFORMITY,
            row.words,
            STATUSES[row.status] if row.status else Status.DEMONSTRATED,
            _open_since(row),
            row.relation == Grade.MAJOR,
            row.relation == Grade.MAJOR,
            taken,
            int(row.key),
        )
    if row.kind == LineKind.APPLICABILITY:
        words = (
            text("applicable since {day}: {why}", day=row.day, why=row.words)
            if row.status
            else text("excluded by the Statement of Applicability since {day}: {why}", day=row.day, why=row.words)
        )
        return ControlLine(
            LineKind.APPLICABILITY,
            row.words,
            Status.DEMONSTRATED if row.status else Status.EXCLUDED,
            words,
            status == Status.EXCLUDED and not row.status,
        )
    return None


def _open_since(row: Row[Any]) -> Text:
    if row.relation == Grade.MAJOR:
        return text("major nonconformity, open since {day}", day=row.day)
    return text("minor nonconformity, open since {day}", day=row.day)


def _measure(row: Row[Any], status: str, taken: str) -> ControlLine:
    state = STATUSES[row.status]
    if row.relation != MappingRelation.PRIMARY:
        return ControlLine(
            "measure",
            row.key,
            state,
            text("supporting measure: never turns a control green"),
            counted=False,
            taken_from=taken,
        )
    if not row.reviewed:
        return ControlLine(
            "measure", row.key, state, text("mapping proposed, not reviewed yet"), counted=False, taken_from=taken
        )
    return ControlLine(
        "measure",
        row.key,
        state,
        text("primary measure"),
        state == status and state != Status.EXCLUDED,
        state != Status.EXCLUDED,
        taken,
    )


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
            or (line.counted == other.counted and worst([line.status, other.status]) == line.status != other.status)
        ):
            best[key] = line
    return list(best.values())


def _rest(lines: Sequence[ControlLine], status: str) -> list[ControlLine]:
    """Unknown needs its own line: nothing rests on the control, or nobody said how the rest of it is shown."""
    if status != Status.UNKNOWN or any(line.deciding for line in lines):
        return []
    if any(line.counted and line.kind in (LineKind.MEASURE, LineKind.REQUIREMENT) for line in lines):
        message = text("It asks more than what it contains, and nobody has said how the rest is shown.")
    else:
        message = text("No reviewed primary measure and no requirement of its own: nobody has said how this is shown.")
    return [ControlLine("rest", "", "unknown", message, deciding=True)]
