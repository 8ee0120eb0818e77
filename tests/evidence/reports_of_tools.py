"""Requirements that take reports of tools, and such reports: each clean and of a whole run unless told otherwise."""

import io
import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert

from access.permissions import TEAM_MEMBER, Person
from evidence.formats import recognise
from evidence.formats.values import Result, Run
from evidence.judging.policies import policies
from evidence.judging.values import JudgeContext
from models.bulk_changes import table
from models.transaction import writing
from tests.dashboard.proof import dated_scan
from tests.days import CALENDAR
from tests.evidence.office import BUILD_SERVER, NOW, Office

DAY = "2027-03-03"
MOMENT = f"{DAY}T05:00:00+00:00"
HOST = "portal.example.nl"
MEMBER = Person("team member", frozenset({TEAM_MEMBER}), teams=frozenset({"platform"}))  # with a password

_SCANNERS = ["nessus", "openvas", "zap_json", "zap_xml", "nuclei", "trivy", "cyclonedx", "openvex", "csaf"]
_BENCHMARKS = ["checkov", "kubebench", "docker_bench", "prowler", "oscal", "xccdf", "inspec_hdf"]
#: key → formats, scope, policy
_REQUIREMENTS = {
    "code": (_SCANNERS, "system", "vulnerability-scan"),
    "hosts": (_SCANNERS, "target", "vulnerability-scan"),
    "bench": (_BENCHMARKS, "system", "configuration-benchmark"),
    "ports": (["nmap"], "target", "expected-exposure"),
    "tls": (["testssl", "sslyze", "sslscan"], "target", "tls-ncsc-nl@2025-05"),
    "ssh": (["ssh_audit"], "system", "ssh-settings"),
}
_CONTEXT = JudgeContext(date(2027, 3, 3), CALENDAR)
BEFORE = "2027-01-05"  # long enough for every term


def require_reports(office: Office) -> None:
    """Require reports of tools, since the day before."""
    texts = {"title_nl": "E", "title_en": "E", "judged_nl": "", "judged_en": "", "retired": False}
    rest = {"measure": "m", "control": None, "team": "platform", "kind": "test", "renewal": "P30D"}
    before = NOW - timedelta(days=1)
    rows = [
        {"key": key, "formats": formats, "scope": scope, "policy": policy, **texts, **rest}
        | {"review": "automatic", "applies_to": None, "recorded_at": before}
        for key, (formats, scope, policy) in _REQUIREMENTS.items()
    ]
    with writing(office.engine, before) as (session, _):
        session.execute(insert(table("evidence_requirement")), rows)


def deliver(office: Office, requirement: str, *contents: bytes, minute: int = 0, person: Person = BUILD_SERVER) -> Any:
    """Deliver reports of one run; without a day in them, they are of today."""
    at = NOW + timedelta(minutes=minute)
    days = {} if any(map(_has_moment, contents)) else {"first_day": at.date(), "last_day": at.date()}
    names = tuple(f"report{number}" for number in range(len(contents)))
    return office.deliver(*contents, requirements=(requirement,), names=names, at=at, person=person, **days)


def _has_moment(content: bytes) -> bool:
    return bool(_read(content)[0].moments)


def _read(content: bytes) -> tuple[Run, list[Result]]:
    file_format = recognise(content[:65_536])
    assert file_format is not None
    run, results = file_format.read(io.BytesIO(content))
    return run, list(results)


def after_a_review(office: Office, requirement: str, whole: bytes, *contents: bytes) -> Any:
    """A delivery of reports, once a reviewer has accepted another of a whole run."""
    first = deliver(office, requirement, whole)
    office.review(first.evidence, "accepted", at=NOW + timedelta(minutes=1))
    return deliver(office, requirement, *contents, minute=5)


def judged(requirement: str, content: bytes) -> tuple[set[str], str]:
    """Verdicts on a report by itself, and all that is told: why they are so, and what makes them wait for someone."""
    (run, read), policy = _read(content), policies()[_REQUIREMENTS[requirement][2]]
    judge = policy.judge(run, _CONTEXT)
    for result in read:
        judge.add_result(result)
    verdicts = judge.verdicts().values()
    points = [
        *policy.points_to_review(run, read, _CONTEXT),
        *policy.parts_left_out(run, read, date(2027, 3, 3), CALENDAR),
    ]
    told = [*points, *run.doubts, *(f"[{verdict.verdict}] {verdict.reason}" for verdict in verdicts)]
    return {verdict.verdict for verdict in verdicts}, "\n".join(map(str, told))


