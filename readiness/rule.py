"""Asks the rule (`rule.sql`): puts in the points, the bounds that follow from renewals, and the columns wanted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Date, Row, bindparam
from sqlalchemy import text as sql
from sqlalchemy.types import TypeEngine
from sqlmodel import Session

from controls.durations import valid_since
from models.columns import Moment
from models.days import local_day

STATUSES = ("excluded", "demonstrated", "in_review", "unknown", "lapsed", "missing", "failing", "nonconforming")

#: Usable, and accepted or a fail: a fail counts on arrival, a pass when accepted. `l` is the cell's line, `e` coverage.
_USABLE = """e.recorded_at <= l.known AND e.first_day <= l.on_day AND (l.kind = 'record' OR e.verdict <> 'none')
    AND NOT EXISTS (SELECT 1 FROM series_closing x WHERE x.series = e.series AND x.recorded_at <= l.known
                    AND x.closed_day <= l.on_day AND e.recorded_at < x.recorded_at)"""
_WORD = """COALESCE((SELECT v.decision FROM review v WHERE v.evidence = e.evidence AND v.recorded_at <= l.known
                     ORDER BY v.recorded_at DESC LIMIT 1),
                    CASE WHEN l.review = 'automatic' THEN 'accepted' ELSE 'waiting' END)"""
_EFFECTIVE = f"{_USABLE}\n    AND {_WORD} IN ('accepted', CASE WHEN e.fails = 1 THEN 'waiting' END)"
WAITING = f"{_USABLE}\n    AND {_WORD} = 'waiting'"

#: Every effective evidence that still goes on after the day: only where more was known than that day, since nothing
#: represents days after the one on which it was handed in.
_ONGOING = f"""UNION ALL
  SELECT l.point, l.cell, l.series, l.on_day, l.known, l.since, e.id
  FROM lines l JOIN coverage e ON e.series = l.series AND e.last_day > l.on_day
  WHERE l.known_day > l.on_day AND {_EFFECTIVE}"""


@dataclass(frozen=True, slots=True)
class Point:
    """The day whose truth we want, and the moment whose knowledge we use."""

    on: date
    known: datetime


def ask(
    session: Session,
    points: Sequence[Point],
    answer: str,
    systems: Sequence[str] = (),
    requirements: Sequence[str] = (),
    values: Mapping[str, Any] | None = None,
    **types: TypeEngine[Any],
) -> Sequence[Row[Any]]:
    """Answer a SELECT over the rule's tables.

    `systems` narrows the scope, `requirements` what is asked, `values` are bound in `answer`, `types` names its columns
    that are days or moments.

    Narrowing `requirements` leaves the statuses of cells as they are, not those of measures and controls.
    """
    renewals = session.execute(sql("SELECT DISTINCT renewal FROM evidence_requirement")).scalars().all()
    values = dict(values or {})
    statement = _template().format(
        points=_points(points, values),
        renewals=_renewals(points, renewals or [""], values),
        only_systems=_only("system", systems, values),
        only_requirements=_only("r.key", requirements, values),
        effective=_EFFECTIVE,
        ongoing=_ONGOING if any(local_day(point.known) > point.on for point in points) else "",
        waiting=WAITING,
        answer=answer,
    )
    return session.execute(sql(statement).bindparams(*_typed(values)).columns(**types), values).all()


@cache
def _template() -> str:
    return (Path(__file__).parent / "rule.sql").read_text(encoding="utf-8")


def _points(points: Sequence[Point], values: dict[str, Any]) -> str:
    for number, point in enumerate(points):
        values |= {f"on{number}": point.on, f"known{number}": point.known, f"known_day{number}": local_day(point.known)}
    return ", ".join(f"({number}, :on{number}, :known{number}, :known_day{number})" for number in range(len(points)))


def _renewals(points: Sequence[Point], renewals: Sequence[str], values: dict[str, Any]) -> str:
    values |= {f"renewal{index}": renewal for index, renewal in enumerate(renewals)}
    rows = []
    for number, point in enumerate(points):
        for index, renewal in enumerate(renewals):
            values[f"since{number}_{index}"] = valid_since(point.on, renewal)
            rows.append(f"({number}, :renewal{index}, :since{number}_{index})")
    return ", ".join(rows)


def _only(column: str, keys: Sequence[str], values: dict[str, Any]) -> str:
    if not keys:
        return ""
    names = {f"{column.replace('.', '_')}{index}": key for index, key in enumerate(keys)}
    values |= names
    return f"AND {column} IN ({', '.join(':' + name for name in names)})"


def _typed(values: dict[str, Any]) -> list[Any]:
    kinds: dict[type, TypeEngine[Any]] = {datetime: Moment(), date: Date()}
    return [bindparam(name, type_=kinds[type(value)]) for name, value in values.items() if type(value) in kinds]
