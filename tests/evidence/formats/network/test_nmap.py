"""nmap: hosts that answered, groups by reason, moments, and files of other scanners in its format."""

import io
from datetime import UTC, datetime

import pytest

from evidence.formats import formats
from evidence.formats.network.nmap_reasons import answers, never_arrived
from evidence.formats.values import Unreadable

END = '<runstats><finished time="1795255200" exit="success"/></runstats>'


def read(inside, end=END, **attributes):
    written = "".join(f' {name}="{value}"' for name, value in {"start": "1795251600", **attributes}.items())
    run, results = formats()["nmap"].read(io.BytesIO(f"<nmaprun{written}>{inside}{end}</nmaprun>".encode()))
    return run, list(results)


def host(ports="", status="up", reason="syn-ack", name="portal.example.org", address="192.0.2.10", **attributes):
    written = "".join(f' {key}="{value}"' for key, value in attributes.items())
    named = f'<hostnames><hostname name="{name}" type="user"/></hostnames>' if name else ""
    return (
        f'<host{written}><status state="{status}" reason="{reason}"/><address addr="{address}" addrtype="ipv4"/>'
        f"{named}<ports>{ports}</ports></host>"
    )


def port(number, state, reason, protocol="tcp"):
    return f'<port protocol="{protocol}" portid="{number}"><state state="{state}" reason="{reason}"/></port>'


def only_host(inside):
    run, _ = read(inside)
    (host,) = run.facts.hosts["portal.example.org"]
    return host


@pytest.mark.parametrize(
    "reason", ["syn-ack", "reset", "resets", "echo-reply", "conn-refused", "arp-response", "port-unreaches"]
)
def test_reasons_that_mean_an_answer(reason):
    assert answers(reason)
    assert only_host(host(reason=reason)).answered
    assert only_host(host(port(1, "filtered", reason), reason="user-set")).answered


@pytest.mark.parametrize(
    "reason",
    [
        "no-response",
        "no-responses",
        "host-unreach",
        "net-unreach",
        "net-unreaches",
        "user-set",
        "admin-prohibited",
        "",
        "x",
    ],
)
def test_silence_and_answers_of_routers_are_no_answer(reason):
    assert not answers(reason)
    assert not only_host(host(port(1, "filtered", reason), reason="user-set")).answered
    sums = f'<extraports state="filtered" count="9"><extrareasons reason="{reason}" count="9"/></extraports>'
    assert not only_host(host(sums, reason="user-set")).answered


def test_open_or_closed_port_answered_whatever_the_reason():
    assert only_host(host(port(443, "open", ""), reason="user-set")).answered
    assert not only_host(host(port(443, "open|filtered", "no-response"), reason="user-set")).answered


def test_reasons_that_mean_the_probe_never_arrived():
    assert [
        reason for reason in ("net-unreach", "host-unreaches", "no-response", "reset", "") if never_arrived(reason)
    ] == [
        "net-unreach",
        "host-unreaches",
    ]


def test_groups_have_reasons_protocols_and_a_remainder():
    sums = (
        '<extraports state="filtered" count="10"><extrareasons reason="no-response" count="6" proto="tcp" ports="1-6"/>'
        '<extrareasons reason="net-unreach" count="3" proto="udp" ports="7-9"/></extraports>'
    )
    host_facts = only_host(host(sums + port(443, "open", "syn-ack")))
    assert [(s.state, s.count, s.reason, s.protocol, s.ports) for s in host_facts.groups] == [
        ("filtered", 6, "no-response", "tcp", "1-6"),
        ("filtered", 3, "net-unreach", "udp", "7-9"),
        ("filtered", 1, "", "", ""),
    ]
    assert host_facts.ports_with_state == 11


def test_every_address_of_a_host_name_is_listed():
    run, _ = read(host(timedout="true") + host(address="192.0.2.11") + host(address="192.0.2.12", status="down"))
    assert [(address.address, address.up, address.timed_out) for address in run.facts.hosts["portal.example.org"]] == [
        ("192.0.2.10", True, True),
        ("192.0.2.11", True, False),
        ("192.0.2.12", False, False),
    ]


def test_unnamed_hosts_that_are_down_are_no_targets():
    run, _ = read(host(name="", status="down") + host())
    assert list(run.facts.hosts) == ["portal.example.org"]
    run, _ = read(host(status="down"))
    assert (list(run.facts.hosts), run.targets) == (["portal.example.org"], {"portal.example.org"})


def test_result_has_its_address():
    _, (result,) = read(host(port(443, "open", "syn-ack")))
    assert result.properties == (("address", "192.0.2.10"),)


def test_run_lasts_from_its_start_to_its_last_moment():
    run, _ = read(host(starttime="1795251700", endtime="1795255100"))
    assert run.started_at == datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
    assert run.ended_at == datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
    killed, _ = read(host(starttime="1795251700", endtime="1795255100"), end="")
    assert killed.ended_at == datetime(2026, 11, 21, 9, 58, 20, tzinfo=UTC)


def test_file_of_another_scanner_is_incomplete_and_names_it():
    run, _ = read(host(), scanner="masscan")
    assert (run.tool, run.complete) == ("masscan", False)
    assert "masscan" in str(run.remark)
    assert read(host(), scanner="nmap")[0].complete


def test_appended_scan_is_refused():
    document = f'<?xml version="1.0"?>\n<!DOCTYPE nmaprun>\n<nmaprun start="1795251600">{host()}{END}</nmaprun>\n'
    with pytest.raises(Unreadable, match="Scan to a new file"):
        list(formats()["nmap"].read(io.BytesIO((document * 2).encode()))[1])


BOTH = (
    '<scaninfo type="syn" protocol="tcp" services="1-2000"/><scaninfo type="udp" protocol="udp" services="2500,2501"/>'
)


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ('count="2" ports="2500,2501"', [("", "2500,2501", 2)]),  # of either protocol
        ('count="2002" ports="1-2000,2500,2501"', [("", "1-2000,2500,2501", 2002)]),
        ('count="2002" proto="tcp" ports="1-2000,U:2500,2501"', [("tcp", "1-2000", 2000), ("udp", "2500,2501", 2)]),
        ('count="2002" ports="T:1-2000,U:2500,2501"', [("tcp", "1-2000", 2000), ("udp", "2500,2501", 2)]),
        ('count="7" ports="T:1-2000,U:2500"', [("", "T:1-2000,U:2500", 7)]),  # the count is not theirs
        ('count="2002" proto="tcp" ports="1-2000,2500,2501"', [("", "1-2000,2500,2501", 2002)]),  # some are of UDP
        ('count="2" proto="udp" ports="2500,2501"', [("udp", "2500,2501", 2)]),
    ],
)
def test_ports_of_a_mixed_group_belong_to_no_other_protocol(group, expected):
    sums = f'<extraports state="closed" count="2002"><extrareasons reason="reset" {group}/></extraports>'
    groups = only_host(BOTH + host(sums)).groups
    assert [(each.protocol, each.ports, each.count) for each in groups if each.ports] == expected


def test_ports_without_protocol_belong_to_the_only_scanned_one():
    sums = '<extraports state="closed" count="2"><extrareasons reason="reset" count="2" ports="53,123"/></extraports>'
    only = '<scaninfo type="udp" protocol="udp" services="53,123"/>'
    assert [each.protocol for each in only_host(only + host(sums)).groups] == ["udp"]
