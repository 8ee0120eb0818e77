"""Results with the explanation of their policy, computed when they are read."""

from access.permissions import BUILT_IN
from evidence.judging.values import Explained
from evidence.library.results import results
from models.transaction import reading
from tests.evidence.office import DAY, JUNIT, tls_file


def read(office, evidence):
    with reading(office.engine) as session:
        return results(session, BUILT_IN, evidence).rows


def test_each_result_of_a_scan_is_explained(small_office):
    filed = small_office.deliver(tls_file("portal.example.nl"), requirements=("tls-scan",), last_day=DAY)
    rows = {row.check: row for row in read(small_office, filed.evidence)}
    assert [(explanation.item, explanation.level, explanation.basis) for explanation in rows["TLS1_2"].explained] == [
        ("protocol: TLS 1.2", "sufficient", "3.3.1")
    ]
    assert "nothing was found" in str(rows["TLS1"].explained[0].why)


def test_each_test_case_is_explained_with_its_level(small_office):
    for row in read(small_office, small_office.deliver(JUNIT).evidence):
        (explanation,) = row.explained
        assert explanation.level == row.level


def test_level_of_an_earlier_policy_is_explained_as_changed(small_office, monkeypatch):
    filed = small_office.deliver(JUNIT)
    monkeypatch.setattr(
        "evidence.judging.test_cases.judge.CasesExplanation.explain", lambda *_: [Explained(level="other")]
    )
    assert all("has changed" in str(row.explained[0].why) for row in read(small_office, filed.evidence))
