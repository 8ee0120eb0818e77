"""Checks that the login log is complete, by its export of the last 30 days."""

import csv
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import except_, func, select
from sqlmodel import Session

from access.permissions import SYSTEM
from access.sign_in import login_log
from evidence.collect.collector_cases import Case, NothingToShow
from evidence.collect.collector_context import CollectorContext
from locales import text
from models.bulk_changes import table
from models.calendar import calendar_of
from models.moments import wall_clock
from models.vocabulary import SignInOutcome

DAYS = 30
_OUTCOMES = (SignInOutcome.SUCCEEDED, SignInOutcome.FAILED)


def cases(session: Session, _context: CollectorContext, now: datetime) -> Iterator[Case]:
    """Yield whether attempts are numbered without gaps, in order of time, and each session has its attempt."""
    until = wall_clock(now) + timedelta(microseconds=1)
    calendar = calendar_of(session)
    since = calendar.start_of(calendar.day_of(now) - timedelta(days=DAYS - 1))
    began = _count_sessions(session, since, until)
    reading = _Reading(_last_number_before(session, since))
    for row in csv.DictReader(login_log.export(session, SYSTEM, since, until), delimiter=";"):
        reading.add_row(row)
    if not reading.rows and not began:
        raise NothingToShow(text("Nobody tried to sign in during the last {n} days.", n=DAYS))
    facts = (("attempts", str(reading.rows)), ("export_sha256", reading.digest.hexdigest()))
    yield Case("numbers without gaps", failure=_find_gap(session, reading.jumps), facts=facts)
    yield Case("in order of time", failure=reading.disorder)
    yield Case("rows are filled", failure=reading.blank)
    lost = _count_lost_sessions(session, since, until)
    yield Case(
        "every session has its attempt",
        failure=f"{lost} of {began} sessions have no successful attempt." if lost else "",
        facts=(("sessions", str(began)),),
    )


class _Reading:
    """Reads the rows of the export; keeps the first problem of each kind."""

    def __init__(self, number: int) -> None:
        self.rows = 0
        self.jumps: list[tuple[int, int]] = []
        self.disorder = self.blank = ""
        self.digest = hashlib.sha256()
        self._number = number
        self._time = datetime.min.replace(tzinfo=UTC)

    def add_row(self, row: dict[str, str]) -> None:
        self.rows += 1
        self.digest.update("\0".join(row.values()).encode() + b"\n")
        number, moment = int(row["event_id"]), datetime.fromisoformat(row["time"])
        if number != self._number + 1:
            self.jumps.append((self._number, number))
        if moment < self._time:
            self.disorder = self.disorder or f"Attempt {number} is dated before the attempt that precedes it."
        if row["outcome"] not in _OUTCOMES or not all(row[name] for name in ("user_ref", "source", "system")):
            self.blank = self.blank or f"Attempt {number} lacks who, from where, on what or how it ended."
        self._number, self._time = number, moment


def _find_gap(session: Session, jumps: list[tuple[int, int]]) -> str:
    """The first jump over a number that the table lacks; a clock that ran ahead puts some outside the period."""
    attempt = table("login_attempt")
    for before, after in jumps:
        between = select(func.count()).where(attempt.c.id > before, attempt.c.id < after)
        if session.execute(between).scalar_one() < after - before - 1 or after <= before:
            return f"Attempt {before} is followed by {after}."
    return ""


def _last_number_before(session: Session, since: datetime) -> int:
    """The last number before the period; 0 if there is none."""
    attempt = table("login_attempt")
    last = select(func.coalesce(func.max(attempt.c.id), 0)).where(attempt.c.at < since)
    return int(session.execute(last).scalar_one())


def _count_sessions(session: Session, since: datetime, until: datetime) -> int:
    """How many sessions began in the period."""
    begun = table("sign_in_session")
    where = (begun.c.started_at >= since, begun.c.started_at < until)
    return int(session.execute(select(func.count()).select_from(begun).where(*where)).scalar_one())


def _count_lost_sessions(session: Session, since: datetime, until: datetime) -> int:
    """How many sessions have no successful attempt; compared as two sets, so that a busy account costs no more."""
    begun, attempt = table("sign_in_session"), table("login_attempt")
    began = select(begun.c.account, begun.c.started_at).where(begun.c.started_at >= since, begun.c.started_at < until)
    attempts = select(attempt.c.account, attempt.c.at).where(
        attempt.c.at >= since, attempt.c.at < until, attempt.c.succeeded
    )
    return int(session.execute(select(func.count()).select_from(except_(began, attempts).subquery())).scalar_one())
