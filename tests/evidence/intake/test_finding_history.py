"""The history of findings against a simple oracle, on random runs: days, tools, systems, parts, reviews, late filing."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert
from sqlmodel import Session

from evidence.intake.delivery.cells import cell_ids, series_of
from evidence.intake.verdicts.finding_history import add_changes, read_first_days
from models.bulk_changes import table
from tests.evidence.office import Office

FIRST = date(2027, 1, 1)
NOW = datetime(2027, 6, 1, tzinfo=UTC)
CELLS = {system: ("scan", system, "") for system in ("portal", "website")}
FINDINGS = ("Z1", "Z2")
_BOTH = ("portal", "website")


class Run(NamedTuple):
    """A run in short. `day`: counted from the first; `counts`: it is accepted."""

    day: int
    findings: tuple[str, ...]
    tool: str = "a"
    systems: tuple[str, ...] = ("portal",)
    complete: bool = True
    counts: bool = True


def expected(runs: Sequence[Run], finding: str, day: int, returns: int) -> int:
    """The first day of a finding that is seen on a day, by the runs of one cell in the order of their filing."""
    first: int | None = None
    gone: int | None = None
    tool = ""
    for run in sorted((run for run in runs if run.day <= day), key=lambda run: run.day):
        if finding in run.findings:
            if first is None or (gone is not None and run.day - gone > returns):
                first = run.day
            gone, tool = None, run.tool
        elif first is not None and gone is None and run.complete and run.counts and run.tool == tool:
            gone = run.day
    return day if first is None or (gone is not None and day - gone > returns) else first


def on(day: int) -> date:
    return FIRST + timedelta(days=day)


def file(session: Session, number: int, run: Run, returns: int) -> None:
    """Write the rows of a run as intake does, with the first day of each finding."""
    cells = [CELLS[system] for system in run.systems]
    known = read_first_days(session, cell_ids(session, cells).values(), on(run.day))
    evidence, now = f"{number:032}", NOW + timedelta(minutes=number)
    days = {"first_day": on(run.day), "last_day": on(run.day)}
    moments = {"recorded_at": now, "judged_at": now}
    own = {"kind": "test", "title": "s", "tool": run.tool, "uploaded_by": "x", "content_key": evidence}
    documents = {"declared": {}, "review_reasons": [], "note": "", "format": "sarif"}
    session.execute(insert(table("evidence")), [{"id": evidence, "recorded_at": now, **days, **own, **documents}])
    series = series_of(session, dict.fromkeys(cells, run.tool))
    verdict = {"verdict": "pass", "fails": 0, "needs_review": int(not run.counts), "reason": ""}
    session.execute(
        insert(table("coverage")),
        [{"evidence": evidence, "series": series[cell], **verdict, **days, **moments} for cell in cells],
    )
    runs = table("test_run")
    names = {"format": "sarif", "tool": run.tool, "tool_version": "", "remark": "", "policy": ""}
    counts = dict.fromkeys(
        ("passed", "failed", "errors", "skipped", "not_applicable", "informational", "not_evaluated"), 0
    )
    row = {"evidence": evidence, "file": 0, "complete": run.complete, "judged_at": now, "examined": ["x"]}
    key = session.execute(insert(runs).values(**row, **names, **counts).returning(runs.c.id)).scalar_one()
    texts = {"target": "", "outcome": "fail", "severity": "", "message": "", "level": "fail", "rating": "high"}
    results = [
        {
            "run": key, "position": position, "check": finding, **texts,
            "first_day": known.first_day((finding, ""), on(run.day), timedelta(days=returns)),
        }
        for position, finding in enumerate(run.findings)
    ]  # fmt: skip
    if results:
        session.execute(insert(table("test_result")), results)
    add_changes(session, evidence, now, lists_all=run.complete)


def first_days(office: Office, runs: Sequence[Run], systems: Sequence[str], day: int, returns: int) -> dict[str, int]:
    """The first days of findings that a run for these systems would show on a day."""
    with Session(office.engine) as session:
        for number, run in enumerate(runs):
            file(session, number, run, returns)
        known = read_first_days(session, cell_ids(session, [CELLS[name] for name in systems]).values(), on(day))
        session.rollback()
    return {
        finding: (known.first_day((finding, ""), on(day), timedelta(days=returns)) - FIRST).days for finding in FINDINGS
    }


def run_strategy(*, simple: bool) -> st.SearchStrategy[Run]:
    return st.builds(
        Run,
        st.integers(0, 30),
        st.sets(st.sampled_from(FINDINGS)).map(lambda names: tuple(sorted(names))),
        st.sampled_from(["a", "b"]),
        st.just(("portal",)) if simple else st.sampled_from([("portal",), ("website",), _BOTH]),
        st.booleans(),
        st.just(True) if simple else st.booleans(),
    )


house = settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])


@house
@given(st.lists(run_strategy(simple=True), max_size=8), st.integers(0, 12))
@example([Run(0, ("Z1",)), Run(1, (), complete=False), Run(2, ()), Run(9, ("Z1",))], 6)
@example([Run(0, ("Z1",)), Run(0, ()), Run(0, ("Z1",), "b"), Run(5, ()), Run(20, ("Z1",))], 3)
def test_first_days_of_runs_that_are_filed_in_order(office: Office, runs: list[Run], returns: int) -> None:
    ordered = sorted(runs, key=lambda run: run.day)
    assert first_days(office, ordered, ["portal"], 31, returns) == {
        finding: expected(ordered, finding, 31, returns) for finding in FINDINGS
    }


@house
@given(
    st.lists(run_strategy(simple=False), max_size=8),
    st.sampled_from([("portal",), ("website",), _BOTH]),
    st.integers(0, 12),
    st.integers(10, 31),
)
@example([Run(10, ("Z1",)), Run(3, ("Z1",)), Run(5, ())], ("portal",), 2, 20)
@example([Run(0, ("Z1",), systems=_BOTH), Run(1, (), counts=False), Run(20, ("Z1",), systems=_BOTH)], _BOTH, 0, 21)
def test_no_first_day_is_later_than_that_of_any_of_its_cells(
    office: Office, runs: list[Run], systems: tuple[str, ...], returns: int, day: int
) -> None:
    """Whatever the order of filing, the systems of a run and the reviews."""
    known = first_days(office, runs, systems, day, returns)
    for system in systems:
        of_cell = [run for run in runs if system in run.systems]
        assert all(known[finding] <= expected(of_cell, finding, day, returns) for finding in FINDINGS)
