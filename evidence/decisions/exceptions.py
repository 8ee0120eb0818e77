"""The exceptions as they stand: which failing check of what, why, by whom, from when until when."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, exists, select
from sqlmodel import Session

from access.permissions import Person, require
from evidence.visible_evidence import reachable
from models.queries import with_cells
from models.rows import table


@dataclass(frozen=True, slots=True)
class ExceptionRow:
    """One exception. It is in force from `in_force`, never before the day on which it was recorded, to `last_day`."""

    id: int
    requirement: str
    system: str
    target: str
    tool: str
    check: str
    reason: str
    granted_by: str
    recorded_at: datetime
    first_day: date
    last_day: date
    in_force: date
    revoked_at: datetime | None
    revoked_by: str
    revoked_day: date | None

    def is_in_force(self, day: date) -> bool:
        """Whether the check is accepted on a day."""
        ended = self.revoked_day is not None and self.revoked_day <= day
        return self.in_force <= day <= self.last_day and not ended


def exceptions(session: Session, person: Person, requirement: str = "", evidence: str = "") -> list[ExceptionRow]:
    """Every exception ever granted, the latest first; of one requirement, or for checks that fail in one evidence.

    Who may read no evidence of its series does not see it.
    """
    require(person, "evidence.read")
    given, series, cell = table("check_exception"), table("series"), table("cell")
    columns = [
        {"requirement": cell, "system": cell, "target": cell, "tool": series}.get(name, given).c[name]
        for name in ExceptionRow.__dataclass_fields__
    ]
    joined = with_cells(given)
    conditions = [_fails_in(evidence)] if evidence else []
    conditions += [cell.c.requirement == requirement] if requirement else []
    if within := reachable(session, person):
        conditions.append(_covered_by(within))
    query = select(*columns).select_from(joined).where(*conditions)
    rows = session.execute(query.order_by(given.c.recorded_at.desc(), given.c.id.desc())).mappings()
    return [ExceptionRow(**row) for row in rows]


def _fails_in(evidence: str) -> ColumnElement[bool]:
    given, coverage, check = table("check_exception"), table("coverage"), table("coverage_check")
    joined = coverage.join(check, check.c.coverage == coverage.c.id)
    same = [coverage.c.series == given.c.series, check.c.check == given.c.check]
    return exists().select_from(joined).where(coverage.c.evidence == evidence, *same)


def _covered_by(within: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    """Some evidence of the series fulfils the conditions."""
    given, coverage, row = table("check_exception"), table("coverage").alias("of_series"), table("evidence")
    joined = coverage.join(row, row.c.id == coverage.c.evidence)
    return exists().select_from(joined).where(coverage.c.series == given.c.series, *within)
