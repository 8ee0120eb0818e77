"""Controls whose status rests on a mapping that came with the statement and that the organisation has not confirmed."""

from datetime import date, datetime

from sqlmodel import Session

from access.permissions import Person, require
from controls.audit.audit_bounds import audit_bounds
from readiness.answer_cache import AnswerCache, knowledge_moment
from readiness.rule import query_rule

_CACHE: AnswerCache[tuple[date, datetime], frozenset[str]] = AnswerCache(32)

_ANSWER = """
SELECT DISTINCT s.control FROM control_status s
JOIN reach h ON h.control = s.control
JOIN mapping m ON m.control = h.taken AND m.relation = 'primary' AND m.reviewed_at <= :known
 AND (m.ended_at IS NULL OR m.ended_at > :known) AND (m.confirmed_at IS NULL OR m.confirmed_at > :known)
WHERE s.status <> 0
"""


def controls_with_unconfirmed_mapping(session: Session, person: Person, on: date, known: datetime) -> frozenset[str]:
    """The keys of the applicable controls with a primary mapping that only the statement's editors reviewed."""
    require(person, "readiness.read")
    bounds = audit_bounds(session, person, "readiness.read")
    key = on, knowledge_moment(session, known)
    [controls] = _CACHE.get(session, [key], lambda _: [_controls(session, *key)])
    return controls if bounds is None else frozenset(filter(bounds.has_control, controls))


def _controls(session: Session, on: date, known: datetime) -> frozenset[str]:
    return frozenset(row.control for row in query_rule(session, [on], known, _ANSWER))
