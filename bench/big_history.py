"""A history as large as years of use: three years, 3,000 cells, 100,000 evidence items, 1,000,000 results; all by seed."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, insert, select
from sqlmodel import Session

import models

SYSTEMS, MEASURES = 4, 26
LAST_DAY = date(2026, 11, 22)
AUDIT_DAY = date(2027, 3, 16)


def fill(
    engine: Engine, *, evidence: int, results: int, cells: int = 3_000, years: float = 3.0, seed: int = 7
) -> models.Audit:
    """Fill an empty database; more evidence over the same years means a denser history of the same cells."""
    chance = random.Random(seed)
    with Session(engine.execution_options(writes=True)) as session:
        _definitions(session, chance, cells)
        _evidence(session, chance, evidence, results, years)
        audit = models.Audit(
            key="audit",
            title="Audit",
            day=AUDIT_DAY,
            period_first=date(2026, 3, 17),
            period_last=AUDIT_DAY,
            catalogues=["iso", "nen"],
            systems=[],
            recorded_at=_moment(date(2023, 1, 2)),
            recorded_by="",
        )
        session.add(audit)
        session.execute(models.Clock.__table__.update().values(last=_moment(LAST_DAY) + timedelta(hours=1)))
        session.commit()
        session.refresh(audit)
        session.expunge(audit)
    with engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    return audit


def _moment(day: date, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC) + timedelta(minutes=minute)


def _add(session: Session, table: Any, rows: Iterator[dict[str, Any]]) -> None:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == 20_000:
            session.connection().execute(insert(table.__table__), batch)
            batch = []
    if batch:
        session.connection().execute(insert(table.__table__), batch)


def _titles(key: str) -> dict[str, str]:
    return {"title_nl": key, "title_en": key}


def _definitions(session: Session, chance: random.Random, cells: int) -> None:
    start = _moment(date(2023, 1, 1))
    controls = {"iso": 127, "nen": 101}
    _add(
        session,
        models.Catalogue,
        (
            {"key": k, **_titles(k), "short_nl": k, "short_en": k, "edition": "", "position": 0, "sha256": ""}
            | {"followed_at": start}
            for k in controls
        ),
    )
    _add(
        session,
        models.Control,
        (
            {
                "key": f"{c}:{n}",
                "catalogue": c,
                "ref": str(n),
                "position": n,
                "kind": "control" if n < 93 else "clause",
                "theme": "",
                **_titles(str(n)),
            }
            for c, count in controls.items()
            for n in range(count)
        ),
    )
    _add(
        session,
        models.Crosswalk,
        (
            {
                "from_control": f"nen:{n}",
                "to_control": f"iso:{n}",
                "relation": "superset" if n % 6 == 0 else "equal",
                "recorded_at": start,
            }
            for n in range(93)
        ),
    )
    _add(session, models.Measure, ({"key": f"m{n}", "position": n, **_titles(f"m{n}")} for n in range(MEASURES)))
    _add(
        session,
        models.Mapping,
        (
            {
                "measure": f"m{n % MEASURES}",
                "control": f"{c}:{n % 93}",
                "relation": "primary" if n % 3 else "supporting",
                "rationale_nl": "",
                "rationale_en": "",
                "proposed_at": start,
                "reviewed_at": start,
            }
            for c in controls
            for n in range(130)
        ),
    )
    _add(session, models.System, ({"key": f"s{n}", **_titles(f"s{n}"), "position": n} for n in range(SYSTEMS)))
    requirements = 65
    targets = max(1, round(cells / (SYSTEMS * requirements)))
    _add(
        session,
        models.EvidenceRequirement,
        (
            {
                "key": f"r{n}",
                "recorded_at": start,
                "measure": f"m{n % MEASURES}" if n < 45 else None,
                "control": None if n < 45 else f"iso:{n}",
                "kind": "test",
                "scope": "target",
                "renewal": ("P30D", "P35D", "P3M", "P7M", "P1Y")[n % 5],
                "review": "required" if n % 3 == 0 else "automatic",
                "formats": [],
                **_titles(f"r{n}"),
            }
            for n in range(requirements)
        ),
    )
    _add(
        session,
        models.ScopePeriod,
        (
            {"key": f"s{s}-{t}", "system": f"s{s}", "target": t, "first_day": date(2023, 1, 1), "recorded_at": start}
            for s in range(SYSTEMS)
            for t in ["", *(f"t{n}" for n in range(targets))]
        ),
    )
    names = [(f"r{r}", f"s{s}", f"t{t}") for r in range(requirements) for s in range(SYSTEMS) for t in range(targets)]
    chance.shuffle(names)
    _add(
        session,
        models.Cell,
        ({"id": n, "requirement": r, "system": s, "target": t} for n, (r, s, t) in enumerate(names, 1)),
    )
    _add(session, models.Series, ({"id": n, "cell": n, "tool": "tool"} for n in range(1, len(names) + 1)))


def _evidence(session: Session, chance: random.Random, count: int, results: int, years: float) -> None:
    series = session.execute(
        select(models.Series.id, models.EvidenceRequirement.review)
        .join(models.Cell, models.Cell.id == models.Series.cell)
        .join(models.EvidenceRequirement, models.EvidenceRequirement.key == models.Cell.requirement)
        .order_by(models.Series.id)
    ).all()
    first = LAST_DAY - timedelta(days=round(365 * years))
    facts = []
    for number in range(count):
        day = first + timedelta(days=int(number / count * 365 * years))
        fails = int(chance.random() < 0.05)
        key, review = series[number % len(series)]
        facts.append((f"{number:032x}", day, _moment(day, number % 600), key, fails, review == "required"))
    _add(
        session,
        models.Evidence,
        (
            {
                "id": i,
                "recorded_at": at,
                "kind": "test",
                "title": "run",
                "first_day": day,
                "last_day": day,
                "tool": "tool",
                "format": "junit",
                "note": "",
                "declared": {},
                "uploaded_by": "x",
                "content_key": i,
            }
            for i, day, at, *_ in facts
        ),
    )
    _add(
        session,
        models.Coverage,
        (
            {
                "id": n,
                "evidence": i,
                "series": s,
                "verdict": "fail" if fails else "pass",
                "fails": fails,
                "first_day": day,
                "last_day": day,
                "recorded_at": at,
                "judged_at": at,
                "reason": "",
            }
            for n, (i, day, at, s, fails, _) in enumerate(facts, 1)
        ),
    )
    _add(
        session,
        models.CoverageCheck,
        ({"coverage": n, "check": "check-1", "reason": ""} for n, fact in enumerate(facts, 1) if fact[4]),
    )
    _add(session, models.Review, _reviews(chance, facts))
    each = results // count
    _add(
        session,
        models.TestRun,
        (
            {"id": n, "evidence": i, "file": 1, "format": "junit", "tool": "tool", "complete": True, "passed": each}
            for n, (i, *_) in enumerate(facts, 1)
        ),
    )
    _add(
        session,
        models.TestResult,
        (
            {"run": n, "position": p, "check": f"check-{p}", "outcome": "pass"}
            for n in range(1, count + 1)
            for p in range(1, each + 1)
        ),
    )


def _reviews(
    chance: random.Random, facts: list[tuple[str, date, datetime, int, int, bool]]
) -> Iterator[dict[str, Any]]:
    """Nine in ten of what a person must review was accepted; of the rest one in five hundred was withdrawn."""
    for evidence, _, at, _, _, required in facts:
        decision = "accepted" if required else "withdrawn"
        if chance.random() < (0.9 if required else 0.002):
            yield {
                "evidence": evidence,
                "decision": decision,
                "recorded_at": at + timedelta(hours=1),
                "reviewed_by": "y",
                "remark": "",
            }
