"""Judging port scans from outside by allowed ports."""

import io
import shutil

import pytest

from evidence.formats import formats
from evidence.formats.values import Result
from evidence.judging.policies import FOLDER, policies
from evidence.judging.values import JudgeContext
from tests.days import CALENDAR
from tests.evidence.judging.policy_judging import DAY, failing, judged

PORTS = [port for service in policies()["expected-exposure"].rules.must_scan for port in service.ports]


def scan(ports="", extra="", services="1-65535", exit_="success", hosts=None, status="echo-reply"):
    host = f"""<host><status state="up" reason="{status}"/><address addr="192.0.2.10" addrtype="ipv4"/>
      <hostnames><hostname name="portal.example.nl" type="user"/></hostnames><ports>{extra}{ports}</ports></host>"""
    return f"""<?xml version="1.0"?><!DOCTYPE nmaprun><nmaprun start="1795356179" version="7.95">
      <scaninfo type="syn" protocol="tcp" services="{services}"/>{host if hosts is None else hosts}
      <runstats><finished time="1" exit="{exit_}" errormsg="stopped"/><hosts up="1" down="0" total="1"/></runstats></nmaprun>"""


def port(number, state, protocol="tcp", reason="x"):
    return f'<port protocol="{protocol}" portid="{number}"><state state="{state}" reason="{reason}"/></port>'


FILTERED = '<extraports state="filtered" count="65535"/>'


def verdict(content, **context):
    return judged("expected-exposure", content, **context)[1]["portal.example.nl"]


def test_passes_when_only_allowed_ports_are_open():
    levels, verdicts, _ = judged("expected-exposure", scan(port(443, "open") + port(8080, "closed"), FILTERED))
    assert verdicts["portal.example.nl"].verdict == "pass"
    assert levels == [("tcp/443", "pass"), ("tcp/8080", "pass")]


@pytest.mark.parametrize("number", [22, 3389, 5432, 9999])
def test_forbidden_open_port_fails(number):
    outcome = verdict(scan(port(443, "open") + port(number, "open"), FILTERED))
    assert (outcome.verdict, failing(outcome)) == ("fail", [f"tcp/{number}"])


def test_undetermined_fails_only_for_management_ports():
    udp = port(500, "open|filtered", "udp", "no-response")
    assert verdict(scan(port(443, "open") + udp, FILTERED)).verdict == "pass"
    assert verdict(scan(port(500, "open|filtered"), FILTERED)).verdict == "none"
    assert failing(verdict(scan(port(22, "open|filtered"), FILTERED))) == ["tcp/22"]
    every = verdict(scan(extra='<extraports state="open|filtered" count="65535"/>'))
    assert failing(every) == sorted(PORTS)


def test_groups_that_list_their_ports_are_judged():
    listed = '<extraports state="open|filtered" count="1"><extrareasons reason="x" count="1" proto="tcp" ports="5432"/></extraports>'
    assert failing(verdict(scan(extra=FILTERED + listed))) == ["tcp/5432"]
    harmless = listed.replace('count="1"', 'count="11"').replace("5432", "7000-7010")
    closed = '<extraports state="closed" count="65524"><extrareasons reason="x" count="65524" proto="tcp" ports="1-6999,7011-65535"/></extraports>'
    outcome = verdict(scan(extra=closed + harmless))
    assert (outcome.verdict, "can't tell of 11 TCP ports" in str(outcome.reason)) == ("none", True)


@pytest.mark.parametrize(
    "kind", ["ack", "window", "null", "fin", "xmas", "maimon", "bounce", "", 'syn" scanflags="ACK']
)
@pytest.mark.parametrize("state", ["unfiltered", "closed", "filtered", "open|filtered"])
def test_inconclusive_scan_proves_only_open_ports(kind, state):
    listed = port(443, "open") + port(22, state, reason="reset")
    groups = scan(listed, f'<extraports state="{state}" count="65533"/>')
    blind = groups.replace('type="syn"', f'type="{kind}"')
    outcome = verdict(blind)
    assert (outcome.verdict, "does not tell open ports from closed ones" in str(outcome.reason)) == ("none", True)
    assert failing(verdict(blind.replace('portid="22"><state state="' + state, 'portid="22"><state state="open'))) == [
        "tcp/22"
    ]


