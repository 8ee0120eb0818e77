"""Realistic registers: correct ones pass with at most one confirmation, violations fail and name their row."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from evidence.errors import MappingNeeded
from evidence.judging.policies import policies
from models.bulk_changes import table
from models.transaction import reading
from tests.registers.corpus import REGISTERS
from tests.registers.office import REQUIREMENTS, accept_others, hand_in, requirement_of

WITH_TEMPLATE = {key for key, policy in policies().items() if policy.has_template}


def test_corpus_has_a_register_for_every_policy():
    assert {register.policy for register in REGISTERS} == WITH_TEMPLATE
    assert len(REGISTERS) >= 40


@pytest.mark.parametrize("register", REGISTERS, ids=lambda register: f"{register.policy}: {register.name}")
def test_correct_register_passes_with_at_most_one_confirmation(company, register):
    accept_others(company, register)
    outcome = hand_in(company, register, register.good())
    assert outcome.verdicts == {"pass"}, outcome.reasons
    assert outcome.filed.needs_review  # a sheet that anyone can edit is looked at by somebody else


@pytest.mark.parametrize("register", REGISTERS, ids=lambda register: f"{register.policy}: {register.name}")
def test_violation_fails_and_names_its_row(company, register):
    accept_others(company, register)
    outcome = hand_in(company, register, register.bad())
    assert "fail" in outcome.verdicts
    assert any(register.named in reason for reason in outcome.reasons), outcome.reasons


def test_corpus_has_a_register_for_every_requirement_of_a_measure(company):
    """With the tests above: each of these requirements is met by a second upload at the latest."""
    requirement = table("evidence_requirement")
    with reading(company.engine) as session:
        rows = session.execute(
            select(requirement.c.key, requirement.c.policy).where(requirement.c.measure.is_not(None))
        ).all()
    wanted = {row.key for row in rows if row.policy in {*WITH_TEMPLATE, "record-access-log", "care-relation-access"}}
    assert len(wanted) > 15
    assert wanted <= {requirement_of(register.policy) for register in REGISTERS}
    assert set(REQUIREMENTS) <= WITH_TEMPLATE


def test_violation_under_an_unknown_heading_is_asked_and_told_to_the_reviewer(company):
    known = next(register for register in REGISTERS if register.policy == "consent-register")
    register = replace(known, table=known.table.replace("Unsubscribed on", "Verlaten"))
    with pytest.raises(MappingNeeded, match='"Verlaten" may be withdrawn on'):
        hand_in(company, register, register.bad())
    outcome = hand_in(company, replace(register, correction={"left_out": ["Verlaten"]}), register.bad())
    assert outcome.filed.needs_review
    assert any('"Verlaten"' in str(reason) for reason in outcome.filed.review_reasons)


def test_reviewer_is_told_which_rows_were_read_as_headings_of_groups(company):
    register = next(
        register for register in REGISTERS if register.policy == "supplier-risk" and "groups" in register.name
    )
    outcome = hand_in(company, register, register.good())
    told = [str(reason) for reason in outcome.filed.review_reasons]
    assert any("headings of the rows below them, and left out: 2, 4." in reason for reason in told), told


def test_record_with_one_cell_is_judged_where_nobody_says_that_it_heads_a_group(company):
    register = next(
        register for register in REGISTERS if register.policy == "supplier-risk" and "groups" in register.name
    )
    outcome = hand_in(company, replace(register, correction={"left_out": []}), register.good())
    assert any("row 2" in reason for reason in outcome.reasons), outcome.reasons
    assert outcome.verdicts == {"fail"}
