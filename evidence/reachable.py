"""Which evidence a person may read: a team member what covers a requirement of the own teams, an auditor the audit's.

Conditions in SQL, which the database carries out: no row is read that may not be seen.
"""

from collections.abc import Callable, Iterable

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlmodel import Session

from access.permissions import Person, limits
from controls.audit_bounds import plans_of
from controls.audit_plan import AuditPlan
from controls.rows import table
from controls.versions import latest
from evidence.errors import Unknown
from locales import text

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
    ways += [_within(plan, covers) for plan in plans_of(session, limited.audits)]
    return [or_(false(), *ways)]


def require_reachable(session: Session, person: Person, evidence: str, permission: str = "evidence.read") -> None:
    """What may not be seen is not found, as if it did not exist; what is not limited is not looked up."""
    conditions = reachable(session, person, permission)
    row = table("evidence")
    if conditions and not session.execute(select(row.c.id).where(row.c.id == evidence, *conditions)).first():
        raise Unknown(text("There is no evidence {evidence}.", evidence=evidence))


def _of_teams(teams: Iterable[str], covers: Covers) -> ColumnElement[bool]:
    """It covers a cell of a requirement that is now one of these teams'."""
    requirement = table("evidence_requirement")
    own = select(requirement.c.key).where(latest(requirement, "key"), requirement.c.team.in_(sorted(teams)))
    return covers(table("cell").c.requirement.in_(own), [])


def _within(plan: AuditPlan, covers: Covers) -> ColumnElement[bool]:
    """It represents a day of the audit's period, and covers the organisation or a system of the audit."""
    row = table("evidence")
    days = and_(row.c.last_day >= plan.period_first, row.c.first_day <= plan.period_last)
    if not plan.systems:
        return days
    recent = table("coverage").c.last_day >= plan.period_first  # a day of the evidence, where the index has it
    return and_(days, covers(table("cell").c.system.in_(["", *plan.systems]), [recent]))


def _looked_up(cells: ColumnElement[bool], which: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    """The evidence has a coverage of such a cell."""
    evidence, coverage, series, cell = (table(name) for name in ("evidence", "coverage", "series", "cell"))
    joined = coverage.join(series, series.c.id == coverage.c.series).join(cell, cell.c.id == series.c.cell)
    return exists().select_from(joined).where(coverage.c.evidence == evidence.c.id, cells, *which)


def _in_set(cells: ColumnElement[bool], which: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    """The evidence is one of those with a coverage of such a cell."""
    evidence, coverage, series, cell = (table(name) for name in ("evidence", "coverage", "series", "cell"))
    own = select(series.c.id).join(cell, cell.c.id == series.c.cell).where(cells)
    return evidence.c.id.in_(select(coverage.c.evidence).where(coverage.c.series.in_(own), *which))
