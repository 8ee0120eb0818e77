"""Whether the login log is complete: looked at in its own export, of the last thirty days."""

import csv
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import except_, func, select
from sqlmodel import Session

from access.permissions import SYSTEM
from access.sign_in import login_log
from evidence.collect.cases import Case, NothingToShow
from evidence.collect.own import CollectorContext
from locales import text
from models.calendar import calendar_of
from models.moments import wall_clock
from models.rows import table
from models.vocabulary import SignInOutcome

DAYS = 30
_OUTCOMES = (SignInOutcome.SUCCEEDED, SignInOutcome.FAILED)


def cases(session: Session, _own: CollectorContext, now: datetime) -> Iterator[Case]:
    """Attempts are numbered without gaps and in order of time; every session has the attempt that began it."""
    until = wall_clock(now) + timedelta(microseconds=1)
    calendar = calendar_of(session)
    since = calendar.start_of(calendar.day_of(now) - timedelta(days=DAYS - 1))
    began = _sessions(session, since, until)
    reading = _Reading(_before(session, since))
    for row in csv.DictReader(login_log.export(session, SYSTEM, since, until), delimiter=";"):
        reading.see(row)
    if not reading.rows and not began:
        raise NothingToShow(text("Nobody tried to sign in during the last {n} days.", n=DAYS))
    facts = (("attempts", str(reading.rows)), ("export_sha256", reading.digest.hexdigest()))
    yield Case("numbers without gaps", failure=_gap(session, reading.jumps), facts=facts)
    yield Case("in order of time", failure=reading.disorder)
    yield Case("rows are filled", failure=reading.blank)
    lost = _lost(session, since, until)
    yield Case(
        "every session has its attempt",
        failure=f"{lost} of {began} sessions have no succeeded attempt." if lost else "",
        facts=(("sessions", str(began)),),
    )


class _Reading:
    """What the export's rows say, with the first trouble of each sort."""

    def __init__(self, number: int) -> None:
        self.rows = 0
        self.jumps: list[tuple[int, int]] = []
        self.disorder = self.blank = ""
        self.digest = hashlib.sha256()
        self._number = number
        self._time = datetime.min.replace(tzinfo=UTC)

    def see(self, row: dict[str, str]) -> None:
        self.rows += 1
        self.digest.update("\0".join(row.values()).encode() + b"\n")
        number, moment = int(row["event_id"]), datetime.fromisoformat(row["time"])
        if number != self._number + 1:
            self.jumps.append((self._number, number))
        if moment < self._time:
            self.disorder = self.disorder or f"Attempt {number} is of before the one that precedes it."
        if row["outcome"] not in _OUTCOMES or not all(row[name] for name in ("user_ref", "source", "system")):
            self.blank = self.blank or f"Attempt {number} lacks who, from where, on what or how it ended."
        self._number, self._time = number, moment


def _gap(session: Session, jumps: list[tuple[int, int]]) -> str:
    """The first jump over a number that is nowhere: a clock that ran ahead puts some outside the period."""
    attempt = table("login_attempt")
    for before, after in jumps:
        between = select(func.count()).where(attempt.c.id > before, attempt.c.id < after)
        if session.execute(between).scalar_one() < after - before - 1 or after <= before:
            return f"Attempt {before} is followed by {after}."
    return ""


def _before(session: Session, since: datetime) -> int:
    """The last number before the period; the first of all is 1."""
    attempt = table("login_attempt")
    last = select(func.coalesce(func.max(attempt.c.id), 0)).where(attempt.c.at < since)
    return int(session.execute(last).scalar_one())


def _sessions(session: Session, since: datetime, until: datetime) -> int:
    """How many sessions began in the period."""
    begun = table("sign_in_session")
    where = (begun.c.started_at >= since, begun.c.started_at < until)
    return int(session.execute(select(func.count()).select_from(begun).where(*where)).scalar_one())


def _lost(session: Session, since: datetime, until: datetime) -> int:
    """Of how many no attempt tells. Taken as two sets, so that one busy account costs no more than many."""
    begun, attempt = table("sign_in_session"), table("login_attempt")
    began = select(begun.c.account, begun.c.started_at).where(begun.c.started_at >= since, begun.c.started_at < until)
    told = select(attempt.c.account, attempt.c.at).where(
        attempt.c.at >= since, attempt.c.at < until, attempt.c.succeeded
    )
    return int(session.execute(select(func.count()).select_from(except_(began, told).subquery())).scalar_one())
