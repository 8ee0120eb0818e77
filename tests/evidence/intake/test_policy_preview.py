"""A preview of an edition: the past runs that it would have judged otherwise, bounded, and without any trace."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from access.permissions import BUILT_IN, REVIEWER, NotAllowed, Person
from evidence.errors import NotPossible, Unfitting
from evidence.intake.judged_again import policy_preview
from evidence.intake.judged_again.judging_again import changed, files_to_judge, judge_again, read_again
from evidence.intake.judged_again.policy_preview import MOST_OF_SERIES, Preview, preview_edition
from evidence.intake.submission import Population
from evidence.judging.own_policies.editions import EditionDraft
from models.transaction import reading, writing
from tests.evidence.intake.test_comparison_data import ACCESS
from tests.evidence.judging.own_policies.policy_office import OWN, SCAN, SOFTER, content, publish, scan
from tests.evidence.judging.register.test_policy_registers import table
from tests.evidence.office import COLLEAGUE, NOW, Office, ask_for_access_reviews, open_office

TODAY = NOW.date()
DAYS = timedelta(days=1)


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    return open_office(engine, tmp_path)


def preview(office: Office, words: str = SOFTER, person: Person = COLLEAGUE) -> Preview:
    draft = EditionDraft(OWN, words, ("scan",), copy_of=SCAN)
    return preview_edition(office.engine, office.store, person, draft, NOW)


def deliver(office: Office, *runs: tuple[int, int]) -> list[str]:
    """Scans of some days ago with a number of findings; each is recorded on its own day."""
    return [
        office.deliver(scan(TODAY - ago * DAYS, secrets), requirements=("scan",), at=NOW - ago * DAYS).evidence
        for ago, secrets in runs
    ]


def test_runs_that_an_edition_would_have_judged_otherwise(office: Office) -> None:
    kept, few, many = deliver(office, (5, 0), (4, 2), (3, 9))
    found = preview(office)
    assert [(each.run.evidence, each.before, each.after) for each in found.changed] == [(few, "fail", "pass")]
    assert (found.judged, found.left_out, found.not_judged) == (3, 0, ())
    stricter = preview(office, content(("  high: 0", "  high: 0\n  medium: 0")))
    assert stricter.changed == () and {kept, many}.isdisjoint(stricter.changed)


def test_a_stricter_edition_names_the_checks_that_fail(office: Office) -> None:
    publish(office)
    deliver(office, (0, 2))
    draft = EditionDraft(OWN, content(("secrets: 0", "secrets: 1")), ("scan",), after=1)
    (found,) = preview_edition(office.engine, office.store, COLLEAGUE, draft, NOW).changed
    assert (found.before, found.after, found.failing) == ("pass", "fail", ("more than 1 secrets",))
    assert found.run.day == TODAY and (found.requirement, found.system, found.target) == ("scan", "portal", "")


def test_only_the_newest_runs_of_a_series_are_read(office: Office) -> None:
    runs = deliver(office, *((ago, 1) for ago in range(9, 0, -1)))
    found = preview(office)
    assert [each.run.evidence for each in found.changed] == runs[: -MOST_OF_SERIES - 1 : -1]
    assert (found.judged, found.left_out) == (MOST_OF_SERIES, len(runs) - MOST_OF_SERIES)


def test_large_runs_are_left_out_and_counted(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = deliver(office, (2, 1), (1, 1))
    monkeypatch.setattr(policy_preview, "MOST_BYTES", len(scan(TODAY)))
    found = preview(office)
    assert ([each.run.evidence for each in found.changed], found.left_out) == ([runs[1]], 1)


def test_rejected_runs_are_not_judged_and_damaged_ones_are_told(office: Office, tmp_path: Path) -> None:
    rejected, damaged = deliver(office, (2, 1), (1, 2))
    office.review(rejected, "rejected")
    for path in (tmp_path / "store").rglob("*"):
        if path.is_file():
            path.chmod(0o600)
            path.write_bytes(b"other")
    found = preview(office)
    assert (found.changed, found.judged, found.left_out) == ((), 0, 0)
    assert [run.evidence for run, _ in found.not_judged] == [damaged]


def test_a_preview_leaves_nothing_behind(office: Office) -> None:
    deliver(office, (1, 1))
    tables = ("coverage", "judgement", "test_run", "test_result", "activity", "policy_edition", "series", "cell")
    before = [office.count(name) for name in tables]
    preview(office)
    assert [office.count(name) for name in tables] == before


def test_a_preview_is_refused_like_the_edition(office: Office) -> None:
    with pytest.raises(NotAllowed):
        preview(office, person=Person("P", frozenset({REVIEWER})))
    with pytest.raises(Unfitting, match="line 1"):
        preview(office, "title: a")
    publish(office)
    with pytest.raises(NotPossible, match="Edition 1"):
        preview(office)


def test_evidence_of_an_edition_s_days_is_judged_again_by_it(office: Office) -> None:
    old, new = deliver(office, (1, 1), (0, 1))
    publish(office)
    with reading(office.engine) as session:
        assert changed(session, old) == [], "the day before is judged by what applied then"
        assert "has changed since" in str(changed(session, new)[0])
        files = files_to_judge(session, BUILT_IN, new)
    with read_again(office.store, files) as inspection, writing(office.engine, NOW + DAYS) as (session, now):
        judged = judge_again(session, office.store, BUILT_IN, new, inspection, now)
    assert [cell.verdict for cell in (*judged.before, *judged.covered)] == ["fail", "pass"]
    assert office.status("scan", on=TODAY - DAYS) == "failing"


def test_days_before_an_edition_wait_for_a_review_and_are_not_judged_again(office: Office) -> None:
    ask_for_access_reviews(office)
    words = content(of="access-review")
    publish(office, words, policy="own-review", requirements=("access-review",), copy_of="access-review")
    register = table(ACCESS).encode()
    days = {"first_day": TODAY - DAYS, "last_day": TODAY, "population": Population(1, "export", TODAY)}
    filed = office.deliver(register, requirements=("access-review",), at=NOW, **days)
    assert any("represents days before" in str(reason) for reason in filed.review_reasons)
    publish(
        office, words.replace("months: 7", "months: 9"), policy="own-review", requirements=("access-review",), after=1
    )
    with reading(office.engine) as session:
        files = files_to_judge(session, BUILT_IN, filed.evidence)
    with (
        pytest.raises(NotPossible, match="also represents days before"),
        read_again(office.store, files) as inspection,
        writing(office.engine, NOW + DAYS) as (session, now),
    ):
        judge_again(session, office.store, BUILT_IN, filed.evidence, inspection, now)