# ── benchmarks ───────────────────────────────────────────────────────────────────────────────────────────────────────

_REGIONS = ("eu-west-1", "eu-central-1", "us-east-1", "ap-south-1")


def prowler(
    regions: Sequence[str] = _REGIONS, checks: int = 60, services: int = 20, provider: str = "aws", **last: Any
) -> bytes:
    """Prowler's findings: each check once, in services and regions in turn. `last`: one more finding."""
    findings = [
        _prowler_finding(f"check_{n}", f"service{n % services}", regions[n % len(regions)], provider)
        for n in range(checks)
    ]
    findings[-1] |= {"status_code": "FAIL", "severity": "Informational"}  # a real account has some
    extra = [{**_prowler_finding("check_0", "service0", regions[0], provider), **last}] if last else []
    return json.dumps([*findings, *extra]).encode()


def _prowler_finding(check: str, service: str, region: str, provider: str) -> dict[str, Any]:
    return {
        "class_uid": 2004,
        "metadata": {"event_code": check, "product": {"name": "Prowler", "version": "5"}},
        "finding_info": {"uid": "u"},
        "severity": "High",
        "status_code": "PASS",
        "time_dt": f"{DAY}T05:00:00",
        "cloud": {"account": {"uid": "123"}, "provider": provider, "region": region},
        "resources": [{"uid": "arn", "region": region, "group": {"name": service}}],
    }


def docker_bench(sections: str = "1234567", result: str = "PASS", **changed: Any) -> bytes:
    """Docker Bench with two checks in each section; `result`: of the last."""
    tests = [
        {
            "id": section,
            "desc": f"Section {section}",
            "results": [{"id": f"{section}.{n}", "desc": "d", "result": "PASS"} for n in (1, 2)],
        }
        for section in sections
    ]
    tests[-1]["results"][-1]["result"] = result  # type: ignore[index]
    head = {"dockerbenchsecurity": "1.6.0", "start": 1804050000, "tests": tests}
    return json.dumps({**head, "checks": 2 * len(sections), "score": 9, "end": 1804050014, **changed}).encode()


def kube_bench(statuses: Sequence[str] = ("PASS",), *, group: Mapping[str, int] = {}, **totals: int) -> bytes:
    """kube-bench's controls of a node. `totals`: those of the controls; `group`: those of the group of checks."""
    results = [{"test_number": f"1.{n}", "test_desc": "d", "status": status} for n, status in enumerate(statuses)]
    counts = {f"total_{name}": statuses.count(name.upper()) for name in ("pass", "fail", "warn", "info")}
    tests = [{"section": "1", "results": results, **group}]
    controls = {"text": "Node", "node_type": "node", "tests": tests, **counts, **totals}
    return json.dumps({"Controls": [controls], "Totals": {**counts, **totals}}).encode()


def checkov(results: Mapping[str, Any] = {}, summary: Mapping[str, int] = {}, passed: int = 4) -> bytes:
    """Checkov's report of Terraform, with so many checks that passed."""
    checks = [checkov_check(f"CKV_{n}") for n in range(passed)]
    counts = {"passed": passed, "failed": 0, "skipped": 0, "parsing_errors": 0, **summary}
    listed = {"passed_checks": checks, "failed_checks": [], "skipped_checks": [], "parsing_errors": [], **results}
    return json.dumps(
        {"check_type": "terraform", "results": listed, "summary": {**counts, "checkov_version": "3.2"}}
    ).encode()


def checkov_check(name: str, result: str = "PASSED", comment: str = "") -> dict[str, Any]:
    told = {"result": result, **({"suppress_comment": comment} if comment else {})}
    return {"check_id": name, "check_name": "n", "check_result": told, "file_path": "/main.tf", "resource": "a.b"}


