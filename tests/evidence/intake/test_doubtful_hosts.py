"""Clean reports of scans of hosts that say of themselves that they missed something: none is accepted by itself."""

from xml.sax.saxutils import escape

import pytest

from tests.evidence.office import Office
from tests.evidence.reports_of_tools import (
    BEFORE,
    DAY,
    HOST,
    INFORMATION,
    MEMBER,
    after_a_review,
    deliver,
    insight,
    judged,
    nessus,
    nessus_item,
    nessus_policy,
    nmap,
    openvas,
    openvex,
    require_reports,
    scan_of_testssl,
    ssh_audit,
    trivy,
    zap,
    zap_xml,
)

FILTERS = "<filters id='0'><term>{term}</term>{keywords}</filters>"


def filtered(*keywords: str, term: str = "") -> str:
    """The filter of a report of OpenVAS, with each keyword as `column relation value`."""
    written = "".join(
        f"<keyword><column>{column}</column><relation>{escape(relation)}</relation><value>{value}</value></keyword>"
        for column, relation, value in (keyword.split(" ") for keyword in keywords)
    )
    return FILTERS.format(term=term, keywords=f"<keywords>{written}</keywords>" if keywords else "")


USUAL = ("apply_overrides = 1", "min_qod = 70", "levels = chml", "rows = 100", "first = 1", "sort-reverse = severity")

WHOLE = [
    ("hosts", nessus()),
    ("hosts", nessus(policy=nessus_policy({"Windows": "enabled", "Port scanners": "mixed"}, {1: "enabled"}, TARGET=HOST, port_range="default"))),
    ("hosts", nessus(policy=nessus_policy({"Policy Compliance": "disabled", "Denial of Service": "disabled"}, port_range="1-65535"))),
    ("hosts", nessus(policy=nessus_policy(TARGET=f"{HOST},10.0.0.0/24,10.1.0.1-10.1.0.9", port_range="all"))),
    ("hosts", nessus(policy=nessus_policy(TARGET="192.0.2.10"), tags={"host-ip": "192.0.2.10"})),
    ("hosts", nessus(INFORMATION.replace("Port range : default", "Port range : sc-default"))),
    ("hosts", nessus(INFORMATION.replace("Port range : default", "Port range : 1-65535"))),
    ("hosts", nessus(INFORMATION + " Scan policy used : Basic Network Scan")),
    ("hosts", nessus(items=nessus_item(500, risk="High", severity=2, scores="5.9"))),
    ("hosts", openvas()),
    ("hosts", openvas(filtered(*USUAL))),
    ("hosts", openvas(filtered(term="apply_overrides=0 levels=hml rows=1000 min_qod=70 first=1 sort-reverse=severity"))),
    ("hosts", openvas("<task><progress>100</progress></task><hosts><count>1</count></hosts>")),
    ("hosts", openvas("<task><progress>-1</progress></task>")),
    ("hosts", openvas(filtered(*USUAL, "result_hosts_only = 1") + "<hosts><count>3</count></hosts>")),
    ("hosts", nessus(policy=nessus_policy(TARGET=f"{HOST}," + "x" * 20_000))),
    ("hosts", zap()),
    ("hosts", zap(insight("insight.endpoint.total", "Info", statistic="57", site=f"https://{HOST}"))),
    ("hosts", zap(insight("insight.log.warn", "Low", "Exceeded Low", "3"))),
    ("ports", nmap()),
    ("ports", nmap("-sS -sV -p- -T4 --max-retries 6 --version-intensity 7 --reason")),
    ("ports", nmap(statistics='<hosts up="1" down="255" total="256"/>', targets="192.0.2.0/24")),
    ("tls", scan_of_testssl()),
    ("tls", scan_of_testssl("testssl.sh --warnings off --color 0 --nodns none --openssl-timeout 10")),
    ("ssh", ssh_audit()),
]  # fmt: skip


@pytest.mark.parametrize(("requirement", "whole"), WHOLE)
def test_whole_run_tells_nothing_that_someone_must_look_at(requirement: str, whole: bytes) -> None:
    verdicts, told = judged(requirement, whole)
    assert verdicts == {"pass"}
    assert "\n" not in told


