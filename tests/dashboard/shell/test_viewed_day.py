"""The day in the address: parsing, what was known of it, and which links keep it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.shell import html
from dashboard.shell.viewed_day import FIRST, LAST, NOW, THEN, ViewedDay, day_in, other_than
from tests.days import CALENDAR

DAYS = st.dates(FIRST, LAST)
VIEWS = st.builds(ViewedDay, DAYS, st.sampled_from([THEN, NOW]))


@given(VIEWS)
def test_a_day_in_the_address_is_read_as_it_was_written(viewed):
    assert day_in(viewed.values) == viewed


@given(st.dictionaries(st.sampled_from(["on", "known", "key"]), st.text()))
def test_any_text_is_a_day_within_the_limits_or_none(values):
    viewed = day_in(values)
    assert viewed is None or (FIRST <= viewed.day <= LAST and viewed.known in (THEN, NOW))


@pytest.mark.parametrize("on", ["", "audit", "2026-13-99", "2026-02-30", "1999-12-31", "0001-01-01", "9999-12-31", "x"])
def test_nonsense_is_no_day(on):
    assert day_in({"on": on, "known": "then"}) is None


@given(DAYS, st.text())
def test_unless_the_address_says_now_it_is_what_was_known_then(day, known):
    viewed = day_in({"on": day.isoformat(), "known": known})
    assert viewed == ViewedDay(day, NOW if known == NOW else THEN)


@given(VIEWS, DAYS)
def test_today_is_no_other_day_and_a_day_to_come_has_only_what_is_known_now(viewed, today):
    other = other_than(today, viewed, viewed.day)
    if viewed.day == today:
        assert other is None
    else:
        assert other == ViewedDay(viewed.day, viewed.known if viewed.day < today else NOW)


@given(DAYS)
def test_what_was_known_then_ends_with_the_day(day):
    now = datetime(2100, 1, 1, tzinfo=UTC)
    moment = ViewedDay(day, THEN).moment(CALENDAR, now)
    assert CALENDAR.day_of(moment) == day
    assert CALENDAR.day_of(moment + timedelta(microseconds=1)) == day + timedelta(days=1)
    assert ViewedDay(day, NOW).moment(CALENDAR, now) == now


def test_links_to_pages_that_can_show_a_day_keep_it():
    before = html.DAY.set(ViewedDay(date(2026, 6, 1), THEN).values)
    try:
        assert html.address("control", key="a") == "/control?on=2026-06-01&known=then&key=a"
        assert html.address("controls", on="2026-11-30") == "/controls?on=2026-11-30&known=then"
        assert html.address("") == "/?on=2026-06-01&known=then"
        assert html.address("evidence") == "/evidence?on=2026-06-01&known=then"
        assert html.address("calendar") == "/calendar"
        assert html.address("api/v1/readiness") == "/api/v1/readiness"
    finally:
        html.DAY.reset(before)
    assert html.address("control", key="a") == "/control?key=a"
