"""Judging scans from inside each zone: all pairs together, and only allowed ports open."""

import io
import shutil
from dataclasses import replace

import pytest

from evidence.errors import Unfitting
from evidence.formats import formats
from evidence.judging.policies import FOLDER, WrongPolicy, policies
from evidence.judging.values import DoesNotFit, JudgeContext
from models.transaction import writing
from tests.access.limited import redefine
from tests.days import CALENDAR
from tests.evidence.judging.policy_judging import DAY, failing
from tests.evidence.office import NOW, open_office

POLICY = policies()["segmentation-scans"]
FILTERED = '<extraports state="filtered" count="65535"/>'


def host(name, *ports, extra=FILTERED, status="echo-reply", reason="syn-ack", attributes=""):
    opened = "".join(
        f'<port protocol="tcp" portid="{number}"><state state="{state}" reason="{reason}"/></port>'
        for number, state in ports
    )
    return f"""<host {attributes}><status state="up" reason="{status}"/><address addr="10.0.0.1" addrtype="ipv4"/>
      <hostnames><hostname name="{name}" type="user"/></hostnames><ports>{extra}{opened}</ports></host>"""


def scan(*hosts, services="1-65535", exit_="success", start="1795356179"):
    return f"""<?xml version="1.0"?><nmaprun start="{start}" version="7.95">
      <scaninfo type="syn" protocol="tcp" services="{services}"/>{"".join(hosts)}
      <runstats><finished time="1" exit="{exit_}" errormsg="stopped"/><hosts up="{len(hosts)}" total="1"/></runstats></nmaprun>"""


WEB, APPLICATION, DATABASE = host("web1", (443, "open")), host("app1", (8080, "open")), host("db1", (5432, "open"))
CLOSED = {"application": host("app1"), "database": host("db1")}
#: what must have been scanned, by the zone from which
WHOLE = {
    "internet": scan(WEB, CLOSED["application"], CLOSED["database"]),
    "web": scan(APPLICATION, CLOSED["database"]),
    "application": scan(DATABASE),
}


def judged(scans):
    """The verdict and the levels of each scan."""
    context = JudgeContext(DAY, CALENDAR)
    judges, levels = [], []
    for zone, content in scans.items() if isinstance(scans, dict) else scans:
        run, results = formats()["nmap"].read(io.BytesIO(content.encode()))
        judge = POLICY.judge(run, replace(context, zone=zone))
        levels += [(f"{result.target} {result.check}", judge.add_result(result)) for result in results]
        judges.append(judge)
    return [judge.verdicts()[""] for judge in judges], levels, judges


def last(scans):
    return judged(scans)[0][-1]


def test_passes_when_all_pairs_are_scanned_and_only_allowed_ports_open():
    verdicts, levels, _ = judged(WHOLE)
    assert verdicts[-1].verdict == "pass"
    assert {level for _, level in levels} == {"pass"}


@pytest.mark.parametrize("missing", WHOLE)
def test_unscanned_pair_gives_no_verdict(missing):
    outcome = last({zone: content for zone, content in WHOLE.items() if zone != missing})
    assert outcome.verdict == "none"
    assert f"{missing} → " in str(outcome.reason)


@pytest.mark.parametrize(
    ("zone", "opened", "check"),
    [
        ("web", host("db1", (5432, "open")), "web → database: db1 tcp/5432"),
        ("internet", host("app1", (8080, "open")), "internet → application: app1 tcp/8080"),
        ("application", host("web1", (443, "open")), "application → web: web1 tcp/443"),  # no pair at all
        ("application", host("db1", (22, "open")), "application → database: db1 tcp/22"),
    ],
)
def test_port_that_no_pair_allows_fails(zone, opened, check):
    outcome = last(WHOLE | {zone: scan({"web": APPLICATION, "application": DATABASE, "internet": WEB}[zone], opened)})
    assert (outcome.verdict, failing(outcome)) == ("fail", [check])


def test_everything_is_allowed_within_a_zone():
    assert last(WHOLE | {"web": scan(APPLICATION, CLOSED["database"], host("web2", (22, "open")))}).verdict == "pass"


def test_undetermined_port_is_a_warning_and_tcp_gives_no_verdict():
    undetermined = host("db1", (1521, "open|filtered"))
    verdicts, levels, judges = judged(WHOLE | {"application": scan(undetermined)})
    assert (verdicts[-1].verdict, "db1 tcp/1521" in str(verdicts[-1].reason)) == ("none", True)
    assert ("db1 tcp/1521", "") in levels
    assert "db1 tcp/1521" in str(judges[-1].warnings[0])
    udp = scan(DATABASE.replace("</ports>", undetermined.split(FILTERED)[1].replace("tcp", "udp").split("</host>")[0]))
    assert last(WHOLE | {"application": udp}).verdict == "pass"


