"""Explanations of a TLS policy for each id that testssl.sh writes; every id of real scans is known."""

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
    (explanation,) = explain(row["id"], row["finding"], edition)
    expected = row[edition]
    assert (f"{explanation.level} {explanation.item}" if explanation.level else "-") == expected
    if explanation.level:
        assert explanation.basis
        assert explanation.why is None
    else:
        assert "unknown" not in str(explanation.why)
        assert Language("nl").render(explanation.why) != Language("en").render(explanation.why)


def test_table_has_every_id_that_is_read_or_left_out():
    content = readings("testssl")
    listed = {row["id"].lower() for row in IDS}
    known_ids = [*content.read_ids(), *content.not_judged_ids()]
    lacking = [
        known_id
        for known_id in known_ids
        if not any(name == known_id or (known_id.endswith("*") and name.startswith(known_id[:-1])) for name in listed)
    ]
    assert lacking == []


def test_every_id_of_a_real_scan_is_known(shared):
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


def test_record_with_several_items_explains_each():
    explanations = explain("cipherorder_TLSv1_2", "ECDHE-RSA-AES128-GCM-SHA256 AES128-SHA")
    assert [explanation.level for explanation in explanations] == ["sufficient", "insufficient"]
    assert {explanation.basis for explanation in explanations} == {"appendix B"}


@pytest.mark.parametrize(
    ("check", "finding", "outcome", "reason"),
    [
        ("TLS1", "offered", "error", "could not be scanned"),
        ("TLS1", "offered", "not evaluated", "could not tell"),
        ("TLS1", "something else", "informational", "wording is unknown"),
        ("never_heard_of", "offered", "informational", "unknown to the policy"),
    ],
)
def test_unjudged_record_has_a_reason(check, finding, outcome, reason):
    (explanation,) = explain(check, finding, outcome=outcome)
    assert explanation.level == ""
    assert reason in str(explanation.why)


def test_certificate_term_is_explained_on_the_judged_day():
    line = Result(1, "cert_notAfter", "", "pass", "OK", "2026-12-01 13:58")
    policy = policies()["tls-ncsc-nl@2025-05"]
    assert policy.explain(line, date(2026, 11, 1))[0].level == "good"
    assert policy.explain(line, date(2026, 12, 2))[0].item == "certificate: expired"