def test_unfiltered_is_not_closed():
    assert failing(verdict(scan(port(22, "unfiltered", reason="reset"), FILTERED))) == ["tcp/22"]
    assert verdict(scan(port(8081, "unfiltered", reason="reset"), FILTERED)).verdict == "none"
    assert verdict(scan(port(443, "open"), '<extraports state="unfiltered" count="65534"/>')).verdict != "pass"


@pytest.mark.parametrize(
    ("state", "reason", "level"),
    [
        ("closed", "port-unreach", "pass"),
        ("filtered", "admin-prohibited", "pass"),
        ("filtered", "no-response", ""),
        ("filtered", "", ""),
        ("closed", "", ""),
    ],
)
def test_closed_udp_port_needs_an_answer(state, reason, level):
    levels = dict(judged("expected-exposure", scan(port(161, state, "udp", reason), FILTERED))[0])
    assert levels["udp/161"] == level


def test_undetermined_group_gives_no_verdict():
    outcome = verdict(scan(extra=FILTERED + '<extraports state="unknown" count="10"/>'))
    assert outcome.verdict == "none"
    assert "does not tell" in str(outcome.reason)


def test_unscanned_ports_give_no_verdict():
    judgement = verdict(scan(port(443, "open"), FILTERED, services="443,3389"))
    assert judgement.verdict == "none"
    assert "tcp/22" in str(judgement.reason)
    listed = "".join(port(port_name.partition("/")[2], "closed") for port_name in PORTS)
    some = verdict(scan(listed, services=",".join(port_name.partition("/")[2] for port_name in PORTS)))
    assert (some.verdict, "1-65535" in str(some.reason)) == ("none", True)  # of the others nothing is known


@pytest.mark.parametrize(
    ("product", "expected"), [("nginx", "pass"), ("MiniServ 2.1 (Webmin httpd)", "fail"), ("Grafana http", "fail")]
)
def test_no_program_for_administrators_answers_at_an_open_port(product, expected):
    answering = port(443, "open").replace("</port>", f'<service name="https" product="{product}"/></port>')
    content = scan(answering, FILTERED)
    judgement = verdict(content)
    assert (judgement.verdict, failing(judgement)) == (expected, ["tcp/443"] if expected == "fail" else [])
    line = Result(1, "tcp/443", "portal.example.nl", "informational", "open", f"open, https {product}, syn-ack")
    (line_judgement,) = policies()["expected-exposure"].explain(line, DAY)
    assert line_judgement.level == expected


def test_a_zone_whose_list_is_silent_has_nothing_open(zoned):
    assert failing(zoned(scan(port(8443, "open"), FILTERED), "db1.example.nl")) == ["tcp/8443"]


def test_unfinished_scan_proves_only_open_ports():
    assert verdict(scan(port(443, "open"), FILTERED, exit_="error")).verdict == "none"
    assert verdict(scan(port(22, "open"), FILTERED, exit_="error")).verdict == "fail"


def test_no_host_up_gives_no_verdict():
    verdicts = judged("expected-exposure", scan(hosts=""))[1]
    assert {name: outcome.verdict for name, outcome in verdicts.items()} == {"": "none"}


@pytest.fixture
def zoned(tmp_path):
    """The verdict for a target by the policy with two zones besides the default."""
    folder = tmp_path / "policies"
    shutil.copytree(FOLDER, folder)
    file = folder / "expected-exposure.yaml"
    zones = """zones:
  - {zone: database, targets: ["db*.example.nl"], allowed: [tcp/5432]}
  - {zone: site, targets: ["portal.example.nl"], allowed: [tcp/80], must_open: [tcp/443]}
"""
    file.write_text(file.read_text().replace("zones: []\n", zones))
    policy = policies(folder)["expected-exposure"]

    def judge(content, target):
        content = content.replace("portal.example.nl", target).encode()
        run, results = formats()["nmap"].read(io.BytesIO(content))
        judge = policy.judge(run, JudgeContext(DAY, CALENDAR))
        for result in results:
            level = judge.add_result(result)
            assert level in {each.level for each in policy.explain(result, DAY)}
        return judge.verdicts()[target]

    return judge


