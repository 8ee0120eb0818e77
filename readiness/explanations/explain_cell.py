"""The facts behind a cell's status: evidence that decides, waits for a review, or does not count, and why."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Date, Row, select
from sqlalchemy import text as sql
from sqlmodel import Session

from access.permissions import Person, may, require
from controls.audit.audit_bounds import audit_bounds
from evidence.intake.delivery.cells import CellKey
from evidence.judging.words import checks_text
from locales import Text, plural, stored_text, text
from models.bulk_changes import table
from models.calendar import Calendar, calendar_of
from models.durations import add
from models.vocabulary import ReviewDecision, ReviewState, Status
from readiness.explanations.deciding_evidence import (
    EvidenceFacts,
    ExceptionFact,
    evidence_facts,
    latest_reviews,
    review_text,
)
from readiness.rule import HOLDS, IGNORED, JUDGED, STATUSES, VALID, WAITING, query_rule


@dataclass(frozen=True, slots=True)
class Fact:
    """One line behind a cell's status.

    `accepted`: by whom or by which policy; `until`: the first day on which this evidence is no longer valid; `general`:
    `text` without the title of the evidence and the names of failing checks, for who may not read it; `declared`: what
    the uploader stated and no file contains.
    """

    text: Text
    evidence: str | None = None
    deciding: bool = False
    day: date | None = None
    until: date | None = None
    accepted: Text | None = None
    exceptions: tuple[ExceptionFact, ...] = ()
    title: str = ""
    general: Text | None = None
    declared: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class CellExplanation:
    """A cell's status and its facts, the deciding ones first. `more`: other evidence of the cell that is not listed."""

    status: str
    with_exception: bool
    facts: list[Fact]
    more: int = 0

    @property
    def evidence(self) -> frozenset[str]:
        """The evidence that is named, by id."""
        return frozenset(fact.evidence for fact in self.facts if fact.evidence)


# From the cell to its evidence by index, not by the rule's own tables, which hold all cells of the requirement.
_COVERED_BY = """cell q CROSS JOIN (SELECT id AS series, cell FROM series) s CROSS JOIN coverage e CROSS JOIN evidence v
  CROSS JOIN due d"""
_OF_THE_CELL = """q.requirement = :the_requirement AND q.system = :the_system AND q.target = :the_target
  AND s.cell = q.id AND e.series = s.series AND v.id = e.evidence"""

_CELL = f"""
SELECT 'status' AS kind, c.status, c.excepted, 0 AS says, 0 AS fails, NULL AS last_day, NULL AS explicit_end,
       '' AS renewal, NULL AS evidence, '' AS tool, '' AS title, 0 AS coverage
FROM cell_status c
WHERE c.system = :the_system AND c.target = :the_target
UNION ALL
SELECT 'newest', 0, 0, s.says, s.fails, s.last_day, s.explicit_end, r.renewal, v.id, v.tool, v.title, s.coverage
FROM cell_status c JOIN weighed s ON s.place = c.place CROSS JOIN requirement r JOIN evidence v ON v.id = s.evidence
WHERE c.system = :the_system AND c.target = :the_target
UNION ALL
SELECT 'waiting', 0, 0, 0, 0, e.last_day, e.explicit_end, r.renewal, v.id, v.tool, v.title, e.id
FROM {_COVERED_BY} CROSS JOIN requirement r
WHERE {_OF_THE_CELL} AND {WAITING}
"""

_OTHERS = f"""
SELECT e.id AS coverage, v.id AS evidence, v.tool, v.title, e.last_day, e.first_day, e.reason, e.series,
       {IGNORED} AS ignored
FROM {_COVERED_BY}
WHERE {_OF_THE_CELL} AND {JUDGED}
ORDER BY e.last_day DESC, e.recorded_at DESC, e.evidence DESC
"""

_CHECKS = 'SELECT k."check" FROM coverage_check k WHERE k.coverage = :coverage ORDER BY k."check"'
_REASON = "SELECT c.reason FROM coverage c WHERE c.id = :coverage"
_NAMED = 5  # failing checks that are named; more are counted
_LISTED = 20  # evidence that does not decide


