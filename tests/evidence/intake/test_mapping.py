"""Mappings of registers with other headings and values: proposed, remembered, stored, reviewed."""

from datetime import date
from typing import Any

import pytest

from access.permissions import SECURITY_OFFICER, Person
from evidence.errors import MappingNeeded, Unfitting
from evidence.intake.delivery.delivery import Population
from evidence.judging.table_mapping import TableMapping
from evidence.judging.values import DoesNotFit
from evidence.library import evidence_items
from locales import Language
from models.transaction import reading
from tests.evidence.judging.register.proposed_mapping.test_proposal import OWN
from tests.evidence.judging.register.test_policy_registers import access
from tests.evidence.judging.register.test_policy_registers import table as register
from tests.evidence.office import COLLEAGUE, DAY, NOW, Office, ask_for_access_reviews

OFFICER = Person("officer", frozenset({SECURITY_OFFICER}))
SERVER = Person("build server", frozenset({SECURITY_OFFICER}), token=1, only=frozenset({"evidence.file"}))
NOW_ON = {"decided_on": "2027-03-03", "last_used_on": "2027-03-01"}
LEFT = {"engaged_until": "2027-01-01", "last_used_on": "2026-12-30"}


@pytest.fixture
def reviewing(office: Office) -> Office:
    """An office with a requirement for access reviews of every system, with automatic review."""
    ask_for_access_reviews(office)
    return office


def own(**changes: str) -> bytes:
    content: str = register(access(**{**NOW_ON, **changes}), names=list(OWN.values()))
    return content.encode()


def hand_in(office: Office, content: bytes, person: Person = OFFICER, number: int = 1, **more: Any) -> Any:
    declared = {"first_day": DAY, "last_day": DAY, "population": Population(number, "directory", DAY)}
    return office.deliver(
        content, requirements=("access-review",), person=person, names=("review.csv",), **declared, **more
    )


def mapping_needed(office: Office, content: bytes, person: Person = OFFICER, **more: Any) -> MappingNeeded:
    with pytest.raises(MappingNeeded) as problem:
        hand_in(office, content, person, **more)
    assert office.count("evidence_file") == 0 or more
    return problem.value


def test_own_headings_get_a_proposed_mapping_that_is_accepted_unchanged(reviewing):
    problem = mapping_needed(reviewing, own())
    proposed = problem.proposed_mapping
    assert proposed["columns"] == {key: name for key, name in OWN.items() if key != "privileged"}
    assert 'review.csv: Map "Applicatienaam" to system' in str(problem)
    assert 'Koppelen: "Applicatienaam" aan systeem' in Language("nl").render(problem.message)
    filed = hand_in(reviewing, own(), mapping=TableMapping.model_validate(proposed))
    assert [cell.verdict for cell in filed.covered] == ["pass"]
    assert filed.needs_review
    assert filed.declared["mapping"] == proposed
    assert any('"Beoordelaar" is decided by' in str(reason) for reason in filed.review_reasons)
    with reading(reviewing.engine) as session:
        detail = evidence_items.evidence(session, COLLEAGUE, filed.evidence)
    assert 'the column "Beoordelaar" is decided by (declared by officer)' in [
        str(fact) for fact in detail.declared_facts
    ]


def test_a_fact_that_the_file_lacks_is_named_with_what_to_do(reviewing):
    row = {name: cell for name, cell in access().items() if name != "decided_on"}
    told = str(mapping_needed(reviewing, register(row).encode()))
    assert "No column was recognised as decided on. Say which one it is; if the file has none, add a column" in told


def test_the_order_of_dates_is_asked_in_words(reviewing):
    problem = mapping_needed(reviewing, register(access(decided_on="11/08/2026")).encode())
    assert "Read the dates of decided on as day/month/year?" in str(problem)
    assert "Datums lezen: beslist op als dag/maand/jaar?" in Language("nl").render(problem.message)


def test_mapping_is_remembered_for_the_requirement_and_system(reviewing):
    mapping = TableMapping.model_validate(mapping_needed(reviewing, own()).proposed_mapping)
    hand_in(reviewing, own(), mapping=mapping)
    again = hand_in(reviewing, own(account_ref="A-9"))
    assert [cell.verdict for cell in again.covered] == ["pass"]
    assert again.declared["mapping"] == mapping.as_json()
    with pytest.raises(MappingNeeded):
        hand_in(reviewing, own(system="website"), systems=("website",))


def test_mapping_of_rejected_evidence_is_not_remembered(reviewing):
    filed = hand_in(
        reviewing, own(), mapping=TableMapping.model_validate(mapping_needed(reviewing, own()).proposed_mapping)
    )
    reviewing.review(filed.evidence, "rejected")
    with pytest.raises(MappingNeeded):
        hand_in(reviewing, own(account_ref="A-9"))


