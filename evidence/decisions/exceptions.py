"""Exceptions: a named person accepts a failing check with a reason until a day; granting, revoking and reading them.

An exception is in force from its first day, but never before the day on which it was recorded.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, exists, insert, select, update
from sqlmodel import Session

from access.activity.record import record
from access.permissions import Person, require
from controls import names
from controls.files.durations import add
from evidence.decisions.failing_checks import failing_check
from evidence.decisions.series import LONGEST_REASON, current_requirement, find_existing_series, log_decision
from evidence.errors import NotPossible, Unknown
from evidence.intake.delivery.cells import CellKey
from evidence.visible_evidence import visible
from locales import text
from models.calendar import calendar_of
from models.queries import with_cells
from models.rows import table
from models.vocabulary import EvidenceKind, Scope

_LONGEST_CHECK: Final = 1_000  # characters
_AT_MOST: Final = "P1Y"  # that an exception lasts, from the day on which it is granted
_SCOPES = {
    "organisation": text("the organisation"),
    "system": text("each system"),
    "target": text("each target"),
}


def grant_exception(
    session: Session,
    person: Person,
    requirement: str,
    system: str,
    target: str,
    tool: str,
    check: str,
    reason: str,
    first_day: date,
    last_day: date,
    now: datetime,
) -> int:
    """Accept one check that fails now in one series, for a year at most, with a reason. Gives its number.

    `check`: by any name that results show (`evidence.decisions.failing_checks`); it is recorded as the policy calls it.
    """
    require(person, "exception.decide")
    requirement_row = current_requirement(session, requirement, now)
    if requirement_row.kind == EvidenceKind.RECORD:
        raise NotPossible(text("{requirement} is a record: it has no checks that fail.", requirement=requirement))
    today = calendar_of(session).day_of(now)
    _days_fit(first_day, last_day, today)
    key = (requirement, system, target)
    named = names.plain(check, text("The check"), _LONGEST_CHECK)
    words = names.plain(reason, text("The reason"), LONGEST_REASON, lines=True)
    series = _series(session, requirement_row, key, tool)
    failing = failing_check(session, person, series, target, requirement_row.review, named)
    row: dict[str, Any] = {
        "series": series,
        "check": failing,
        "reason": words,
        "first_day": first_day,
        "last_day": last_day,
        "in_force": max(first_day, today),
        "recorded_at": now,
        "granted_by": person.name,
        "revoked_by": "",
    }
    exceptions = table("check_exception")
    number = int(session.execute(insert(exceptions).values(row).returning(exceptions.c.id)).scalar_one())
    days = {one: row[one].isoformat() for one in ("first_day", "last_day", "in_force")}
    log_decision(
        session, person, "exception.grant", key, now, id=number, tool=tool, check=failing, reason=words, **days
    )
    return number


def _days_fit(first_day: date, last_day: date, today: date) -> None:
    if last_day < max(first_day, today):
        raise NotPossible(
            text(
                "The last day {last} lies before {day}; an exception is for days to come.",
                last=last_day,
                day=max(first_day, today),
            )
        )
    if last_day > (latest_day := add(today, _AT_MOST)):
        raise NotPossible(
            text(
                "The last day {last} is more than a year ahead; expected {day} at most. Decide again by then.",
                last=last_day,
                day=latest_day,
            )
        )


def revoke_exception(session: Session, person: Person, exception: int, now: datetime) -> None:
    """From today on the exception is no longer in force."""
    require(person, "exception.decide")
    exceptions = table("check_exception")
    row = session.execute(select(exceptions).where(exceptions.c.id == exception)).one_or_none()
    if row is None:
        raise Unknown(text("There is no exception {id}.", id=str(exception)))
    if row.revoked_at is not None:
        raise NotPossible(text("This exception was revoked on {moment} already.", moment=row.revoked_at))
    session.execute(
        update(exceptions)
        .where(exceptions.c.id == exception)
        .values(revoked_at=now, revoked_day=calendar_of(session).day_of(now), revoked_by=person.name)
    )
    details = _exception_details(session, row)
    today = calendar_of(session).day_of(now).isoformat()
    record(session, person, "exception.revoke", str(exception), now, revoked_day=today, **details)


def _exception_details(session: Session, exception: Row[Any]) -> dict[str, str]:
    """What an exception was about, for the log."""
    series, cell = table("series"), table("cell")
    columns = (cell.c.requirement, cell.c.system, cell.c.target, series.c.tool)
    joined = series.join(cell, cell.c.id == series.c.cell)
    place = session.execute(select(*columns).select_from(joined).where(series.c.id == exception.series)).one()
    days = {"first_day": exception.first_day.isoformat(), "last_day": exception.last_day.isoformat()}
    return {**place._mapping, "check": exception.check, "reason": exception.reason, **days}  # noqa: SLF001


def _series(session: Session, requirement_row: Row[tuple[str, str, str]], key: CellKey, tool: str) -> int:
    """The series that an exception is about."""
    requirement, system, target = key
    if (requirement_row.scope == Scope.ORGANISATION) != (system == "") or (
        target and requirement_row.scope != Scope.TARGET
    ):
        raise NotPossible(
            text(
                "{requirement} applies to {scope}; name exactly that.",
                requirement=requirement,
                scope=_SCOPES[requirement_row.scope],
            )
        )
    systems = table("system")
    if system and not session.execute(select(systems.c.key).where(systems.c.key == system)).first():
        raise Unknown(text("There is no system {key}.", key=system))
    if (requirement_row.kind == EvidenceKind.TEST) != bool(tool):
        raise NotPossible(text("An exception for a test names the tool; one for a register does not."))
    return find_existing_series(session, key, tool)


# ── Reading ──────────────────────────────────────────────────────────────────────────────────────────────────────────


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
    if within := visible(session, person):
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
