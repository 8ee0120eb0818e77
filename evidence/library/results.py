"""Test results of an evidence item."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import Session

from access.permissions import Person, require
from evidence.intake.verdicts.latest_judgement import latest_runs
from evidence.judging.levels import FAILING_LEVELS
from evidence.judging.own_policies.in_force import policy_named
from evidence.judging.policy import Policy
from evidence.judging.values import Explained
from evidence.library.evidence_items import MOST_AT_ONCE
from evidence.visible_evidence import require_visible
from locales import text
from models.bulk_changes import table

_STORED = (
    *("file", "position", "check", "target", "outcome", "severity", "rating", "level", "message", "policy"),
    "first_day",
)


@dataclass(frozen=True, slots=True)
class ResultRow:
    """A result of a test run. `outcome`: by the tool; `level`: by the policy, empty if it gives none.

    `severity`: the tool's own word; `rating`: the same on the common scale (`Severity`), empty without one;
    `first_day`: on which an open result was seen first, as known when it was judged.
    """

    file: int
    position: int
    check: str
    target: str
    outcome: str
    severity: str
    level: str
    message: str
    policy: str
    explained: tuple[Explained, ...] = ()
    rating: str = ""
    first_day: date | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """A page of results, and the total number."""

    rows: list[ResultRow]
    total: int


@dataclass(frozen=True, slots=True)
class ResultFilters:
    """Filters for results; empty ones do not filter. `failing`: results that fail by the policy, or else the tool."""

    outcome: str = ""
    level: str = ""
    target: str = ""
    check: str = ""
    text: str = ""
    failing: bool = False


def results(
    session: Session,
    person: Person,
    evidence: str,
    filters: ResultFilters | None = None,
    page: int = 1,
    size: int = 100,
    known: datetime | None = None,
) -> Results:
    """Results in the order of their files, with the levels of the latest judgement, as known at a moment (None: ever).

    `page` counts from 1; `size`: at most 500. Raises `NotAllowed` and `Unknown`.
    """
    require(person, "evidence.read")
    require_visible(session, person, evidence)
    result, run = table("test_result"), table("test_run")
    wanted = [run.c.evidence == evidence, latest_runs(evidence, known), *_conditions(filters or ResultFilters())]
    joined = result.join(run, run.c.id == result.c.run)
    total = session.execute(select(func.count()).select_from(joined).where(*wanted)).scalar_one()
    columns = [(result if name in result.c else run).c[name] for name in _STORED]
    size = max(1, min(size, MOST_AT_ONCE))
    query = select(*columns).select_from(joined).where(*wanted).order_by(run.c.file, result.c.position)
    rows = session.execute(query.limit(size).offset((max(1, page) - 1) * size)).mappings()
    day = session.execute(select(table("evidence").c.last_day).where(table("evidence").c.id == evidence)).scalar_one()
    stored = [ResultRow(**row) for row in rows]
    policies = {key: policy_named(session, key) for key in {row.policy for row in stored}}
    return Results([_explained(row, policies[row.policy], day) for row in stored], total)


def _explained(row: ResultRow, policy: Policy[Any] | None, day: date) -> ResultRow:
    """Add the policy's explanation, computed now, as results store no texts; the policy may have changed since."""
    explained = policy.explain(row, day) if policy else []
    if explained and row.level not in {explanation.level for explanation in explained}:
        explained = [Explained(why=text("The policy has changed since this was judged."))]
    return replace(row, explained=tuple(explained))


def _conditions(filters: ResultFilters) -> list[ColumnElement[bool]]:
    result = table("test_result")
    wanted: list[ColumnElement[bool]] = [
        result.c[name] == value for name in ("outcome", "level", "target", "check") if (value := getattr(filters, name))
    ]
    if filters.failing:
        wanted.append(
            result.c.level.in_(FAILING_LEVELS) | ((result.c.level == "") & result.c.outcome.in_(("fail", "error")))
        )
    if filters.text.strip():
        pattern = filters.text.strip().lower().replace("/", "//").replace("%", "/%").replace("_", "/_")
        wanted.append(
            or_(
                *(
                    func.lower(result.c[name]).like(f"%{pattern}%", escape="/")
                    for name in ("check", "message", "target")
                )
            )
        )
    return wanted
