"""What a TLS policy says of each id that testssl.sh writes, and that it knows every id of the real scans."""

import csv
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest

from evidence.formats import formats
from evidence.formats.values import Result, Unreadable
from evidence.judging.policies import policies
from evidence.judging.tls.readings import readings
from locales import Language
from tests.evidence.judging.policy_judging import DAY

#: ids of 2.9 from scans, of 3.0 and 3.3 from the script itself; `-` stands for what has no level
with (Path(__file__).parent / "testssl-ids.tsv").open(newline="") as source:
    IDS = list(csv.DictReader(source, delimiter="\t"))


def explain(check, message, edition="2025-05", outcome="informational"):
    line = Result(1, check, "portal.example.nl", outcome, "INFO", message)
    return policies()[f"tls-ncsc-nl@{edition}"].explain(line, DAY)


@pytest.mark.parametrize("edition", ["2025-05", "2.1"])
@pytest.mark.parametrize("row", IDS, ids=lambda row: f"{row['id']}:{row['finding'][:20]}")
def test_each_id_has_its_item_and_level_or_a_reason(row, edition):
    (one,) = explain(row["id"], row["finding"], edition)
    expected = row[edition]
    assert (f"{one.level} {one.item}" if one.level else "-") == expected
    if one.level:
        assert one.basis
        assert one.why is None
    else:
        assert "unknown" not in str(one.why)
        assert Language("nl").render(one.why) != Language("en").render(one.why)


def test_every_id_that_is_read_or_left_out_is_in_the_table():
    content = readings("testssl")
    listed = {row["id"].lower() for row in IDS}
    asked = [*content.read_ids(), *content.not_judged_ids()]
    lacking = [
        one
        for one in asked
        if not any(name == one or (one.endswith("*") and name.startswith(one[:-1])) for name in listed)
    ]
    assert lacking == []


def test_no_id_of_a_real_scan_is_unknown(shared):
    content = readings("testssl")
    unknown, seen = set(), 0
    for path in sorted((shared / "corpus").glob("*/testssl/*")):
        # of a file that is cut off counts what was read of it
        with path.open("rb") as stream, suppress(Unreadable):
            for result in formats()["testssl"].read(stream)[1]:
                seen += 1
                if not content.is_read(result.check) and content.why_not(result.check) is None:
                    unknown.add(result.check)
    assert seen > 500
    assert unknown == set()


def test_a_line_that_says_several_things_says_each():
    found = explain("cipherorder_TLSv1_2", "ECDHE-RSA-AES128-GCM-SHA256 AES128-SHA")
    assert [one.level for one in found] == ["sufficient", "insufficient"]
    assert {one.basis for one in found} == {"appendix B"}


@pytest.mark.parametrize(
    ("check", "message", "outcome", "said"),
    [
        ("TLS1", "offered", "error", "could not be scanned"),
        ("TLS1", "offered", "not evaluated", "could not tell"),
        ("TLS1", "something else", "informational", "wording is unknown"),
        ("never_heard_of", "offered", "informational", "unknown to the policy"),
    ],
)
def test_what_is_not_judged_says_why(check, message, outcome, said):
    (one,) = explain(check, message, outcome=outcome)
    assert one.level == ""
    assert said in str(one.why)


def test_a_term_is_explained_on_the_day_that_it_was_judged():
    line = Result(1, "cert_notAfter", "", "pass", "OK", "2026-12-01 13:58")
    policy = policies()["tls-ncsc-nl@2025-05"]
    assert policy.explain(line, date(2026, 11, 1))[0].level == "good"
    assert policy.explain(line, date(2026, 12, 2))[0].item == "certificate: expired"
