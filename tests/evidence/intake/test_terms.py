"""Terms of findings over several runs: open until their last day, failing after it, and never shown to hold longer."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from access.permissions import BUILT_IN
from evidence.decisions.exceptions import grant_exception
from evidence.intake.submission import Filed
from evidence.library.results import ResultFilters, results
from evidence.library.run_comparison import compare
from models.bulk_changes import table
from models.transaction import reading, writing
from readiness.explanations.explain_cell import explain_cell
from tests.evidence.office import COLLEAGUE, Office

FIRST = date(2027, 3, 3)
CELL = ("scan", "portal", "")


def day(number: int) -> date:
    """The day with a number, counted from the first day of the history as 1."""
    return FIRST + timedelta(days=number - 1)


def moment(number: int, minute: int = 0) -> datetime:
    return datetime(2027, 3, 3, 9, minute, tzinfo=UTC) + timedelta(days=number - 1)


def scan(on: int, *findings: str, tool: str = "Ziener", seen: int | None = None, **finding: Any) -> bytes:
    """A complete scan with findings such as `Z1` (high) or `C1` (critical); `seen`: the day that the file states."""
    scores = {"C": "9.8", "Z": "8", "M": "5"}
    listed = [
        {
            "ruleId": name,
            "message": {"text": "m"},
            "properties": {"security-severity": scores[name[0]]},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": "src/a.py"}}}],
            **({"provenance": {"firstDetectionTimeUtc": f"{day(seen)}T03:00:00Z"}} if seen is not None else {}),
            **finding,
        }
        for name in findings
    ]
    ran = {"executionSuccessful": True, "startTimeUtc": f"{day(on)}T05:00:00Z", "endTimeUtc": f"{day(on)}T05:10:00Z"}
    run = {
        "tool": {"driver": {"name": tool}},
        "artifacts": [{"location": {"uri": "src/a.py"}}],
        "invocations": [ran],
        "results": listed,
    }
    return json.dumps({"version": "2.1.0", "runs": [run]}).encode()


def deliver(office: Office, content: bytes, at: int, minute: int = 0, systems: Sequence[str] = ("portal",)) -> Filed:
    """Upload a scan on a day, and have it accepted."""
    filed = office.deliver(
        content, requirements=("scan",), names=("scan.sarif",), at=moment(at, minute), systems=tuple(systems)
    )
    if filed.is_new:
        office.review(filed.evidence, "accepted", at=moment(at, minute) + timedelta(seconds=1))
    return filed


def statuses(office: Office, *days: int) -> list[str]:
    return [str(office.status("scan", on=day(number))) for number in days]


def first_days(office: Office, evidence: str) -> dict[str, date]:
    result, run = table("test_result"), table("test_run")
    query = select(result.c.check, result.c.first_day).join(run, run.c.id == result.c.run)
    with reading(office.engine) as session:
        return dict(session.execute(query.where(run.c.evidence == evidence)).all())  # type: ignore[arg-type]


def test_finding_within_its_term_is_open_and_the_proof_ends_with_the_term(office: Office) -> None:
    filed = deliver(office, scan(1, "C1", "Z1"), at=1)
    (cell,) = filed.covered
    assert (cell.verdict, cell.ends) == ("pass", day(3))
    assert "2 are open within their terms. This proof ends on 5 March 2027, as C1 src/a.py" in str(cell.reason)
    assert statuses(office, 1, 3, 4) == ["demonstrated", "demonstrated", "lapsed"]
    with reading(office.engine) as session:
        rows = results(session, COLLEAGUE, filed.evidence, ResultFilters(level="in its term")).rows
        explained = explain_cell(session, BUILT_IN, CELL, day(4), datetime(2030, 1, 1, tzinfo=UTC))
    assert [str(row.explained[0].why) for row in rows][0].endswith("it must be mended by 5 March 2027.")
    assert "as C1 src/a.py must be mended by then" in str(explained.facts[0].text)


def test_finding_fails_in_the_first_run_after_its_term(office: Office) -> None:
    deliver(office, scan(1, "C1"), at=1)
    assert [cell.verdict for cell in deliver(office, scan(3, "C1"), at=3).covered] == ["pass"]
    after = deliver(office, scan(4, "C1"), at=4)
    assert [check for check, _ in after.covered[0].failing] == ["C1 src/a.py"]
    assert "first seen on 3 March 2027, to be mended by 5 March 2027" in str(after.covered[0].failing[0][1])
    assert statuses(office, 3, 4, 40) == ["demonstrated", "failing", "failing"]


def test_term_counts_from_the_first_day_by_whatever_tool(office: Office) -> None:
    deliver(office, scan(1, "C1", tool="Kijker"), at=1)
    filed = deliver(office, scan(4, "C1"), at=4)
    assert filed.covered[0].verdict == "fail"
    assert first_days(office, filed.evidence) == {"C1": day(1)}


@pytest.mark.parametrize(("seen", "verdict"), [(1, "fail"), (4, "pass"), (9, "pass"), (-30_000, "pass")])
def test_day_in_the_file_makes_a_term_start_earlier_never_later(office: Office, seen: int, verdict: str) -> None:
    """A tool without a clock writes a day before 1971, which says nothing."""
    filed = deliver(office, scan(4, "C1", seen=seen), at=4)
    assert filed.covered[0].verdict == verdict
    assert first_days(office, filed.evidence) == {"C1": day(1 if seen == 1 else 4)}


@pytest.mark.parametrize(("again", "first"), [(92, 1), (93, 93)])
def test_finding_that_returns_in_time_keeps_its_first_day(office: Office, again: int, first: int) -> None:
    deliver(office, scan(1, "Z1"), at=1)
    deliver(office, scan(2), at=2)
    filed = deliver(office, scan(again, "Z1"), at=again)
    assert first_days(office, filed.evidence) == {"Z1": day(first)}
    assert filed.covered[0].verdict == ("fail" if first == 1 else "pass")


@pytest.mark.parametrize("decision", ["rejected", "withdrawn"])
def test_scan_that_does_not_count_ends_nothing(office: Office, decision: str) -> None:
    deliver(office, scan(1, "Z1"), at=1)
    clean = deliver(office, scan(2), at=2)
    office.review(clean.evidence, decision, at=moment(3))
    assert first_days(office, deliver(office, scan(99, "Z1"), at=99).evidence) == {"Z1": day(1)}


def test_scan_of_another_tool_or_system_ends_nothing(office: Office) -> None:
    deliver(office, scan(1, "Z1"), at=1, systems=("portal", "website"))
    deliver(office, scan(2, tool="Kijker"), at=2, systems=("portal", "website"))
    deliver(office, scan(3), at=3)
    filed = deliver(office, scan(99, "Z1"), at=99, systems=("portal", "website"))
    assert first_days(office, filed.evidence) == {"Z1": day(1)}


def test_finding_of_another_place_is_another_finding(office: Office) -> None:
    deliver(office, scan(1, "Z1"), at=1)
    elsewhere = [{"physicalLocation": {"artifactLocation": {"uri": "src/b.py"}}}]
    filed = deliver(office, scan(20, "Z1", locations=elsewhere), at=20)
    assert filed.covered[0].verdict == "pass"
    assert first_days(office, filed.evidence) == {"Z1": day(20)}


def test_run_that_is_filed_late_ends_later_proofs_earlier(office: Office) -> None:
    later = deliver(office, scan(10, "Z1"), at=10)
    assert statuses(office, 17, 18, 24) == ["demonstrated"] * 3
    deliver(office, scan(3, "Z1"), at=11)
    assert statuses(office, 17, 18, 24) == ["demonstrated", "lapsed", "lapsed"]
    coverage = table("coverage")
    with reading(office.engine) as session:
        before = select(coverage.c.explicit_end).where(coverage.c.evidence == later.evidence)
        ends = session.execute(before.order_by(coverage.c.judged_at)).scalars().all()
    assert ends == [day(24), day(17)]
    assert office.column("activity", "verb").count("evidence.judge") == 1


def test_exception_for_a_failing_finding_does_not_outlive_an_open_one(office: Office) -> None:
    deliver(office, scan(1, "C1"), at=1)
    failed = deliver(office, scan(5, "C1", "Z1"), at=5)
    assert (failed.covered[0].verdict, failed.covered[0].ends) == ("fail", day(19))
    with writing(office.engine, moment(5, 5)) as (session, now):
        grant_exception(session, COLLEAGUE, *CELL, "Ziener", "C1 src/a.py", "r", day(5), day(60), now)
    assert statuses(office, 5, 19, 20) == ["demonstrated", "demonstrated", "lapsed"]
    deliver(office, scan(18, "C1"), at=18)
    assert statuses(office, 18, 40) == ["demonstrated", "demonstrated"]


def test_runs_are_compared(office: Office) -> None:
    deliver(office, scan(1, "Z1", "Z2", "M1"), at=1)
    deliver(office, scan(2, "Z2", "Z3", "Z4"), at=2)
    suppressed = scan(3, "Z1", "Z2", "Z5").replace(b'"ruleId": "Z5"', b'"suppressions": [{}], "ruleId": "Z5"')
    filed = deliver(office, suppressed, at=3)
    with reading(office.engine) as session:
        compared = compare(session, COLLEAGUE, filed.evidence)
        fixed = compare(session, COLLEAGUE, filed.evidence, change="fixed")
    assert compared.counts == {"back again": 1, "still failing": 1, "fixed": 2, "new": 1}
    assert [(row.check, row.change, row.first_day) for row in compared.changed] == [
        ("Z1", "back again", day(1)),
        ("Z2", "still failing", day(1)),
        ("Z3", "fixed", day(2)),
        ("Z4", "fixed", day(2)),
    ]
    assert [row.check for row in fixed.changed] == ["Z3", "Z4"]


def test_finding_that_an_unfinished_scan_does_not_list_is_gone_not_fixed(office: Office) -> None:
    deliver(office, scan(1, "Z1"), at=1)
    unfinished = scan(2, "Z2").replace(b'"executionSuccessful": true', b'"executionSuccessful": false')
    filed = deliver(office, unfinished, at=2)
    with reading(office.engine) as session:
        compared = compare(session, COLLEAGUE, filed.evidence)
    assert compared.counts == {"new fail": 1, "gone": 1}
    assert first_days(office, deliver(office, scan(99, "Z1"), at=99).evidence) == {"Z1": day(1)}
