"""The page of scenarios: what is ticked, moved or excluded stays in the address, and readiness stands beside today's."""

import re
from datetime import UTC, datetime, timedelta

import pytest

import settings
from access.people import accounts
from access.permissions import BUILT_IN, READER
from locales import Language
from models.transaction import reading, writing
from readiness.tasks.due_days import planned_days
from tests.dashboard.conftest import Pages, words
from tests.days import CALENDAR

EN, EN_DATE = Pages("en"), Language("en").date
ALL = "tls-scan,crypto-policy,log-export"


def test_nothing_ticked_is_the_forecast(planned, pages):
    out = words(pages.open("what_if"))
    assert ("If nobody acts, 0 % is demonstrated at the audit on" in out) == (pages.language == "en")
    assert 'href="?done=tls-scan"' in out
    assert 'href="/what-if" data-go aria-current="page"' in out


def scores(out):
    """The demonstrated and applicable controls today, if nobody acts, and in the scenario."""
    return [tuple(map(int, found)) for found in re.findall(r'class="of">(\d+) of (\d+),', out)]


def test_ticked_tasks_raise_the_score_and_say_what_they_add(planned):
    out = words(EN.open("what_if"))
    (_, total), (nothing, _), (before, _) = scores(out)
    assert nothing == before == 0
    out = words(EN.open("what_if", done="crypto-policy,log-export"))
    assert "With 2 tasks done by" in out
    (log, _) = scores(out)[2]
    assert log > 0 and f'<b class="gain some">+{log}</b>' in out, "the log by itself; the policy needs the scan as well"
    out = words(EN.open("what_if", done=ALL))
    (every, applicable) = scores(out)[2]
    assert every > log and applicable == total
    assert f"Still not ready: {total - every} controls are not demonstrated." in out


def test_audit_on_another_day_and_a_control_that_does_not_apply(planned):
    day = planned + timedelta(days=20)
    out = words(EN.open("what_if", audit=day.isoformat(), without="iso27001-2022:A.8.24"))
    assert f"Then 0 % is demonstrated at the audit on {EN_DATE(day)}, instead of 0 %." in out
    _, (_, before), (_, after) = scores(out)
    assert after == before - 1


@pytest.mark.parametrize("values", [{"by": "2020-01-01"}, {"audit": "soon"}, {"without": "x"}, {"done": "a,b,%7C"}])
def test_values_that_do_not_fit_count_as_none(planned, values):
    assert "If nobody acts, 0 % is demonstrated" in words(EN.open("what_if", **values))


def test_a_past_day_is_shown_as_the_day_that_counts(planned):
    test = EN.open("what_if", audit="2020-01-01", by="2020-01-01")
    today = CALENDAR.day_of(datetime.now(UTC))
    assert {each.value for each in test.date_input} == {today}
    assert f"at the audit on {EN_DATE(today)}" in words(test)


def test_officer_plans_what_is_ticked(planned):
    tomorrow = CALENDAR.day_of(datetime.now(UTC)) + timedelta(days=1)
    test = EN.open("what_if", done="crypto-policy,log-export", by=tomorrow.isoformat())
    button = next(each for each in test.button if each.label.startswith("Plan 2 tasks for"))
    button.click()
    out = words(EN.run(test))
    assert "2 tasks are planned for" in out
    assert "is due by" in out, "the second time nothing is left to plan"
    with reading(settings.engine()) as session:
        days = {cell[0]: plan.day for cell, plan in planned_days(session).items()}
    assert days.keys() == {"crypto-policy", "log-export"}


def test_reader_sees_the_scenario_and_plans_nothing(planned):
    with writing(settings.engine()) as (session, now):
        day = CALENDAR.day_of(now)
        Pages.account = accounts.add(session, BUILT_IN, "Rik", "rik@example.org", "en", day, None, now)
        accounts.grant(session, BUILT_IN, Pages.account, READER, now)
    test = EN.open("what_if", done="crypto-policy")
    assert "With 1 task done by" in words(test)
    assert not test.button


def test_without_an_audit_the_page_says_what_to_do(loaded):
    assert "No audit has been planned." in words(EN.open("what_if"))
