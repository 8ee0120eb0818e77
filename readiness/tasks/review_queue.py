"""The review queue: evidence that waits for someone's review, by the number of controls that it holds up."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Date
from sqlmodel import Session

from access.people import tokens
from access.permissions import Person, require
from controls.audit.audit_bounds import audit_of, catalogue_of
from evidence.library.waiting_for_review import WaitingRow, waiting
from models.calendar import calendar_of
from models.columns import Moment
from readiness.answer_cache import AnswerCache, knowledge_moment
from readiness.rule import WAITING, query_rule
from readiness.status import natural_sort_key

_CACHE: AnswerCache[tuple[tuple[date, ...], datetime, tuple[str, ...]], Mapping[str, frozenset[str]]] = AnswerCache(16)
_NUMBERS: AnswerCache[tuple[Person, datetime], int] = AnswerCache(64)

# Evidence that would count once accepted (newer than what counts now, and no other fail holds), and each control that
# needs it and is not demonstrated on that day.
_ANSWER = f"""
SELECT DISTINCT e.evidence, d.point, e.series, e.last_day, e.recorded_at, n.control
FROM due d
JOIN cell_status c ON c.requirement = d.requirement AND c.point = d.point AND c.status > 1
JOIN lines s ON s.place = c.place AND s.requirement = c.requirement AND s.stage = d.stage
JOIN coverage e ON {WAITING}
JOIN needed n ON n.requirement = d.requirement
JOIN control_status k ON k.control = n.control AND k.point = d.point AND k.status > 1
WHERE NOT EXISTS (
  SELECT 1 FROM standing w JOIN coverage f ON f.id = w.coverage
  WHERE w.stage = d.stage AND w.requirement = d.requirement AND w.series = e.series
    AND (f.last_day > e.last_day OR (f.last_day = e.last_day AND f.recorded_at > e.recorded_at)))
AND NOT EXISTS (
  SELECT 1 FROM weighed o
  WHERE o.point = d.point AND o.requirement = d.requirement AND o.place = c.place AND o.says = 4
    AND o.series <> e.series)
"""


@dataclass(frozen=True, slots=True)
class QueueItem:
    """Evidence that waits for a review. `controls`: those of the audit that are not demonstrated without it."""

    row: WaitingRow
    controls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReviewQueue:
    """What waits for this person, what holds up most controls first; `own`: what waits for others, as it is theirs."""

    items: list[QueueItem]
    own: int


def review_queue(session: Session, person: Person, now: datetime) -> ReviewQueue:
    """Everything that waits for a review, with the controls of the audit that it holds up today or on the audit's day.

    Without an audit all controls count. What the person uploaded, or a token that they made, is only counted.
    """
    require(person, "evidence.review")
    rows = waiting(session, person)
    others = _of_others(session, person, rows)
    held_up = _held_up_controls(session, person, now) if others else {}
    items = [QueueItem(row, held_up.get(row.id, ())) for row in others]
    items.sort(key=lambda item: (-len(item.controls), item.row.recorded_at, item.row.id))
    return ReviewQueue(items, len(rows) - len(others))


def waiting_number(session: Session, person: Person, now: datetime) -> int:
    """How many pieces of evidence wait for this person, for the navigation."""
    require(person, "evidence.review")
    keys = [(person, knowledge_moment(session, now))]
    return _NUMBERS.get(session, keys, lambda _: [len(_of_others(session, person, waiting(session, person)))])[0]


def _of_others(session: Session, person: Person, rows: Sequence[WaitingRow]) -> list[WaitingRow]:
    """Those that neither the person nor a token of theirs uploaded."""
    names = {person.name, *_names_of_tokens(session, person, {row.uploaded_by for row in rows})}
    return [row for row in rows if row.uploaded_by not in names]


def _names_of_tokens(session: Session, person: Person, uploaders: Collection[str]) -> set[str]:
    """Of some uploaders, the tokens that this person made: they may hold them."""
    return {name for name in uploaders if person.name in tokens.list_makers(session, name)}


def _held_up_controls(session: Session, person: Person, now: datetime) -> dict[str, tuple[str, ...]]:
    """Evidence → the controls of the audit that it holds up."""
    audit, today = audit_of(session, person, now), calendar_of(session).day_of(now)
    days = (today, audit.day) if audit and audit.day > today else (today,)
    key = (days, knowledge_moment(session, now), tuple(audit.systems) if audit else ())
    held_up = _CACHE.get(session, [key], lambda missing: [_query(session, *each) for each in missing])[0]
    wanted = set(audit.catalogues) if audit else None
    return {
        evidence: tuple(
            sorted((key for key in controls if wanted is None or catalogue_of(key) in wanted), key=natural_sort_key)
        )
        for evidence, controls in held_up.items()
    }


def _query(
    session: Session, days: Sequence[date], known: datetime, systems: Sequence[str]
) -> dict[str, frozenset[str]]:
    """Evidence → controls. Of several that wait in one series only the newest would count, so only it holds them up."""
    rows = query_rule(session, days, known, _ANSWER, systems, last_day=Date(), recorded_at=Moment())
    newest: dict[tuple[int, int], tuple[date, datetime, str]] = {}
    for row in rows:
        age = (row.last_day, row.recorded_at, row.evidence)
        newest[row.point, row.series] = max(age, newest.get((row.point, row.series), age))
    held_up: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        if newest[row.point, row.series][2] == row.evidence:
            held_up[row.evidence].add(row.control)
    return {evidence: frozenset(controls) for evidence, controls in held_up.items()}
