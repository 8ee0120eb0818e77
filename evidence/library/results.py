"""Test results of an evidence item, and their comparison with the previous run in its series."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy import text as sql
from sqlmodel import Session

from access.permissions import Person, require
from evidence.intake.judgement.latest_judgement import latest_runs
from evidence.judging.own_policies.in_force import policy_named
from evidence.judging.policy import Policy
from evidence.judging.values import Explained
from evidence.library.evidence_items import MOST_AT_ONCE, find_neighbour
from evidence.visible_evidence import require_visible, visible
from locales import text
from models.rows import table

_STORED = ("file", "position", "check", "target", "outcome", "severity", "rating", "level", "message", "policy")
#: Levels that policies give to failing results, worst first; without a level, the tool's own outcome counts.
FAILING_LEVELS = ("fail", "insufficient", "phase-out")

_RANK = """MAX(CASE WHEN r.level IN ('fail', 'insufficient') THEN 3 WHEN r.level = 'phase-out' THEN 2
                WHEN r.level = '' AND r.outcome IN ('fail', 'error') THEN 3
                WHEN r.level = 'sufficient' THEN 1 ELSE 0 END)"""
_CHECKS = f"""SELECT r."check", r.target, {_RANK} AS rank, MIN(r.message) AS message
 FROM test_result r JOIN test_run t ON t.id = r.run WHERE t.evidence = :{{name}}
   AND t.judged_at = (SELECT MAX(j.judged_at) FROM test_run j WHERE j.evidence = :{{name}})
 GROUP BY r."check", r.target"""
_COMPARED = f"""
WITH fresh AS ({_CHECKS.format(name="fresh")}), old AS ({_CHECKS.format(name="old")})
SELECT f."check", f.target, o.rank AS before, f.rank AS after, f.message
FROM fresh f LEFT JOIN old o ON o."check" = f."check" AND o.target = f.target
UNION ALL
SELECT o."check", o.target, o.rank, NULL, o.message FROM old o
WHERE NOT EXISTS (SELECT 1 FROM fresh f WHERE f."check" = o."check" AND f.target = o.target)
"""
_CHANGE = """CASE WHEN before IS NULL THEN CASE WHEN after >= 2 THEN 'new fail' ELSE 'new' END
 WHEN after IS NULL THEN 'gone' WHEN after > before THEN 'worse' WHEN after < before THEN 'better' ELSE 'same' END"""


@dataclass(frozen=True, slots=True)
class ResultRow:
    """A result of a test run. `outcome`: by the tool; `level`: by the policy, empty if it gives none.

    `severity`: the tool's own word; `rating`: the same on the common scale (`Severity`), empty without one.
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


@dataclass(frozen=True, slots=True)
class ChangedCheck:
    """A check on a target that is worse, better, new or gone since the run before."""

    check: str
    target: str
    change: str
    message: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Comparison with the previous run.

    `previous`: its evidence id, None if there is none; `counts`: checks by change.
    """

    previous: str | None
    counts: dict[str, int]
    changed: list[ChangedCheck]


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


def compare(session: Session, person: Person, evidence: str, most: int = 200) -> Comparison:
    """Compare an evidence item with the previous run in its series, worst changes first, at most `most` of them.

    Raises `NotAllowed` and `Unknown`.
    """
    require(person, "evidence.read")
    require_visible(session, person, evidence)
    previous = find_neighbour(session, evidence, visible(session, person), earlier=True)
    if previous is None:
        return Comparison(None, {}, [])
    values = {"fresh": evidence, "old": previous}
    count_query = sql(f"SELECT {_CHANGE} AS change, COUNT(*) AS n FROM ({_COMPARED}) AS compared GROUP BY 1")
    counts = {row.change: row.n for row in session.execute(count_query, values)}
    list_query = sql(
        f'SELECT "check", target, change, message '
        f"FROM (SELECT c.*, {_CHANGE} AS change FROM ({_COMPARED}) AS c) AS named "
        "WHERE change IN ('worse', 'new fail', 'better', 'gone') "
        "ORDER BY CASE change WHEN 'worse' THEN 0 WHEN 'new fail' THEN 1 WHEN 'gone' THEN 2 ELSE 3 END, "
        '"check", target LIMIT :most'
    )
    changed = [ChangedCheck(*row) for row in session.execute(list_query, {**values, "most": most})]
    return Comparison(previous, counts, changed)


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
