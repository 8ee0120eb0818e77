"""SQL conditions for the evidence that a person may read: of a team member's teams, of an auditor's audits.

The database applies the conditions, so that no row is read that the person may not see.
"""

from collections.abc import Callable, Iterable
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, literal, or_, select, true
from sqlmodel import Session

from access.permissions import Person, limits
from controls.audit.audit_bounds import plans_of
from controls.audit.audit_plan import AuditPlan
from evidence.errors import Unknown
from locales import text
from models.bulk_changes import table
from models.durations import valid_since
from models.queries import latest, latest_review_decision, series_with_cells, with_cells, with_requirements
from models.vocabulary import EvidenceKind, ReviewDecision, ReviewMode, Verdict

Covers = Callable[[ColumnElement[bool], list[ColumnElement[bool]]], ColumnElement[bool]]


def visible(
    session: Session, person: Person, permission: str = "evidence.read", *, counting: bool = False
) -> list[ColumnElement[bool]]:
    """Conditions on the evidence table; an empty list when the permission has no limits.

    `counting`: for queries over all evidence. The database then computes the set first instead of looking up each
    evidence: five times faster for all, slower for a single item or the newest fifty.
    """
    limited = limits(person, permission)
    if limited is None:
        return []
    covers = _in_set if counting else _looked_up
    ways = [_of_teams(limited.teams, covers)] if limited.teams else []
    ways += [_within(session, plan, covers) for plan in plans_of(session, limited.audits)]
    return [or_(false(), *ways)]


def require_visible(session: Session, person: Person, evidence: str, permission: str = "evidence.read") -> None:
    """Raise `Unknown` when the person may not see an evidence item, as if it did not exist."""
    conditions = visible(session, person, permission)
    row = table("evidence")
    if conditions and not session.execute(select(row.c.id).where(row.c.id == evidence, *conditions)).first():
        raise Unknown(text("There is no such evidence, or none that you may open."))


def _of_teams(teams: Iterable[str], covers: Covers) -> ColumnElement[bool]:
    """The condition that evidence covers a cell of a requirement that belongs to one of these teams now."""
    requirement = table("evidence_requirement")
    own = select(requirement.c.key).where(latest(requirement, "key"), requirement.c.team.in_(sorted(teams)))
    return covers(table("cell").c.requirement.in_(own), [])


def _within(session: Session, plan: AuditPlan, covers: Covers) -> ColumnElement[bool]:
    """The condition that evidence counts on a day of the audit, for the organisation or a system of the audit.

    The days run from the first of the audited period to the day of the audit. Evidence counts when it represents one of
    them, is valid on one, or is the newest of its series when the period begins: an open failure, or expired evidence.
    """
    row, coverage = table("evidence"), table("coverage")
    first, ends = plan.period_first, coverage.c.explicit_end
    where = table("cell").c.system.in_(["", *plan.systems]) if plan.systems else true()
    recent = coverage.c.last_day >= first  # a day of the evidence, where the index has it
    in_period = and_(row.c.last_day >= first, covers(where, [recent]) if plan.systems else true())
    since = _valid_since(session, first)
    valid = [~recent, coverage.c.last_day >= since, ends.is_(None) | (ends >= first)]
    current = row.c.id.in_(_current_before(first, where))
    return and_(row.c.first_day <= plan.day, or_(in_period, covers(where, valid), current))


def _valid_since(session: Session, day: date) -> ColumnElement[date]:
    """SQL for the earliest last day with which evidence is valid on a day, by any definition of its requirement."""
    requirement = table("evidence_requirement")
    rows = session.execute(select(requirement.c.key, requirement.c.renewal).distinct())
    earliest: dict[str, date] = {}
    for key, renewal in rows:
        earliest[key] = min(valid_since(day, renewal), earliest.get(key, day))
    keys: dict[date, list[str]] = {}
    for key, since in earliest.items():
        keys.setdefault(since, []).append(key)
    own = table("cell").c.requirement
    return case(*((own.in_(some), since) for since, some in keys.items()), else_=day) if keys else literal(day)


def _current_before(day: date, where: ColumnElement[bool]) -> Select[tuple[str]]:
    """The newest counting evidence of each series before a day: a failure, or accepted evidence."""
    coverage, series, requirement = table("coverage"), table("series"), table("evidence_requirement")
    unreviewed = or_(
        coverage.c.fails == 1, and_(requirement.c.review == ReviewMode.AUTOMATIC, coverage.c.needs_review == 0)
    )
    accepted = ReviewDecision.ACCEPTED
    counts = func.coalesce(latest_review_decision(coverage.c.evidence), case((unreviewed, accepted))) == accepted
    newest = [coverage.c[name].desc() for name in ("last_day", "recorded_at", "fails", "evidence")]
    before = select(coverage.c.evidence).where(coverage.c.series == series.c.id, coverage.c.last_day < day)
    judged = before.where(or_(coverage.c.verdict != Verdict.NONE, requirement.c.kind == EvidenceKind.RECORD), counts)
    first = judged.order_by(*newest).limit(1).correlate(series, requirement).scalar_subquery()
    return select(first).select_from(with_requirements(series_with_cells())).where(where, latest(requirement, "key"))


def _looked_up(cells: ColumnElement[bool], coverages: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    """The condition that evidence covers such a cell, as a lookup for each evidence."""
    evidence, coverage = table("evidence"), table("coverage")
    joined = with_cells(coverage)
    return exists().select_from(joined).where(coverage.c.evidence == evidence.c.id, cells, *coverages)


def _in_set(cells: ColumnElement[bool], coverages: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    """The condition that evidence covers such a cell, as a set computed first."""
    evidence, coverage = table("evidence"), table("coverage")
    joined = with_cells(coverage)
    return evidence.c.id.in_(select(coverage.c.evidence).select_from(joined).where(cells, *coverages))
