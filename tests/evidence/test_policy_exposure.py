"""Port scans from outside against what may be open."""

import io
import shutil

import pytest

from evidence.formats import formats
from evidence.formats.values import Result
from evidence.judge import JudgeContext
from evidence.policy import FOLDER, policies
from tests.evidence.judging import DAY, failing, judged

PORTS = [port for one in policies()["expected-exposure"].rules.must_scan for port in one.ports]


def scan(ports="", extra="", services="1-65535", exit_="success", hosts=None, status="echo-reply"):
    host = f"""<host><status state="up" reason="{status}"/><address addr="192.0.2.10" addrtype="ipv4"/>
      <hostnames><hostname name="portal.example.nl" type="user"/></hostnames><ports>{extra}{ports}</ports></host>"""
    return f"""<?xml version="1.0"?><!DOCTYPE nmaprun><nmaprun start="1795356179" version="7.95">
      <scaninfo type="syn" protocol="tcp" services="{services}"/>{host if hosts is None else hosts}
      <runstats><finished time="1" exit="{exit_}" errormsg="stopped"/><hosts up="1" down="0" total="1"/></runstats></nmaprun>"""


def port(number, state, protocol="tcp", reason="x"):
    return f'<port protocol="{protocol}" portid="{number}"><state state="{state}" reason="{reason}"/></port>'


FILTERED = '<extraports state="filtered" count="65500"/>'


def verdict(content, **context):
    return judged("expected-exposure", content, **context)[1]["portal.example.nl"]


def test_only_what_may_be_open_is():
    levels, verdicts, _ = judged("expected-exposure", scan(port(443, "open") + port(8080, "closed"), FILTERED))
    assert verdicts["portal.example.nl"].verdict == "pass"
    assert levels == [("tcp/443", "pass"), ("tcp/8080", "pass")]


@pytest.mark.parametrize("number", [22, 3389, 5432, 9999])
def test_an_open_port_that_may_not_be_fails(number):
    found = verdict(scan(port(443, "open") + port(number, "open"), FILTERED))
    assert (found.verdict, failing(found)) == ("fail", [f"tcp/{number}"])


def test_undetermined_fails_only_for_management_ports():
    assert verdict(scan(port(500, "open|filtered"), FILTERED)).verdict == "pass"
    assert failing(verdict(scan(port(22, "open|filtered"), FILTERED))) == ["tcp/22"]
    every = verdict(scan(extra='<extraports state="open|filtered" count="65535"/>'))
    assert failing(every) == sorted(PORTS)


def test_sums_that_tell_their_ports_are_looked_into():
    told = '<extraports state="open|filtered" count="1"><extrareasons reason="x" count="1" proto="tcp" ports="5432"/></extraports>'
    assert failing(verdict(scan(extra=FILTERED + told))) == ["tcp/5432"]
    harmless = told.replace("5432", "7000-7010")
    closed = '<extraports state="closed" count="9"><extrareasons reason="x" count="9" proto="tcp" ports="1-6999,7011-65535"/></extraports>'
    assert verdict(scan(extra=closed + harmless)).verdict == "pass"


def test_a_sum_that_does_not_tell_proves_nothing():
    found = verdict(scan(extra=FILTERED + '<extraports state="unknown" count="10"/>'))
    assert found.verdict == "none"
    assert "does not tell" in str(found.reason)


def test_ports_that_were_not_scanned_prove_nothing():
    found = verdict(scan(port(443, "open"), FILTERED, services="443,3389"))
    assert found.verdict == "none"
    assert "tcp/22" in str(found.reason)
    listed = "".join(port(one.partition("/")[2], "filtered") for one in PORTS)
    assert verdict(scan(listed, services=",".join(one.partition("/")[2] for one in PORTS))).verdict == "pass"


def test_an_unfinished_scan_proves_nothing_but_what_it_found():
    assert verdict(scan(port(443, "open"), FILTERED, exit_="error")).verdict == "none"
    assert verdict(scan(port(22, "open"), FILTERED, exit_="error")).verdict == "fail"


def test_no_host_up_is_no_verdict():
    verdicts = judged("expected-exposure", scan(hosts=""))[1]
    assert {name: one.verdict for name, one in verdicts.items()} == {"": "none"}


@pytest.fixture
def zoned(tmp_path):
    """The policy with two zones beside the default, judging a scan of one target."""
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
        one = policy.judge(run, JudgeContext(DAY))
        for result in results:
            level = one.see(result)
            assert level in {each.level for each in policy.explain(result, DAY)}
        return one.verdicts()[target]

    return judge


@pytest.mark.parametrize(
    ("target", "state", "expected"),
    [
        ("db1.example.nl", "open", "pass"),
        ("other.example.nl", "open", "fail"),
        ("db1.example.nl", "open|filtered", "pass"),
    ],
)
def test_a_zone_says_what_may_be_open(zoned, target, state, expected):
    assert zoned(scan(port(5432, state), FILTERED), target).verdict == expected


def test_what_may_be_open_elsewhere_may_not_be_in_a_zone(zoned):
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
def test_a_site_must_answer(zoned, ports, extra, services, expected):
    assert zoned(scan(ports, extra, services), "portal.example.nl").verdict == expected


@pytest.mark.parametrize(
    ("check", "state", "level", "said"),
    [
        ("tcp/443", "open", "pass", "may be open"),
        ("tcp/22", "filtered", "pass", "Not open"),
        ("tcp/22", "open", "fail", "not among"),
        ("udp/443", "open", "fail", "not among"),
        ("tcp/22", "open|filtered", "fail", "can't tell"),
        ("udp/500", "open|filtered", "", "can't tell"),
    ],
)
def test_each_port_is_explained(check, state, level, said):
    (one,) = policies()["expected-exposure"].explain(Result(1, check, "portal.example.nl", "pass", state), DAY)
    assert (one.level, one.basis) == (level, "zone public")
    assert said in str(one.why)
