"""Scans from inside each zone: all pairs together, and nothing open that no pair allows."""

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
    """The verdict that each scan gives, and the levels."""
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


def test_all_pairs_scanned_and_only_what_may_be_is_open():
    verdicts, levels, _ = judged(WHOLE)
    assert verdicts[-1].verdict == "pass"
    assert {level for _, level in levels} == {"pass"}


@pytest.mark.parametrize("missing", WHOLE)
def test_a_pair_that_was_not_scanned_proves_nothing(missing):
    found = last({zone: content for zone, content in WHOLE.items() if zone != missing})
    assert found.verdict == "none"
    assert f"{missing} → " in str(found.reason)


@pytest.mark.parametrize(
    ("zone", "opened", "check"),
    [
        ("web", host("db1", (5432, "open")), "web → database: db1 tcp/5432"),
        ("internet", host("app1", (8080, "open")), "internet → application: app1 tcp/8080"),
        ("application", host("web1", (443, "open")), "application → web: web1 tcp/443"),  # no pair at all
        ("application", host("db1", (22, "open")), "application → database: db1 tcp/22"),
    ],
)
def test_what_no_pair_allows_fails(zone, opened, check):
    found = last(WHOLE | {zone: scan({"web": APPLICATION, "application": DATABASE, "internet": WEB}[zone], opened)})
    assert (found.verdict, failing(found)) == ("fail", [check])


def test_within_a_zone_everything_may():
    assert last(WHOLE | {"web": scan(APPLICATION, CLOSED["database"], host("web2", (22, "open")))}).verdict == "pass"


def test_undetermined_is_shown_and_proves_nothing_of_tcp():
    undetermined = host("db1", (1521, "open|filtered"))
    verdicts, levels, judges = judged(WHOLE | {"application": scan(undetermined)})
    assert (verdicts[-1].verdict, "db1 tcp/1521" in str(verdicts[-1].reason)) == ("none", True)
    assert ("db1 tcp/1521", "") in levels
    assert "db1 tcp/1521" in str(judges[-1].warnings[0])
    udp = scan(DATABASE.replace("</ports>", undetermined.split(FILTERED)[1].replace("tcp", "udp").split("</host>")[0]))
    assert last(WHOLE | {"application": udp}).verdict == "pass"


@pytest.mark.parametrize("kind", ["ack", "window", "fin", "xmas"])
def test_a_scan_that_can_not_tell_open_from_closed_proves_nothing(kind):
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
def test_a_scan_that_did_not_look_at_all_proves_nothing(broken):
    assert last(WHOLE | {"application": broken}).verdict == "none"


@pytest.mark.parametrize("more", [scan(host("db2"), exit_="error"), scan(host("printer")), scan(services="1-80")])
def test_a_scan_that_says_nothing_spoils_the_others_wherever_it_stands(more):
    """All pairs are covered by the others, and still something of the delivery was not looked at."""
    for scans in ([*WHOLE.items(), ("web", more)], [("web", more), *WHOLE.items()]):
        assert {found.verdict for found in judged(scans)[0]} == {"none"}


def test_ports_in_pieces_are_all_ports():
    assert last(WHOLE | {"application": scan(DATABASE, services="1-1024,1025-65535")}).verdict == "pass"


def test_a_target_of_no_zone_is_told():
    found = last(WHOLE | {"application": scan(DATABASE, host("printer"))})
    assert found.verdict == "none"
    assert "printer" in str(found.reason)


@pytest.mark.parametrize("zone", ["", "moon"])
def test_a_scan_says_from_where(zone):
    with pytest.raises(DoesNotFit, match="internet, web, application, database"):
        judged({zone: WHOLE["web"]})


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("{from: web, to: database}", "{from: moon, to: database}", "no zone moon"),
        ("{from: web, to: database}", "{from: web, to: internet}", "no zone internet with targets"),
        ("{from: web, to: database}", "{from: internet, to: web}", "is there already"),
        ("{zone: internet}", "{zone: web}", "is there already"),
        ("ports: 1-65535", "ports: all", "1-65535"),
    ],
)
def test_a_wrong_policy_is_refused_with_its_place(tmp_path, before, after, said):
    wrong = (FOLDER / "segmentation-scans.yaml").read_text().replace(before, after)
    (tmp_path / "wrong.yaml").write_text(wrong)
    with pytest.raises(WrongPolicy, match=said):
        policies(tmp_path)