@pytest.mark.parametrize("kind", ["ack", "window", "fin", "xmas"])
def test_inconclusive_scan_gives_no_verdict(kind):
    unfiltered = host("db1", extra='<extraports state="unfiltered" count="65535"/>')
    blind = scan(unfiltered).replace('type="syn"', f'type="{kind}"')
    assert last(WHOLE | {"application": blind}).verdict == "none"
    assert last(WHOLE | {"application": scan(unfiltered)}).verdict == "none"


@pytest.mark.parametrize(
    "broken",
    [
        scan(DATABASE, services="1-1024"),
        scan(DATABASE, services="1-1024,1026-65535"),
        scan(DATABASE, exit_="error"),
        scan(),
    ],
)
def test_scan_without_all_ports_gives_no_verdict(broken):
    assert last(WHOLE | {"application": broken}).verdict == "none"


@pytest.mark.parametrize("more", [scan(host("db2"), exit_="error"), scan(host("printer")), scan(services="1-80")])
def test_unfinished_scan_affects_all_in_any_order(more):
    """The other scans cover all pairs, but the upload has an unfinished one."""
    for scans in ([*WHOLE.items(), ("web", more)], [("web", more), *WHOLE.items()]):
        assert {outcome.verdict for outcome in judged(scans)[0]} == {"none"}


def test_ranges_together_cover_all_ports():
    assert last(WHOLE | {"application": scan(DATABASE, services="1-1024,1025-65535")}).verdict == "pass"


def test_target_outside_all_zones_is_reported():
    outcome = last(WHOLE | {"application": scan(DATABASE, host("printer"))})
    assert outcome.verdict == "none"
    assert "printer" in str(outcome.reason)


@pytest.mark.parametrize("zone", ["", "moon"])
def test_scan_needs_its_zone(zone):
    with pytest.raises(DoesNotFit, match="internet, web, application, database"):
        judged({zone: WHOLE["web"]})


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("{from: web, to: database}", "{from: moon, to: database}", "no zone moon"),
        ("{from: web, to: database}", "{from: web, to: internet}", "no zone internet with targets"),
        ("{from: web, to: database}", "{from: internet, to: web}", "is there already"),
        ("{zone: internet}", "{zone: web}", "is there already"),
        ("ports: 1-65535", "ports: all", "1-65535"),
    ],
)
def test_invalid_policy_is_refused_with_file_and_line(tmp_path, before, after, message):
    wrong = (FOLDER / "segmentation-scans.yaml").read_text().replace(before, after)
    (tmp_path / "wrong.yaml").write_text(wrong)
    with pytest.raises(WrongPolicy, match=message):
        policies(tmp_path)


SILENT = {
    "extra": '<extraports state="filtered" count="65535"><extrareasons reason="no-response" count="65535"/></extraports>'
}
UNREACHED = {"extra": SILENT["extra"].replace("no-response", "net-unreach")}


def test_host_unreachable_from_a_zone_counts_when_another_reached_it():
    quiet = host("db1", **SILENT, status="user-set")
    assert (
        last(WHOLE | {"internet": scan(WEB, CLOSED["application"], quiet), "web": scan(APPLICATION, quiet)}).verdict
        == "pass"
    )


def test_host_that_answered_no_scan_gives_no_verdict():
    quiet = host("db1", **SILENT, status="user-set")
    other = host("db2", (5432, "open"))
    outcome = last(
        {
            "internet": scan(WEB, CLOSED["application"], quiet),
            "web": scan(APPLICATION, quiet),
            "application": scan(quiet, other),
        }
    )
    assert (outcome.verdict, "db1" in str(outcome.reason)) == ("none", True)


def test_zone_without_any_answer_gives_no_verdict():
    quiet = scan(host("app1", **SILENT, status="user-set"), host("db1", **SILENT, status="user-set"))
    outcome = last(WHOLE | {"web": quiet})
    assert (outcome.verdict, "web" in str(outcome.reason)) == ("none", True)
    heard = quiet.replace("<runstats>", host("web2", (22, "open")) + "<runstats>")
    assert last(WHOLE | {"web": heard}).verdict == "pass"


def test_zone_whose_scan_only_the_scanning_machine_answers_gives_no_verdict():
    itself = host("web1", (22, "open"), status="localhost-response")
    quiet = (host("app1", **SILENT, status="user-set"), host("db1", **SILENT, status="user-set"))
    outcome = last(WHOLE | {"web": scan(itself, *quiet)})
    assert (outcome.verdict, "may never have got out" in str(outcome.reason)) == ("none", True)
    neighbour = host("web2", (22, "open"), status="arp-response")
    assert last(WHOLE | {"web": scan(itself, neighbour, *quiet)}).verdict == "pass"


