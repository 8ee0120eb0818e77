"""What uploaded files are proposed to be evidence for, what stays a question, and how a row is judged."""

import io
from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select

from access.permissions import BUILT_IN, TEAM_MEMBER, NotAllowed, Person
from evidence.intake import submission
from evidence.intake.proposed_requirements.proposal import DaysFrom, propose
from evidence.intake.proposed_requirements.questions import Choice, Question, choice_of
from evidence.intake.submission import Incoming
from models.bulk_changes import table
from models.transaction import reading, trying, writing
from readiness.effects.upload_rows import judge_row
from tests.evidence.office import DAY, FAILING, JUNIT, NOBODY, NOW, TEXT, Office, ask_for_access_reviews, tls_file


def proposed(office: Office, data: bytes, name: str, person: Person = BUILT_IN, requirement: str = "", at=NOW):
    files = [Incoming(io.BytesIO(data), name)]
    with submission.inspect(office.store, files) as inspection, reading(office.engine) as session:
        return propose(session, person, inspection, at, requirement)


def judged(office: Office, data: bytes, choice: Choice, name: str = "file", person: Person = BUILT_IN):
    files = [Incoming(io.BytesIO(data), name)]
    with submission.inspect(office.store, files) as inspection, trying(office.engine, NOW) as (session, now):
        return judge_row(session, office.store, person, inspection, choice, now)


def entitle(office: Office, **titles: str) -> None:
    """Give requirements a title of their own, as a new version."""
    row = table("evidence_requirement")
    with writing(office.engine, NOW - timedelta(days=1)) as (session, now):
        for key, title in titles.items():
            version = session.execute(select(row).where(row.c.key == key)).mappings().one()
            renewed = {"recorded_at": now, "title_en": title, "title_nl": title}
            session.execute(insert(row), [{**{k: v for k, v in version.items() if k != "id"}, **renewed}])


def test_address_in_a_scan_gives_its_system_and_the_only_policy_its_requirement(small_office: Office) -> None:
    proposal = proposed(small_office, tls_file("portal.example.nl"), "x.json")
    assert (proposal.requirement, proposal.systems) == ("tls-scan", ("portal",))
    assert "recorded for this system" in str(proposal.because[-1])


def test_nothing_is_proposed_where_nothing_stands_out(small_office: Office) -> None:
    proposal = proposed(small_office, JUNIT, "report.xml")
    assert proposal.requirement == ""
    assert {"role-tests", "reviewed-tests", "no-policy"} <= set(proposal.candidates)


def test_earlier_upload_of_the_same_name_is_followed(office: Office) -> None:
    office.deliver(JUNIT, requirements=("reviewed-tests",), systems=("website",), names=("nightly-2027-03-02.xml",))
    proposal = proposed(office, FAILING, "nightly-2027-03-03.xml")
    assert (proposal.requirement, proposal.systems) == ("reviewed-tests", ("website",))
    assert "nightly-2027-03-02.xml" in str(proposal.because[0])
    assert proposed(office, FAILING, "other-2027-03-03.xml").requirement == ""


def test_earlier_uploads_that_a_person_may_not_see_are_not_followed(office: Office) -> None:
    office.deliver(JUNIT, requirements=("reviewed-tests",), names=("nightly-1.xml",))
    outsider = Person("outsider", frozenset({TEAM_MEMBER}), teams=frozenset({"other"}))
    proposal = proposed(office, FAILING, "nightly-2.xml", outsider)
    assert (proposal.candidates, proposal.requirement) == ((), "")


def test_name_of_the_file_chooses_between_documents(small_office: Office) -> None:
    entitle(small_office, policy="Cryptography policy", certificate="Certificate of the hosting supplier")
    proposal = proposed(small_office, TEXT, "Cryptography policy 2027-02-01.md")
    assert (proposal.requirement, proposal.candidates[0]) == ("policy", "policy")
    assert (proposal.first_day, proposal.days_from) == (date(2027, 2, 1), DaysFrom.NAME)


def test_day_of_the_file_itself_is_not_declared(small_office: Office) -> None:
    proposal = proposed(small_office, JUNIT, "role-tests 2027-01-01.xml")
    assert (proposal.first_day, proposal.days_from) == (DAY, DaysFrom.FILE)
    assert choice_of(proposal).first_day is None


