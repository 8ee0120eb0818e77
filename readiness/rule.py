"""The rule of readiness: `rule.sql` completed with its conditions (in effect, valid, waiting), days and columns."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Date, Row, bindparam
from sqlalchemy import text as sql
from sqlalchemy.types import TypeEngine
from sqlmodel import Session

from models.calendar import calendar_of
from models.columns import Moment
from models.durations import valid_since
from models.vocabulary import Status

STATUSES = tuple(Status)
#: The column `says` of `weighed`: the newest evidence of a series is a fail that holds, or is valid.
HOLDS, VALID = 4, 3

# A fail counts on arrival, a pass when accepted. `l` is a series of a cell, `d` a requirement on a day, `e` coverage,
# `s` the newest evidence of a series.
_COUNTS = "e.judged_at <= :known AND ({of}.kind = 'record' OR e.verdict <> 'none')"
_JUDGED_AGAIN = """EXISTS (SELECT 1 FROM coverage j WHERE j.evidence = e.evidence AND j.series = e.series
                    AND j.judged_at > e.judged_at AND j.judged_at <= :known)"""
_CLOSED = """EXISTS (SELECT 1 FROM series_closing x WHERE x.series = e.series AND x.recorded_at <= :known
                    AND x.closed_day <= {of}.on_day AND e.recorded_at < x.recorded_at)"""
_LATEST_REVIEW = """(SELECT v.decision FROM review v WHERE v.evidence = e.evidence AND v.recorded_at <= :known
                     ORDER BY v.recorded_at DESC LIMIT 1)"""
_ACCEPTED = f"""COALESCE({_LATEST_REVIEW},
      CASE WHEN (l.review = 'automatic' AND e.needs_review = 0) OR e.fails = 1 THEN 'accepted' END) = 'accepted'"""
EFFECTIVE = f"{_COUNTS} AND (l.plain OR (NOT {_CLOSED} AND NOT {_JUDGED_AGAIN} AND {_ACCEPTED}))".format(of="l")
_NEWEST = f"""FROM coverage e WHERE e.series = l.series AND e.last_day <= l.on_day AND {EFFECTIVE}
    ORDER BY e.last_day DESC, e.recorded_at DESC, e.fails DESC, e.evidence DESC LIMIT 1"""
_JOIN_NEWEST = {
    "sqlite": f"coverage e ON e.id = (SELECT e.id {_NEWEST})",
    "postgresql": f"LATERAL (SELECT e.* {_NEWEST}) e ON TRUE",
}
# Every effective evidence that still goes on after the day: only where more was known than that day, since nothing
# represents days after the one on which it was uploaded.
_ONGOING = f"""UNION ALL
  SELECT l.stage, l.requirement, l.place, l.series, l.plain, e.id, e.evidence, e.fails, e.last_day, e.explicit_end
  FROM lines l JOIN coverage e ON e.series = l.series AND e.first_day <= l.on_day AND e.last_day > l.on_day
  WHERE {EFFECTIVE}"""
# A fail holds unless each of its named checks has an exception in force.
_HOLDS = """s.fails = 1 AND (
        NOT EXISTS (SELECT 1 FROM coverage_check k WHERE k.coverage = s.coverage)
        OR EXISTS (SELECT 1 FROM coverage_check k WHERE k.coverage = s.coverage AND NOT EXISTS (
          SELECT 1 FROM check_exception x
          WHERE x.series = s.series AND x."check" = k."check" AND x.recorded_at <= :known
            AND x.in_force <= d.on_day AND x.last_day >= d.on_day
            AND (x.revoked_at IS NULL OR x.revoked_at > :known OR x.revoked_day > d.on_day))))"""
_VALID = "s.last_day >= d.since AND (s.explicit_end IS NULL OR s.explicit_end >= d.on_day)"

#: Valid evidence that must be reviewed and has no review yet.
WAITING = f"""(d.review = 'required' OR e.needs_review = 1) AND e.series = s.series AND e.fails = 0
            AND e.first_day <= d.on_day AND e.last_day >= d.since
            AND (e.explicit_end IS NULL OR e.explicit_end >= d.on_day)
            AND {_COUNTS} AND NOT {_CLOSED} AND NOT {_JUDGED_AGAIN} AND {_LATEST_REVIEW} IS NULL""".format(of="d")
#: Why evidence does not count on a day; null where it counts, or where newer evidence of its series does.
IGNORED = f"""CASE WHEN {_LATEST_REVIEW} IN ('rejected', 'withdrawn') THEN {_LATEST_REVIEW}
            WHEN d.kind <> 'record' AND e.verdict = 'none' THEN 'no verdict'
            WHEN {_CLOSED} THEN 'closed'
            WHEN e.first_day > d.on_day THEN 'later'
            WHEN e.fails = 0 AND (d.review = 'required' OR e.needs_review = 1) AND {_LATEST_REVIEW} IS NULL
            THEN 'unreviewed' END""".format(of="d")
#: Condition: the latest judgement that was known.
JUDGED = f"e.judged_at <= :known AND NOT {_JUDGED_AGAIN}"
_WAITS = f"NOT s.plain AND EXISTS (SELECT 1 FROM coverage e WHERE {WAITING})"

# PostgreSQL does not know the sizes of a statement's own tables and would loop over them row by row.
_PLANNER_SETTINGS = {"postgresql": ("SET LOCAL enable_nestloop = {}", "SET LOCAL enable_mergejoin = {}")}


def query_rule(
    session: Session,
    days: Sequence[date],
    known: datetime,
    answer: str,
    systems: Sequence[str] = (),
    requirements: Sequence[str] = (),
    values: Mapping[str, Any] | None = None,
    **types: TypeEngine[Any],
) -> Sequence[Row[Any]]:
    """The rows of `answer`, a SELECT over the rule's tables, by the knowledge of the moment `known`.

    The column `point` of these tables is an index in `days`. `systems` and `requirements` (keys) narrow the scope;
    empty: all. `values` are bound in `answer`; `types` are those of its columns that are days or moments.

    With `requirements` only the statuses of cells are right, not those of measures and controls.
    """
    values = {"known": known, **(values or {})}
    dialect = session.get_bind().dialect.name
    statement = _template().format(
        **_points(session, days, known, values),
        only_systems=_only("system", systems, values),
        only_requirements=_only("r.key", requirements, values),
        newest=_JOIN_NEWEST[dialect],
        ongoing=_ONGOING if any(day < calendar_of(session).day_of(known) for day in days) else "",
        holds=_HOLDS,
        valid=_VALID,
        waits=_WAITS,
        answer=answer,
    )
    _switch_loops(session, dialect, "off")
    rows = session.execute(sql(statement).bindparams(*_typed(values)).columns(**types), values).all()
    _switch_loops(session, dialect, "on")
    return rows


def _switch_loops(session: Session, dialect: str, setting_value: str) -> None:
    for setting in _PLANNER_SETTINGS.get(dialect, ()):
        session.execute(sql(setting.format(setting_value)))


@cache
def _template() -> str:
    return (Path(__file__).parent / "rule.sql").read_text(encoding="utf-8")


@cache
def digest() -> str:
    """SHA-256 of the rule's text (hex): a stored answer belongs to one text of the rule."""
    fragments = (_template(), _JOIN_NEWEST["sqlite"], _ONGOING, _HOLDS, _VALID, _WAITS)
    return sha256("\n".join(fragments).encode()).hexdigest()


