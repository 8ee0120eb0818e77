"""What test reports say of themselves by which a pass waits for someone else; ordinary reports say nothing."""

import io
from collections.abc import Sequence
from typing import Any

import pytest

from evidence.formats import recognise

MOMENTS = 'start="2027-03-03T05:00:00Z" finish="2027-03-03T05:01:00Z"'
NUNIT_MOMENTS = 'start-time="2027-03-03 05:00:00Z" end-time="2027-03-03 05:01:00Z"'


def read(content: str) -> Any:
    run, results = recognise(content.encode()).read(io.BytesIO(content.encode()))  # type: ignore[union-attr]
    list(results)
    return run


def doubts(content: str) -> str:
    run = read(content)
    assert run.complete, run.remark
    return " ".join(map(str, run.doubts))


def junit(inside: str = "", suite: str = "", name: str = "Portal", case: str = '<testcase name="a"/>') -> str:
    return f'<testsuites><testsuite name="{name}" {suite}>{inside}{case}</testsuite></testsuites>'


def having(name: str, value: str) -> str:
    return junit(f'<properties><property name="{name}" value="{value}"/></properties>')


def nunit(inside: str = "", run: str = 'testcasecount="1"', suite: str = "", case: str = "") -> str:
    return (
        f'<test-run result="Passed" total="1" passed="1" {NUNIT_MOMENTS} {run}>{inside}<test-suite name="a.dll" {suite}>'
        f'<test-case fullname="a.x" result="Passed">{case}</test-case></test-suite></test-run>'
    )


def trx(info: str = "", times: str = MOMENTS, defined: str = "", result: str = "") -> str:
    return (
        f'<TestRun xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010"><Times {times}/><Results>'
        f'<UnitTestResult testId="1" testName="a" outcome="Passed" {result}/></Results>'
        f'<TestDefinitions><UnitTest id="1"/>{defined}</TestDefinitions>'
        f'<ResultSummary outcome="Completed"><RunInfos>{info}</RunInfos></ResultSummary></TestRun>'
    )


def xunit(inside: str = "", test: str = "", run: str = "", finish: str = "05:01:00") -> str:
    return (
        f'<assemblies {run}><assembly start-rtf="2027-03-03T05:00:00Z" finish-rtf="2027-03-03T{finish}Z"><collection>'
        f'<test name="a" result="Pass">{test}</test>{inside}</collection></assembly></assemblies>'
    )


NUNIT_2 = (
    '<test-results name="a.dll" total="1" errors="0" failures="0" not-run="0" {}><test-suite success="True"><results>'
    '<test-case name="a" executed="True" success="True"/></results></test-suite></test-results>'
)
TAP = "TAP version 14\n1..2\nok 1 - a\nok 2 - b\n"
ORDINARY = [
    junit(),
    junit('<properties><property name="java.version" value="21"/></properties>', 'tests="1" skipped="0" time="1"'),
    junit(case='<testcase name="a"/><testcase name="b"><skipped/></testcase>'),
    junit(name="tests/dry_run.test.ts", case='<testcase name="test_send[mock]"/>'),
    having("git.branch", "main"),
    junit(suite='started-at="2027-03-03T05:00:00Z" finished-at="2027-03-03T05:01:00Z"'),
    nunit("<filter/><command-line>nunit3-console a.dll --result=r.xml</command-line>"),
    nunit(suite='testcasecount="1" runstate="Runnable"', case='<assertions><assertion result="Passed"/></assertions>'),
    trx('<RunInfo outcome="Warning"><Text>[xUnit.net 00:00:00.60]     a.x [SKIP]</Text></RunInfo>'),
    trx(result='startTime="2027-03-03T05:00:00Z" endTime="2027-03-03T05:00:01Z"'),
    NUNIT_2.format('ignored="0"'),
    xunit(run='start-rtf="2027-03-03T05:00:00Z" finish-rtf="2027-03-03T05:02:00Z"'),
    TAP + "# tests 2\n# pass 2\n# fail 0\n# skipped 0\n# todo 0\n# duration_ms 12\n",
]


@pytest.mark.parametrize("content", ORDINARY)
def test_ordinary_report_says_nothing(content: str) -> None:
    assert doubts(content) == ""


