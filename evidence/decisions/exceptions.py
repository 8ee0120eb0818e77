"""Exceptions: a named person accepts a failing check, with a reason, until a day. Grant, revoke and read them.

An exception is in force from its first day, but never before the day on which it was recorded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, exists, func, insert, select, update
from sqlmodel import Session

from access.activity.record import record
from access.permissions import Person, require
from controls import names
from evidence.decisions.failing_checks import failing_checks
from evidence.decisions.series import LONGEST_REASON, current_requirement, find_existing_series, log_decision
from evidence.errors import NotPossible, Unknown
from evidence.intake.delivery.cells import CellKey
from evidence.visible_evidence import visible
from locales import text
from models.bulk_changes import table
from models.calendar import calendar_of
from models.durations import add
from models.queries import series_with_cells, with_cells
from models.vocabulary import EvidenceKind, ExceptionKind, Scope

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
    kind: str = ExceptionKind.ACCEPTED_RISK,
) -> int:
    """Accept one check; see `grant_exceptions`. Return the exception's id."""
    key = (requirement, system, target)
    return grant_exceptions(session, person, key, tool, [check], reason, first_day, last_day, now, kind)[0]


def grant_exceptions(
    session: Session,
    person: Person,
    key: CellKey,
    tool: str,
    checks: Sequence[str],
    reason: str,
    first_day: date,
    last_day: date,
    now: datetime,
    kind: str = ExceptionKind.ACCEPTED_RISK,
) -> list[int]:
    """Accept checks that fail now in a series, with a reason, for at most a year. Return the ids, one for each check.

    `key`: requirement, system and target. `checks`: any names that results show (see `failing_checks`); they are
    recorded by the policy's names. `kind`: accepted risk or false positive. Raises `NotAllowed`, `Unknown` when there
    is no such requirement, system or series, and `NotPossible` when the days, the kind or a check do not fit.
    """
    require(person, "exception.decide")
    requirement_row = current_requirement(session, key[0], now)
    if requirement_row.kind == EvidenceKind.RECORD:
        raise NotPossible(
            text(
                "{requirement} is a record: it has no checks that fail. "
                "Reject the evidence, or upload other evidence instead.",
                requirement=key[0],
            )
        )
    today = calendar_of(session).day_of(now)
    _require_days(first_day, last_day, today)
    check_names = [names.plain(check, text("The check"), _LONGEST_CHECK) for check in checks]
    row: dict[str, Any] = {
        "kind": _known_kind(kind),
        "reason": names.plain(reason, text("The reason"), LONGEST_REASON, lines=True),
        "first_day": first_day,
        "last_day": last_day,
        "in_force": max(first_day, today),
        "recorded_at": now,
        "granted_by": person.name,
        "revoked_by": "",
        "series": _series(session, requirement_row, key, tool),
    }
    if not check_names:
        raise NotPossible(text("Choose at least one failing check."))
    failing = failing_checks(session, person, row["series"], key[2], requirement_row.review, check_names)
    return [_grant(session, person, key, tool, {**row, "check": check}) for check in dict.fromkeys(failing)]


def _grant(session: Session, person: Person, key: CellKey, tool: str, row: Mapping[str, Any]) -> int:
    exceptions = table("check_exception")
    number = int(session.execute(insert(exceptions).values(row).returning(exceptions.c.id)).scalar_one())
    days = {name: row[name].isoformat() for name in ("first_day", "last_day", "in_force")}
    details = {name: row[name] for name in ("kind", "check", "reason")}
    log_decision(session, person, "exception.grant", key, row["recorded_at"], id=number, tool=tool, **details, **days)
    return number


def _known_kind(kind: str) -> str:
    if kind not in tuple(ExceptionKind):
        known = ", ".join(ExceptionKind)
        raise NotPossible(text("{kind} is no kind of exception; expected one of {known}.", kind=kind[:40], known=known))
    return kind


def extend_exception(
    session: Session, person: Person, exception: int, reason: str, last_day: date, now: datetime
) -> int:
    """Grant a new exception for the same check, from the day after the last one ends. Return its id.

    The check must still fail. `reason`: empty repeats the earlier one. Raises `NotAllowed`, `Unknown`, and
    `NotPossible` when the exception was revoked or the day does not fit.
    """
    require(person, "exception.decide")
    row = _exception_row(session, exception)
    if row.revoked_at is not None:
        raise NotPossible(text("This exception was revoked on {moment} already.", moment=row.revoked_at))
    if last_day <= (ends_on := _last_day(session, row)):
        raise NotPossible(text("It ends on {day} already; choose a later day.", day=ends_on))
    place = _place(session, row)
    key = (place.requirement, place.system, place.target)
    first_day = max(ends_on + timedelta(days=1), calendar_of(session).day_of(now))
    days = (first_day, last_day)
    checks = [row.check]
    return grant_exceptions(session, person, key, place.tool, checks, reason or row.reason, *days, now, row.kind)[0]