def _points(session: Session, days: Sequence[date], known: datetime, values: dict[str, Any]) -> dict[str, str]:
    """The days, their stages, and since when evidence is valid on each, as rows of VALUES."""
    renewals = session.execute(sql("SELECT DISTINCT renewal FROM evidence_requirement")).scalars().all() or [""]
    stages = _stages(session, days, known)
    order = sorted(set(stages))
    pairs = [(number, index) for number in range(len(days)) for index in range(len(renewals))]
    values |= {f"on{number}": day for number, day in enumerate(days)}
    values |= {f"stage{number}": day for number, day in enumerate(order)}
    values |= {f"renewal{index}": renewal for index, renewal in enumerate(renewals)}
    values |= {f"since{number}_{index}": valid_since(days[number], renewals[index]) for number, index in pairs}
    return {
        "points": ", ".join(f"({number}, :on{number}, {order.index(day)})" for number, day in enumerate(stages)),
        "stages": ", ".join(f"({number}, :stage{number})" for number in range(len(order))),
        "renewals": ", ".join(f"({number}, :renewal{index}, :since{number}_{index})" for number, index in pairs),
    }


def _stages(session: Session, days: Sequence[date], known: datetime) -> list[date]:
    """For each day the last day up to it on which a status could change: nothing represents days after `known`'s."""
    last = calendar_of(session).day_of(known)
    if max(days) <= last:
        return list(days)
    closings = sql("SELECT DISTINCT closed_day FROM series_closing WHERE recorded_at <= :known AND closed_day > :last")
    closings = closings.bindparams(bindparam("known", type_=Moment()), bindparam("last", type_=Date()))
    rows = session.execute(closings.columns(closed_day=Date()), {"known": known, "last": last})
    turns = [last, *rows.scalars()]
    return [day if day <= last else max(turn for turn in turns if turn <= day) for day in days]


def _only(column: str, keys: Sequence[str], values: dict[str, Any]) -> str:
    if not keys:
        return ""
    names = {f"{column.replace('.', '_')}{index}": key for index, key in enumerate(keys)}
    values |= names
    return f"AND {column} IN ({', '.join(':' + name for name in names)})"


def _typed(values: dict[str, Any]) -> list[Any]:
    return [
        bindparam(name, type_=Moment() if isinstance(value, datetime) else Date())
        for name, value in values.items()
        if isinstance(value, date)  # a moment is one too
    ]
