"""Clean reports that say of themselves that they missed something: none is accepted without someone else."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from models.bulk_changes import table
from models.transaction import writing
from tests.evidence.office import NOW, Office

DAY = "2027-03-03"
SCANNERS = ["bandit", "dependency_check", "nessus", "openvas", "sarif", "semgrep", "trivy", "zap_json"]
BENCHMARKS = ["inspec_hdf", "kubebench", "prowler"]
REPORTS = ["junit"]
#: key → formats, scope, policy
REQUIREMENTS = {
    "code": (SCANNERS, "system", "vulnerability-scan"),
    "hosts": (SCANNERS, "target", "vulnerability-scan"),
    "bench": (BENCHMARKS, "system", "configuration-benchmark"),
    "tests": (REPORTS, "system", "junit"),
}


def require(office: Office) -> None:
    texts = {"title_nl": "E", "title_en": "E", "judged_nl": "", "judged_en": "", "retired": False}
    rest = {"measure": "m", "control": None, "team": "platform", "kind": "test", "renewal": "P30D"}
    before = NOW - timedelta(days=1)
    rows = [
        {"key": key, "formats": formats, "scope": scope, "policy": policy, **texts, **rest}
        | {"review": "automatic", "applies_to": None, "recorded_at": before}
        for key, (formats, scope, policy) in REQUIREMENTS.items()
    ]
    with writing(office.engine, before) as (session, _):
        session.execute(insert(table("evidence_requirement")), rows)


def deliver(office: Office, requirement: str, content: bytes, minute: int = 0) -> Any:
    """Deliver a report; one without a moment is of today."""
    at = NOW + timedelta(minutes=minute)
    is_dated = DAY.encode() in content or b"Mar  3 " in content
    days = {} if is_dated else {"first_day": at.date(), "last_day": at.date()}
    return office.deliver(content, requirements=(requirement,), names=("report",), at=at, **days)


def sarif(
    invocation: Mapping[str, Any] = {}, version: str = "2.1.0", rules: Sequence[Any] = (), **of_run: Any
) -> bytes:
    ran = {"executionSuccessful": True, "startTimeUtc": f"{DAY}T05:00:00Z", "endTimeUtc": f"{DAY}T05:10:00Z"}
    run = {
        "tool": {"driver": {"name": "Ziener", "rules": rules}},
        "artifacts": [{"location": {"uri": "src/a.py"}}],
        "invocations": [{**ran, **invocation}],
        "results": [],
        **of_run,
    }
    return json.dumps({"version": version, "runs": [run]}).encode()


def notified(level: str | None, name: str = "toolExecutionNotifications") -> bytes:
    notification = {"message": {"text": "skipped a.py"}, **({} if level is None else {"level": level})}
    return sarif({name: [notification]})


def of_branch(branch: str) -> bytes:
    return sarif(versionControlProvenance=[{"repositoryUri": "src/a.py", "branch": branch}])


def overridden(**configuration: Any) -> Mapping[str, Any]:
    override = {"descriptor": {"id": "a"}, "configuration": configuration}
    return {"ruleConfigurationOverrides": [override]}


def trivy(kind: str = "os-pkgs", schema: int = 2, metadata: Mapping[str, Any] = {}, *checks: int) -> bytes:
    head = {"SchemaVersion": 2, "CreatedAt": f"{DAY}T05:00:00Z", "ArtifactName": "portal", "ArtifactType": "filesystem"}
    results: list[Mapping[str, Any]] = [{"Target": "portal", "Class": kind}]
    if checks:
        summary = dict(zip(("Successes", "Failures", "Exceptions"), checks, strict=True))
        results += [{"Target": "portal", "Class": "config", "MisconfSummary": summary}]
    return json.dumps({**head, "SchemaVersion": schema, "Metadata": metadata, "Results": results}).encode()


def zap(*insights: Mapping[str, str]) -> bytes:
    head = {"@programName": "ZAP", "@version": "2.17.0", "created": f"{DAY}T05:00:00Z", "@generated": ""}
    site = {"@name": "https://portal.example.nl", "@host": "portal.example.nl", "@port": "443", "alerts": []}
    return json.dumps({**head, "insights": insights, "site": [site]}).encode()


def insight(key: str, level: str, reason: str) -> dict[str, str]:
    return {"key": key, "level": level, "reason": reason, "statistic": "90", "site": "", "description": ""}


INFORMATION = "Information about this scan : Port scanner(s) : nessus_syn_scanner Credentialed checks : yes"


def item(plugin: int, output: str = "", risk: str = "None") -> str:
    inside = f"<risk_factor>{risk}</risk_factor><plugin_output>{output}</plugin_output>"
    return f'<ReportItem port="0" protocol="tcp" severity="0" pluginID="{plugin}" pluginName="p">{inside}</ReportItem>'


def nessus(information: str = INFORMATION, more: str = "", credentialed: str = "true") -> bytes:
    tags = {"HOST_START": "Wed Mar  3 05:00:00 2027", "HOST_END": "Wed Mar  3 05:30:00 2027"}
    tags["Credentialed_Scan"] = credentialed
    written = "".join(f'<tag name="{name}">{value}</tag>' for name, value in tags.items())
    items = (item(19506, information) if information else "") + more
    host = f'<ReportHost name="portal.example.nl"><HostProperties>{written}</HostProperties>{items}</ReportHost>'
    return f'<NessusClientData_v2><Report name="r">{host}</Report></NessusClientData_v2>'.encode()


def openvas(inside: str = "", results: str = "") -> bytes:
    host = f"<host><ip>portal.example.nl</ip><end>{DAY}T05:30:00Z</end></host>"
    scan = f"<scan_run_status>Done</scan_run_status><scan_start>{DAY}T05:00:00Z</scan_start>"
    scan += f"<scan_end>{DAY}T05:30:00Z</scan_end>"
    return f'<report format_id="f"><report>{inside}{scan}<results>{results}</results>{host}</report></report>'.encode()


def login_result(name: str) -> str:
    return (
        f'<result id="1"><name>{name}</name><host>portal.example.nl</host><nvt oid="1.3"/>'
        "<threat>Log</threat><severity>0.0</severity></result>"
    )


def dependency_check(
    checked: str = f"{DAY}T04:00:00Z", dependency: Mapping[str, Any] = {}, source: str = "NVD API Last Checked"
) -> bytes:
    of_source = {"name": source, "timestamp": checked}
    content = {
        "reportSchema": "1.1",
        "scanInfo": {"engineVersion": "11.1.0", "dataSource": [of_source]},
        "projectInfo": {"reportDate": f"{DAY}T05:00:00Z"},
        "dependencies": [{"fileName": "a.jar", **dependency}],
    }
    return json.dumps(content).encode()


def dependency_check_xml(checked: str = f"{DAY}T04:00:00Z", identifiers: str = "") -> bytes:
    source = f"<dataSource><name>NVD API Last Checked</name><timestamp>{checked}</timestamp></dataSource>"
    return (
        '<analysis xmlns="https://jeremylong.github.io/DependencyCheck/dependency-check.4.1.xsd">'
        f"<scanInfo><engineVersion>11</engineVersion>{source}</scanInfo>"
        f"<projectInfo><reportDate>{DAY}T05:00:00Z</reportDate></projectInfo><dependencies><dependency>"
        f"<fileName>a.jar</fileName><identifiers>{identifiers}</identifiers></dependency></dependencies></analysis>"
    ).encode()


def semgrep(*reasons: str, **more: Any) -> bytes:
    skipped = [{"path": "src/b.py", "reason": reason} for reason in reasons]
    paths = {"scanned": ["src/a.py"], "skipped": skipped}
    return json.dumps({"version": "1.90.0", "results": [], "errors": [], "paths": paths, **more}).encode()


def bandit(high: int = 0, lines: int = 9, **of_file: int) -> bytes:
    totals = {"SEVERITY.HIGH": high, "CONFIDENCE.HIGH": high, "nosec": 0, "skipped_tests": 0, "loc": lines}
    metrics = {"_totals": totals, "src/a.py": {"loc": lines, **of_file}}
    content = {"errors": [], "generated_at": f"{DAY}T05:00:00Z", "metrics": metrics, "results": []}
    return json.dumps(content).encode()


def inspec(*statuses: str) -> bytes:
    result = {"status": "passed", "code_desc": "d", "start_time": f"{DAY}T05:00:00+00:00"}
    profile = {
        "name": "base",
        "sha256": "x",
        "supports": [],
        "attributes": [],
        "status": "loaded",
        "depends": [{"name": "cis", "status": status} for status in statuses],
        "controls": [{"id": "c", "impact": 1.0, "results": [result]}],
    }
    about = {"platform": {"name": "debian", "target_id": "h"}, "statistics": {"duration": 1.5}, "version": "5.22"}
    return json.dumps({**about, "profiles": [profile]}).encode()


def kube_bench(failed: int = 0) -> bytes:
    results = [{"test_number": "1.1", "test_desc": "d", "status": "PASS"}]
    own = {"total_pass": 1, "total_fail": 0}
    controls = {"text": "Plane", "node_type": "master", "tests": [{"results": results}], **own}
    return json.dumps({"Controls": [controls], "Totals": {**own, "total_fail": failed}}).encode()


def prowler(**finding: Any) -> bytes:
    record = {
        "class_uid": 2004,
        "metadata": {"event_code": "c", "product": {"name": "Prowler", "version": "5"}},
        "finding_info": {"uid": "u"},
        "severity": "High",
        "status_code": "PASS",
        "time_dt": f"{DAY}T05:00:00",
        "cloud": {"account": {"uid": "123"}},
        "resources": [{"uid": "arn"}],
    }
    others = [{**record, "metadata": {**record["metadata"], "event_code": f"c{n}"}} for n in range(5)]
    small = {**record, "status_code": "FAIL", "severity": "Informational"}  # a real account has some
    return json.dumps([*others, small, {**record, **finding}]).encode()


TAP = b"TAP version 14\n1..2\nok 1 - a\nok 2 - b\n"


def junit(name: str = "Portal", inside: str = "") -> bytes:
    return f'<testsuite name="{name}" timestamp="{DAY}T05:00:00Z">{inside}<testcase name="a"/></testsuite>'.encode()


def trx(**counters: int) -> bytes:
    moment = f'startTime="{DAY}T05:00:00Z" endTime="{DAY}T05:00:01Z"'
    stated = " ".join(f'{name}="{n}"' for name, n in {"total": 1, "passed": 1, **counters}.items())
    return (
        '<TestRun xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010"><Results>'
        f'<UnitTestResult testName="a" outcome="Passed" {moment}/></Results>'
        f'<ResultSummary outcome="Completed"><Counters {stated}/></ResultSummary></TestRun>'
    ).encode()


CLEAN = [
    ("code", sarif()),
    ("code", sarif({"exitCode": 1, "commandLine": "ziener --format sarif src/exclude --skipped"})),
    ("code", trivy()),
    ("hosts", zap(insight("insight.code.4xx", "Info", "Exceeded Low"))),
    ("hosts", nessus()),
    ("hosts", openvas(results=login_result("SSH Login Successful For Authenticated Checks"))),
    ("code", dependency_check()),
    ("code", dependency_check_xml()),
    ("code", of_branch("refs/heads/main")),
    ("code", notified("note")),
    ("code", sarif(overridden(enabled=True, level="error"), rules=[{"id": "a"}])),
    ("code", sarif(rules=[{"id": "a", "defaultConfiguration": {"enabled": False}}, {"id": "b"}])),
    ("code", trivy("os-pkgs", 2, {"Branch": "release/2027"}, 3, 0, 0)),
    ("code", semgrep("semgrepignore_patterns_match", "wrong_language")),
    ("code", semgrep(time={"rules": [], "rules_parse_time": 0.2})),
    ("code", bandit()),
    ("bench", inspec("loaded")),
    ("bench", kube_bench()),
    ("bench", prowler()),
    ("tests", TAP + b"# fail 0\n"),
    ("tests", trx(inProgress=0)),
    ("tests", junit()),
]


@pytest.mark.parametrize(("requirement", "content"), CLEAN)
def test_clean_report_of_what_a_review_accepted_needs_none(
    small_office: Office, requirement: str, content: bytes
) -> None:
    require(small_office)
    first = deliver(small_office, requirement, content)
    assert {cell.verdict for cell in first.covered} == {"pass"}
    small_office.review(first.evidence, "accepted", at=NOW + timedelta(minutes=1))
    again = deliver(small_office, requirement, content + b"\n", 5)
    assert [str(reason) for reason in again.review_reasons] == []


DOUBTFUL = [
    ("code", sarif({"ruleConfigurationOverrides": [{"configuration": {"enabled": False}}]}), "one rule switched off"),
    ("code", sarif({"commandLine": "ziener src --severity=low --skip-dirs lib"}), "(--severity, --skip-dirs)"),
    ("code", sarif({"arguments": ["src", "--dry-run"]}), "(--dry-run)"),
    ("code", sarif(overridden(level="none"), rules=[{"id": "a"}]), "one rule made less severe"),
    ("code", of_branch("feature/login"), "branch feature/login"),
    ("code", notified("warning"), "Ziener warns: skipped a.py"),
    ("code", notified(None, "toolConfigurationNotifications"), "Ziener warns: skipped a.py"),
    ("code", sarif({"endTimeUtc": f"{DAY}T04:00:00Z"}), "which is earlier"),
    ("code", sarif({"exitCode": 2}), "exit code 2"),
    (
        "code",
        sarif(versionControlProvenance=[{"repositoryUri": "r", "asOfTimeUtc": "2027-01-01T00:00:00Z"}]),
        "as it was on 1 January 2027",
    ),
    ("code", sarif(artifacts=[{"location": {"uri": "a.py"}, "roles": ["modified"]}]), "changed files only"),
    ("code", sarif({"exitCodeDescription": "stopped by the user"}), "stopped by the user"),
    ("code", sarif({}, "3.0.0"), "later than 2.1.0"),
    ("code", sarif(properties={"partial": True}), "(partial: True)"),
    ("code", sarif(baselineGuid="0"), "compared with an earlier run"),
    ("code", sarif(automationDetails={"description": {"text": "Portal, shard 1/4"}}), "(shard 1/4)"),
    ("code", trivy("os-pkgs", 3), "later than 2"),
    ("code", trivy("os-pkgs", 2, {"Branch": "feature/login"}), "branch feature/login"),
    ("code", trivy("os-pkgs", 2, {}, 0, 0, 0), "none of its checks"),
    ("code", trivy("os-pkgs", 2, {}, 3, 0, 2), "leave 2 findings out"),
    ("code", dependency_check(source="NVD API Last Modified"), "does not say when"),
    ("code", dependency_check("2027-04-03T04:00:00Z"), "after it"),
    ("code", semgrep("a_reason_of_a_later_version"), "left out one file"),
    ("code", semgrep(subprojects=[{"resolved": False}]), "dependencies of one project"),
    ("code", bandit(nosec=2), "leave 2 findings out"),
    ("tests", junit("Portal dry run"), "(dry run)"),
    ("code", trivy("config"), "misconfigurations only"),
    ("hosts", zap(insight("insight.network.failure", "Low", "Exceeded Low")), "insight.network.failure 90%"),
    ("hosts", zap(insight("insight.code.5xx", "Low", "Exceeded High")), "insight.code.5xx 90%"),
    ("hosts", nessus(credentialed="false"), "no credentials for portal.example.nl"),
    ("hosts", nessus(INFORMATION.replace(": yes", ": no"), credentialed=""), "no credentials for portal.example.nl"),
    ("hosts", nessus(more=item(104410)), "did not work for everything on portal.example.nl"),
    ("hosts", nessus("ERROR: Your plugins have not been updated\nsince 2026/1/2"), "out of date"),
    ("hosts", nessus("WARNING : No port scanner was enabled during the scan."), "open ports or services"),
    ("hosts", nessus(""), "(plugin 19506)"),
    ("hosts", nessus(more=item(100, risk="Critical")), "One finding above a limit does not count"),
    ("hosts", openvas(results=login_result("SSH Login Failed For Authenticated Checks")), "login of OpenVAS failed"),
    ("code", dependency_check("2026-01-01T04:00:00Z"), "on 1 January 2026"),
    ("code", dependency_check_xml("2026-01-01T04:00:00Z"), "on 1 January 2026"),
    ("code", dependency_check(dependency={"suppressedVulnerabilityIds": [{"id": "cpe"}]}), "leave one finding out"),
    (
        "code",
        dependency_check_xml(identifiers="<suppressedVulnerabilityIds><id>cpe</id></suppressedVulnerabilityIds>"),
        "leave one finding out",
    ),
    ("code", semgrep("exceeded_size_limit", "too_many_matches"), "left out 2 files"),
    ("code", bandit(2), "leave 2 findings out"),
    ("bench", inspec("skipped"), "leaves one result to a person"),
    ("bench", prowler(status="Resolved", status_code="FAIL"), "One finding above a limit does not count"),
]


@pytest.mark.parametrize(("requirement", "content", "reason"), DOUBTFUL)
def test_report_that_may_have_missed_something_waits_and_says_why(
    small_office: Office, requirement: str, content: bytes, reason: str
) -> None:
    require(small_office)
    filed = deliver(small_office, requirement, content)
    assert {cell.verdict for cell in filed.covered} == {"pass"}
    assert filed.needs_review
    assert reason in " ".join(str(each) for each in filed.review_reasons)


NOTHING_SHOWN = [
    ("code", sarif({"exitSignalName": "SIGKILL"}), "did not finish"),
    ("code", sarif({"exitCode": 137}), "did not finish"),
    ("code", sarif({"toolExecutionNotifications": [{"level": "Error", "message": {"text": "m"}}]}), "met an error"),
    ("code", sarif({"toolExecutionNotifications": [{"exception": {"kind": "OutOfMemory"}}]}), "met an error"),
    (
        "code",
        sarif(rules=[{"id": "a", "defaultConfiguration": {"enabled": False}}]),
        "all of its rules were switched off",
    ),
    ("code", semgrep(time={"rules": []}), "ran no rule"),
    ("code", bandit(0, 0), "no line of code"),
    ("hosts", openvas("<delta/>"), "differences between two scans"),
    ("hosts", openvas("<errors><count>3</count></errors>"), "3 errors"),
    ("bench", kube_bench(30), "totals of kube-bench"),
    ("tests", b"TAP version 14\n1..1\n  not ok 1 - x\nok 1 - a\n", "not ok"),
    ("tests", b"TAP version 14\n1..1\n\tnot ok 1 - x\nok 1 - a\n", "not ok"),
    ("tests", TAP + b"# pass 1\n# fail 1\n", "1 of them failed"),
    ("tests", trx(inProgress=3), "3 skipped"),
]


@pytest.mark.parametrize(("requirement", "content", "reason"), NOTHING_SHOWN)
def test_report_that_says_it_is_not_whole_shows_nothing(
    small_office: Office, requirement: str, content: bytes, reason: str
) -> None:
    require(small_office)
    filed = deliver(small_office, requirement, content)
    assert {cell.verdict for cell in filed.covered} == {"none"}
    assert reason in str(filed.covered[0].reason)


def test_a_verdict_that_failed_counts_whatever_else_the_finding_says(small_office: Office) -> None:
    require(small_office)
    filed = deliver(small_office, "bench", prowler(status_code="FAIL", compliance={"status": "Pass"}))
    assert {cell.verdict for cell in filed.covered} == {"fail"}