@pytest.mark.parametrize(
    ("target", "state", "expected"),
    [
        ("db1.example.nl", "open", "pass"),
        ("other.example.nl", "open", "fail"),
        ("db1.example.nl", "open|filtered", "pass"),
    ],
)
def test_zone_determines_allowed_ports(zoned, target, state, expected):
    assert zoned(scan(port(5432, state), FILTERED), target).verdict == expected


def test_ports_allowed_elsewhere_fail_in_a_zone(zoned):
    assert failing(zoned(scan(port(443, "open"), FILTERED), "db1.example.nl")) == ["tcp/443"]


@pytest.mark.parametrize(
    ("ports", "extra", "services", "expected"),
    [
        (port(443, "open"), FILTERED, "1-65535", "pass"),
        (port(443, "closed"), FILTERED, "1-65535", "fail"),
        ("", FILTERED, "1-65535", "fail"),
        (port(443, "open|filtered"), FILTERED, "1-65535", "none"),
        (port(443, "open", "udp"), FILTERED, "1-65535", "fail"),
        ("", FILTERED, "1-442,444-65535", "none"),
    ],
)
def test_required_port_must_answer(zoned, ports, extra, services, expected):
    assert zoned(scan(ports, extra, services), "portal.example.nl").verdict == expected


@pytest.mark.parametrize(
    ("check", "state", "level", "message"),
    [
        ("tcp/443", "open", "pass", "may be open"),
        ("tcp/22", "filtered", "pass", "Not open"),
        ("tcp/22", "open", "fail", "not among"),
        ("udp/443", "open", "fail", "not among"),
        ("tcp/22", "open|filtered", "fail", "can't tell"),
        ("udp/500", "open|filtered", "", "can't tell"),
    ],
)
def test_each_port_is_explained(check, state, level, message):
    (explanation,) = policies()["expected-exposure"].explain(Result(1, check, "portal.example.nl", "pass", state), DAY)
    assert (explanation.level, explanation.basis) == (level, "zone public")
    assert message in str(explanation.why)


# ── What was reached ─────────────────────────────────────────────────────────────────────────────────────────────────

ALL = '<extraports state="filtered" count="65535"><extrareasons reason="{}" count="65535" proto="tcp" ports="1-65535"/></extraports>'


@pytest.mark.parametrize("reason", ["no-response", "no-responses", "net-unreach", "host-unreach", "admin-prohibited"])
def test_unreached_host_gives_no_verdict(reason):
    outcome = verdict(scan(extra=ALL.format(reason), status="user-set"))
    assert outcome.verdict == "none"
    assert "192.0.2.10" in str(outcome.reason)
    listed = "".join(port(checked.partition("/")[2], "filtered", reason=reason) for checked in PORTS)
    assert verdict(scan(listed, status="user-set")).verdict == "none"


@pytest.mark.parametrize(
    ("ports", "status"),
    [
        (port(443, "open", reason="syn-ack"), "user-set"),
        (port(8000, "closed", reason="reset"), "user-set"),
        (port(500, "closed", "udp", "port-unreach"), "user-set"),
    ],
)
def test_any_answer_shows_that_the_host_was_reached(ports, status):
    assert verdict(scan(ports, ALL.format("no-response"), status=status)).verdict == "pass"


def test_a_scan_without_one_answer_from_a_port_shows_nothing_closed():
    """The host answers a ping, and whatever is sent to its ports is lost on the way."""
    judgement = verdict(scan(extra=ALL.format("no-response"), status="echo-reply"))
    assert (judgement.verdict, "No port of 192.0.2.10 answered" in str(judgement.reason)) == ("none", True)
    assert verdict(scan(extra=ALL.format("admin-prohibited"), status="echo-reply")).verdict == "pass"