SILENT = {
    "extra": '<extraports state="filtered" count="65535"><extrareasons reason="no-response" count="65535"/></extraports>'
}
UNREACHED = {"extra": SILENT["extra"].replace("no-response", "net-unreach")}


def test_a_host_that_one_zone_can_not_reach_at_all_was_there_if_another_could():
    quiet = host("db1", **SILENT, status="user-set")
    assert (
        last(WHOLE | {"internet": scan(WEB, CLOSED["application"], quiet), "web": scan(APPLICATION, quiet)}).verdict
        == "pass"
    )


def test_a_host_that_answered_no_scan_proves_nothing():
    quiet = host("db1", **SILENT, status="user-set")
    other = host("db2", (5432, "open"))
    found = last(
        {
            "internet": scan(WEB, CLOSED["application"], quiet),
            "web": scan(APPLICATION, quiet),
            "application": scan(quiet, other),
        }
    )
    assert (found.verdict, "db1" in str(found.reason)) == ("none", True)


def test_a_zone_from_which_nothing_answered_proves_nothing():
    quiet = scan(host("app1", **SILENT, status="user-set"), host("db1", **SILENT, status="user-set"))
    found = last(WHOLE | {"web": quiet})
    assert (found.verdict, "web" in str(found.reason)) == ("none", True)
    heard = quiet.replace("<runstats>", host("web2", (22, "open")) + "<runstats>")
    assert last(WHOLE | {"web": heard}).verdict == "pass"


@pytest.mark.parametrize(
    ("database", "said"),
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
def test_each_host_must_have_been_scanned_to_the_end_from_each_zone(zone, database, said):
    others = {
        "internet": (WEB, CLOSED["application"]),
        "web": (APPLICATION,),
        "application": (host("db2", (5432, "open")),),
    }
    found = last(WHOLE | {zone: scan(*others[zone], database)})
    assert (found.verdict, said in str(found.reason)) == ("none", True), str(found.reason)


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


def test_the_scans_of_one_delivery_are_judged_together(office):
    filed = handed_in(office, WHOLE)
    assert [(cell.system, cell.verdict) for cell in filed.covered] == [("portal", "pass")]
    one = handed_in(office, {"web": WHOLE["web"]})
    assert [cell.verdict for cell in one.covered] == ["none"]


def test_a_fail_in_one_of_them_fails_the_whole_once(office):
    filed = handed_in(office, WHOLE | {"web": scan(APPLICATION, DATABASE)})
    assert [check for check, _ in filed.covered[0].failing] == ["web → database: db1 tcp/5432"]


def test_without_its_zone_a_scan_is_refused(office):
    with pytest.raises(DoesNotFit, match=r"web\.xml: Say from which zone"):
        handed_in(office, WHOLE, zones={"internet.xml": "internet"})
    with pytest.raises(Unfitting, match=r"There is no file other\.xml"):
        handed_in(office, WHOLE, zones={"other.xml": "web"})


def test_tests_of_it_are_judged_as_tests(office):
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


def test_a_policy_by_format_names_policies_that_judge_it(tmp_path):
    for name in ("segmentation", "segmentation-scans", "segmentation-tests"):
        shutil.copy(FOLDER / f"{name}.yaml", tmp_path)
    either = tmp_path / "segmentation.yaml"
    good = either.read_text()
    for before, after, said in (
        ("junit: segmentation-tests", "junit: segmentation-scans", "does not judge junit"),
        ("junit: segmentation-tests", "junit: gone", "does not judge junit"),
        ("formats: [nmap, junit]", "formats: [nmap]", "for each format"),
    ):
        either.write_text(good.replace(before, after))
        policies.cache_clear()
        with pytest.raises(WrongPolicy, match=said):
            policies(tmp_path)


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        (FILTERED + '<extraports state="open" count="3"/>', "3 ports of 10.0.0.1 are open"),
        (FILTERED + '<extraports state="Open" count="3"/>', "no such port or state"),
        ('<extraports state="filtered" count="40"/>', "40 of the 65,535 ports"),
    ],
)
def test_ports_that_are_not_told_or_in_unknown_words_prove_nothing(extra, said):
    found = last(WHOLE | {"web": scan(APPLICATION, host("db1", extra=extra))})
    assert (found.verdict, said in str(found.reason)) == ("none", True)


def test_an_open_port_in_unknown_words_proves_nothing():
    assert last(WHOLE | {"web": scan(APPLICATION, host("db1", (22, "OPEN")))}).verdict == "none"
