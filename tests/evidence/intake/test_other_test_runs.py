"""Test runs in other formats than JUnit XML are taken, proposed and judged wherever a requirement names junit."""

import io
from typing import Any

import pytest

from access.permissions import BUILT_IN
from evidence.formats import taken_as, with_relatives
from evidence.intake import submission
from evidence.intake.proposed_requirements.proposal import propose
from evidence.judging.policies import policies
from models.transaction import reading
from tests.evidence.office import DAY, NOW, Office

PASSING = {
    "trx": f"""<TestRun xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010">
<Times start="{DAY}T08:00:00Z" finish="{DAY}T08:10:00Z"/><Results><UnitTestResult testName="a" outcome="Passed"/></Results>
<ResultSummary outcome="Completed"><Counters total="1" passed="1"/></ResultSummary></TestRun>""",
    "nunit": f"""<test-run total="1" passed="1" start-time="{DAY} 08:00:00Z" end-time="{DAY} 08:10:00Z">
<test-suite name="s"><test-case fullname="a" result="Passed"/></test-suite></test-run>""",
    "xunit": f"""<assemblies><assembly name="a.dll" run-date="{DAY}" run-time="08:00:00" total="1" passed="1">
<collection><test name="a" result="Pass"/></collection></assembly></assemblies>""",
    "tap": "TAP version 14\n1..1\nok 1 - a\n",
}
FAILED = {
    "trx": ('outcome="Passed"', 'outcome="Failed"'),
    "nunit": ('result="Passed"', 'result="Failed"'),
    "xunit": ('"Pass"', '"Fail"'),
    "tap": ("ok 1", "not ok 1"),
}


def deliver(office: Office, content: str) -> Any:
    days = {"first_day": DAY, "last_day": DAY} if content.startswith("TAP") else {}  # it has no moments
    return office.deliver(content.encode(), **days)


@pytest.mark.parametrize("name", sorted(PASSING))
def test_run_is_judged_as_one_of_junit(office: Office, name: str) -> None:
    assert [cell.verdict for cell in deliver(office, PASSING[name]).covered] == ["pass"]
    assert office.column("test_run", "format") == [name]
    assert office.column("test_run", "complete") == [True]
    filed = deliver(office, PASSING[name].replace(*FAILED[name]))
    assert [cell.verdict for cell in filed.covered] == ["fail"]


@pytest.mark.parametrize("name", sorted(PASSING))
def test_run_that_declares_more_than_it_shows_gives_no_verdict(office: Office, name: str) -> None:
    content = PASSING[name].replace('total="1" passed="1"', 'total="2" passed="2"').replace("1..1", "1..2")
    assert [cell.verdict for cell in deliver(office, content).covered] == ["none"]


def test_requirements_that_name_junit_are_proposed(small_office: Office) -> None:
    files = [submission.Incoming(io.BytesIO(PASSING["trx"].encode()), "report.trx")]
    with submission.inspect(small_office.store, files) as inspection, reading(small_office.engine) as session:
        proposal = propose(session, BUILT_IN, inspection, NOW, "")
    assert {"role-tests", "reviewed-tests", "no-policy"} <= set(proposal.candidates)


def test_formats_are_taken_like_the_named_one_and_no_other() -> None:
    assert {"trx", "nunit", "xunit", "tap"} <= set(with_relatives(["junit"]))
    assert with_relatives(["csv", "trx"]) == ("csv", "trx")
    assert (taken_as("nunit"), taken_as("nmap"), taken_as("pdf")) == ("junit", "nmap", "pdf")


def test_policy_by_format_judges_them_by_the_policy_of_the_named_one() -> None:
    assert policies()["segmentation"].judging("trx").id == "segmentation-tests"