@pytest.mark.parametrize("reason", ["net-unreach", "host-unreach", "no-route"])
def test_port_whose_probe_never_arrived_is_not_closed(reason):
    part = ALL.format(reason).replace("65535", "9").replace("1-9", "1-9,3389")
    rest = ALL.format("no-response").replace("1-65535", "10-3388,3390-65535")
    assert "tcp/3389" in str(verdict(scan(port(443, "open"), part + rest)).reason)
    listed = scan(port(443, "open") + port(22, "filtered", reason=reason), ALL.format("no-response"))
    assert (verdict(listed).verdict, "tcp/22" in str(verdict(listed).reason)) == ("none", True)
    levels = dict(judged("expected-exposure", listed)[0])
    assert levels == {"tcp/443": "pass", "tcp/22": ""}


def address(number, ports="", status="up", attributes=""):
    return f"""<host {attributes}><status state="{status}" reason="syn-ack"/><address addr="192.0.2.{number}" addrtype="ipv4"/>
      <hostnames><hostname name="portal.example.nl" type="user"/></hostnames><ports>{ports}</ports></host>"""


GOOD = ALL.format("no-response") + port(443, "open", reason="syn-ack")


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (address(11, attributes='timedout="true"'), "192.0.2.11 timed out"),
        (address(11, GOOD, attributes='timedout="true"'), "192.0.2.11 timed out"),
        (address(11, status="down"), "192.0.2.11 did not answer"),
        (address(11), "nothing of the ports of 192.0.2.11"),
        (address(11, port(443, "open")), "does not tell the state of tcp/10000"),
    ],
)
def test_each_address_of_a_target_must_have_been_scanned(other, message):
    for hosts in (address(10, GOOD) + other, other + address(10, GOOD)):
        outcome = verdict(scan(hosts=hosts))
        assert (outcome.verdict, message in str(outcome.reason)) == ("none", True), str(outcome.reason)


def test_addresses_pass_or_fail_together():
    assert verdict(scan(hosts=address(10, GOOD) + address(11, GOOD))).verdict == "pass"
    assert failing(verdict(scan(hosts=address(10, GOOD) + address(11, GOOD + port(22, "open"))))) == ["tcp/22"]


def test_open_port_of_a_timed_out_host_fails():
    outcome = verdict(scan(hosts=address(10, port(3389, "open"), attributes='timedout="true"')))
    assert failing(outcome) == ["tcp/3389"]


BOTH = '"/><scaninfo type="udp" protocol="udp" services="1-1000'


def test_group_of_a_protocol_says_nothing_about_another():
    udp = '<extraports state="open|filtered" count="1000"/>'
    outcome = verdict(scan(port(443, "open"), FILTERED + udp, services="1-65535" + BOTH))
    assert outcome.verdict == "none"  # which of the two sums is of TCP is not told
    listed = '<extraports state="open|filtered" count="1000"><extrareasons reason="no-response" count="1000" proto="udp" ports="1-1000"/></extraports>'
    assert (
        verdict(scan(port(443, "open"), ALL.format("no-response") + listed, services="1-65535" + BOTH)).verdict
        == "pass"
    )
    only = listed.replace("open|filtered", "closed").replace("no-response", "port-unreach")
    assert verdict(scan(port(443, "open"), only, services="1-65535" + BOTH)).verdict == "none"


def test_group_covers_no_more_ports_than_its_count():
    assert verdict(scan(port(443, "open"), '<extraports state="closed" count="3"/>')).verdict == "none"
    two = '<extraports state="closed" count="20000"/><extraports state="filtered" count="45534"/>'
    assert verdict(scan(port(443, "open"), two)).verdict == "pass"


def test_ip_protocols_are_no_ports():
    content = scan(port(443, "open") + port(1, "open", "ip", "echo-reply"), ALL.format("no-response"))
    levels, verdicts, _ = judged("expected-exposure", content)
    assert levels == [("tcp/443", "pass"), ("ip/1", "")]
    assert verdicts["portal.example.nl"].verdict == "pass"
    only = scan(port(1, "open", "ip", "echo-reply")).replace('protocol="tcp" services', 'protocol="ip" services')
    assert "Not all ports" in str(verdict(only).reason)


def test_file_of_another_scanner_gives_no_verdict_and_names_it():
    content = scan(port(443, "open"), FILTERED).replace("<nmaprun", '<nmaprun scanner="masscan"')
    outcome = verdict(content)
    assert (outcome.verdict, "masscan" in str(outcome.reason)) == ("none", True)


