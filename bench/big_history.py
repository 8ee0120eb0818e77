"""A history as large as years of use: three years, 3,000 cells, 100,000 evidence items, 1,000,000 results; by seed."""

import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Engine, insert, select
from sqlmodel import Session

import models

SYSTEMS, MEASURES, REQUIREMENTS = 4, 26, 65
CONTROLS = {"iso": 127, "nen": 101}  # catalogue → number of controls and clauses
FIRST_DAY, LAST_DAY = date(2023, 1, 1), date(2026, 11, 22)
AUDIT_DAY = date(2027, 3, 16)
_BATCH = 20_000  # rows in one statement

Row = dict[str, Any]


class _Fact(NamedTuple):
    """One evidence with its series and verdict."""

    id: str
    day: date
    recorded_at: datetime
    series: int
    fails: int
    needs_review: bool


def fill(
    engine: Engine, *, evidence: int, results: int, cells: int = 3_000, years: float = 3.0, seed: int = 7
) -> models.Audit:
    """Fill an empty database; more evidence over the same years means a denser history of the same cells."""
    chance = random.Random(seed)
    with Session(engine.execution_options(writes=True)) as session:
        _add_definitions(session, chance, cells)
        _add_evidence(session, chance, evidence, results, years)
        audit = _audit()
        session.add(audit)
        session.execute(models.Clock.__table__.update().values(last=_moment(LAST_DAY) + timedelta(hours=1)))
        session.commit()
        session.refresh(audit)
        session.expunge(audit)
    with engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    return audit


def _audit() -> models.Audit:
    return models.Audit(
        key="audit",
        title="Audit",
        day=AUDIT_DAY,
        period_first=date(2026, 3, 17),
        period_last=AUDIT_DAY,
        catalogues=list(CONTROLS),
        systems=[],
        recorded_at=_moment(date(2023, 1, 2)),
        recorded_by="",
    )


def _moment(day: date, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC) + timedelta(minutes=minute)


_START = _moment(FIRST_DAY)


def _add(session: Session, table: Any, rows: Iterable[Row]) -> None:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            session.connection().execute(insert(table.__table__), batch)
            batch = []
    if batch:
        session.connection().execute(insert(table.__table__), batch)


def _titles(key: str) -> Row:
    return {"title_nl": key, "title_en": key}


# ── Definitions ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _add_definitions(session: Session, chance: random.Random, cells: int) -> None:
    targets = max(1, round(cells / (SYSTEMS * REQUIREMENTS)))
    _add(session, models.Catalogue, map(_catalogue, CONTROLS))
    _add(session, models.Control, (_control(key, n) for key, count in CONTROLS.items() for n in range(count)))
    _add(session, models.Crosswalk, map(_crosswalk, range(93)))
    _add(session, models.Measure, ({"key": f"m{n}", "position": n, **_titles(f"m{n}")} for n in range(MEASURES)))
    _add(session, models.Mapping, (_mapping(key, n) for key in CONTROLS for n in range(130)))
    _add(session, models.System, ({"key": f"s{n}", **_titles(f"s{n}"), "position": n} for n in range(SYSTEMS)))
    _add(session, models.EvidenceRequirement, map(_requirement, range(REQUIREMENTS)))
    names = ["", *(f"t{n}" for n in range(targets))]
    _add(session, models.ScopePeriod, (_scope_period(s, target) for s in range(SYSTEMS) for target in names))
    _add_series(session, chance, targets)


def _catalogue(key: str) -> Row:
    short = {"short_nl": key, "short_en": key}
    return {"key": key, **_titles(key), **short, "edition": "", "position": 0, "sha256": "", "followed_at": _START}


def _control(catalogue: str, number: int) -> Row:
    kind = "control" if number < 93 else "clause"
    key, position = f"{catalogue}:{number}", {"ref": str(number), "position": number}
    return {"key": key, "catalogue": catalogue, **position, "kind": kind, "theme": "", **_titles(str(number))}


def _crosswalk(number: int) -> Row:
    relation = "superset" if number % 6 == 0 else "equal"
    controls = {"from_control": f"nen:{number}", "to_control": f"iso:{number}"}
    return {**controls, "relation": relation, "recorded_at": _START}


def _mapping(catalogue: str, number: int) -> Row:
    return {
        "measure": f"m{number % MEASURES}",
        "control": f"{catalogue}:{number % 93}",
        "relation": "primary" if number % 3 else "supporting",
        "rationale_nl": "",
        "rationale_en": "",
        "proposed_at": _START,
        "reviewed_at": _START,
    }