def xccdf(
    results: Sequence[str] = ("pass",) * 5,
    inside: str = "",
    profile: str = "cis",
    attributes: str = "",
    score: str = '<score system="urn:xccdf:scoring:default" maximum="100">100</score>',
) -> bytes:
    """A TestResult with a result for each rule."""
    rules = "".join(
        f'<rule-result idref="rule_{n}" severity="medium" {attributes}><result>{result}</result></rule-result>'
        for n, result in enumerate(results)
    )
    return (
        '<TestResult xmlns="http://checklists.nist.gov/xccdf/1.2" id="t" test-system="cpe:/a:redhat:openscap:1.3.7" '
        f'start-time="{MOMENT}" end-time="{DAY}T05:10:00+00:00"><benchmark id="b" href="x"/>{inside}'
        f'<profile idref="{profile}"/><target>web1</target>{rules}{score}</TestResult>'
    ).encode()


def inspec(
    result: Mapping[str, Any] = {}, control: Mapping[str, Any] = {}, profile: Mapping[str, Any] = {}, controls: int = 10
) -> bytes:
    """InSpec's report; `result` and `control` change the last control."""
    passed = {"status": "passed", "code_desc": "d", "start_time": MOMENT}
    made = [{"id": f"c{n}", "impact": 1.0, "results": [passed]} for n in range(controls)]
    made[-1] = {**made[-1], "results": [{**passed, **result}], **control}
    whole = {"name": "base", "sha256": "x", "supports": [], "attributes": [], "status": "loaded", "controls": made}
    about = {"platform": {"name": "debian", "target_id": "h"}, "statistics": {"duration": 1.5}, "version": "5.22"}
    return json.dumps({**about, "profiles": [{**whole, **profile}]}).encode()


def oscal_xml(inside: str = "", target: str = "") -> bytes:
    """The same as XML. `inside`: more elements of the assessment; `target`: and of the target of the last finding."""
    satisfied = '<status state="satisfied"/>'
    findings = "".join(
        f'<finding uuid="f{n}"><title>x</title><target type="objective-id" target-id="ac-1_obj.{n}">{satisfied}'
        f'{target if n == 9 else ""}</target><related-observation observation-uuid="o1"/></finding>'
        for n in range(10)
    )
    seen = f'<observation uuid="o1"><method>TEST-AUTOMATED</method><collected>{MOMENT}</collected></observation>'
    days = f"<start>{MOMENT}</start><end>{DAY}T06:00:00+00:00</end>"
    result = f'<result uuid="r"><title>t</title>{days}{inside}{seen}{findings}</result>'
    head = '<assessment-results xmlns="http://csrc.nist.gov/ns/oscal/1.0"><metadata><oscal-version>1.1.2</oscal-version></metadata>'
    return f"{head}{result}</assessment-results>".encode()


def oscal(
    finding: Mapping[str, Any] = {}, observation: Mapping[str, Any] = {}, result: Mapping[str, Any] = {}
) -> bytes:
    """Assessment results with ten objectives that are satisfied by an automated test; `finding` changes the last."""
    seen = {"uuid": "o1", "description": "d", "methods": ["TEST-AUTOMATED"], "collected": MOMENT, **observation}
    found = {
        "uuid": "f1",
        "title": "ac-1",
        "target": {"type": "objective-id", "target-id": "ac-1_obj", "status": {"state": "satisfied"}},
        "related-observations": [{"observation-uuid": "o0"}],
    }
    others = [{**found, "uuid": f"f{n}", "target": {**found["target"], "target-id": f"ac-1_obj.{n}"}} for n in range(9)]  # type: ignore[dict-item]
    tested = {"uuid": "o0", "description": "d", "methods": ["TEST-AUTOMATED"], "collected": MOMENT}
    last = {**found, "related-observations": [{"observation-uuid": "o1"}], **finding}
    assessment = {
        "uuid": "r1",
        "title": "Assessment",
        "start": MOMENT,
        "end": f"{DAY}T06:00:00+00:00",
        "reviewed-controls": {"control-selections": [{"include-controls": [{"control-id": "ac-1"}]}]},
        "observations": [tested, seen],
        "findings": [*others, last],
        **result,
    }
    whole = {"uuid": "d1", "metadata": {"title": "t", "oscal-version": "1.1.2"}, "results": [assessment]}
    return json.dumps({"assessment-results": whole}).encode()


# ── scanners of hosts ────────────────────────────────────────────────────────────────────────────────────────────────