@pytest.mark.parametrize(
    ("check", "message"), [("ip/1", "open, icmp, echo-reply"), ("tcp/22", "filtered, ssh, net-unreach")]
)
def test_unjudged_results_are_explained(check, message):
    line = Result(1, check, "portal.example.nl", "informational", message.partition(",")[0], message)
    (explanation,) = policies()["expected-exposure"].explain(line, DAY)
    assert (explanation.level, bool(str(explanation.why))) == ("", True)


# ── What is not listed, or in unknown words ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "reasons", ["", '<extrareasons reason="syn-ack" count="3" proto="tcp" ports="4444,9999,31337"/>']
)
def test_open_ports_in_groups_only_give_no_verdict(reasons):
    outcome = verdict(scan(port(443, "open"), FILTERED + f'<extraports state="open" count="3">{reasons}</extraports>'))
    assert outcome.verdict == "none"
    assert ("3 ports of 192.0.2.10 are open" if reasons else "does not tell the state of") in str(outcome.reason)


@pytest.mark.parametrize(
    "unknown",
    [
        port(31337, "OPEN"),
        port(31337, "open", "TCP"),
        port("0x7a69", "open", "Tcp"),
        port(31337, "listening"),
        '<port protocol="tcp" portid="31337"><state state="open"/><state state="closed"/></port>',
        '<extraports state="OPEN" count="3"/>',
    ],
)
def test_states_that_nmap_does_not_write_give_no_verdict(unknown):
    outcome = verdict(scan(port(443, "open") + unknown, FILTERED))
    assert (outcome.verdict, "nmap writes no such port or state" in str(outcome.reason)) == ("none", True)
    assert verdict(scan(port(22, "open") + unknown, FILTERED)).verdict == "fail"


def test_missing_ports_give_no_verdict():
    few = '<extraports state="filtered" count="40"/>'
    assert verdict(scan(port(443, "open"), few)).verdict == "none"
    outcome = verdict(scan(port(443, "open"), few.replace("40", "65533")))
    assert (outcome.verdict, "65,534 of the 65,535 ports" in str(outcome.reason)) == ("none", True)
    assert verdict(scan(port(443, "open"), few.replace("40", "65534"))).verdict == "pass"


@pytest.mark.parametrize(("number", "failed"), [(10, ["tcp/22"]), (12, [])])
def test_open_port_of_an_ip_address_fails_its_host_name(number, failed):
    unnamed = address(number, GOOD + port(22, "open")).replace('name="portal.example.nl"', 'name=""')
    assert failing(verdict(scan(hosts=address(10, GOOD) + unnamed))) == failed


def test_a_host_that_was_named_and_is_down_is_told_of_by_name():
    """The file does name what was tested: nothing else than that it did not answer is wrong with it."""
    judgement = verdict(scan(FILTERED).replace('state="up" reason="echo-reply"', 'state="down" reason="no-response"'))
    assert (judgement.verdict, "192.0.2.10" in str(judgement.reason)) == ("none", True)


@pytest.mark.parametrize(
    ("arguments", "waits"),
    [
        ("-sS -p-", True),
        ("", True),
        ("-sS -sV -p-", False),
        ("-sSV -p-", False),
        ("-A", False),
        ("-p- -oX -sV.xml", True),
    ],
)
def test_a_scan_that_did_not_ask_what_answers_at_its_open_ports_waits(arguments, waits):
    written = scan(port(443, "open", reason="syn-ack"), FILTERED)
    written = written.replace("<nmaprun ", f'<nmaprun args="nmap {arguments} portal.example.nl" ')
    run, results = formats()["nmap"].read(io.BytesIO(written.encode()))
    reasons = policies()["expected-exposure"].parts_left_out(run, list(results), DAY, CALENDAR)
    assert [("without -sV" in str(reason)) for reason in reasons] == ([True] if waits else [])


def test_a_scan_without_open_ports_has_nothing_to_ask():
    run, results = formats()["nmap"].read(io.BytesIO(scan(port(443, "closed"), FILTERED).encode()))
    assert policies()["expected-exposure"].parts_left_out(run, list(results), DAY, CALENDAR) == []