def _requirement(number: int) -> Row:
    of_measure = number < 45
    return {
        "key": f"r{number}",
        "recorded_at": _START,
        "measure": f"m{number % MEASURES}" if of_measure else None,
        "control": None if of_measure else f"iso:{number}",
        "kind": "test",
        "scope": "target",
        "renewal": ("P30D", "P35D", "P3M", "P7M", "P1Y")[number % 5],
        "review": "required" if number % 3 == 0 else "automatic",
        "formats": [],
        **_titles(f"r{number}"),
    }


def _scope_period(system: int, target: str) -> Row:
    names = {"key": f"s{system}-{target}", "system": f"s{system}", "target": target}
    return {**names, "first_day": FIRST_DAY, "recorded_at": _START}


def _add_series(session: Session, chance: random.Random, targets: int) -> None:
    """One cell for each requirement and target, with one series; in random order."""
    places = [(s, t) for s in range(SYSTEMS) for t in range(targets)]
    cells = [(f"r{r}", f"s{s}", f"t{t}") for r in range(REQUIREMENTS) for s, t in places]
    chance.shuffle(cells)
    rows = ({"id": n, "requirement": r, "system": s, "target": t} for n, (r, s, t) in enumerate(cells, 1))
    _add(session, models.Cell, rows)
    _add(session, models.Series, ({"id": n, "cell": n, "tool": "tool"} for n in range(1, len(cells) + 1)))


# ── Evidence ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _add_evidence(session: Session, chance: random.Random, count: int, results: int, years: float) -> None:
    facts = _facts(_series(session), chance, count, years)
    numbered = list(enumerate(facts, 1))
    _add(session, models.Evidence, map(_evidence, facts))
    _add(session, models.Coverage, (_coverage(n, fact) for n, fact in numbered))
    checks = ({"coverage": n, "check": "check-1", "reason": ""} for n, fact in numbered if fact.fails)
    _add(session, models.CoverageCheck, checks)
    _add(session, models.Review, _reviews(chance, facts))
    each = results // count
    _add(session, models.TestRun, (_run(n, fact, each) for n, fact in numbered))
    lines = ((run, position) for run in range(1, count + 1) for position in range(1, each + 1))
    _add(session, models.TestResult, (_result(run, position) for run, position in lines))


def _series(session: Session) -> Sequence[Any]:
    """The id and review mode of every series."""
    return session.execute(
        select(models.Series.id, models.EvidenceRequirement.review)
        .join(models.Cell, models.Cell.id == models.Series.cell)
        .join(models.EvidenceRequirement, models.EvidenceRequirement.key == models.Cell.requirement)
        .order_by(models.Series.id)
    ).all()


def _facts(series: Sequence[Any], chance: random.Random, count: int, years: float) -> list[_Fact]:
    first = LAST_DAY - timedelta(days=round(365 * years))
    facts = []
    for number in range(count):
        day = first + timedelta(days=int(number / count * 365 * years))
        fails = int(chance.random() < 0.05)
        key, review = series[number % len(series)]
        facts.append(_Fact(f"{number:032x}", day, _moment(day, number % 600), key, fails, review == "required"))
    return facts


def _evidence(fact: _Fact) -> Row:
    return {
        "id": fact.id,
        "recorded_at": fact.recorded_at,
        "kind": "test",
        "title": "run",
        "first_day": fact.day,
        "last_day": fact.day,
        "tool": "tool",
        "format": "junit",
        "note": "",
        "declared": {},
        "uploaded_by": "x",
        "content_key": fact.id,
    }


def _coverage(number: int, fact: _Fact) -> Row:
    return {
        "id": number,
        "evidence": fact.id,
        "series": fact.series,
        "verdict": "fail" if fact.fails else "pass",
        "fails": fact.fails,
        "first_day": fact.day,
        "last_day": fact.day,
        "recorded_at": fact.recorded_at,
        "judged_at": fact.recorded_at,
        "reason": "",
    }


def _run(number: int, fact: _Fact, passed: int) -> Row:
    run = {"id": number, "evidence": fact.id, "file": 1, "format": "junit", "tool": "tool"}
    return {**run, "complete": True, "passed": passed}


def _result(run: int, position: int) -> Row:
    return {"run": run, "position": position, "check": f"check-{position}", "outcome": "pass"}


def _reviews(chance: random.Random, facts: Sequence[_Fact]) -> Iterator[Row]:
    """Nine in ten of those that need a review were accepted; of the others one in five hundred was withdrawn."""
    for fact in facts:
        decision = "accepted" if fact.needs_review else "withdrawn"
        if chance.random() < (0.9 if fact.needs_review else 0.002):
            recorded_at = fact.recorded_at + timedelta(hours=1)
            review = {"evidence": fact.id, "decision": decision, "recorded_at": recorded_at}
            yield {**review, "reviewed_by": "y", "remark": ""}
