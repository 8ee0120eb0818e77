"""The days that evidence has until somebody plans it."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from readiness.tasks.default_days import _fridays


@given(today=st.dates(date(2026, 1, 1), date(2030, 1, 1)), days=st.integers(0, 400))
def test_fridays_lie_after_today_and_not_after_the_last_day(today, days):
    last = today + timedelta(days=days)
    fridays = _fridays(today, last)
    assert fridays == [last] or all(day.weekday() == 4 and today < day <= last for day in fridays)
    assert fridays == sorted(set(fridays))
