"""Decisions on what evidence says: exceptions for failing checks, and closing the series of a tool that was replaced.

A decision is in force from its first day, but never before the day on which it was recorded.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy import text as sql
from sqlmodel import Session

from access.activity.record import record
from access.permissions import Person, require
from controls import names
from controls.files.durations import add
from evidence.decisions.failing_checks import failing_check
from evidence.errors import NotPossible, Unknown
from evidence.intake.cells import CellKey, find_series
from locales import text
from models.calendar import calendar_of
from models.columns import Moment
from models.queries import latest
from models.rows import table
from models.vocabulary import EvidenceKind, ReviewState, Scope

_LONGEST = 4_000
_LONGEST_CHECK = 1_000
_AT_MOST = "P1Y"  # that an exception lasts, from the day on which it is granted
_SCOPES = {
    "organisation": text("the organisation"),
    "system": text("each system"),
    "target": text("each target"),
}

#: The newest word that another series of the cell says, accepted and passing, against the newest of this one.
_NEWER = """
SELECT MAX(CASE WHEN c.series = :series THEN c.last_day END) AS own_day,
       (SELECT COUNT(*) FROM coverage p JOIN series s ON s.id = p.series JOIN series mine ON mine.id = :series
        WHERE s.cell = mine.cell AND s.id <> mine.id AND p.verdict = 'pass'
          AND COALESCE((SELECT v.decision FROM review v WHERE v.evidence = p.evidence
                        ORDER BY v.recorded_at DESC LIMIT 1),
                       CASE WHEN p.needs_review = 0 THEN :unreviewed ELSE 'waiting' END) = 'accepted'
          AND NOT EXISTS (SELECT 1 FROM coverage j WHERE j.evidence = p.evidence AND j.series = p.series
                          AND j.judged_at > p.judged_at)
          AND NOT EXISTS (SELECT 1 FROM series_closing x WHERE x.series = s.id AND x.recorded_at > p.recorded_at)
          AND NOT EXISTS (
            SELECT 1 FROM coverage o WHERE o.series = :series
              AND COALESCE((SELECT v.decision FROM review v WHERE v.evidence = o.evidence
                            ORDER BY v.recorded_at DESC LIMIT 1), '') NOT IN ('rejected', 'withdrawn')
              AND (o.last_day > p.last_day OR (o.last_day = p.last_day AND o.recorded_at >= p.recorded_at)))
       ) AS newer
FROM coverage c WHERE c.series = :series
"""


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
    asked = _requirement(session, requirement, now)
    if asked.kind == EvidenceKind.RECORD:
        raise NotPossible(text("{requirement} is a record: it has no checks that fail.", requirement=requirement))
    today = calendar_of(session).day_of(now)
    _days_fit(first_day, last_day, today)
    key = (requirement, system, target)
    named = names.plain(check, text("The check"), _LONGEST_CHECK)
    given = names.plain(reason, text("The reason"), _LONGEST, lines=True)
    series = _series(session, asked, key, tool)
    failing = failing_check(session, person, series, target, asked.review, named)
    row: dict[str, Any] = {
        "series": series,
        "check": failing,
        "reason": given,
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
    _log(session, person, "exception.grant", key, now, id=number, tool=tool, check=failing, reason=given, **days)
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
    details = _told(session, row)
    record(
        session,
        person,
        "exception.revoke",
        str(exception),
        now,
        revoked_day=calendar_of(session).day_of(now).isoformat(),
        **details,
    )


def _told(session: Session, exception: Row[Any]) -> dict[str, str]:
    """What an exception was about, for the log."""
    series, cell = table("series"), table("cell")
    columns = (cell.c.requirement, cell.c.system, cell.c.target, series.c.tool)
    joined = series.join(cell, cell.c.id == series.c.cell)
    place = session.execute(select(*columns).select_from(joined).where(series.c.id == exception.series)).one()
    days = {"first_day": exception.first_day.isoformat(), "last_day": exception.last_day.isoformat()}
    return {**place._mapping, "check": exception.check, "reason": exception.reason, **days}  # noqa: SLF001


def close_series(
    session: Session, person: Person, requirement: str, system: str, target: str, tool: str, reason: str, now: datetime
) -> None:
    """A tool was replaced: what its series says no longer counts from today. Asks for another's newer accepted pass."""
    require(person, "series.close")
    asked = _requirement(session, requirement, now)
    if asked.kind != EvidenceKind.TEST:
        raise NotPossible(text("{requirement} is no test: it has no series of a tool.", requirement=requirement))
    key = (requirement, system, target)
    given = names.plain(reason, text("The reason"), _LONGEST, lines=True)
    series = _existing(session, key, tool)
    _is_replaced(session, series, asked.review, tool)
    closing = table("series_closing")
    row = {
        "series": series,
        "reason": given,
        "closed_day": calendar_of(session).day_of(now),
        "recorded_at": now,
        "closed_by": person.name,
    }
    session.execute(insert(closing), [row])
    _log(
        session,
        person,
        "series.close",
        key,
        now,
        tool=tool,
        reason=given,
        closed_day=calendar_of(session).day_of(now).isoformat(),
    )