DOUBTFUL = [
    (having("dry-run", "true"), "(dry-run: true)"),
    (junit('<properties><property name="mock">yes</property></properties>'), "(mock: yes)"),
    (junit(suite='deselected="7"'), "(deselected: 7)"),
    (junit(suite='tests="1" executed="0"'), "(executed: 0)"),
    (junit(name="Portal, shard 1/4"), "(shard 1/4)"),
    (junit("<!-- dry run -->"), "(dry run)"),
    (junit(case='<testcase name="logs in [dry-run]"/>'), "([dry-run])"),
    (junit(case='<testcase classname="mocked" name="a"/>'), "(mocked)"),
    (junit(case='<testcase name="a" dry-run="true"/>'), "(dry-run: true)"),
    (
        junit(case='<testcase name="a"><properties><property name="mock" value="1"/></properties></testcase>'),
        "(mock: 1)",
    ),
    (junit(case='<testcase name="a"/><testcase name="b"><warning>w</warning></testcase>'), "not known here (warning)"),
    (junit(case='<testcase name="a"/><testcase name="b"><rerunFailure/></testcase>'), "(rerunFailure)"),
    (junit(case='<testcase name="a"><flakyFailure message="m"/></testcase>'), "after it had failed first"),
    (junit(case='<testcase name="a"/>' + '<testcase name="b"><skipped/></testcase>' * 2), "ran, and 2 were skipped"),
    (having("env.GIT_BRANCH", "feature/login"), "branch feature/login"),
    (junit(suite='started-at="2027-03-03T05:00:00Z" finished-at="2027-03-03T04:00:00Z"'), "04:00:00, which is earlier"),
    (nunit("<filter><cat>Smoke</cat></filter>"), "(filter: cat)"),
    (nunit("<command-line><![CDATA[nunit3-console a.dll --where cat==Smoke]]></command-line>"), "(--where)"),
    (nunit(run='testcasecount="50"'), "contains 50 test cases, of which 1 was run"),
    (nunit(suite='testcasecount="9"'), "contains 9 test cases"),
    (nunit(suite='result="Warning"'), "(result: Warning)"),
    (nunit('<settings><setting name="DryRun" value="True"/></settings>'), "(DryRun: True)"),
    (nunit().replace("05:01:00Z", "04:01:00Z"), "which is earlier"),
    (trx('<RunInfo outcome="Warning"><Text>No test matches the filter</Text></RunInfo>'), "No test matches the filter"),
    (trx('<RunInfo outcome="Warning"/>'), "The test run warns: -"),
    (trx(defined='<UnitTest id="2"/>'), "defines one test of which it has no result"),
    (trx(times=MOMENTS.replace("05:01", "04:01")), "which is earlier"),
    (xunit('<test name="b" result="NotRun"/>'), "one test was not run"),
    (xunit(test="<warnings><warning>slow</warning></warnings>"), "one warning"),
    (xunit(finish="04:00:00"), "which is earlier"),
    (xunit(run='start-rtf="2027-03-03T05:00:00Z" finish-rtf="2027-03-03T04:00:00Z"'), "which is earlier"),
    (TAP + "# shard 1/4\n", "(shard 1/4)"),
    (TAP.replace("1..2", "1..2 # shard 1/4"), "(shard 1/4)"),
    (TAP + "# dry-run: true\n", "(dry-run: true)"),
    (TAP + "# Looks like your test exited with 2 just after 2.\n", "exited with 2"),
]


@pytest.mark.parametrize(("content", "said"), DOUBTFUL)
def test_report_says_what_it_missed(content: str, said: str) -> None:
    assert said in doubts(content)


UNFINISHED: Sequence[str] = [
    having("exit_code", "2"),
    nunit().replace('result="Passed" total', 'result="Failed(Child)" total'),
    nunit().replace('result="Passed" total', 'result="Stopped" total'),
    nunit(suite='runstate="NotRunnable"'),
    nunit(suite='label="Cancelled"'),
    nunit(case='<assertions><assertion result="Failed"/></assertions>'),
    nunit(case="<failure/>"),
    NUNIT_2.format('ignored="3"'),
    NUNIT_2.format('invalid="1"'),
    trx(result='startTime="2027-03-03T05:00:00Z"').replace("/></Results>", "><ErrorInfo/></UnitTestResult></Results>"),
    trx().replace("<RunInfos>", '<Counters total="1" executed="0" passed="1"/><RunInfos>'),
    TAP + "# tests 9\n",
    TAP + "# skipped 7\n",
]


@pytest.mark.parametrize("content", UNFINISHED)
def test_report_that_contradicts_its_passes_shows_no_finished_run(content: str) -> None:
    assert not read(content).complete
