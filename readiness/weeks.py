"""The trend's past weeks, written down: an answer for a day by the knowledge of its end can no longer change.

So a new process need not ask years of history again. Another text of the rule or another time zone asks it all anew.
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

#: catalogue → status rank → number of controls
Counts = dict[str, dict[int, int]]


def written(session: Session, days: Iterable[date], systems: Sequence[str]) -> dict[date, Counts]:
    """What was written down of some days."""
    found: dict[date, Counts] = {}
    rows = session.execute(
        select(col(TrendWeek.day), col(TrendWeek.catalogue), col(TrendWeek.status), col(TrendWeek.controls)).where(
            col(TrendWeek.rule) == _rule(session),
            col(TrendWeek.systems) == ",".join(systems),
            col(TrendWeek.day).in_(list(days)),
        )
    )
    for day, catalogue, status, controls in rows:
        found.setdefault(day, {}).setdefault(catalogue, {})[status] = controls
    return found


def write_down(engine: Engine, answers: Mapping[date, Counts], systems: Sequence[str]) -> None:
    """Write down days that are over for certain: whose end lies before the last recorded moment."""
    of = {"rule": _rule(engine), "systems": ",".join(systems)}
    rows = [
        of | {"day": day, "catalogue": catalogue, "status": status, "controls": controls}
        for day, answer in answers.items()
        for catalogue, statuses in answer.items()
        for status, controls in statuses.items()
    ]
    with deriving(engine) as session:
        session.execute(delete(TrendWeek).where(col(TrendWeek.rule) != _rule(engine)))
        if rows:
            session.execute(_INSERT, rows)


def _rule(database: Session | Engine) -> str:
    """By what an answer was given: the text of the rule, and the time zone whose days it is about."""
    return f"{digest()} {calendar_of(database).zone.key}"