def explain_cell(session: Session, person: Person, cell: CellKey, on: date, known: datetime) -> CellExplanation:
    """Why a cell (requirement, system, target) has its status on a day, by the knowledge of a moment."""
    require(person, "readiness.read")
    system = cell[1]
    if bounds := audit_bounds(session, person, "readiness.read"):
        bounds.systems_on(on, [system] if system else [])
    rows = _cell_rows(session, cell, on, known, _CELL, explicit_end=Date())
    cell_row = next((row for row in rows if row.kind == "status"), None)
    if cell_row is None:
        nothing = Fact(text("Not required on {day}: not in scope.", day=on), deciding=True)
        return CellExplanation(Status.UNKNOWN, with_exception=False, facts=[nothing])
    status = STATUSES[cell_row.status]
    facts = [_newest_fact(session, row, status, on) for row in rows if row.kind == "newest"]
    facts += [_waiting_fact(row, status) for row in rows if row.kind == ReviewState.WAITING]
    others = _other_evidence(session, cell, on, known, {fact.evidence for fact in facts})
    facts = sorted([*_facts_without_evidence(status, is_provided=bool(others)), *facts], key=_sort_key)
    if not may(person, "evidence.read"):
        return CellExplanation(status, bool(cell_row.excepted), [_without_evidence(fact) for fact in facts])
    facts += _ignored_facts(session, others[:_LISTED], known)
    more = len(others[_LISTED:])
    return CellExplanation(status, bool(cell_row.excepted), _completed(session, cell, facts, on, known), more)


def _cell_rows(
    session: Session, cell: CellKey, on: date, known: datetime, answer: str, **types: Date
) -> Sequence[Row[Any]]:
    """Rows of the rule about one cell."""
    requirement, system, target = cell
    values = {"the_requirement": requirement, "the_system": system, "the_target": target}
    return query_rule(session, [on], known, answer, (), [requirement], values, last_day=Date(), **types)


def withhold_unreadable(explanation: CellExplanation, readable: Collection[str]) -> CellExplanation:
    """The same for someone who may read only the `readable` evidence (ids).

    Of other evidence it tells the effect on the status, without title or checks; evidence that does not count is left
    out.
    """
    facts = [_withheld(fact, readable) for fact in explanation.facts]
    return replace(explanation, facts=[fact for fact in facts if fact is not None])


def _withheld(fact: Fact, readable: Collection[str]) -> Fact | None:
    if fact.evidence is None or fact.evidence in readable:
        return fact
    if fact.general is None:
        return None
    return Fact(fact.general, deciding=fact.deciding, day=fact.day, until=fact.until)


def _without_evidence(fact: Fact) -> Fact:
    """For someone without permission to read evidence: its effect on the status and its days, not which evidence."""
    return replace(fact, text=fact.general or fact.text, general=None, evidence=None)


def _sort_key(fact: Fact) -> tuple[bool, int, int]:
    """Deciding facts first; among those, what is valid longest."""
    until = fact.until or date.max if fact.deciding else date.max
    return not fact.deciding, -until.toordinal(), -(fact.day or date.max).toordinal()


def _facts_without_evidence(status: str, *, is_provided: bool) -> list[Fact]:
    """The facts that decide where no evidence does. `is_provided`: evidence was uploaded, and does not count."""
    if status == Status.EXCLUDED:
        message = text("Every control that needs it is excluded by the Statement of Applicability.")
    elif status != Status.MISSING:
        return []
    elif is_provided:
        message = text("The evidence provided does not count.")
    else:
        message = text("No evidence has been provided yet.")
    return [Fact(message, deciding=True)]


def _completed(session: Session, cell: CellKey, facts: list[Fact], on: date, known: datetime) -> list[Fact]:
    """With who accepted each evidence and the exceptions that it rests on."""
    known_facts = evidence_facts(session, {fact.evidence for fact in facts if fact.evidence}, on, known)
    return [_complete(fact, known_facts.get((fact.evidence, cell)) if fact.evidence else None) for fact in facts]


def _complete(fact: Fact, evidence: EvidenceFacts | None) -> Fact:
    if evidence is None:
        return fact
    exceptions = evidence.exceptions if fact.until or fact.deciding else ()
    return replace(
        fact, accepted=evidence.accepted, exceptions=exceptions, title=evidence.title, declared=evidence.declared
    )


def _other_evidence(
    session: Session, cell: CellKey, on: date, known: datetime, listed: Collection[str | None]
) -> list[Row[Any]]:
    """All evidence of the cell that is not listed yet, the newest first, with why it does not count."""
    rows = _cell_rows(session, cell, on, known, _OTHERS, first_day=Date())
    return [row for row in rows if row.evidence not in listed]


def _ignored_facts(session: Session, rows: Sequence[Row[Any]], known: datetime) -> list[Fact]:
    reviews = latest_reviews(session, {row.evidence for row in rows}, known)
    closings, calendar = _closings(session, {row.series for row in rows}, known), calendar_of(session)
    return [
        Fact(
            _does_not_count(row, _reason(calendar, row, reviews.get(row.evidence), closings.get(row.series))),
            row.evidence,
            day=row.last_day,
        )
        for row in rows
    ]


def _does_not_count(row: Row[Any], reason: Text) -> Text:
    values = {"source": row.tool or row.title, "day": row.last_day, "reason": reason}
    if str(reason).endswith((".", "!", "?")):  # a sentence of a policy or a person, which has its own full stop
        return text("{source} of {day} does not count: {reason}", **values)
    return text("{source} of {day} does not count: {reason}.", **values)


