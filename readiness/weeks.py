"""The trend's past weeks, written down: an answer for a day by the knowledge of its end can no longer change.

So a new process need not ask years of history again. Another text of the rule asks all of it anew.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import Date, Engine, bindparam, delete, select
from sqlalchemy import text as sql
from sqlmodel import Session, col

from models import TrendWeek
from models.transaction import deriving
from readiness.rule import digest

_INSERT = sql(
    "INSERT INTO trend_week (rule, systems, day, catalogue, status, controls) "
    "VALUES (:rule, :systems, :day, :catalogue, :status, :controls) ON CONFLICT DO NOTHING"
).bindparams(bindparam("day", type_=Date()))

#: catalogue → status rank → number of controls
Counts = dict[str, dict[int, int]]


def end_of(day: date, zone: str = "Europe/Amsterdam") -> datetime:
    """The last moment of an organisation's day: what could be shown then."""
    return datetime.combine(day, time.max, ZoneInfo(zone)).astimezone(UTC)


def written(session: Session, days: Iterable[date], systems: Sequence[str]) -> dict[date, Counts]:
    """What was written down of some days."""
    found: dict[date, Counts] = {}
    rows = session.execute(
        select(col(TrendWeek.day), col(TrendWeek.catalogue), col(TrendWeek.status), col(TrendWeek.controls)).where(
            col(TrendWeek.rule) == digest(),
            col(TrendWeek.systems) == ",".join(systems),
            col(TrendWeek.day).in_(list(days)),
        )
    )
    for day, catalogue, status, controls in rows:
        found.setdefault(day, {}).setdefault(catalogue, {})[status] = controls
    return found


def write_down(engine: Engine, answers: Mapping[date, Counts], systems: Sequence[str]) -> None:
    """Write down days that are over for certain: whose end lies before the last recorded moment."""
    of = {"rule": digest(), "systems": ",".join(systems)}
    rows = [
        of | {"day": day, "catalogue": catalogue, "status": status, "controls": controls}
        for day, answer in answers.items()
        for catalogue, statuses in answer.items()
        for status, controls in statuses.items()
    ]
    with deriving(engine) as session:
        session.execute(delete(TrendWeek).where(col(TrendWeek.rule) != digest()))
        if rows:
            session.execute(_INSERT, rows)
