"""Files made after public reports of users: JUnit, nmap, testssl and documents, each with its expected answer.

The folder `../shared/field-cases` says what is right in words; here it is held. Every file that it has must be here.
"""

import csv
import io
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from evidence.formats import recognise
from evidence.formats.media import describe
from evidence.formats.values import HEAD, Unreadable
from evidence.judging.policies import policies
from evidence.judging.values import JudgeContext
from tests.days import CALENDAR

pytestmark = pytest.mark.corpus

DAY = date(2026, 11, 21)
POLICY = {"j": "junit", "n": "expected-exposure", "t": "tls-ncsc-nl@2025-05"}
HOST = "portal.example.org"

#: what a message must say, of those that are refused
REFUSED = {
    "j09-ansi-reference.xml": "U+001B",
    "j09b-ansi-raw.xml": "U+001B",
    "j10-cp1252-with-utf8-header.xml": "not UTF-8",
    "j11-eclipse-testrun.xml": "testrun",
    "n03-appended.xml": "Scan to a new file",
    "n10-taskprogress-in-tag.xml": "not well-formed",
    "t03-raw-tab-in-finding.json": "control character",
    "t03b-raw-newline-in-finding.json": "control character",
    "r02-pdf-truncated.pdf": "cut off",
    "r02b-pdf-only-header.pdf": "cut off",
    "r04-heic.heic": "HEIC",
    "r06-gif.gif": "PNG or JPEG",
    "r08-bmp.bmp": "PNG or JPEG",
    "r10-encrypted-xlsx.xlsx": "encrypted",
}
#: verdict by target, and what its reason says
JUDGED = {
    "j01-behave-untested.xml": {"": ("none", "untested")},
    "j03-phpunit-warning.xml": {"": ("pass", "The one case")},
    "j05-utf16-label-utf8-bytes.xml": {"": ("pass", "All 2")},
    "j05b-encoding-utf8-name.xml": {"": ("pass", "")},
    "j05c-utf16-nobom.xml": {"": ("pass", "")},
    "j06-declared-failure-none-in-cases.xml": {"": ("none", "declares")},
    "j07-testng-gmt.xml": {"": ("pass", "")},
    "j07b-testng-zone.xml": {"": ("pass", "")},
    "j08-late-evening-no-zone.xml": {"": ("pass", "")},
    "j12-retries-as-entries.xml": {"": ("fail", "")},
    "j14-codeception-errors-outside-cases.xml": {"": ("none", "declares")},
    **{
        f"j13-status-{status}.xml": {"": ("fail", "")}
        for status in ("FAILED", "fail", "broken", "interrupted", "timedout")
    },
    **{
        f"j13-status-{status}.xml": {"": ("none", status)}
        for status in ("Undefined", "cancelled", "excluded", "filtered", "todo", "unstable", "xfail")
    },
    "n01-timedout.xml": {HOST: ("none", "timed out")},
    "n01b-timedout-partial.xml": {HOST: ("none", "timed out")},
    "n02-resolve-all-one-timedout.xml": {HOST: ("none", "192.0.2.11")},
    "n04-masscan.xml": {"192.0.2.10": ("none", "masscan")},
    "n05-pn-nobody-answers.xml": {HOST: ("none", "Nothing came back")},
    "n05c-real-nmap-without-network.xml": {HOST: ("none", "Nothing came back")},
    "n06-ip-protocols.xml": {HOST: ("pass", "")},
    "n07-ipv6-mac.xml": {HOST: ("pass", "")},
    "n08-unique-only-ptr.xml": {"192.0.2.10": ("pass", "")},
    "n09-failed-to-resolve.xml": {"": ("none", "No host answered")},
    "n11-two-targets-same-address.xml": {HOST: ("pass", ""), "www.example.nl": ("fail", "")},
    "t00-good.csv": {HOST: ("pass", "")},
    "t00-good.json": {HOST: ("pass", "")},
    "t01-csv-semicolons.csv": {HOST: ("pass", "")},
    "t01b-csv-bom-crlf.csv": {HOST: ("pass", "")},
    "t04-ipv6-literal.json": {"2001:db8::10": ("pass", "")},
    "t05-v6-address-not-scanned.json": {HOST: ("none", "2001:db8::10")},
    "t06-two-addresses-second-partial.json": {HOST: ("none", "missing")},
    "t07-proxy-no-address.json": {HOST: ("pass", "")},
    "t08-numeric-port.json": {HOST: ("pass", "")},
    "t09-severity-filter.json": {HOST: ("none", "missing")},
}
OUTCOMES = {
    "j01-behave-untested.xml": {"pass": 1, "not evaluated": 2},
    "j03-phpunit-warning.xml": {"pass": 1, "not evaluated": 1},
    "j12-retries-as-entries.xml": {"fail": 1, "error": 1, "pass": 2},
}
RECORDS = ["r00-good.pdf", "r01-pdf-leading-bom.pdf", "r01b-pdf-leading-newline.pdf"]
SCANS = {"good": "pass", "db-timedout": "none"}  # of three zones, a file each