def _last_day(session: Session, row: Row[Any]) -> date:
    """The last day on which an exception for the same check of the same series is in force."""
    column = table("check_exception").c
    same = (column.series == row.series, column.check == row.check, column.revoked_at.is_(None))
    return session.execute(select(func.max(column.last_day)).where(*same)).scalar_one()  # type: ignore[no-any-return]


def _exception_row(session: Session, exception: int) -> Row[Any]:
    exceptions = table("check_exception")
    row = session.execute(select(exceptions).where(exceptions.c.id == exception)).one_or_none()
    if row is None:
        raise Unknown(text("There is no exception {id}.", id=str(exception)))
    return row


def _require_days(first_day: date, last_day: date, today: date) -> None:
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
    """End an exception from today on. Raises `NotAllowed`, `Unknown`, and `NotPossible` when it was revoked already."""
    require(person, "exception.decide")
    exceptions, row = table("check_exception"), _exception_row(session, exception)
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
    """Requirement, system, target, tool, kind, check, reason and days of an exception, for the activity log."""
    days = {"first_day": exception.first_day.isoformat(), "last_day": exception.last_day.isoformat()}
    place = dict(_place(session, exception)._mapping)  # noqa: SLF001
    return {**place, "kind": exception.kind, "check": exception.check, "reason": exception.reason, **days}


def _place(session: Session, exception: Row[Any]) -> Row[tuple[str, str, str, str]]:
    """Requirement, system, target and tool."""
    series, cell = table("series"), table("cell")
    columns = (cell.c.requirement, cell.c.system, cell.c.target, series.c.tool)
    return session.execute(
        select(*columns).select_from(series_with_cells()).where(series.c.id == exception.series)
    ).one()


def _series(session: Session, requirement_row: Row[tuple[str, str, str]], key: CellKey, tool: str) -> int:
    """The id of the series that an exception is for. Raises `NotPossible` when scope or tool do not fit."""
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
    """One exception, in force from `in_force` (never before the day on which it was recorded) to `last_day`."""

    id: int
    requirement: str
    system: str
    target: str
    tool: str
    check: str
    kind: str  # accepted risk or false positive
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
        """Whether the exception is in force on a day."""
        ended = self.revoked_day is not None and self.revoked_day <= day
        return self.in_force <= day <= self.last_day and not ended


def exceptions(
    session: Session, person: Person, requirement: str = "", evidence: str = "", known: datetime | None = None
) -> list[ExceptionRow]:
    """All exceptions, latest first: of a requirement, or for checks that fail in an evidence. Raises `NotAllowed`.

    `known`: only those recorded by that moment. An exception is left out when the person may read no evidence of its
    series.
    """
    require(person, "evidence.read")
    exception, series, cell = table("check_exception"), table("series"), table("cell")
    columns = [
        {"requirement": cell, "system": cell, "target": cell, "tool": series}.get(name, exception).c[name]
        for name in ExceptionRow.__dataclass_fields__
    ]
    joined = with_cells(exception)
    conditions = [_fails_in(evidence)] if evidence else []
    conditions += [cell.c.requirement == requirement] if requirement else []
    if known is not None:
        conditions.append(exception.c.recorded_at <= known)
    if within := visible(session, person):
        conditions.append(_covered_by(within))
    query = select(*columns).select_from(joined).where(*conditions)
    rows = session.execute(query.order_by(exception.c.recorded_at.desc(), exception.c.id.desc())).mappings()
    return [ExceptionRow(**row) for row in rows]


def _fails_in(evidence: str) -> ColumnElement[bool]:
    exception, coverage, check = table("check_exception"), table("coverage"), table("coverage_check")
    joined = coverage.join(check, check.c.coverage == coverage.c.id)
    same = [coverage.c.series == exception.c.series, check.c.check == exception.c.check]
    return exists().select_from(joined).where(coverage.c.evidence == evidence, *same)


def _covered_by(within: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    """The condition that some evidence of the exception's series meets the conditions."""
    exception, coverage, row = table("check_exception"), table("coverage").alias("of_series"), table("evidence")
    joined = coverage.join(row, row.c.id == coverage.c.evidence)
    return exists().select_from(joined).where(coverage.c.series == exception.c.series, *within)
