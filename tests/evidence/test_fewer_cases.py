"""A run with fewer cases than the newest accepted one of its series."""

from datetime import UTC, date, datetime

import pytest

from models.transaction import writing
from tests.access.limited import redefine

CASE = """<testcase name="{n}"><properties><property name="page" value="/"/><property name="level" value="anonymous"/>
<property name="level" value="wrong-role"/><property name="level" value="right-role"/></properties></testcase>"""


def run(cases, day):
    written = "".join(CASE.format(n=n) for n in range(cases))
    return f'<testsuite name="s" timestamp="2027-03-0{day}T08:00:00">{written}</testsuite>'.encode()


def deliver(office, cases, day):
    filed = office.deliver(run(cases, day), requirements=("role-tests",), last_day=date(2027, 3, day))
    return filed, filed.covered[0]


@pytest.fixture
def asked(office):
    with writing(office.engine, datetime(2027, 1, 5, tzinfo=UTC)) as (session, now):
        redefine(session, now, "role-tests", policy="access-control-tests")
    return office


def test_fewer_cases_fail_with_both_numbers(asked):
    assert deliver(asked, 4, 1)[1].verdict == "pass"
    _, cell = deliver(asked, 3, 2)
    assert (cell.verdict, cell.failing[0][0]) == ("fail", "fewer-cases")
    assert "3 cases ran; the last time 4" in str(cell.failing[0][1])
    assert deliver(asked, 5, 3)[1].verdict == "pass"


def test_a_run_that_was_rejected_is_no_measure(asked):
    filed, _ = deliver(asked, 4, 1)
    asked.review(filed.evidence, "rejected")
    assert deliver(asked, 3, 2)[1].verdict == "pass"
