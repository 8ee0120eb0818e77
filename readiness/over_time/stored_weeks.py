"""The trend's past weeks, stored in the database: an answer for a day by the knowledge of its end no longer changes.

So a new process does not compute years of history again. When the text of the rule or the time zone changes, all of it
is computed anew.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import Date, Engine, bindparam, delete, select
from sqlalchemy import text as sql
from sqlmodel import Session, col

from models import TrendWeek
from models.calendar import calendar_of
from models.transaction import deriving
from readiness.rule import digest

_INSERT = sql(
    "INSERT INTO trend_week (rule, systems, day, catalogue, status, controls) "
    "VALUES (:rule, :systems, :day, :catalogue, :status, :controls) ON CONFLICT DO NOTHING"
).bindparams(bindparam("day", type_=Date()))

#: Catalogue → rank of a status → number of controls.
Counts = dict[str, dict[int, int]]


def load_weeks(session: Session, days: Iterable[date], systems: Sequence[str]) -> dict[date, Counts]:
    """The stored answers of some days, by day; a day that is not stored is left out."""
    rows = session.execute(
        select(col(TrendWeek.day), col(TrendWeek.catalogue), col(TrendWeek.status), col(TrendWeek.controls)).where(
            col(TrendWeek.rule) == _rule(session),
            col(TrendWeek.systems) == ",".join(systems),
            col(TrendWeek.day).in_(list(days)),
        )
    )
    weeks: dict[date, Counts] = {}
    for day, catalogue, status, controls in rows:
        weeks.setdefault(day, {}).setdefault(catalogue, {})[status] = controls
    return weeks


def save_weeks(engine: Engine, answers: Mapping[date, Counts], systems: Sequence[str]) -> None:
    """Store answers of days that are certainly over: whose end lies before the last recorded moment."""
    key = {"rule": _rule(engine), "systems": ",".join(systems)}
    rows = [
        key | {"day": day, "catalogue": catalogue, "status": status, "controls": controls}
        for day, answer in answers.items()
        for catalogue, statuses in answer.items()
        for status, controls in statuses.items()
    ]
    with deriving(engine) as session:
        session.execute(delete(TrendWeek).where(col(TrendWeek.rule) != _rule(engine)))
        if rows:
            session.execute(_INSERT, rows)


def _rule(database: Session | Engine) -> str:
    """What an answer depends on: the text of the rule, and the time zone of its days."""
    return f"{digest()} {calendar_of(database).zone.key}"