DOUBTFUL = [
    ("hosts", nessus(policy=nessus_policy({"Windows": "disabled", "Web Servers": "disabled"})), "Web Servers, Windows"),
    ("hosts", nessus(policy=nessus_policy({"Windows": "mixed"}, {10001: "disabled", 10002: "disabled"})), "2 plugins"),
    ("hosts", nessus(policy=nessus_policy(port_range="443")), "ports 443"),
    ("hosts", nessus(policy=nessus_policy(port_range="T:1-1024,U:53")), "ports T:1-1024,U:53"),
    ("hosts", nessus(INFORMATION.replace("Port range : default", "Port range : 80,443")), "ports 80,443"),
    ("hosts", nessus(policy=nessus_policy(TARGET=f"{HOST},db.example.nl, 192.0.2.11")), "192.0.2.11, db.example.nl"),
    ("hosts", nessus(INFORMATION.replace("202703020101", "202611020101")), "of 2 November 2026"),
    ("hosts", nessus(INFORMATION.replace("checks : yes", "checks : no")), "no credentials"),
    ("hosts", nessus(INFORMATION.replace("Credentialed checks : yes", "Credentialed checks : partial")), "did not work for"),
    ("hosts", nessus(items=nessus_item(110695)), "did not work for everything"),
    ("hosts", nessus(items=nessus_item(117886)), "did not work for everything"),
    ("hosts", nessus(items=nessus_item(26917)), "did not work for everything"),
    ("hosts", nessus(items=nessus_item(10919, "Port 443 was detected as being open but is now closed")), "no longer answered"),
    ("hosts", nessus(items=nessus_item(11933)), "did not scan"),
    ("hosts", nessus(policy=nessus_policy(plugin_set="100;200;19506")), "3 plugins"),
    ("hosts", nessus(INFORMATION + " Scan policy used : Host Discovery"), "Host Discovery"),
    ("hosts", nessus(INFORMATION + " Scan policy used : 7-1/WannaCry Ransomware"), "WannaCry Ransomware"),
    ("hosts", nessus(items=nessus_item(500, risk="Critical", severity=1)), "does not count"),
    ("hosts", nessus(items=nessus_item(500, risk="High", severity=2, scores="9.8")), "does not count"),
    ("hosts", openvas(filtered("min_qod = 98")), "min_qod=98"),
    ("hosts", openvas(filtered("min_qod > 90")), "min_qod>90"),
    ("hosts", openvas(filtered("levels = l")), "levels=l"),
    ("hosts", openvas(filtered("host = 10.0.0.1")), "host=10.0.0.1"),
    ("hosts", openvas(filtered("severity < 5.0")), "severity<5.0"),
    ("hosts", openvas(filtered(term="levels=hm rows=100 min_qod=70")), "levels=hm"),
    ("hosts", openvas(filtered(term="~Apache rows=10")), "~Apache"),
    ("hosts", openvas("<task><progress>42</progress></task>")        , "42 %"),
    ("hosts", openvas("<hosts><count>3</count></hosts>"), "3 hosts"),
    ("hosts", openvas(host="<detail><name>Host dead</name><value>1</value></detail>"), "dead"),
    ("hosts", zap(insight("insight.endpoint.total", "Info", statistic="1", site=f"https://{HOST}")), "one address"),
    ("hosts", zap_xml(insight("insight.endpoint.total", "Info", statistic="2", site=f"https://{HOST}")), "2 addresses of https"),
    ("hosts", zap(insight("insight.log.error", "Low", "Exceeded High", "600")), "insight.log.error"),
    ("hosts", zap(insight("insight.memory.usage", "Medium", "Exceeded Low", "85")), "insight.memory.usage"),
    ("ports", nmap("-sS -sV -p- -T5"), "-T5"),
    ("ports", nmap("-sS -sV -p- --max-retries 0"), "--max-retries 0"),
    ("ports", nmap("-sS -sV -p- --max-retries=1"), "--max-retries 1"),
    ("ports", nmap("-sS -sV -p- --min-rate 20000"), "--min-rate 20000"),
    ("ports", nmap("-sS -sV --version-light -p-"), "--version-light"),
    ("ports", nmap("-sS -sV --version-intensity 0 -p-"), "--version-intensity 0"),
    ("ports", nmap("-sS -sV -p- --exclude db.example.nl"), "--exclude db.example.nl"),
    ("ports", nmap("-sS -sV -p- --excludefile x"), "--excludefile x"),
    ("ports", nmap("-sS -sV -p- --exclude-ports 22"), "--exclude-ports 22"),
    ("ports", nmap("-sS -sV -p- -S 192.0.2.77"), "-S 192.0.2.77"),
    ("ports", nmap("-sS -sV -p- -g 53"), "-g 53"),
    ("ports", nmap("-sS -sV -p- --source-port 53"), "--source-port 53"),
    ("ports", nmap(targets=f"{HOST} db.example.nl"), "db.example.nl"),
    ("ports", nmap(targets=f"{HOST} db.example.nl", statistics='<hosts up="1" down="1" total="2"/>'), "db.example.nl"),
    ("ports", nmap(statistics='<hosts up="3" down="0" total="3"/>'), "3 hosts that answered"),
    ("ssh", ssh_audit(target=None), "does not name the server"),
    ("tls", scan_of_testssl("testssl.sh --ip one"), "--ip one"),
    ("tls", scan_of_testssl("testssl.sh --ip=192.0.2.1"), "--ip 192.0.2.1"),
    ("tls", scan_of_testssl("testssl.sh --ssl-native"), "--ssl-native"),
    ("tls", scan_of_testssl("testssl.sh --fast"), "--fast"),
    ("tls", scan_of_testssl("testssl.sh --proxy proxy.example.nl:3128"), "--proxy proxy.example.nl:3128"),
    ("tls", scan_of_testssl("testssl.sh --severity HIGH"), "--severity HIGH"),
]  # fmt: skip


