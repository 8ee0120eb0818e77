"""The list of first steps on the page Readiness."""

from datetime import UTC, datetime

import pytest

import settings
from access.permissions import BUILT_IN
from audits.first_steps import Step, StepState, first_steps
from controls.audit.audit_plan import current
from controls.load import load
from locales import Language
from models.transaction import reading, writing
from tests.dashboard.conftest import words


@pytest.fixture
def t(pages):
    return Language(pages.language)


def button(test, label):
    next(each for each in test.button if each.label == label).click()
    return test


def steps():
    with reading(settings.engine()) as session:
        return first_steps(session, BUILT_IN, datetime.now(UTC))


def test_list_takes_the_page_until_the_audit_is_planned(pages, loaded, t):
    test = pages.open("readiness")
    out = words(test)
    assert t("Get started") in out
    assert t("{n} of {total} done", n=steps().finished, total=6) in out
    test = pages.run(button(test, t("Skip this step")))
    assert StepState.SKIPPED in steps().states.values()
    test = pages.run(button(test, t("Save and go on")))
    with reading(settings.engine()) as session:
        assert current(session, datetime.now(UTC)) is not None
    assert t("To the first steps") in words(pages.open("readiness"))
    assert t("Get started") in words(pages.open("readiness", steps="show"))


def test_all_that_is_left_can_be_skipped(pages, loaded, t):
    pages.run(button(pages.open("readiness"), t("Skip all that is left")))
    assert steps().open == ()
    out = words(pages.open("readiness"))
    assert t("Get started") not in out
    assert t("To the first steps") not in out


def test_included_statement_is_confirmed_or_replaced(pages, empty, t):
    with writing(settings.engine()) as (session, now):
        load(session, BUILT_IN, now)
    test = pages.open("readiness")
    assert "Vrest B.V." in words(test)
    assert 'href="/start"' in words(test)
    pages.run(button(test, t("Yes, this is our statement")))
    assert steps().states[Step.STATEMENT] is StepState.CONFIRMED
