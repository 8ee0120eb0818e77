"""States of ports that nmap summarises in groups."""

import pytest

from evidence.formats.facts import Host, PortGroup, PortScan
from evidence.judging.ports.port_states import Groups, Shown, is_scanned, shown

BOTH = {"tcp/2500", "udp/2500"}


@pytest.mark.parametrize("ports", ["1-2000,2500", ""])
def test_udp_port_of_a_mixed_group_is_not_a_tcp_port(ports):
    scan = PortScan(scanned={"tcp": "1-2000", "udp": "2500"})
    groups = Groups(scan.only_protocol, Host(groups=[PortGroup("closed", 2001, "reset", "", ports)]), BOTH)
    assert [groups.state(port) for port in sorted(BOTH)] == ["", ""]
    assert [is_scanned(scan, port) for port in sorted(BOTH)] == [False, True]


def test_group_of_a_protocol_covers_only_that_protocol():
    groups = Groups("", Host(groups=[PortGroup("closed", 1, "port-unreach", "udp", "2500")]), BOTH)
    assert [groups.state(port) for port in sorted(BOTH)] == ["", "closed"]


@pytest.mark.parametrize(
    ("port", "state", "message", "expected"),
    [
        ("tcp/443", "open", "open, https, syn-ack", Shown.OPEN),
        ("tcp/443", "filtered", "filtered, no-response", Shown.CLOSED),
        ("udp/500", "filtered", "filtered, no-response", Shown.UNCLEAR),
        ("udp/500", "closed", "closed, port-unreach", Shown.CLOSED),
        ("tcp/443", "filtered", "filtered, net-unreach", Shown.NEVER_ARRIVED),
        ("tcp/443", "open|filtered", "open|filtered, no-response", Shown.UNCLEAR),
        ("tcp/443", "unfiltered", "unfiltered, reset", Shown.UNCLEAR),
    ],
)
def test_state_of_a_port_shows_with_its_reason(port, state, message, expected):
    assert shown(port, state, message) == expected