@pytest.mark.parametrize(("requirement", "content", "reason"), DOUBTFUL)
def test_report_that_may_have_missed_something_says_so(requirement: str, content: bytes, reason: str) -> None:
    verdicts, told = judged(requirement, content)
    assert verdicts == {"pass"}
    assert reason in told.rpartition("\n")[0]


SHORT = '<scaninfo type="syn" protocol="tcp" numservices="{n}" services="{services}"/>'
NOTHING_SHOWN = [
    ("hosts", openvas(status="Stopped"), "not say that the scan is done"),
    ("hosts", openvas(status="Interrupted"), "not say that the scan is done"),
    ("hosts", zap(insight("insight.diskspace.full", "High", "Exceeded High", "1")), "insight.diskspace.full"),
    ("hosts", zap(insight("insight.network.failure", "Medium", "Exceeded High")), "too many of its requests"),
    ("ports", nmap("-sS -sV --top-ports 1000", scan=SHORT.format(n=1000, services="1-1000")), "must be scanned"),
    ("ports", nmap("-sS -sV -p 443", scan=SHORT.format(n=1, services="443")), "must be scanned"),
    ("ports", nmap(scan=SHORT.format(n=1000, services="1-65535")), "1,000 ports"),
    ("tls", scan_of_testssl(scanTime="Scan interrupted"), "interrupted"),
    ("ssh", ssh_audit(kex=[]), "Key exchange is missing"),
    ("ssh", ssh_audit(kex=[{"algorithm": "ext-info-s"}]), "Key exchange is missing"),
    ("ssh", ssh_audit(mac=None), "is missing"),
    ("ssh", ssh_audit(target=None, client_ip="192.0.2.9"), "of a client"),
]  # fmt: skip


@pytest.mark.parametrize(("requirement", "content", "reason"), NOTHING_SHOWN)
def test_report_that_says_it_is_not_whole_shows_nothing(requirement: str, content: bytes, reason: str) -> None:
    verdicts, told = judged(requirement, content)
    assert verdicts == {"none"}
    assert reason in told


FAILING = [
    ("ssh", ssh_audit(key=[{"algorithm": "rsa-sha2-512-cert-v01@openssh.com", "keysize": 4096, "casize": 1024}])),
    ("ssh", ssh_audit(banner={"protocol": "1.99", "raw": "SSH-1.99-x"})),
]


@pytest.mark.parametrize(("requirement", "content"), FAILING)
def test_weak_part_of_an_accepted_whole_fails(requirement: str, content: bytes) -> None:
    assert judged(requirement, content)[0] == {"fail"}


def test_site_that_was_only_passed_by_waits_until_someone_looked(small_office: Office) -> None:
    """ZAP names each site that it saw, and not the one that it was told to test."""
    require_reports(small_office)
    told = [
        " ".join(map(str, deliver(small_office, "hosts", zap(hosts=hosts), minute=n).review_reasons))
        for n, hosts in enumerate([(HOST,), (HOST, "fonts.example.com"), (HOST, "www.example.nl")])
    ]
    assert told[:2] == ["", ""]
    assert "www.example.nl" in told[2]


@pytest.mark.parametrize("person", [None, MEMBER])
def test_scan_that_missed_something_is_not_accepted_whoever_sends_it(small_office: Office, person: object) -> None:
    require_reports(small_office)
    sender = {"person": person} if person else {}
    for number, (requirement, content) in enumerate(
        [("hosts", nessus(policy=nessus_policy(port_range="443"))), ("ports", nmap("-sS -sV -p- -T5")), ("tls", scan_of_testssl("testssl.sh --ip one"))]
    ):  # fmt: skip
        filed = deliver(small_office, requirement, content, minute=number, **sender)
        assert ({cell.verdict for cell in filed.covered}, filed.needs_review) == ({"pass"}, True)


VEX = [
    openvex(),
    openvex("fixed"),
    openvex("under_investigation", justification=""),
    openvex(products=[{"@id": "pkg:npm/lodash"}]),
    openvex(products=[{"@id": "pkg:npm/lodash@4.17.21"}]),
    openvex(products=[{"@id": "pkg:npm/other@4.17.20"}]),
    openvex(vulnerability={"name": "CVE-2027-2"}),
    openvex(justification="trust me"),
    openvex(timestamp=""),
    openvex(products=[]),
    openvex("affected"),
]


@pytest.mark.parametrize("status", ["affected", "under_investigation"])
def test_what_a_vex_document_knows_and_the_scan_does_not_waits(small_office: Office, status: str) -> None:
    require_reports(small_office)
    filed = after_a_review(small_office, "code", trivy(severity=""), trivy(severity=""), openvex(status))
    assert [cell.verdict for cell in filed.covered] == ["pass"]
    assert "A VEX document says of one vulnerability" in " ".join(map(str, filed.review_reasons))


@pytest.mark.parametrize("document", VEX)
def test_no_vex_document_lets_a_finding_pass_by_itself(small_office: Office, document: bytes) -> None:
    require_reports(small_office)
    deliver(small_office, "code", trivy().replace(DAY.encode(), BEFORE.encode()))  # its term ends
    filed = deliver(small_office, "code", trivy(), document, minute=5)
    assert filed.covered[0].verdict != "pass" or filed.needs_review
