"""Editions of own policies: published from a day on, judge only what is of that day or later, and change nothing past."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select

from access.permissions import BUILT_IN, READER, REVIEWER, NotAllowed, Person
from controls.errors import NotPossible as Refused
from evidence.errors import NotPossible, Unfitting, Unknown
from evidence.intake.judged_again.judging_again import changed
from evidence.integrity import decisions
from evidence.judging.own_policies.edition_start import start_edition
from evidence.judging.own_policies.editions import (
    in_force,
    judged_alike,
    list_editions,
    list_own_policies,
)
from evidence.judging.own_policies.in_force import own_policies, policy_named
from models.bulk_changes import table
from models.transaction import reading, writing
from tests.evidence.judging.own_policies.policy_office import OWN, SCAN, SOFTER, content, publish, scan
from tests.evidence.office import NOW, Office, open_office

TODAY = NOW.date()
DAYS = timedelta(days=1)


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    return open_office(engine, tmp_path)


def verdicts(office: Office, day: date, at: int = 0, secrets: int = 1) -> list[str]:
    filed = office.deliver(scan(day, secrets), requirements=("scan",), at=NOW + at * DAYS)
    return [cell.verdict for cell in filed.covered]


def test_an_edition_judges_what_is_of_its_first_day_or_later(office: Office) -> None:
    assert verdicts(office, TODAY - DAYS) == ["fail"]
    publish(office, first_day=TODAY + 2 * DAYS)
    assert verdicts(office, TODAY, at=1) == ["fail"]
    assert verdicts(office, TODAY + 2 * DAYS, at=2) == ["pass"]
    assert verdicts(office, TODAY + DAYS, at=3) == ["fail"], "a late file is judged by the edition of its own day"


def test_a_softer_edition_turns_no_past_day_good(office: Office) -> None:
    before = office.deliver(scan(TODAY - DAYS), requirements=("scan",)).evidence
    publish(office)
    assert office.status("scan", on=TODAY - DAYS) == office.status("scan", on=TODAY) == "failing"
    filed = office.deliver(scan(TODAY), requirements=("scan",), at=NOW + DAYS)
    office.review(filed.evidence, "accepted", at=NOW + DAYS)
    assert office.status("scan", on=TODAY - DAYS) == "failing"
    assert office.status("scan", on=TODAY) == "demonstrated"
    assert before in office.column("evidence", "id")


def test_the_latest_first_day_applies_then_the_latest_number(office: Office) -> None:
    publish(office, first_day=TODAY + 5 * DAYS)
    publish(office, content(("secrets: 0", "secrets: 3")), first_day=TODAY, after=1)
    publish(office, content(("secrets: 0", "secrets: 4")), first_day=TODAY + 5 * DAYS, after=2)
    with reading(office.engine) as session:
        editions = list_editions(session, BUILT_IN, OWN)
        assert [edition.number for edition in editions] == [3, 2, 1]
        for days, number in ((-1, None), (0, 2), (4, 2), (5, 3), (9, 3)):
            day = TODAY + days * DAYS
            current = in_force(editions, day)
            assert (current.number if current else None) == number
            own = own_policies(session, ["scan"], day, NOW + DAYS)
            assert [each.policy.id for each in own.values()] == ([f"{OWN}@{number}"] if number else [])


def test_judgements_keep_the_edition_and_its_digest(office: Office) -> None:
    edition = publish(office)
    office.deliver(scan(TODAY), requirements=("scan",))
    assert office.column("judgement", "policies") == [{f"{OWN}@1": edition.sha256}]
    assert office.column("test_run", "policy") == [f"{OWN}@1"]
    with reading(office.engine) as session:
        assert policy_named(session, OWN) is policy_named(session, f"{OWN}@1")
        for key in (f"{OWN}@2", f"{OWN}@x", f"{OWN}@²", "own-other", "nothing"):
            assert policy_named(session, key) is None


def test_an_edition_without_requirements_gives_them_back(office: Office) -> None:
    publish(office)
    publish(office, requirements=(), after=1, first_day=TODAY + DAYS)
    assert verdicts(office, TODAY) == ["pass"]
    assert verdicts(office, TODAY + DAYS, at=1) == ["fail"]


def test_files_of_days_with_different_editions_are_refused_together(office: Office) -> None:
    publish(office)
    files = (scan(TODAY - DAYS), scan(TODAY))
    with pytest.raises(Unfitting, match="upload them separately"):
        office.deliver(*files, requirements=("scan",))
    assert office.count("evidence") == 0


def test_a_decision_changes_no_past_day(office: Office) -> None:
    with pytest.raises(NotPossible, match="changes no past day"):
        publish(office, first_day=TODAY - DAYS)
    with pytest.raises(Refused, match="reason is empty"):
        publish(office, reason=" ")
    assert office.count("policy_edition") == office.column("activity", "verb").count("policy.publish") == 0


@pytest.mark.parametrize("role", [REVIEWER, READER])
def test_only_a_security_officer_publishes(office: Office, role: str) -> None:
    with pytest.raises(NotAllowed):
        publish(office, person=Person("P", frozenset({role})))


def test_what_someone_published_since_is_looked_at_first(office: Office) -> None:
    publish(office)
    stricter = content(("secrets: 0", "secrets: 1"))
    for after in (0, 2):
        with pytest.raises(NotPossible, match="Edition 1 of this policy was published by colleague"):
            publish(office, stricter, after=after)
    with pytest.raises(Unknown, match="no policy own-other"):
        publish(office, stricter, policy="own-other", after=1)
    with pytest.raises(NotPossible, match="Nothing has changed since edition 1"):
        publish(office, SOFTER, after=1)


def test_names_and_requirements_are_checked(office: Office) -> None:
    with pytest.raises(NotPossible, match="begins with own-"):
        publish(office, policy="scan")
    with pytest.raises(Refused, match="not a valid key"):
        publish(office, policy="own-Scan!")
    with pytest.raises(Unknown, match="no policy nothing to copy"):
        publish(office, copy_of="nothing")
    with pytest.raises(NotPossible, match="role-tests is not judged by"):
        publish(office, requirements=("role-tests",))
    publish(office, first_day=TODAY + DAYS)
    with pytest.raises(NotPossible, match="scan is judged by Vulnerability scan .* edition 1 from"):
        publish(office, policy="own-other")


@pytest.mark.parametrize(
    ("words", "at", "message"),
    [
        ("", "", "the file is empty"),
        ("- a", "- a", "expected a group of fields"),
        (content(("high: 0", "high: few")), "high: few", "high: expected a whole number"),
        (content(("high: 0", "hihg: 0")), "hihg", ".*hihg"),
        (content(("formats:", "judges: tls\nformats:")), "judges", "judges: expected findings"),
        (content(("en: Vulnerability", 'en: "\\0"\n#')), "en: ", "a control character"),
        (content() + "examples: []\n", "examples", "examples: leave them out"),
    ],
)
def test_a_wrong_content_is_refused_with_its_line(office: Office, words: str, at: str, message: str) -> None:
    line = words[: words.index(at)].count("\n") + 1
    with pytest.raises(Unfitting, match=f"own-scan.yaml, line {line}: {message}"):
        publish(office, words)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (content(("formats:\n", "formats:\n- testssl\n")), "testssl is not read by"),
        ("a" * 200_001, "longer than 200,000 characters"),
    ],
)
def test_an_edition_is_like_the_policy_that_it_is_a_copy_of(office: Office, words: str, message: str) -> None:
    with pytest.raises(Unfitting, match=message):
        publish(office, words)


def test_a_copy_of_a_register_keeps_its_columns(office: Office) -> None:
    words = content(of="access-review")
    with pytest.raises(Unfitting, match="the same columns"):
        publish(office, words.replace("- systeem", "- machine", 1), copy_of="access-review", requirements=())
    published = publish(office, words, copy_of="access-review", requirements=())
    with reading(office.engine) as session:
        assert published in list_own_policies(session, BUILT_IN)
        assert judged_alike(session, BUILT_IN, SCAN) == ["scan"]


def test_verification_knows_every_edition(office: Office) -> None:
    publish(office)
    with reading(office.engine) as session:
        assert list(decisions.problems(session)) == []


def test_an_edition_that_can_not_be_read_any_more_refuses_files_and_is_replaced(office: Office) -> None:
    before = office.deliver(scan(TODAY), requirements=("scan",))
    publish(office)
    old = {"content": "title: from another version", "sha256": "", "number": 2, "first_day": TODAY}
    with writing(office.engine, NOW) as (session, now):
        (row,) = session.execute(select(table("policy_edition"))).mappings()
        second = {name: value for name, value in {**row, **old, "recorded_at": now}.items() if name != "id"}
        session.execute(insert(table("policy_edition")), [second])
    with pytest.raises(Unfitting, match="Edition 2 of the policy own-scan can't be read"):
        verdicts(office, TODAY, secrets=2)
    with reading(office.engine) as session:
        assert policy_named(session, OWN) is None and changed(session, before.evidence) == []
        start = start_edition(session, BUILT_IN, OWN)
    assert (start.draft.after, start.before.id) == (2, SCAN)
    publish(office, start.draft.content, after=2)
    assert verdicts(office, TODAY, secrets=2) == ["fail"]