INFORMATION = "Information about this scan : Plugin feed version : 202703020101 Port range : default Credentialed checks : yes"  # fmt: skip


def nessus(
    information: str = INFORMATION, items: str = "", policy: str = "", tags: Mapping[str, str] = {}, hosts: str = HOST
) -> bytes:
    """A scan of Nessus with credentials. `policy`: elements of the policy."""
    known = {"HOST_START": "Wed Mar  3 05:00:00 2027", "HOST_END": "Wed Mar  3 05:30:00 2027"}
    written = "".join(f'<tag name="{n}">{v}</tag>' for n, v in {**known, "Credentialed_Scan": "true", **tags}.items())
    reported = "".join(
        f'<ReportHost name="{host}"><HostProperties>{written}</HostProperties>{nessus_item(19506, information)}'
        f"{items}</ReportHost>"
        for host in hosts.split()
    )
    return f'<NessusClientData_v2>{policy}<Report name="r">{reported}</Report></NessusClientData_v2>'.encode()


def nessus_item(plugin: int, output: str = "", risk: str = "None", severity: int = 0, scores: str = "") -> str:
    """An item of a host. `scores`: its base score of CVSS 3."""
    score = f"<cvss3_base_score>{scores}</cvss3_base_score>" if scores else ""
    inside = f"<risk_factor>{risk}</risk_factor>{score}<plugin_output>{output}</plugin_output>"
    head = f'port="0" protocol="tcp" severity="{severity}" pluginID="{plugin}" pluginName="p"'
    return f"<ReportItem {head}>{inside}</ReportItem>"


def nessus_policy(families: Mapping[str, str] = {}, plugins: Mapping[int, str] = {}, **preferences: str) -> str:
    """A policy of Nessus with the status of families and plugins."""
    preference = "".join(
        f"<preference><name>{name}</name><value>{value}</value></preference>" for name, value in preferences.items()
    )
    family = "".join(
        f"<FamilyItem><FamilyName>{name}</FamilyName><Status>{status}</Status></FamilyItem>"
        for name, status in families.items()
    )
    plugin = "".join(
        f"<PluginItem><PluginId>{number}</PluginId><PluginName>p</PluginName><Family>Windows</Family>"
        f"<Status>{status}</Status></PluginItem>"
        for number, status in plugins.items()
    )
    return (
        f"<Policy><policyName>n</policyName><Preferences><ServerPreferences>{preference}</ServerPreferences>"
        f"</Preferences><FamilySelection>{family}</FamilySelection>"
        f"<IndividualPluginSelection>{plugin}</IndividualPluginSelection></Policy>"
    )


def openvas(inside: str = "", host: str = "", status: str = "Done") -> bytes:
    """A report of OpenVAS. `inside`: more elements of it; `host`: more of its host."""
    scanned = f"<host><ip>{HOST}</ip>{host}<end>{DAY}T05:30:00Z</end></host>"
    scan = f"<scan_run_status>{status}</scan_run_status><scan_start>{DAY}T05:00:00Z</scan_start>"
    scan += f"<scan_end>{DAY}T05:30:00Z</scan_end>"
    return f'<report format_id="f"><report>{inside}{scan}<results></results>{scanned}</report></report>'.encode()


def zap(*insights: Mapping[str, str], hosts: Sequence[str] = (HOST,)) -> bytes:
    """ZAP's report of sites, without alerts."""
    sites = [{"@name": f"https://{host}", "@host": host, "@port": "443", "alerts": []} for host in hosts]
    head = {"@programName": "ZAP", "@version": "2.17.0", "created": f"{DAY}T05:00:00Z", "@generated": ""}
    return json.dumps({**head, "insights": insights, "site": sites}).encode()


def zap_xml(*insights: Mapping[str, str]) -> bytes:
    """The same of the portal, as XML."""
    told = "".join(
        f"<insight>{''.join(f'<{name}>{value}</{name}>' for name, value in each.items())}</insight>"
        for each in insights
    )
    site = f'<site name="https://{HOST}" host="{HOST}" port="443" ssl="true"><alerts></alerts></site>'
    head = f'programName="ZAP" version="2.17.0" generated="x" created="{DAY}T05:00:00Z"'
    return f"<OWASPZAPReport {head}><insights>{told}</insights>{site}</OWASPZAPReport>".encode()