def _reason(calendar: Calendar, row: Row[Any], review: Row[Any] | None, closing: Row[Any] | None) -> Text:
    if row.ignored in (ReviewDecision.REJECTED, ReviewDecision.WITHDRAWN) and review is not None:
        return review_text(calendar, review)
    if row.ignored == "no verdict":
        reason = stored_text.from_stored(row.reason)
        return (
            text("no verdict could be given: {reason}", reason=reason) if reason else text("no verdict could be given")
        )
    if row.ignored == "closed" and closing is not None:
        message = text("{name} closed its series on {day}: {reason}")
        return text(message.message, name=closing.closed_by, day=closing.closed_day, reason=closing.reason)
    if row.ignored == "later":
        return text("it represents days from {day} on", day=row.first_day)
    if row.ignored == "unreviewed":
        return text("nobody reviewed it before it expired")
    return text("there is newer evidence")


def _closings(session: Session, series: Collection[int], known: datetime) -> dict[int, Row[Any]]:
    closing = table("series_closing")
    query = select(closing).where(closing.c.series.in_(series), closing.c.recorded_at <= known)
    return {row.series: row for row in session.execute(query.order_by(closing.c.recorded_at))}


def _newest_fact(session: Session, row: Row[Any], status: str, on: date) -> Fact:
    """What the newest evidence of one series does."""
    source, end, day = row.tool or row.title, _end(row), row.last_day
    why = _why_it_ends(session, row, end)
    if row.says == HOLDS:
        checks = list(session.execute(sql(_CHECKS), {"coverage": row.coverage}).scalars())
        general = text("Evidence of {day} fails.", day=day)
        return Fact(_failing(source, day, checks), row.evidence, status == Status.FAILING, day, general=general)
    if row.says != VALID:
        message = text("{source} of {day} expired on {end}.", source=source, day=day, end=end or on)
        general = text("Evidence of {day} expired on {end}.", day=day, end=end or on)
        return Fact(why(message), row.evidence, status == Status.LAPSED, day, general=general)
    if row.fails:
        message = text(
            "{source} of {day} fails, and an exception is in force for every check that fails.", source=source, day=day
        )
        general = text("Evidence of {day} fails, and an exception is in force for every check that fails.", day=day)
    else:
        message, general = _valid(source, day, end), _generally_valid(day, end)
    return Fact(why(message), row.evidence, status == Status.DEMONSTRATED, day, end, general=general)


def _why_it_ends(session: Session, row: Row[Any], end: date | None) -> Callable[[Text], Text]:
    """Adds to a message about a test why its proof ends earlier than by its renewal, as it was judged."""
    if not row.tool or not row.explicit_end or end != row.explicit_end + timedelta(days=1):
        return lambda message: message
    reason = stored_text.from_stored(session.execute(sql(_REASON), {"coverage": row.coverage}).scalar_one())
    return lambda message: Text("{fact} {reason}", {"fact": message, "reason": reason}) if reason else message


def _generally_valid(day: date, end: date | None) -> Text:
    if end is None:
        return text("Evidence of {day} is valid, without an end.", day=day)
    return text("Evidence of {day} is valid; it expires on {end}.", day=day, end=end)


def _failing(source: str, day: date, checks: Sequence[str]) -> Text:
    if not checks:
        return text(
            "{source} of {day} fails. Only a newer accepted pass resolves it.",
            source=source,
            day=day,
        )
    return plural(
        "{source} of {day}: {n} check fails ({checks}). Only a newer accepted pass or an exception resolves it.",
        "{source} of {day}: {n} checks fail ({checks}). Only a newer accepted pass or exceptions resolve it.",
        len(checks),
        source=source,
        day=day,
        checks=checks_text(checks, _NAMED),
    )


def _valid(source: str, day: date, end: date | None) -> Text:
    if end is None:
        return text("{source} of {day} is valid, without an end.", source=source, day=day)
    return text("{source} of {day} is valid; it expires on {end}.", source=source, day=day, end=end)


def _waiting_fact(row: Row[Any], status: str) -> Fact:
    message = text(
        "{source} of {day} waits for a review by someone other than its uploader.",
        source=row.tool or row.title,
        day=row.last_day,
    )
    general = text("Evidence of {day} waits for a review.", day=row.last_day)
    return Fact(message, row.evidence, status == Status.IN_REVIEW, row.last_day, _end(row), general=general)


def _end(row: Row[Any]) -> date | None:
    ends = [add(row.last_day, row.renewal)] if row.renewal else []
    ends += [row.explicit_end + timedelta(days=1)] if row.explicit_end else []
    return min(ends, default=None)