def _requirement(session: Session, key: str, now: datetime) -> Row[tuple[str, str, str]]:
    row = table("evidence_requirement")
    query = select(row.c.kind, row.c.scope, row.c.review).where(
        row.c.key == key, latest(row, "key", known=now), ~row.c.retired
    )
    found = session.execute(query).one_or_none()
    if found is None:
        raise Unknown(text("There is no evidence requirement {key}.", key=key))
    return found


def _series(session: Session, asked: Row[tuple[str, str, str]], key: CellKey, tool: str) -> int:
    """The series that an exception is about."""
    requirement, system, target = key
    if (asked.scope == Scope.ORGANISATION) != (system == "") or (target and asked.scope != Scope.TARGET):
        raise NotPossible(
            text(
                "{requirement} is asked for {scope}; name just that.",
                requirement=requirement,
                scope=_SCOPES[asked.scope],
            )
        )
    systems = table("system")
    if system and not session.execute(select(systems.c.key).where(systems.c.key == system)).first():
        raise Unknown(text("There is no system {key}.", key=system))
    if (asked.kind == EvidenceKind.TEST) != bool(tool):
        raise NotPossible(text("A test's exception names its tool; a register has none."))
    return _existing(session, key, tool)


def _existing(session: Session, key: CellKey, tool: str) -> int:
    series = find_series(session, [(key, tool)])
    if not series:
        raise Unknown(
            text(
                "{tool} has delivered nothing for {cell}.",
                tool=tool or "-",
                cell=" ".join(part for part in key if part),
            )
        )
    return next(iter(series.values()))


def _is_replaced(session: Session, series: int, review: str, tool: str) -> None:
    unreviewed = "accepted" if review == ReviewState.AUTOMATIC else "waiting"
    row = session.execute(sql(_NEWER), {"series": series, "unreviewed": unreviewed}).one()
    if row.own_day is None:
        raise NotPossible(text("{tool} has delivered nothing here; there is nothing to close.", tool=tool))
    if not row.newer:
        raise NotPossible(
            text(
                "No other tool has a newer accepted pass here; deliver that first, then close the series of {tool}.",
                tool=tool,
            )
        )
    last = sql("SELECT MAX(recorded_at) AS at FROM series_closing WHERE series = :series").columns(at=Moment())
    closed = session.execute(last, {"series": series}).scalar_one()
    newest = sql("SELECT MAX(recorded_at) AS at FROM coverage WHERE series = :series").columns(at=Moment())
    if closed is not None and closed > session.execute(newest, {"series": series}).scalar_one():
        raise NotPossible(text("The series of {tool} was closed on {moment} already.", tool=tool, moment=closed))


def _log(session: Session, person: Person, verb: str, key: CellKey, now: datetime, **details: object) -> None:
    requirement, system, target = key
    record(session, person, verb, requirement, now, system=system, target=target, **details)
