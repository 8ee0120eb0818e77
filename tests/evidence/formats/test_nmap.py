"""What nmap says of hosts: who answered, sums by reason, when it ran; and what other programs write in its form."""

import io
from datetime import UTC, datetime

import pytest

from evidence.formats import formats
from evidence.formats.nmap_hosts import answers, hosts_of, named, never_arrived
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


def one(inside):
    run, _ = read(inside)
    (found,) = hosts_of(run, "portal.example.org")
    return found


@pytest.mark.parametrize(
    "reason", ["syn-ack", "reset", "resets", "echo-reply", "conn-refused", "arp-response", "port-unreaches"]
)
def test_what_comes_back_is_an_answer(reason):
    assert answers(reason)
    assert one(host(reason=reason)).answered
    assert one(host(port(1, "filtered", reason), reason="user-set")).answered


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
def test_silence_and_what_a_router_says_are_no_answer(reason):
    assert not answers(reason)
    assert not one(host(port(1, "filtered", reason), reason="user-set")).answered
    sums = f'<extraports state="filtered" count="9"><extrareasons reason="{reason}" count="9"/></extraports>'
    assert not one(host(sums, reason="user-set")).answered


def test_an_open_or_closed_port_answered_whatever_the_reason_is_called():
    assert one(host(port(443, "open", ""), reason="user-set")).answered
    assert not one(host(port(443, "open|filtered", "no-response"), reason="user-set")).answered


def test_probes_that_never_arrived():
    assert [
        reason for reason in ("net-unreach", "host-unreaches", "no-response", "reset", "") if never_arrived(reason)
    ] == [
        "net-unreach",
        "host-unreaches",
    ]


def test_sums_are_kept_with_their_reasons_protocols_and_the_rest():
    sums = (
        '<extraports state="filtered" count="10"><extrareasons reason="no-response" count="6" proto="tcp" ports="1-6"/>'
        '<extrareasons reason="net-unreach" count="3" proto="udp" ports="7-9"/></extraports>'
    )
    found = one(host(sums + port(443, "open", "syn-ack")))
    assert [(s.state, s.count, s.reason, s.protocol, s.ports) for s in found.sums] == [
        ("filtered", 6, "no-response", "tcp", "1-6"),
        ("filtered", 3, "net-unreach", "udp", "7-9"),
        ("filtered", 1, "", "", ""),
    ]
    assert found.told == 11


def test_each_address_of_a_name_is_kept():
    run, _ = read(host(timedout="true") + host(address="192.0.2.11") + host(address="192.0.2.12", status="down"))
    assert [(one.address, one.up, one.timed_out) for one in hosts_of(run, "portal.example.org")] == [
        ("192.0.2.10", True, True),
        ("192.0.2.11", True, False),
        ("192.0.2.12", False, False),
    ]


def test_hosts_that_are_down_and_that_nobody_named_are_no_targets():
    run, _ = read(host(name="", status="down") + host())
    assert named(run) == ["portal.example.org"]
    run, _ = read(host(status="down"))
    assert (named(run), run.targets) == (["portal.example.org"], set())


def test_a_result_has_its_address():
    _, (result,) = read(host(port(443, "open", "syn-ack")))
    assert result.properties == (("address", "192.0.2.10"),)


def test_it_ran_from_its_start_to_its_last_moment():
    run, _ = read(host(starttime="1795251700", endtime="1795255100"))
    assert run.started_at == datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
    assert run.ended_at == datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
    killed, _ = read(host(starttime="1795251700", endtime="1795255100"), end="")
    assert killed.ended_at == datetime(2026, 11, 21, 9, 58, 20, tzinfo=UTC)


def test_another_program_is_named_and_proves_nothing():
    run, _ = read(host(), scanner="masscan")
    assert (run.tool, run.complete) == ("masscan", False)
    assert "masscan" in str(run.remark)
    assert read(host(), scanner="nmap")[0].complete


def test_a_scan_that_was_appended_is_refused():
    document = f'<?xml version="1.0"?>\n<!DOCTYPE nmaprun>\n<nmaprun start="1795251600">{host()}{END}</nmaprun>\n'
    with pytest.raises(Unreadable, match="Scan to a new file"):
        list(formats()["nmap"].read(io.BytesIO((document * 2).encode()))[1])
