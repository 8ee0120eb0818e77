"""The effect of an upload before it is saved: what it would change today and on the audit's day.

The delivery is recorded and judged as an upload is, readiness is computed, and all of it is undone. So the effect can't
differ from what saving does.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlmodel import Session

from access.permissions import Person, may, require
from controls.audit.audit_bounds import audit_of
from evidence.decisions.review import add_review
from evidence.intake.delivery.cells import CellKey
from evidence.intake.submission import Delivery, Filed, record_evidence
from evidence.judging.levels import FAILING_LEVELS
from evidence.library.results import ResultFilters, ResultRow, results
from evidence.storage.store import EvidenceStore
from models.calendar import calendar_of
from models.transaction import last_fact
from models.vocabulary import ReviewDecision
from readiness.answer_cache import is_undone
from readiness.status import Readiness, readiness

_REVIEWER = "someone else"


@dataclass(frozen=True, slots=True)
class Outlook:
    """Readiness today and on the day of the audit that is ahead (none without one), in the systems of its scope."""

    today: Readiness
    audit: Readiness | None = None
    systems: tuple[str, ...] = ()
    catalogues: tuple[str, ...] = ()  # the audit's criteria; empty: all


@dataclass(frozen=True, slots=True)
class UploadEffect:
    """The judgement of a delivery, and readiness before it, once saved, and once somebody else accepts it.

    `before`, `saved`, `accepted`: None for a person who may not read readiness. `needs_acceptance`: acceptance changes
    more than saving. `results`: some of its results as its policy judges them, the worst first.
    """

    filed: Filed
    before: Outlook | None = None
    saved: Outlook | None = None
    accepted: Outlook | None = None
    needs_acceptance: bool = False
    results: list[ResultRow] = field(default_factory=list)

    def compact(self) -> "UploadEffect":
        """The same with only the cells that the delivery covers, to be stored while a page is open."""
        covered = {cell.key for cell in self.filed.covered}
        before, saved, accepted = (_only(outlook, covered) for outlook in (self.before, self.saved, self.accepted))
        return replace(self, before=before, saved=saved, accepted=accepted)


@dataclass(frozen=True, slots=True)
class JointEffect:
    """The judgements of several deliveries, and readiness before them, once all are saved, and once all are accepted.

    The fields are as those of `UploadEffect`.
    """

    filed: list[Filed]
    before: Outlook | None = None
    saved: Outlook | None = None
    accepted: Outlook | None = None
    needs_acceptance: bool = False


def _only(outlook: Outlook | None, cells: Collection[CellKey]) -> Outlook | None:
    if outlook is None:
        return None
    today = replace(outlook.today, cells=[cell for cell in outlook.today.cells if cell.key in cells])
    return replace(outlook, today=today, audit=outlook.audit and replace(outlook.audit, cells=[]))


def current_outlook(session: Session, person: Person, now: datetime) -> Outlook | None:
    """Readiness now and for the next audit; None for a person who may not read it."""
    if not (may(person, "readiness.read") and may(person, "controls.read")):
        return None
    today, plan = calendar_of(session).day_of(now), audit_of(session, person, now)
    if plan is None:
        return _outlook(session, person, today, None, (), now)
    return _outlook(session, person, today, plan.day if plan.day >= today else None, plan.systems, now, plan.catalogues)


def effect(
    session: Session,
    store: EvidenceStore,
    person: Person,
    delivery: Delivery,
    before: Outlook | None,
    now: datetime,
    shown: int = 0,
) -> UploadEffect:
    """What submitting a delivery would change. Raises what `submit` raises.

    `session` is of a transaction that is undone (`models.transaction.trying`). Nothing is left behind in it, no bytes
    are stored and nothing is logged. `before`: as read a moment ago; read again if facts were recorded since.
    `shown`: the number of results to return.
    """
    require(person, "evidence.file")
    if not is_undone(session):  # undone facts would be cached as true
        raise ValueError("the effect of an upload is asked in a transaction that is undone")
    with session.begin_nested() as undone:
        result = _effect(session, store, person, delivery, before, now, shown)
        undone.rollback()
    return result


def _effect(
    session: Session,
    store: EvidenceStore,
    person: Person,
    delivery: Delivery,
    before: Outlook | None,
    now: datetime,
    shown: int,
) -> UploadEffect:
    if before and last_fact(session) > before.today.known:
        before = _reread(session, person, before, now)
    filed = record_evidence(session, store, person, delivery, now)
    session.flush()
    judged = judged_results(session, person, filed.evidence, shown) if shown else []
    if before is None:
        return UploadEffect(filed, results=judged)
    saved, accepted = _outlooks(session, person, [filed], before, now)
    return UploadEffect(filed, before, saved, accepted, saved.today.cells != accepted.today.cells, judged)


def joint_effect(
    session: Session,
    store: EvidenceStore,
    person: Person,
    deliveries: Sequence[Delivery],
    before: Outlook | None,
    now: datetime,
) -> JointEffect:
    """What submitting several deliveries, one after another, would change. As `effect`, also in what it raises."""
    require(person, "evidence.file")
    if not is_undone(session):
        raise ValueError("the effect of uploads is asked in a transaction that is undone")
    with session.begin_nested() as undone:
        if before and last_fact(session) > before.today.known:
            before = _reread(session, person, before, now)
        filed = [record_evidence(session, store, person, delivery, now) for delivery in deliveries]
        session.flush()
        result = JointEffect(filed)
        if before is not None:
            saved, accepted = _outlooks(session, person, filed, before, now)
            result = JointEffect(filed, before, saved, accepted, saved.today.cells != accepted.today.cells)
        undone.rollback()
    return result


def _outlooks(
    session: Session, person: Person, filed: Sequence[Filed], before: Outlook, now: datetime
) -> tuple[Outlook, Outlook]:
    """Readiness with the recorded evidence, and once somebody else accepts what needs it."""
    saved = accepted = _reread(session, person, before, now)
    waiting = [each.evidence for each in filed if each.needs_review]
    for evidence in waiting:
        add_review(session, evidence, ReviewDecision.ACCEPTED, _REVIEWER, "", now)
    if waiting:
        accepted = _reread(session, person, before, now)
    return saved, accepted


def judged_results(session: Session, person: Person, evidence: str, most: int) -> list[ResultRow]:
    """Some results: those that fail by policy, then those that fail only by the tool, then the first of the files."""
    filters = [*(ResultFilters(level=level) for level in FAILING_LEVELS), ResultFilters(failing=True), ResultFilters()]
    rows = [row for row_filter in filters for row in results(session, person, evidence, row_filter, 1, most).rows]
    return list({(row.file, row.position): row for row in rows}.values())[:most]


def _reread(session: Session, person: Person, outlook: Outlook, known: datetime) -> Outlook:
    """The same days and scope by the knowledge of another moment."""
    audit = outlook.audit.on if outlook.audit else None
    return _outlook(session, person, outlook.today.on, audit, outlook.systems, known, outlook.catalogues)


def _outlook(
    session: Session,
    person: Person,
    today: date,
    audit: date | None,
    systems: tuple[str, ...],
    known: datetime,
    catalogues: tuple[str, ...] = (),
) -> Outlook:
    then = readiness(session, person, audit, known, systems) if audit else None
    return Outlook(readiness(session, person, today, known, systems), then, tuple(systems), tuple(catalogues))