def test_day_after_today_is_not_proposed(small_office: Office) -> None:
    entitle(small_office, policy="Cryptography policy")
    proposal = proposed(small_office, TEXT, "Cryptography policy 2031-02-01.md")
    assert (proposal.requirement, proposal.first_day) == ("policy", None)


def test_name_of_the_file_can_name_the_system(small_office: Office) -> None:
    proposal = proposed(small_office, JUNIT, "role-tests-portal.xml")
    assert (proposal.requirement, proposal.systems) == ("role-tests", ("portal",))


def test_headings_of_a_table_choose_its_requirement(small_office: Office) -> None:
    ask_for_access_reviews(small_office)
    data = b"user_ref;system;role;decided_by_ref;decision;decided_on;action_done_on\nu1;portal;reader;u9;keep;2027-03-01;\n"
    proposal = proposed(small_office, data, "export.csv", at=NOW + timedelta(days=1))
    assert proposal.requirement == "access-review"


def test_systems_and_days_are_proposed_for_a_chosen_requirement(small_office: Office) -> None:
    proposal = proposed(small_office, JUNIT, "portal.xml", requirement="no-policy")
    assert (proposal.requirement, proposal.systems) == ("no-policy", ("portal",))


def test_tokens_get_proposals_within_their_limits_only(small_office: Office) -> None:
    token = Person(
        "ci", BUILT_IN.roles, token=1, only=frozenset({"evidence.file"}), requirements=frozenset({"no-policy"})
    )
    assert proposed(small_office, JUNIT, "role-tests.xml", token).candidates == ("no-policy",)


def test_permission_comes_first(small_office: Office) -> None:
    with pytest.raises(NotAllowed):
        proposed(small_office, JUNIT, "a.xml", NOBODY)


def test_broken_report_is_not_proposed_as_a_document(small_office: Office) -> None:
    entitle(small_office, policy="Nightly policy")
    broken = JUNIT[: JUNIT.index(b"</testsuite>")]
    assert proposed(small_office, broken, "Nightly policy.xml").requirement == ""
    judgement = judged(small_office, broken, Choice(), "Nightly policy.xml")
    assert judgement.question == Question.REQUIREMENT
    assert "can only be a document" in str(judgement.message)


# ── Rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("data", "choice", "question"),
    [
        (JUNIT, Choice(), Question.REQUIREMENT),
        (JUNIT, Choice("role-tests"), Question.SYSTEM),
        (tls_file("portal.example.nl"), Choice("tls-scan", ("portal",)), Question.DAY),
        (TEXT, Choice("certificate", first_day=DAY, last_day=DAY), Question.END),
    ],
)
def test_row_says_what_a_person_must_say_first(small_office: Office, data, choice, question) -> None:
    judgement = judged(small_office, data, choice)
    assert judgement.question == question
    assert judgement.filed is None
    assert str(judgement.message)


def test_row_is_judged_as_saving_would_and_nothing_is_saved(office: Office) -> None:
    filed = judged(office, FAILING, Choice("role-tests", ("portal",))).filed
    assert filed is not None
    assert [(cell.key, cell.verdict) for cell in filed.covered] == [(("role-tests", "portal", ""), "fail")]
    assert office.count("evidence") == office.count("cell") == 0


def test_problem_of_a_row_is_told_and_leaves_the_transaction_usable(office: Office) -> None:
    files = [Incoming(io.BytesIO(JUNIT), "a.xml")]
    with submission.inspect(office.store, files) as inspection, trying(office.engine, NOW) as (session, now):
        wrong = judge_row(session, office.store, BUILT_IN, inspection, Choice("role-tests", ("website",)), now)
        right = judge_row(session, office.store, BUILT_IN, inspection, Choice("role-tests", ("portal",)), now)
    assert "has-end-users" in str(wrong.message)
    assert right.filed is not None


def test_unknown_address_is_a_problem_of_the_row(small_office: Office) -> None:
    choice = Choice("tls-scan", ("portal",), DAY, DAY)
    assert "stranger.example.nl" in str(judged(small_office, tls_file("stranger.example.nl"), choice).message)
