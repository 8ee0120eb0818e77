"""Which evidence a person may read: a team member what covers a requirement of the own teams, an auditor the audit's.

Conditions in SQL, which the database carries out: no row is read that may not be seen.
"""

from collections.abc import Callable, Iterable
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, literal, or_, select, true
from sqlmodel import Session

from access.permissions import Person, limits
from controls.audit.audit_bounds import plans_of
from controls.audit.audit_plan import AuditPlan
from controls.files.durations import valid_since
from evidence.errors import Unknown
from locales import text
from models.queries import latest, with_cells
from models.rows import table
from models.vocabulary import EvidenceKind, ReviewDecision, ReviewMode, Verdict

Covers = Callable[[ColumnElement[bool], list[ColumnElement[bool]]], ColumnElement[bool]]


def reachable(
    session: Session, person: Person, permission: str = "evidence.read", *, counting: bool = False
) -> list[ColumnElement[bool]]:
    """The conditions on the table of evidence; none if the permission is not limited. What no role reaches is not.

    `counting`: for asking of all evidence at once. Then the database makes the set first, which it would otherwise look
    up for each evidence: five times faster for all of it, and slower for one or for the newest fifty.
    """
    limited = limits(person, permission)
    if limited is None:
        return []
    covers = _in_set if counting else _looked_up
    ways = [_of_teams(limited.teams, covers)] if limited.teams else []
    ways += [_within(session, plan, covers) for plan in plans_of(session, limited.audits)]
    return [or_(false(), *ways)]


def require_reachable(session: Session, person: Person, evidence: str, permission: str = "evidence.read") -> None:
    """What may not be seen is not found, as if it did not exist; what is not limited is not looked up."""
    conditions = reachable(session, person, permission)
    row = table("evidence")
    if conditions and not session.execute(select(row.c.id).where(row.c.id == evidence, *conditions)).first():
        raise Unknown(text("There is no such evidence, or none that you may open."))


def _of_teams(teams: Iterable[str], covers: Covers) -> ColumnElement[bool]:
    """It covers a cell of a requirement that is now one of these teams'."""
    requirement = table("evidence_requirement")
    own = select(requirement.c.key).where(latest(requirement, "key"), requirement.c.team.in_(sorted(teams)))
    return covers(table("cell").c.requirement.in_(own), [])


def _within(session: Session, plan: AuditPlan, covers: Covers) -> ColumnElement[bool]:
    """It counts on a day that the auditor may ask about, and covers the organisation or a system of the audit.

    Those are the days from the period's first to the audit's. What counts is what represents one of them, what is still
    valid on one, and what stands when the period begins: a failure that nobody lifted, or what expired before.
    """
    row, coverage = table("evidence"), table("coverage")
    first, ends = plan.period_first, coverage.c.explicit_end
    where = table("cell").c.system.in_(["", *plan.systems]) if plan.systems else true()
    recent = coverage.c.last_day >= first  # a day of the evidence, where the index has it
    in_period = and_(row.c.last_day >= first, covers(where, [recent]) if plan.systems else true())
    since = _valid_since(session, first)
    valid = [~recent, coverage.c.last_day >= since, ends.is_(None) | (ends >= first)]
    standing = row.c.id.in_(_standing(first, where))
    return and_(row.c.first_day <= plan.day, or_(in_period, covers(where, valid), standing))


def _valid_since(session: Session, day: date) -> ColumnElement[date]:
    """Of a cell the earliest last represented day that is valid on a day, by any definition of its requirement."""
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


def _standing(day: date, where: ColumnElement[bool]) -> Select[tuple[str]]:
    """The newest evidence of each series before a day that counts: a failure, or what was accepted."""
    coverage, series, cell = table("coverage"), table("series"), table("cell")
    requirement, review = table("evidence_requirement"), table("review")
    word = select(review.c.decision).where(review.c.evidence == coverage.c.evidence)
    latest_word = word.order_by(review.c.recorded_at.desc()).limit(1).scalar_subquery()
    unreviewed = or_(
        coverage.c.fails == 1, and_(requirement.c.review == ReviewMode.AUTOMATIC, coverage.c.needs_review == 0)
    )
    accepted = ReviewDecision.ACCEPTED
    counts = func.coalesce(latest_word, case((unreviewed, accepted))) == accepted
    newest = [coverage.c[name].desc() for name in ("last_day", "recorded_at", "fails", "evidence")]
    before = select(coverage.c.evidence).where(coverage.c.series == series.c.id, coverage.c.last_day < day)
    judged = before.where(or_(coverage.c.verdict != Verdict.NONE, requirement.c.kind == EvidenceKind.RECORD), counts)
    first = judged.order_by(*newest).limit(1).correlate(series, requirement).scalar_subquery()
    joined = series.join(cell, cell.c.id == series.c.cell).join(requirement, requirement.c.key == cell.c.requirement)
    return select(first).select_from(joined).where(where, latest(requirement, "key"))


def _looked_up(cells: ColumnElement[bool], which: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    """The evidence has a coverage of such a cell."""
    evidence, coverage = table("evidence"), table("coverage")
    joined = with_cells(coverage)
    return exists().select_from(joined).where(coverage.c.evidence == evidence.c.id, cells, *which)


def _in_set(cells: ColumnElement[bool], which: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    """The evidence is one of those with a coverage of such a cell."""
    evidence, coverage = table("evidence"), table("coverage")
    joined = with_cells(coverage)
    return evidence.c.id.in_(select(coverage.c.evidence).select_from(joined).where(cells, *which))