def insight(key: str, level: str, reason: str = "", statistic: str = "90", site: str = "") -> dict[str, str]:
    return {"key": key, "level": level, "reason": reason, "statistic": statistic, "site": site, "description": ""}


def nmap(
    arguments: str = "-sS -sV -p-",
    targets: str = HOST,
    scan: str = '<scaninfo type="syn" protocol="tcp" numservices="65535" services="1-65535"/>',
    statistics: str = '<hosts up="1" down="0" total="1"/>',
) -> bytes:
    """A scan of all TCP ports of the portal, of which 443 is open."""
    known = '<status state="up" reason="echo-reply"/><address addr="192.0.2.10" addrtype="ipv4"/>'
    name = f'<hostnames><hostname name="{HOST}" type="user"/></hostnames>'
    ports = '<extraports state="filtered" count="65534"/><port protocol="tcp" portid="443"><state state="open" reason="syn-ack"/></port>'  # fmt: skip
    host = f'<host starttime="1804050000" endtime="1804050600">{known}{name}<ports>{ports}</ports></host>'
    run = f'scanner="nmap" args="nmap {arguments} -oX scan.xml {targets}" start="1804050000" version="7.95"'
    end = f'<runstats><finished time="1804050600" exit="success"/>{statistics}</runstats>'
    return f"<nmaprun {run}>{scan}{host}{end}</nmaprun>".encode()


def scan_of_testssl(
    invocation: str = "testssl.sh --quiet", addresses: Sequence[str] = ("192.0.2.1",), **top: Any
) -> bytes:
    """A whole scan of the portal, as `--jsonfile-pretty` writes it."""
    whole = json.loads(dated_scan(HOST, DAY))
    (scanned,) = whole["scanResult"]
    whole["scanResult"] = [{**scanned, "ip": address} for address in addresses]
    return json.dumps({**whole, "Invocation": f"{invocation} --jsonfile-pretty x {HOST}", **top}).encode()


def ssh_audit(**changed: Any) -> bytes:
    """A server that offers accepted algorithms only."""
    return json.dumps(
        {
            "banner": {"comments": "", "protocol": "2.0", "raw": "SSH-2.0-OpenSSH_9.9", "software": "OpenSSH_9.9"},
            "target": f"{HOST}:22",
            "compression": ["none"],
            "kex": [{"algorithm": "curve25519-sha256"}, {"algorithm": "ext-info-s"}],
            "key": [{"algorithm": "ssh-ed25519"}],
            "enc": [{"algorithm": "aes256-gcm@openssh.com"}],
            "mac": [{"algorithm": "hmac-sha2-256-etm@openssh.com"}],
            "fingerprints": [],
            **changed,
        }
    ).encode()


def openvex(status: str = "not_affected", **changed: Any) -> bytes:
    """An OpenVEX document with one statement."""
    statement = {
        "vulnerability": {"name": "CVE-2027-1"},
        "products": [{"@id": "pkg:npm/lodash@4.17.20"}],
        "status": status,
        "justification": "vulnerable_code_not_present",
        **changed,
    }
    head = {"@context": "https://openvex.dev/ns/v0.2.0", "@id": "x", "author": "a", "timestamp": MOMENT, "version": 1}
    return json.dumps({**head, "statements": [statement]}).encode()


def trivy(purl: str = "pkg:npm/lodash@4.17.20", severity: str = "CRITICAL") -> bytes:
    """A scan with one vulnerability, in a package; without a severity there is none."""
    found = {
        "VulnerabilityID": "CVE-2027-1",
        "PkgName": "lodash",
        "InstalledVersion": "4.17.20",
        "PkgIdentifier": {"PURL": purl},
        "Severity": severity,
        "Title": "t",
    }
    head = {"SchemaVersion": 2, "CreatedAt": MOMENT, "ArtifactName": "portal", "ArtifactType": "filesystem"}
    lists = [
        {"Target": "package-lock.json", "Class": "lang-pkgs", "Type": "npm", "Vulnerabilities": [found] if severity else []},
        {"Target": "debian", "Class": "os-pkgs", "Type": "debian"},
    ]  # fmt: skip
    return json.dumps({**head, "Results": lists}).encode()
