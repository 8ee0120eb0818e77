"""Runs with fewer or other cases than the newest counting run of their series."""

from datetime import UTC, date, datetime

import pytest

from evidence.decisions.exceptions import grant_exception
from models.transaction import writing
from tests.access.limited import redefine
from tests.evidence.office import COLLEAGUE

CASE = """<testcase name="{n}"><properties><property name="page" value="/"/><property name="level" value="anonymous"/>
<property name="level" value="wrong-role"/><property name="level" value="right-role"/></properties></testcase>"""


def run(cases, day, suites="s", page="/"):
    """A report with this number of cases, spread over its suites."""
    names = suites.split()
    written = dict.fromkeys(names, "")
    for n in range(cases):
        written[names[n % len(names)]] += CASE.format(n=n).replace('value="/"', f'value="{page}"')
    suite = f'<testsuite name="{{}}" timestamp="2027-03-0{day}T08:00:00">{{}}</testsuite>'
    return f"<testsuites>{''.join(suite.format(*item) for item in written.items())}</testsuites>".encode()


def deliver(office, cases, day, hour=9, data=None, **form):
    at = datetime(2027, 3, day, hour, tzinfo=UTC)
    filed = office.deliver(data or run(cases, day, **form), requirements=("role-tests",), at=at)
    return filed, filed.covered[0]


def deliver_first(office, cases, **form):
    """The run of day 1; somebody else has looked whether its pages are all that there are."""
    filed, cell = deliver(office, cases, 1, **form)
    office.review(filed.evidence, "accepted", at=datetime(2027, 3, 1, 10, tzinfo=UTC))
    return filed, cell


def reasons_of(filed):
    return " ".join(map(str, filed.review_reasons))


@pytest.fixture
def prepared(office):
    with writing(office.engine, datetime(2027, 1, 5, tzinfo=UTC)) as (session, now):
        redefine(session, now, "role-tests", policy="access-control-tests")
    return office


def test_fewer_cases_fail_with_both_numbers(prepared):
    assert deliver_first(prepared, 4)[1].verdict == "pass"
    _, cell = deliver(prepared, 3, 2)
    assert (cell.verdict, cell.failing[0][0]) == ("fail", "fewer-cases")
    assert "3 cases ran; the last time 4" in str(cell.failing[0][1])
    assert deliver(prepared, 5, 3)[1].verdict == "pass"


def test_rejected_run_is_not_compared_with(prepared):
    filed, _ = deliver(prepared, 4, 1)
    prepared.review(filed.evidence, "rejected")
    assert deliver(prepared, 3, 2)[1].verdict == "pass"


def test_repeated_small_run_still_fails(prepared):
    deliver_first(prepared, 6)
    for day, cases in ((2, 4), (3, 4), (4, 3), (5, 3), (6, 5)):
        _, cell = deliver(prepared, cases, day)
        assert (cell.verdict, [check for check, _ in cell.failing]) == ("fail", ["fewer-cases"])
    assert deliver(prepared, 6, 7)[1].verdict == "pass"


def test_accepted_fail_and_run_without_verdict_are_not_compared_with(prepared):
    deliver_first(prepared, 4)
    small, _ = deliver(prepared, 2, 2)
    prepared.review(small.evidence, "accepted", at=datetime(2027, 3, 2, 10, tzinfo=UTC))
    assert deliver(prepared, 2, 3)[1].verdict == "fail"
    undecided = run(9, 4).replace(b'value="wrong-role"', b'value="-"')
    assert deliver(prepared, 9, 4, data=undecided)[1].verdict == "none"
    assert deliver(prepared, 4, 5)[1].verdict == "pass"


def test_exception_can_accept_fewer_cases(prepared):
    deliver_first(prepared, 4)
    deliver(prepared, 2, 2)
    with writing(prepared.engine, datetime(2027, 3, 2, 10, tzinfo=UTC)) as (session, now):
        until = date(2027, 6, 1)
        grant_exception(
            session,
            COLLEAGUE,
            "role-tests",
            "portal",
            "",
            "junit",
            "fewer-cases",
            "One role is gone.",
            now.date(),
            until,
            now,
        )
    assert deliver(prepared, 2, 3)[1].verdict == "pass"
    assert deliver(prepared, 1, 4)[1].verdict == "fail"


def test_replaced_cases_wait_for_a_review(prepared):
    deliver_first(prepared, 5, suites="a b c d e")
    filed, cell = deliver(prepared, 5, 2, suites="a")
    assert (cell.verdict, prepared.status("role-tests", on=date(2027, 3, 2))) == ("pass", "demonstrated")  # of day 1
    assert "tested 4 things that this one does not: b.1, c.2, d.3, e.4" in reasons_of(filed)
    assert "b.1" in reasons_of(deliver(prepared, 5, 3, suites="a")[0])  # the first one counts still
    prepared.review(filed.evidence, "accepted", at=datetime(2027, 3, 3, 10, tzinfo=UTC))
    assert reasons_of(deliver(prepared, 5, 4, suites="a")[0]) == ""


def test_replaced_property_values_wait_for_a_review(prepared):
    deliver_first(prepared, 2, page="/record")
    assert "tested page=/record; this one does not" in reasons_of(deliver(prepared, 2, 2, page="/")[0])
    assert reasons_of(deliver(prepared, 2, 3, page="/record")[0]) == ""


def test_first_run_of_another_tool_waits_for_a_review(prepared):
    deliver_first(prepared, 4)
    other = run(1, 2).replace(b"<testsuites>", b'<testsuites name="jest tests">')
    assert "was run by junit; this is the first run by jest" in reasons_of(deliver(prepared, 1, 2, data=other)[0])


def test_first_run_waits_where_only_it_tells_what_there_is_to_test(prepared):
    filed, cell = deliver(prepared, 4, 1, page="/record")
    assert cell.verdict == "pass"
    assert reasons_of(filed) == "No earlier run counts; see whether these are all that there are: page=/record."
    assert reasons_of(deliver(prepared, 4, 2, page="/record")[0]) == reasons_of(filed)  # nobody has looked yet
    prepared.review(filed.evidence, "accepted", at=datetime(2027, 3, 2, 10, tzinfo=UTC))
    assert reasons_of(deliver(prepared, 4, 3, page="/record")[0]) == ""