def test_unknown_value_needs_a_mapping_even_when_the_headings_are_remembered(reviewing):
    hand_in(reviewing, own(), mapping=TableMapping.model_validate(mapping_needed(reviewing, own()).proposed_mapping))
    with pytest.raises(MappingNeeded) as problem:
        hand_in(reviewing, own(decision="laten staan"))
    assert problem.value.proposed_mapping["values"] == {"decision": {"laten staan": "keep"}}
    assert '"laten staan" under decision to keep' in str(problem.value)


def test_upload_by_a_token_waits_until_someone_else_accepted_its_mapping(reviewing):
    mapping = TableMapping.model_validate(mapping_needed(reviewing, own(), SERVER).proposed_mapping)
    first = hand_in(reviewing, own(), SERVER, mapping=mapping)
    assert [str(reason) for reason in first.review_reasons if "Beoordelaar" in str(reason)]
    today = {"at": NOW}
    reviewing.review(first.evidence, "accepted")
    second = hand_in(reviewing, own(account_ref="A-9"), SERVER, **today)
    assert second.declared["mapping"] == mapping.as_json()
    assert not [str(reason) for reason in second.review_reasons if "Beoordelaar" in str(reason)]
    other = mapping.model_copy(update={"values": {"decision": {"laten staan": "keep"}}})
    third = hand_in(reviewing, own(account_ref="A-8", decision="laten staan"), SERVER, mapping=other)
    assert [str(reason) for reason in third.review_reasons if "Beoordelaar" in str(reason)]


def test_same_file_with_another_mapping_is_new_evidence(reviewing):
    mapping = TableMapping.model_validate(mapping_needed(reviewing, own()).proposed_mapping)
    first = hand_in(reviewing, own(), mapping=mapping)
    assert not hand_in(reviewing, own(), mapping=mapping).is_new
    columns = {**mapping.columns, "task_reason": None}
    other = mapping.model_copy(update={"columns": columns, "left_out": ["Waarom nodig"]})
    second = hand_in(reviewing, own(), mapping=other)
    assert second.is_new
    assert second.evidence != first.evidence
    assert [cell.verdict for cell in second.covered] == ["fail"]  # kept without a reason


def test_mapping_must_map_or_leave_out_every_column_that_a_rule_needs(reviewing):
    mapping = TableMapping.model_validate(mapping_needed(reviewing, own(**LEFT)).proposed_mapping)
    columns = {key: name for key, name in mapping.columns.items() if key != "engaged_until"}
    silent = mapping.model_copy(update={"columns": columns})
    with pytest.raises(MappingNeeded):
        hand_in(reviewing, own(**LEFT), mapping=silent)
    filed = hand_in(reviewing, own(**LEFT), mapping=mapping)
    assert [check for check, _ in filed.covered[0].failing] == ["portal/A-1/support: leaver"]
    filed = hand_in(reviewing, own(**LEFT), mapping=silent.model_copy(update={"left_out": ["Datum uit dienst"]}))
    assert filed.needs_review
    assert any('"Datum uit dienst" is left out' in str(reason) for reason in filed.review_reasons)


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        (TableMapping(columns={"colour": "Login"}), "colour is no column here"),
        (TableMapping(columns={"account_ref": "Kleur"}), 'there is no column "Kleur"'),
        (TableMapping(left_out=["Kleur"]), 'there is no column "Kleur"'),
    ],
)
def test_mapping_of_an_unknown_column_or_heading_is_refused(reviewing, mapping, message):
    with pytest.raises(Unfitting, match=message):
        hand_in(reviewing, own(), mapping=mapping)


def test_recognised_column_can_not_be_left_out(reviewing):
    content = register(access(**NOW_ON)).encode()
    with pytest.raises(DoesNotFit, match="can't leave it out"):
        hand_in(reviewing, content, mapping=TableMapping(left_out=["engaged_until"]))
    assert hand_in(reviewing, content).declared.get("mapping") is None


def test_rows_of_an_accepted_register_are_read_with_its_mapping(reviewing):
    from evidence.intake.verdicts.comparison_data import other_register

    filed = hand_in(
        reviewing, own(), mapping=TableMapping.model_validate(mapping_needed(reviewing, own()).proposed_mapping)
    )
    reviewing.review(filed.evidence, "accepted")
    with reading(reviewing.engine) as session:
        (row,) = other_register(session, reviewing.store, "access-review") or []
    assert (row["account_ref"], row["decided_on"]) == ("A-1", date(2027, 3, 3))
