from datetime import UTC, date, datetime, timedelta

import pytest
from brute_force import renewed
from hypothesis import given
from hypothesis import strategies as st

from models.durations import NotADuration, add, days_after, hours_after, parse, valid_since

durations = st.builds(
    lambda y, m, w, d: "P" + "".join(f"{n}{u}" for n, u in ((y, "Y"), (m, "M"), (w, "W"), (d, "D")) if n),
    *(st.integers(0, 20) for _ in range(4)),
).filter(lambda text: text != "P")
days = st.dates(date(2000, 1, 1), date(2200, 1, 1))


@given(days, durations)
def test_add_agrees_with_brute_force(day, duration):
    assert add(day, duration) == renewed(day, duration)


@given(days, durations)
def test_valid_since_is_the_first_day_with_valid_evidence(day, duration):
    since = valid_since(day, duration)
    assert add(since, duration) > day
    assert add(since - timedelta(days=1), duration) <= day


@given(days, days, durations)
def test_add_never_decreases_as_the_day_increases(earlier, later, duration):
    assert (add(earlier, duration) <= add(later, duration)) or earlier > later


@pytest.mark.parametrize(
    "wrong", ["", "P", "P0D", "P0Y0M", "30D", "P1.5M", "PT24H", "P-1D", "p1d", "P1D ", "P99999999D"]
)
def test_invalid_duration_is_refused(wrong):
    with pytest.raises(NotADuration, match="expected an ISO 8601 duration"):
        parse(wrong)


def test_add_is_limited_to_the_last_day_of_the_calendar():
    assert add(date(9999, 12, 1), "P2M") == date.max
    assert add(date(9999, 12, 1), "P99D") == date.max


def test_valid_since_without_renewal_is_the_first_day_of_the_calendar():
    assert valid_since(date(2026, 1, 1), "") == date.min


@given(st.dates(), st.integers(-999_999_999, 999_999_999))
def test_days_after_any_day_are_a_day(day, number):
    """Registers hold days such as 31-12-9999, and a policy of one's own any number of days."""
    try:
        expected = day + timedelta(days=number)
    except OverflowError:
        expected = date.max if number > 0 else date.min
    assert days_after(day, number) == expected


@pytest.mark.parametrize(
    ("moment", "hours", "expected"),
    [
        (datetime(2026, 3, 1, 12), 13, datetime(2026, 3, 2, 1)),
        (datetime.max, 1, datetime.max),
        (datetime(2026, 3, 1, tzinfo=UTC), 999_999_999, datetime.max.replace(tzinfo=UTC)),
    ],
)
def test_hours_after_any_moment_are_a_moment(moment, hours, expected):
    assert hours_after(moment, hours) == expected
