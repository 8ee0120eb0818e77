"""Forty registers as companies keep them: good ones go in with one confirmation at most, violations fail and name their row."""

import pytest

from tests.registers.corpus import REGISTERS
from tests.registers.office import accept_others, hand_in


@pytest.mark.parametrize("register", REGISTERS, ids=lambda one: f"{one.policy}: {one.name}")
def test_a_good_register_goes_in_with_one_confirmation_at_most(company, register):
    accept_others(company, register)
    outcome = hand_in(company, register, register.good())
    assert outcome.verdicts == {"pass"}, outcome.reasons


@pytest.mark.parametrize("register", REGISTERS, ids=lambda one: f"{one.policy}: {one.name}")
def test_a_violation_fails_and_its_row_is_named(company, register):
    accept_others(company, register)
    outcome = hand_in(company, register, register.bad())
    assert "fail" in outcome.verdicts
    assert any(register.named in reason for reason in outcome.reasons), outcome.reasons
