"""Reading evidence: search, details, results, comparison with the previous run, logging of opening."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from access.permissions import BUILT_IN, REVIEWER, NotAllowed, Person
from evidence.errors import Unknown
from evidence.library import evidence_items
from evidence.library.evidence_filters import Filters
from evidence.library.results import ResultFilters, results
from evidence.library.run_comparison import compare
from models.transaction import reading, writing
from tests.evidence.office import DAY, FAILING, JUNIT, NOBODY, NOW, TEXT, Office, tls_file

HOUR = timedelta(hours=1)


@pytest.fixture
def filled(office: Office) -> Office:
    office.deliver(JUNIT, names=("Roles_100%.xml",), title="Role tests of March")
    office.deliver(FAILING, requirements=("reviewed-tests",), systems=("website",), at=NOW + HOUR, note="by hand")
    office.deliver(
        TEXT,
        requirements=("policy",),
        systems=(),
        first_day=date(2026, 5, 1),
        last_day=date(2026, 5, 1),
        at=NOW + 2 * HOUR,
    )
    office.deliver(
        tls_file("portal.example.nl"), requirements=("tls-scan",), first_day=DAY, last_day=DAY, at=NOW + 3 * HOUR
    )
    return office


def search(office: Office, **filters: object) -> list[str]:
    with reading(office.engine) as session:
        page = evidence_items.search(session, BUILT_IN, Filters(**filters))
    assert page.total == len(page.rows)
    return [row.requirements[0] for row in page.rows]


def test_own_evidence_is_found_by_its_title_in_either_language(office: Office) -> None:
    office.deliver(JUNIT, title="Access matrix", tool="Aantoonbaar access-matrix")
    office.deliver(FAILING, title="Access matrix of the portal", at=NOW + HOUR)
    assert len(search(office, text="toegangsmatrix")) == 1
    assert len(search(office, text="access MATRIX")) == 2


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["tls-scan", "policy", "reviewed-tests", "role-tests"]),
        ({"requirement": "role-tests"}, ["role-tests"]),
        ({"measure": "m", "kind": "record"}, ["policy"]),
        ({"measure": "other"}, []),
        ({"system": "website"}, ["reviewed-tests"]),
        ({"target": "portal.example.nl"}, ["tls-scan"]),
        ({"team": "platform", "format": "testssl"}, ["tls-scan"]),
        ({"review": "waiting"}, ["tls-scan", "policy", "reviewed-tests"]),
        ({"review": "automatic"}, ["role-tests"]),
        ({"verdict": "fail"}, ["reviewed-tests"]),
        ({"verdict": "none"}, ["tls-scan", "policy"]),
        ({"text": "MARCH"}, ["role-tests"]),
        ({"text": "roles_100%"}, ["role-tests"]),
        ({"text": "rolesx100"}, []),
        ({"text": "by hand"}, ["reviewed-tests"]),
        ({"last_day": date(2026, 12, 31)}, ["policy"]),
        ({"first_day": date(2027, 1, 1)}, ["tls-scan", "reviewed-tests", "role-tests"]),
    ],
)
def test_filters_narrow_the_search(filled: Office, filters: dict[str, object], expected: list[str]) -> None:
    assert search(filled, **filters) == expected


def test_review_decision_is_the_state_that_is_searched(filled: Office) -> None:
    with reading(filled.engine) as session:
        waiting = evidence_items.search(session, BUILT_IN, Filters(review="waiting", kind="record")).rows[0]
    filled.review(waiting.id, "accepted", at=NOW + 5 * HOUR)
    assert search(filled, review="accepted") == ["policy"]


def test_search_by_what_was_known_at_a_moment(filled: Office) -> None:
    with reading(filled.engine) as session:
        waiting = evidence_items.search(session, BUILT_IN, Filters(review="waiting", kind="record")).rows[0]
    filled.review(waiting.id, "accepted", at=NOW + 5 * HOUR)
    assert search(filled, known=NOW + HOUR) == ["reviewed-tests", "role-tests"]
    assert search(filled, known=NOW - HOUR) == []
    assert search(filled, review="accepted", known=NOW + 4 * HOUR) == []
    assert search(filled, review="waiting", kind="record", known=NOW + 4 * HOUR) == ["policy"]
    assert search(filled, review="accepted", known=NOW + 5 * HOUR) == ["policy"]
    assert search(filled, last_day=date(2026, 12, 31), known=NOW + 9 * HOUR) == ["policy"]


def test_details_by_what_was_known_at_a_moment(office: Office) -> None:
    first = office.deliver(JUNIT)
    second = office.deliver(FAILING, at=NOW + HOUR)
    office.review(first.evidence, "rejected", at=NOW + 2 * HOUR, remark="wrong build")
    with reading(office.engine) as session:
        before = evidence_items.evidence(session, BUILT_IN, first.evidence, NOW)
        between = evidence_items.evidence(session, BUILT_IN, first.evidence, NOW + HOUR)
        after = evidence_items.evidence(session, BUILT_IN, first.evidence, NOW + 2 * HOUR)
        assert after == replace(evidence_items.evidence(session, BUILT_IN, first.evidence), changed=[])
        with pytest.raises(Unknown, match="was uploaded later"):
            evidence_items.evidence(session, BUILT_IN, second.evidence, NOW)
        assert (
            results(session, BUILT_IN, first.evidence, known=NOW).total
            == results(session, BUILT_IN, first.evidence).total
        )
        assert results(session, BUILT_IN, first.evidence, known=NOW - HOUR).total == 0
    assert (before.row.review, before.reviews, before.next) == ("automatic", [], None)
    assert (between.row.review, between.reviews, between.next) == ("automatic", [], second.evidence)
    assert (after.row.review, len(after.reviews)) == ("rejected", 1)


def test_search_gives_pages_and_the_total(filled: Office) -> None:
    with reading(filled.engine) as session:
        pages = [evidence_items.search(session, BUILT_IN, page=number, size=3) for number in (1, 2, 3)]
    assert [len(page.rows) for page in pages] == [3, 1, 0]
    assert {page.total for page in pages} == {4}


@pytest.mark.parametrize("order", ["recorded", "day", "title"])
def test_search_is_ordered_over_all_pages(filled: Office, order: str) -> None:
    with reading(filled.engine) as session:
        up, down = (
            [
                row
                for number in (1, 2)
                for row in evidence_items.search(session, BUILT_IN, page=number, size=3, order=each).rows
            ]
            for each in (order, f"-{order}")
        )
        default = evidence_items.search(session, BUILT_IN, order="nonsense").rows
    assert [row.id for row in up] == [row.id for row in reversed(down)]
    key = {"recorded": "recorded_at", "day": "last_day", "title": "title"}[order]
    values = [getattr(row, key) for row in up]
    assert values == sorted(values) and len(values) == 4
    assert [row.recorded_at for row in default] == sorted((row.recorded_at for row in up), reverse=True)


def test_details_have_files_runs_coverage_reviews_and_neighbours(office: Office) -> None:
    first = office.deliver(JUNIT)
    second = office.deliver(FAILING, JUNIT.replace(b"later", b"much later"), at=NOW + HOUR, note="again")
    office.review(second.evidence, "rejected", at=NOW + 2 * HOUR, remark="wrong build")
    with reading(office.engine) as session:
        detail = evidence_items.evidence(session, BUILT_IN, second.evidence)
        earlier = evidence_items.evidence(session, BUILT_IN, first.evidence)
    assert detail.note == "again"
    assert [file.position for file in detail.files] == [0, 1]
    assert [run.counts for run in detail.runs] == [{"pass": 1, "fail": 1, "skipped": 1}, {"pass": 2, "skipped": 1}]
    assert detail.runs[0].policy == "junit"
    assert detail.coverage[0].verdict == "fail"
    assert (detail.reviews[0].decision, detail.reviews[0].remark) == ("rejected", "wrong build")
    assert detail.row.review == "rejected"
    assert (detail.previous, detail.next) == (first.evidence, None)
    assert (earlier.previous, earlier.next) == (None, second.evidence)


def test_unknown_evidence_and_people_are_refused(office: Office) -> None:
    with reading(office.engine) as session:
        with pytest.raises(Unknown):
            evidence_items.evidence(session, BUILT_IN, "nothing")
        with pytest.raises(Unknown):
            evidence_items.require_readable(session, BUILT_IN, "nothing")
        for call in (
            lambda: evidence_items.search(session, NOBODY),
            lambda: evidence_items.evidence(session, NOBODY, "x"),
            lambda: results(session, NOBODY, "x"),
            lambda: compare(session, NOBODY, "x"),
        ):
            with pytest.raises(NotAllowed):
                call()


def test_results_with_filters_and_pages(office: Office) -> None:
    filed = office.deliver(FAILING)
    with reading(office.engine) as session:
        everything = results(session, BUILT_IN, filed.evidence)
        failing = results(session, BUILT_IN, filed.evidence, ResultFilters(failing=True))
        skipped = results(session, BUILT_IN, filed.evidence, ResultFilters(outcome="skipped"))
        named = results(session, BUILT_IN, filed.evidence, ResultFilters(text="WRITE"))
        second = results(session, BUILT_IN, filed.evidence, page=2, size=2)
    assert everything.total == 3
    assert [(row.outcome, row.level) for row in failing.rows] == [("fail", "fail")]
    assert "403" in failing.rows[0].message
    assert skipped.total == 1
    assert named.total == 2
    assert [row.position for row in second.rows] == [everything.rows[2].position]


def test_comparison_with_the_previous_run(office: Office) -> None:
    office.deliver(JUNIT)
    fresh = FAILING.replace(b'name="later"', b'name="new one"')
    filed = office.deliver(fresh, at=NOW + HOUR)
    with reading(office.engine) as session:
        comparison = compare(session, BUILT_IN, filed.evidence)
    assert comparison.counts == {"new fail": 1, "same": 1, "new": 1, "gone": 1}
    assert [(row.check, row.change) for row in comparison.changed] == [
        ("roles.writer may", "new fail"),
        ("roles.later", "gone"),
    ]


def test_first_run_has_no_comparison(office: Office) -> None:
    filed = office.deliver(JUNIT)
    with reading(office.engine) as session:
        assert compare(session, BUILT_IN, filed.evidence).previous is None


def test_opening_is_logged_once_per_person_evidence_and_day(office: Office) -> None:
    filed = office.deliver(JUNIT)
    other = Person("Bram", frozenset({REVIEWER}))
    openings = [
        (BUILT_IN, NOW),
        (BUILT_IN, NOW + timedelta(minutes=5)),
        (other, NOW),
        (BUILT_IN, NOW + timedelta(days=1)),
    ]
    for person, moment in openings:
        with writing(office.engine, moment) as (session, now):
            evidence_items.log_opening(session, person, filed.evidence, now)
    for _ in range(2):
        with writing(office.engine, NOW + timedelta(days=1)) as (session, now):
            file = evidence_items.file(session, BUILT_IN, filed.evidence, 0)
            evidence_items.log_opening(session, BUILT_IN, filed.evidence, now, file)
    assert office.column("activity", "verb").count("evidence.open") == 4


def test_opening_a_file_is_logged(office: Office) -> None:
    filed = office.deliver(JUNIT)
    with writing(office.engine, NOW) as (session, now):
        file = evidence_items.file(session, BUILT_IN, filed.evidence, 0)
        evidence_items.log_opening(session, BUILT_IN, filed.evidence, now, file)
    assert file.size == len(JUNIT)
    assert "evidence.open" in office.column("activity", "verb")
    with pytest.raises(Unknown), reading(office.engine) as session:
        evidence_items.file(session, BUILT_IN, filed.evidence, 7)
