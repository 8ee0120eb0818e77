"""Scans of SSH servers are matched with recorded addresses: a name without a port means port 22."""

import json
from datetime import date, timedelta
from typing import Any

import pytest

from access.permissions import SECURITY_OFFICER, Person
from controls.scope.target_addresses import record_address
from evidence.errors import Unfitting
from models.transaction import writing
from tests.access.limited import redefine
from tests.evidence.formats.network.test_ssh_audit import audited
from tests.evidence.judging.ssh.test_policy_ssh import GOOD
from tests.evidence.office import DAY, NOW, Office

HOST = "portal.example.nl"
ANNA = Person("Anna", frozenset({SECURITY_OFFICER}))


@pytest.fixture
def prepared(small_office: Office) -> Office:
    with writing(small_office.engine, NOW - timedelta(days=2)) as (session, now):
        redefine(session, now, "tls-scan", policy="ssh-settings", formats=["ssh_audit"])
    return small_office


def deliver(office: Office, target: str, **lists: list[str]) -> Any:
    content = json.dumps(audited(target, **{**GOOD, **lists})).encode()
    return office.deliver(content, requirements=("tls-scan",), first_day=DAY, last_day=DAY)


@pytest.mark.parametrize("target", [HOST, f"{HOST}:22", f"{HOST.upper()}:22"])
def test_scan_of_port_22_counts_for_a_recorded_name_without_a_port(prepared: Office, target: str) -> None:
    (cell,) = deliver(prepared, target).covered
    assert (cell.key[2], cell.verdict) == (HOST, "pass")


def test_server_that_offers_too_much_fails(prepared: Office) -> None:
    (cell,) = deliver(prepared, f"{HOST}:22", mac=["hmac-sha1"]).covered
    assert cell.verdict == "fail"
    assert [check for check, _ in cell.failing] == ["mac: hmac-sha1"]


@pytest.mark.parametrize("port", [443, 2222])
def test_scan_of_another_port_counts_only_for_that_port(prepared: Office, port: int) -> None:
    with writing(prepared.engine, NOW) as (session, now):
        record_address(session, ANNA, "portal", HOST, f"ssh.example.nl:{port}", date(2026, 1, 1), now)
        record_address(session, ANNA, "portal", HOST, "ssh.example.nl:22", date(2026, 1, 1), now)
        record_address(session, ANNA, "portal", HOST, "admin.example.nl:22", date(2026, 1, 1), now)
    (cell,) = deliver(prepared, f"ssh.example.nl:{port}").covered
    assert cell.verdict == "pass"
    with pytest.raises(Unfitting, match=r"admin\.example\.nl"):
        deliver(prepared, f"admin.example.nl:{port}")
