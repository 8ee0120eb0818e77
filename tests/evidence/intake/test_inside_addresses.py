"""Reasons for scans of a public name at an address inside a network."""

import json
from datetime import date, timedelta

import pytest

from access.permissions import SECURITY_OFFICER, Person
from controls.scope.target_addresses import record_address
from evidence.intake.reasons.inside_addresses import is_inside, is_public
from models.transaction import writing
from tests.access.limited import redefine
from tests.dashboard.proof import dated_scan
from tests.evidence.formats.network.test_sslyze import LOCATION, report, server
from tests.evidence.judging.ports.test_policy_exposure import FILTERED, port, scan
from tests.evidence.judging.tls.test_other_scanners import GOOD
from tests.evidence.office import DAY, NOW, Office

HOST = "portal.example.nl"
ANNA = Person("Anna", frozenset({SECURITY_OFFICER}))
TLS, LATER = ("tls-scan",), NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.9.9.9", "::1", "10.1.2.3", "172.16.0.1", "172.31.255.1", "192.168.1.1", "169.254.1.1"),
        *("fe80::1", "fe80::1%eth0", "fd00::1", "100.64.0.1", "::ffff:10.0.0.1"),
    ],
)
def test_inside_addresses(address: str) -> None:
    assert is_inside(HOST, address)
    assert not is_inside(address, address)
    assert not is_inside("portal.internal", address)
    assert not is_inside("db1", address)


@pytest.mark.parametrize("address", ["192.0.2.1", "172.32.0.1", "2001:db8::1", "11.0.0.1", ""])
def test_public_addresses(address: str) -> None:
    assert not is_inside(HOST, address)


def scans(address: str) -> dict[str, bytes]:
    ports = scan(port(443, "open", reason="syn-ack"), FILTERED).replace("192.0.2.10", address)
    moment = str(int(NOW.timestamp()))
    ports = ports.replace('start="1795356179"', f'args="nmap -sS -sV -p-" start="{moment}"').replace(
        'time="1"', f'time="{moment}"'
    )
    return {
        "tls-scan": dated_scan(HOST, DAY.isoformat()).replace(b"192.0.2.1", address.encode()),
        "port-scan": ports.encode(),
    }


@pytest.fixture
def prepared(small_office: Office) -> Office:
    with writing(small_office.engine, NOW - timedelta(days=2)) as (session, now):
        redefine(session, now, "port-scan", policy="expected-exposure")
    return small_office


@pytest.mark.parametrize("requirement", ["tls-scan", "port-scan"])
def test_scan_at_an_inside_address_waits_unless_it_is_recorded(prepared: Office, requirement: str) -> None:
    filed = prepared.deliver(scans("10.0.0.7")[requirement], requirements=(requirement,))
    assert f"{HOST} was scanned at 10.0.0.7, an address inside a network" in " ".join(map(str, filed.review_reasons))
    assert filed.covered[0].verdict == "pass"
    with writing(prepared.engine, NOW) as (session, now):
        record_address(session, ANNA, "portal", HOST, "10.0.0.7", date(2026, 1, 1), now)
    again = scans("10.0.0.7")[requirement] + b"\n"
    later = prepared.deliver(again, requirements=(requirement,), at=NOW + timedelta(hours=1))
    assert later.review_reasons == []
    assert prepared.deliver(scans("192.0.2.7")[requirement], requirements=(requirement,)).review_reasons == []


NEAR = {
    "on one network": ('reason="echo-reply"', 'reason="arp-response"'),
    "on one network, IPv6": ('reason="echo-reply"', 'reason="nd-responses"'),
    "the machine itself": ('reason="echo-reply"', 'reason="localhost-response"'),
    "with the number of its network card": (
        "<hostnames>",
        '<address addr="00:11:22:33:44:55" addrtype="mac"/><hostnames>',
    ),
}


@pytest.mark.parametrize("kind", NEAR)
def test_scan_from_the_network_of_the_host_needs_review(prepared: Office, kind: str) -> None:
    """It goes past what stands between the host and everybody else."""
    with writing(prepared.engine, NOW) as (session, now):
        record_address(session, ANNA, "portal", HOST, "192.0.2.7", date(2026, 1, 1), now)
    content = scans("192.0.2.7")["port-scan"].replace(*(part.encode() for part in NEAR[kind]))
    filed = prepared.deliver(content, requirements=("port-scan",), at=NOW + timedelta(hours=1))
    assert f"{HOST} was scanned at 192.0.2.7 from its own network" in " ".join(map(str, filed.review_reasons))


def test_scan_of_an_internal_address_from_its_own_network_needs_no_review(prepared: Office) -> None:
    with writing(prepared.engine, NOW) as (session, now):
        record_address(session, ANNA, "portal", HOST, "10.0.0.7", date(2026, 1, 1), now)
    near = scans("10.0.0.7")["port-scan"].replace(b"echo-reply", b"arp-response")
    assert prepared.deliver(near, requirements=("port-scan",), at=NOW + timedelta(hours=1)).review_reasons == []


NESSUS = """<NessusClientData_v2><Report name="r"><ReportHost name="{host}"><HostProperties>
 <tag name="host-ip">{address}</tag><tag name="HOST_START">{day}</tag><tag name="HOST_END">{day}</tag></HostProperties>
 <ReportItem port="443" protocol="tcp" severity="1" pluginID="1" pluginName="x"><risk_factor>Low</risk_factor></ReportItem>
 </ReportHost></Report></NessusClientData_v2>"""


def scanned_by(tool: str, address: str) -> bytes:
    if tool == "nessus":
        return NESSUS.format(host=HOST, address=address, day=f"{DAY:%a %b %d} 03:00:00 {DAY:%Y}").encode()
    moments = {f"date_scans_{end}": f"{DAY.isoformat()}T03:00:00Z" for end in ("started", "completed")}
    return json.dumps(report(server(GOOD, {**LOCATION, "ip_address": address}), **moments)).encode()


@pytest.mark.parametrize(("tool", "policy"), [("sslyze", "tls-ncsc-nl@2025-05"), ("nessus", "vulnerability-scan")])
def test_scan_by_another_tool_at_an_inside_address_waits_unless_it_is_recorded(
    small_office: Office, tool: str, policy: str
) -> None:
    with writing(small_office.engine, NOW - timedelta(days=2)) as (session, now):
        redefine(session, now, "tls-scan", policy=policy, formats=[tool])
    inside = "an address inside a network"
    filed = small_office.deliver(scanned_by(tool, "10.0.0.7"), requirements=TLS)
    assert f"{HOST} was scanned at 10.0.0.7, {inside}" in " ".join(map(str, filed.review_reasons))
    with writing(small_office.engine, NOW) as (session, now):
        record_address(session, ANNA, "portal", HOST, "10.0.0.7", date(2026, 1, 1), now)
    later = small_office.deliver(scanned_by(tool, "10.0.0.7") + b"\n", requirements=TLS, at=LATER)
    assert inside not in " ".join(map(str, later.review_reasons))
    outside = small_office.deliver(scanned_by(tool, "192.0.2.7"), requirements=TLS)
    assert inside not in " ".join(map(str, outside.review_reasons))


@pytest.mark.parametrize("name", ["portal.internal", "db1", "10.0.0.7", "fe80::1"])
def test_internal_names_and_addresses_are_not_public(name: str) -> None:
    assert not is_public(name)


@pytest.mark.parametrize("name", [HOST, f"{HOST}:8443", "192.0.2.7", "2001:db8::1"])
def test_external_names_and_addresses_are_public(name: str) -> None:
    assert is_public(name)