@pytest.fixture(scope="session")
def cases(shared):
    folder = shared / "field-cases"
    if not folder.is_dir():
        pytest.skip("../shared/field-cases is not here")
    return folder


def read(cases, name):
    content = (cases / "files" / name).read_bytes()
    file_format = recognise(content[:HEAD])
    if file_format is None:
        raise Unreadable(describe(io.BytesIO(content)).type)
    run, results = file_format.read(io.BytesIO(content))
    return run, list(results)


def scans(kind):
    return {f"n12-seg-{kind}-{zone}.xml": zone for zone in ("internet", "web", "application")}


def test_every_field_case_has_an_expected_answer(cases):
    with (cases / "cases.tsv").open(encoding="utf-8", newline="") as source:
        files = [name for row in csv.DictReader(source, delimiter="\t") for name in row["files"].split()]
    own = {name for name in files if name[0] in "jntr"}
    assert own == {*REFUSED, *JUDGED, *RECORDS, *(name for kind in SCANS for name in scans(kind))}


@pytest.mark.parametrize("name", REFUSED)
def test_unusable_file_is_refused_with_its_reason(cases, name):
    with pytest.raises(Unreadable) as refusal:
        describe(io.BytesIO((cases / "files" / name).read_bytes())) if name[0] == "r" else read(cases, name)
    assert REFUSED[name] in str(refusal.value)


@pytest.mark.parametrize("name", JUDGED)
def test_file_gets_its_verdict(cases, name):
    run, results = read(cases, name)
    assert run.format == {"j": "junit", "n": "nmap", "t": "testssl"}[name[0]]
    judge = policies()[POLICY[name[0]]].judge(run, JudgeContext(DAY, CALENDAR))
    for result in results:
        judge.add_result(result)
    verdicts = judge.verdicts()
    assert {target: outcome.verdict for target, outcome in verdicts.items()} == {
        target: verdict for target, (verdict, _) in JUDGED[name].items()
    }
    for target, (_, message) in JUDGED[name].items():
        assert message in str(verdicts[target].reason)
    if name in OUTCOMES:
        assert Counter(result.outcome for result in results) == OUTCOMES[name]
    assert run.remark or name != "j03-phpunit-warning.xml"


@pytest.mark.parametrize("kind", SCANS)
def test_scans_from_each_zone_get_their_verdict(cases, kind):
    context, judges = JudgeContext(DAY, CALENDAR), []
    for name, zone in scans(kind).items():
        run, results = read(cases, name)
        judge = policies()["segmentation-scans"].judge(run, replace(context, zone=zone))
        for result in results:
            judge.add_result(result)
        judges.append(judge)
    assert [judge.verdicts()[""].verdict for judge in judges][-1] == SCANS[kind]


def test_moment_without_zone_is_on_the_written_day(cases):
    run, _ = read(cases, "j08-late-evening-no-zone.xml")
    assert (run.started_at.tzinfo, run.started_at.date(), run.ended_at.date()) == (None, DAY, DAY)


@pytest.mark.parametrize("name", RECORDS)
def test_document_type_is_determined_by_content(cases, name):
    assert describe(io.BytesIO((cases / "files" / name).read_bytes())).extension == "pdf"
