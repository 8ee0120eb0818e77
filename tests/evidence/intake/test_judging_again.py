"""Judging again: only when something has changed, besides the earlier judgement, and logged."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from access.permissions import BUILT_IN, REVIEWER, TEAM_MEMBER, NotAllowed, Person
from evidence.errors import NotPossible, Unknown
from evidence.intake.judged_again.judging_again import (
    JudgedAgain,
    StoredFile,
    changed,
    files_to_judge,
    judge_again,
    read_again,
)
from evidence.intake.submission import Filed, Population
from evidence.integrity.evidence import EvidenceComparison, problems
from evidence.judging import policies
from evidence.library import evidence_items
from evidence.library.results import ResultFilters, results
from evidence.library.run_comparison import compare
from models.bulk_changes import table as rows_of
from models.transaction import reading, writing
from readiness import readiness
from readiness.explanations.deciding_evidence import evidence_facts
from tests.access.limited import redefine
from tests.dashboard.proof import dated_scan
from tests.evidence.intake.test_comparison_data import ACCESS, LAST, REGISTER
from tests.evidence.judging.register.test_policy_register_rules import ROWS
from tests.evidence.judging.register.test_policy_registers import table
from tests.evidence.office import COLLEAGUE, DAY, JUNIT, NOBODY, NOW, TEXT, Office, open_office

HOUR = timedelta(hours=1)
HOST = "portal.example.nl"


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    made = open_office(engine, tmp_path)
    with writing(engine, datetime(2027, 1, 5, tzinfo=UTC)) as (session, now):
        for key, judged_by in (
            ("confidentiality", "confidentiality-register"),
            ("badges", "datacentre-access-list"),
            ("places", "datacentre-certificates"),
            ("accounts", "access-review"),
        ):
            scope = "system" if key == "accounts" else "organisation"
            redefine(session, now, "policy", key=key, policy=judged_by, scope=scope, **REGISTER)
    return made


@pytest.fixture
def another_edition(tmp_path: Path) -> Iterator[Any]:
    """Replaces texts in the JUnit policy, through an own policy folder."""
    folder = tmp_path / "policies"
    folder.mkdir()

    def change(name: str, *words: tuple[str, str]) -> None:
        content = (policies.FOLDER / name).read_text(encoding="utf-8")
        for old, new in words:
            assert old in content
            content = content.replace(old, new)
        (folder / name).write_text(content, encoding="utf-8")
        policies.use(folder)

    yield change
    policies.use(None)


def deliver(office: Office, requirement: str, *rows: dict[str, str], at: datetime = NOW, **more: Any) -> Filed:
    return office.deliver(
        table(*rows).encode(),
        requirements=(requirement,),
        at=at,
        first_day=LAST,
        last_day=LAST,
        population=Population(len(rows), "export", LAST),
        **{"systems": (), **more},
    )


def judge(office: Office, evidence: str, at: datetime = NOW + HOUR, person: Person = BUILT_IN) -> JudgedAgain:
    with reading(office.engine) as session:
        files = files_to_judge(session, person, evidence)
    with read_again(office.store, files) as inspection, writing(office.engine, at) as (session, now):
        return judge_again(session, office.store, person, evidence, inspection, now)


def what_changed(office: Office, evidence: str) -> list[str]:
    with reading(office.engine) as session:
        return [str(reason) for reason in changed(session, evidence)]


def verdicts(judged: Filed | JudgedAgain) -> list[str]:
    return [cell.verdict for cell in judged.covered]


def test_registers_that_refer_to_each_other_are_both_demonstrated(office: Office) -> None:
    certain = [
        deliver(office, "accounts", ACCESS, systems=("portal",)),
        deliver(office, "places", ROWS["datacentre-certificates"]),
    ]
    people = deliver(office, "confidentiality", ROWS["confidentiality-register"])
    badges = deliver(office, "badges", ROWS["datacentre-access-list"])
    assert verdicts(people) == verdicts(badges) == ["none"]
    for key in (*certain, people, badges):
        office.review(key.evidence, "accepted")
    assert any("has come since" in reason for reason in what_changed(office, people.evidence))
    for key, requirement in ((people, "confidentiality"), (badges, "badges")):
        assert verdicts(judge(office, key.evidence)) == ["pass"]
        assert office.status(requirement, system="", on=LAST) == "demonstrated"
    assert what_changed(office, people.evidence) == what_changed(office, badges.evidence) == []


def test_judging_again_is_refused_while_nothing_has_changed(office: Office) -> None:
    for filed in (office.deliver(JUNIT), office.deliver(TEXT, requirements=("policy",), systems=(), first_day=DAY)):
        assert what_changed(office, filed.evidence) == []
        with pytest.raises(NotPossible, match="Nothing has changed"):
            judge(office, filed.evidence)
    assert "evidence.judge" not in office.column("activity", "verb")


def test_new_policy_edition_adds_a_judgement_and_keeps_the_old(office: Office, another_edition: Any) -> None:
    scan = {"requirements": ("tls-scan",)}
    filed = office.deliver(dated_scan(HOST, DAY.isoformat()), **scan)
    newer = office.deliver(dated_scan("api.example.nl", DAY.isoformat()).replace(b'"443"', b'"8443"'), **scan)
    assert verdicts(filed) == ["pass"]
    another_edition(
        "tls-ncsc-nl-2025-05.yaml",
        ("sufficient: [TLS 1.2]", "insufficient: [TLS 1.2]"),
        ("insufficient: [TLS 1.1,", "phase-out: [TLS 1.1,"),
    )
    assert what_changed(office, filed.evidence) == [
        "The policy IT security guidelines for TLS (NCSC-NL), version 2025-05 has changed since."
    ]
    again = judge(office, filed.evidence)
    assert [cell.verdict for cell in again.before] == ["pass"]
    assert verdicts(again) == ["fail"]
    assert office.status("tls-scan", target=HOST) == "failing"
    assert office.status("tls-scan", target="api.example.nl:8443") == "demonstrated", "only what was asked"
    assert newer.evidence != filed.evidence
    with reading(office.engine) as session:
        then = readiness(session, BUILT_IN, DAY, NOW + HOUR / 2).cells
    assert next(row for row in then if row.target == HOST).status == "demonstrated", "it was not known then"


def test_judging_again_leaves_to_a_reviewer_what_its_new_edition_can_not_decide(
    office: Office, another_edition: Any
) -> None:
    with writing(office.engine, datetime(2027, 1, 6, tzinfo=UTC)) as (session, now):
        options = REGISTER | {"review": "automatic", "scope": "organisation"}
        redefine(session, now, "policy", key="patches", policy="patch-register", **options)
    another_edition("patch-register.yaml", ("    review: true\n", "    remark: true\n"))
    late = {"released_on": "2026-11-02", "installed_on": "2026-11-16", "meanwhile": "port closed"}
    today = {"first_day": NOW.date(), "last_day": NOW.date(), "population": Population(1, "export", NOW.date())}
    content = table(ROWS["patch-register"] | late).encode()
    filed = office.deliver(content, requirements=("patches",), systems=(), **today)
    assert (verdicts(filed), filed.review_reasons) == (["pass"], [])
    assert office.status("patches", system="", on=NOW.date()) == "demonstrated"
    policies.use(None)
    assert verdicts(judge(office, filed.evidence)) == ["pass"]
    assert office.status("patches", system="", on=NOW.date()) == "in_review"


def test_latest_judgement_is_shown_and_the_earlier_one_is_listed(office: Office, another_edition: Any) -> None:
    filed = office.deliver(dated_scan(HOST, DAY.isoformat()), requirements=("tls-scan",))
    with reading(office.engine) as session:
        number = results(session, BUILT_IN, filed.evidence).total
    another_edition(
        "tls-ncsc-nl-2025-05.yaml",
        ("sufficient: [TLS 1.2]", "insufficient: [TLS 1.2]"),
        ("insufficient: [TLS 1.1,", "phase-out: [TLS 1.1,"),
    )
    judge(office, filed.evidence)
    with reading(office.engine) as session:
        detail = evidence_items.evidence(session, BUILT_IN, filed.evidence)
        failing = results(session, BUILT_IN, filed.evidence, ResultFilters(failing=True)).rows
        before = evidence_items.evidence(session, BUILT_IN, filed.evidence, detail.row.recorded_at)
        known = results(session, BUILT_IN, filed.evidence, ResultFilters(check="TLS1_2"), known=detail.row.recorded_at)
        assert results(session, BUILT_IN, filed.evidence).total == number
        assert compare(session, BUILT_IN, filed.evidence).previous is None
    assert {row.check: row.level for row in failing}["TLS1_2"] == "insufficient"
    assert (detail.row.verdict, detail.row.cells, len(detail.runs), len(detail.coverage)) == ("fail", 1, 1, 1)
    assert [(judgement.judged_by, judgement.judged_at) for judgement in detail.judgements] == [
        (BUILT_IN.name, NOW + HOUR),
        ("build server", detail.row.recorded_at),
    ]
    assert detail.changed == []
    assert (before.row.verdict, before.row.cells, len(before.runs), len(before.judgements)) == ("pass", 1, 1, 1)
    assert [row.level for row in known.rows] == ["sufficient"]


def test_judging_again_is_logged_with_both_verdicts(office: Office, another_edition: Any) -> None:
    filed = office.deliver(JUNIT)
    another_edition("junit.yaml", ('edition: "1"', 'edition: "2"'))
    judge(office, filed.evidence)
    activity = rows_of("activity")
    with reading(office.engine) as session:
        query = select(activity.c.subject, activity.c.details).where(activity.c.verb == "evidence.judge")
        ((subject, details),) = session.execute(query).all()
    assert subject == filed.evidence
    assert details["before"] == details["after"] == [["role-tests", "portal", "", "pass"]]
    assert "has changed since" in details["because"][0]


def test_days_reviews_and_declarations_stay_unchanged(office: Office, another_edition: Any) -> None:
    filed = office.deliver(JUNIT, tool="another")
    assert filed.review_reasons
    another_edition("junit.yaml", ('edition: "1"', 'edition: "2"'))
    judge(office, filed.evidence)
    assert office.column("coverage", "needs_review") == [1, 1]
    assert len(set(office.column("coverage", "recorded_at"))) == 1
    assert office.status("role-tests") == "in_review"
    office.review(filed.evidence, "accepted", at=NOW + 2 * HOUR)
    assert office.status("role-tests") == "demonstrated"


@pytest.mark.parametrize("decision", ["rejected", "withdrawn"])
def test_rejected_and_withdrawn_evidence_is_not_judged_again(
    office: Office, another_edition: Any, decision: str
) -> None:
    filed = office.deliver(JUNIT)
    office.review(filed.evidence, decision)
    another_edition("junit.yaml", ('edition: "1"', 'edition: "2"'))
    with pytest.raises(NotPossible, match="rejected or withdrawn"):
        judge(office, filed.evidence)


def test_permission_to_judge_again(office: Office, another_edition: Any) -> None:
    filed = office.deliver(JUNIT)
    another_edition("junit.yaml", ('edition: "1"', 'edition: "2"'))
    with pytest.raises(NotAllowed):
        judge(office, filed.evidence, person=NOBODY)
    with pytest.raises(Unknown):
        judge(office, filed.evidence, person=Person("x", frozenset({TEAM_MEMBER}), teams=frozenset({"other"})))
    with pytest.raises(Unknown):
        judge(office, "nothing")
    for number, person in enumerate(
        (
            Person("x", frozenset({TEAM_MEMBER}), teams=frozenset({"platform"})),
            Person("r", frozenset({REVIEWER})),
            COLLEAGUE,
        )
    ):
        another_edition("junit.yaml", ('edition: "1"', f'edition: "{number + 3}"'))
        assert verdicts(judge(office, filed.evidence, NOW + (number + 1) * HOUR, person)) == ["pass"]


def test_number_of_cases_is_compared_with_the_previous_run(office: Office, another_edition: Any) -> None:
    office.deliver(JUNIT.replace(b"03-03", b"03-01"))
    filed = office.deliver(JUNIT.replace(b'<testcase classname="roles" name="writer may"/>', b""), at=NOW + HOUR)
    first = verdicts(filed)
    another_edition("junit.yaml", ('edition: "1"', 'edition: "2"'))
    assert verdicts(judge(office, filed.evidence, NOW + 2 * HOUR)) == first


def test_only_its_own_files_are_judged_and_read_before_writing(small_office: Office, another_edition: Any) -> None:
    filed = small_office.deliver(dated_scan(HOST, DAY.isoformat()), requirements=("tls-scan",))
    other = small_office.deliver(JUNIT)
    another_edition(
        "tls-ncsc-nl-2025-05.yaml",
        ("sufficient: [TLS 1.2]", "insufficient: [TLS 1.2]"),
        ("insufficient: [TLS 1.1,", "phase-out: [TLS 1.1,"),
    )
    with reading(small_office.engine) as session:
        files = files_to_judge(session, BUILT_IN, filed.evidence)
        others = [
            StoredFile(row.sha256, row.name)
            for row in session.execute(select(rows_of("evidence_file")))
            if row.evidence == other.evidence
        ]
    with read_again(small_office.store, files), writing(small_office.engine, NOW + HOUR):
        pass  # somebody else writes while the files are at hand
    with (
        read_again(small_office.store, others) as inspection,
        writing(small_office.engine, NOW + HOUR) as (session, now),
        pytest.raises(NotPossible, match="not those of this evidence"),
    ):
        judge_again(session, small_office.store, BUILT_IN, filed.evidence, inspection, now)
    assert verdicts(judge(small_office, filed.evidence, NOW + 2 * HOUR)) == ["fail"]


def test_each_judgement_stays_with_its_verdicts_and_reasons_to_review(office: Office) -> None:
    accounts = deliver(office, "accounts", ACCESS, systems=("portal",))
    assert any("It was not compared with" in str(reason) for reason in accounts.review_reasons)
    people = deliver(office, "confidentiality", {**ROWS["confidentiality-register"], "person_ref": "somebody-else"})
    for filed in (accounts, people):
        office.review(filed.evidence, "accepted")
    again = judge(office, accounts.evidence)
    assert any("nothing in common" in str(reason) for reason in again.review_reasons)
    with reading(office.engine) as session:
        detail = evidence_items.evidence(session, BUILT_IN, accounts.evidence)
        assert list(problems(session, EvidenceComparison())) == []
    new, old = detail.judgements
    assert [cell.verdict for cell in old.coverage] == verdicts(accounts)
    assert [cell.verdict for cell in new.coverage] == verdicts(again)
    assert new.review_reasons == again.review_reasons
    assert old.review_reasons == accounts.review_reasons
    shown = list(map(str, detail.review_reasons))
    assert set(shown) >= {*map(str, old.review_reasons), *map(str, new.review_reasons)}
    assert len(shown) == len(set(shown))


def test_the_status_of_what_waits_tells_the_new_reason(office: Office) -> None:
    accounts = deliver(office, "accounts", ACCESS, systems=("portal",))
    people = deliver(office, "confidentiality", {**ROWS["confidentiality-register"], "person_ref": "somebody-else"})
    office.review(people.evidence, "accepted")
    judge(office, accounts.evidence)
    with reading(office.engine) as session:
        facts = evidence_facts(session, [accounts.evidence], LAST, NOW + HOUR)
    assert ["nothing in common" in str(cell.accepted) for cell in facts.values()] == [True]