@pytest.mark.parametrize(
    ("database", "message"),
    [
        (host("db1", attributes='timedout="true"'), "timed out"),
        (host("db1", extra="", attributes='timedout="true"'), "timed out"),
        (host("db1", extra=""), "nothing of the ports"),
        (host("db1", **UNREACHED), "never arrived"),
        (host("db1", (22, "filtered"), reason="host-unreach"), "never arrived"),
        (host("db1").replace('state="up"', 'state="down"'), "did not answer"),
    ],
)
@pytest.mark.parametrize("zone", ["internet", "web", "application"])
def test_each_host_must_be_scanned_completely_from_each_zone(zone, database, message):
    others = {
        "internet": (WEB, CLOSED["application"]),
        "web": (APPLICATION,),
        "application": (host("db2", (5432, "open")),),
    }
    outcome = last(WHOLE | {zone: scan(*others[zone], database)})
    assert (outcome.verdict, message in str(outcome.reason)) == ("none", True), str(outcome.reason)


def test_ip_protocols_are_not_judged():
    reply = host("db1").replace(
        "<ports>", '<ports><port protocol="ip" portid="1"><state state="open" reason="echo-reply"/></port>'
    )
    verdicts, levels, _ = judged(WHOLE | {"web": scan(APPLICATION, reply)})
    assert verdicts[-1].verdict == "pass"
    assert ("db1 ip/1", "") in levels


# ── Handed in ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def office(engine, tmp_path):
    made = open_office(engine, tmp_path)
    with writing(engine, NOW) as (session, now):
        redefine(
            session, now, "no-policy", key="walls", policy="segmentation", formats=["nmap", "junit"], scope="system"
        )
    return made


def handed_in(office, scans, **delivery):
    names = tuple(f"{zone}.xml" for zone in scans)
    contents = tuple(content.encode() for content in scans.values())
    zones = dict(zip(names, scans, strict=True))
    delivery = {"zones": zones, "names": names, "requirements": ("walls",), **delivery}
    return office.deliver(*contents, **delivery)


def test_scans_of_an_upload_are_judged_together(office):
    filed = handed_in(office, WHOLE)
    assert [(cell.system, cell.verdict) for cell in filed.covered] == [("portal", "pass")]
    first = handed_in(office, {"web": WHOLE["web"]})
    assert [cell.verdict for cell in first.covered] == ["none"]


def test_fail_in_a_scan_fails_the_whole_once(office):
    filed = handed_in(office, WHOLE | {"web": scan(APPLICATION, DATABASE)})
    assert [check for check, _ in filed.covered[0].failing] == ["web → database: db1 tcp/5432"]


def test_scan_without_zone_is_refused(office):
    with pytest.raises(DoesNotFit, match=r"web\.xml: Say from which zone"):
        handed_in(office, WHOLE, zones={"internet.xml": "internet"})
    with pytest.raises(Unfitting, match=r"There is no file other\.xml"):
        handed_in(office, WHOLE, zones={"other.xml": "web"})


def test_segmentation_tests_are_judged_as_test_cases(office):
    pairs = policies()["segmentation-tests"].rules.covers_each[0].values
    cases = "".join(
        f'<testcase name="{pair}"><properties><property name="pair" value="{pair}"/>'
        '<property name="check" value="others-refused"/></properties></testcase>'
        for pair in pairs
    )
    content = f'<testsuite name="walls" timestamp="2027-03-03T08:00:00">{cases}</testsuite>'.encode()
    assert office.deliver(content, requirements=("walls",)).covered[0].verdict == "pass"
    fewer = content.replace(b"web-to-database", b"web-to-somewhere")
    assert office.deliver(fewer, requirements=("walls",)).covered[0].verdict == "none"


def test_policy_by_format_names_policies_that_judge_the_format(tmp_path):
    for name in ("segmentation", "segmentation-scans", "segmentation-tests"):
        shutil.copy(FOLDER / f"{name}.yaml", tmp_path)
    either = tmp_path / "segmentation.yaml"
    good = either.read_text()
    for before, after, message in (
        ("junit: segmentation-tests", "junit: segmentation-scans", "does not judge junit"),
        ("junit: segmentation-tests", "junit: gone", "does not judge junit"),
        ("formats: [nmap, junit]", "formats: [nmap]", "for each format"),
    ):
        either.write_text(good.replace(before, after))
        policies.cache_clear()
        with pytest.raises(WrongPolicy, match=message):
            policies(tmp_path)


@pytest.mark.parametrize(
    ("extra", "message"),
    [
        (FILTERED + '<extraports state="open" count="3"/>', "3 ports of 10.0.0.1 are open"),
        (FILTERED + '<extraports state="Open" count="3"/>', "no such port or state"),
        ('<extraports state="filtered" count="40"/>', "40 of the 65,535 ports"),
    ],
)
def test_missing_ports_or_unknown_states_give_no_verdict(extra, message):
    outcome = last(WHOLE | {"web": scan(APPLICATION, host("db1", extra=extra))})
    assert (outcome.verdict, message in str(outcome.reason)) == ("none", True)


def test_open_port_with_unknown_protocol_gives_no_verdict():
    assert last(WHOLE | {"web": scan(APPLICATION, host("db1", (22, "OPEN")))}).verdict == "none"
