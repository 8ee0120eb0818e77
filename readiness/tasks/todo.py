"""To do: what must be renewed, provided, repaired or reviewed, by which team and when; most blocked controls first."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from access.permissions import Person, require
from controls.audit.audit_plan import AuditPlan
from models.vocabulary import Status
from readiness.answer_cache import AnswerCache, knowledge_moment
from readiness.rule import STATUSES, query_rule
from readiness.status import AuditReadiness, CellStatus, audit_readiness

_ACTIONS = {"failing": "repair", "missing": "deliver", "lapsed": "renew", "in_review": "review"}
_CACHE: AnswerCache[tuple[date, datetime, tuple[str, ...]], list[tuple[str, str, str | None]]] = AnswerCache(16)
_RANK: dict[str, int] = {status: rank for rank, status in enumerate(STATUSES)}

_ANSWER = """
SELECT r.key AS requirement, n.control, r.team
FROM needed n JOIN control_status c ON c.control = n.control JOIN requirement r ON r.id = n.requirement
WHERE c.status > 1
"""


@dataclass(frozen=True, slots=True)
class ToDo:
    """One thing to do: repair (a fail), deliver (nothing counts), renew (expired, or will by the audit) or review."""

    team: str | None
    requirement: str
    system: str
    target: str
    status: str  # today
    action: str
    due: date | None  # the first day without valid evidence; none if that day has come
    since: date | None
    controls: int  # of the audit's criteria that are not demonstrated on its day without this
    delivered: str | None = None  # missing: evidence that was provided and does not count
    ignored: str = ""  # … and why
    waiting: str | None = None  # in review: the newest evidence that waits


def to_do(session: Session, person: Person, audit: AuditPlan, today: date, now: datetime) -> list[ToDo]:
    """Everything that keeps the audit from being ready on its day if nobody acts; what blocks most controls first."""
    require(person, "readiness.read")
    current = audit_readiness(session, person, audit, today, now)
    then = audit_readiness(session, person, audit, max(audit.day, today), now)
    return to_do_between(session, audit, current, then)


def to_do_between(session: Session, audit: AuditPlan, current: AuditReadiness, then: AuditReadiness) -> list[ToDo]:
    """The same from readiness already computed: today's and the audit day's."""
    blocked, teams = _blocked(session, audit, then)
    now_cells = {cell.key: cell for cell in current.readiness.cells}
    items = [
        to_do_item(now_cells.get(cell.key, cell), cell, teams.get(cell.requirement), blocked[cell.requirement])
        for cell in then.readiness.cells
        if cell.status not in (Status.DEMONSTRATED, Status.EXCLUDED)
    ]
    return sorted(
        items,
        key=lambda item: (
            -item.controls,
            -_RANK[item.status],
            item.due or date.min,
            item.requirement,
            item.system,
            item.target,
        ),
    )


def _blocked(session: Session, audit: AuditPlan, then: AuditReadiness) -> tuple[Counter[str], dict[str, str | None]]:
    """Requirement → how many of the audit's controls are not demonstrated then and need it; requirement → team."""
    key = (then.on, knowledge_moment(session, then.known), tuple(audit.systems))
    rows = _CACHE.get(session, [key], lambda missing: [_query(session, *key) for key in missing])[0]
    wanted = set(audit.catalogues)
    blocked = Counter(requirement for requirement, control, _ in rows if control.split(":")[0] in wanted)
    return blocked, {requirement: team for requirement, _, team in rows}


def _query(session: Session, on: date, known: datetime, systems: Sequence[str]) -> list[tuple[str, str, str | None]]:
    return [(row.requirement, row.control, row.team) for row in query_rule(session, [on], known, _ANSWER, systems)]


def to_do_item(now: CellStatus, then: CellStatus, team: str | None = None, controls: int = 0) -> ToDo:
    """What to do about a cell, from its status today and on a later day."""
    status = now.status
    action = "renew" if status == Status.DEMONSTRATED else _ACTIONS.get(status, "deliver")
    if status == Status.DEMONSTRATED and then.status == Status.FAILING:
        action = "repair"
    when = (now.valid_until, now.since)
    waiting = now.evidence if status == Status.IN_REVIEW else None
    return ToDo(team, *now.key, status, action, *when, controls, now.delivered, now.ignored, waiting)
