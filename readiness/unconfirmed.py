"""The controls whose status rests on a mapping that came with the statement and that nobody here has confirmed."""

from datetime import date, datetime

from sqlmodel import Session

from access.permissions import Person, require
from controls.audit.audit_bounds import audit_bounds
from readiness.rule import ask

_ANSWER = """
SELECT DISTINCT s.control FROM control_status s
JOIN reach h ON h.control = s.control
JOIN mapping m ON m.control = h.taken AND m.relation = 'primary' AND m.reviewed_at <= :known
 AND (m.ended_at IS NULL OR m.ended_at > :known) AND (m.confirmed_at IS NULL OR m.confirmed_at > :known)
WHERE s.status <> 0
"""


def unconfirmed(session: Session, person: Person, on: date, known: datetime) -> frozenset[str]:
    """The applicable controls with a primary mapping that only its editors reviewed."""
    require(person, "readiness.read")
    bounds = audit_bounds(session, person, "readiness.read")
    found = ask(session, [on], known, _ANSWER)
    return frozenset(row.control for row in found if bounds is None or bounds.has_control(row.control))
