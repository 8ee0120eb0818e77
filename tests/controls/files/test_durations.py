from datetime import date, timedelta

import pytest
from brute_force import renewed
from hypothesis import given
from hypothesis import strategies as st

from controls.files.durations import NotADuration, add, parse, valid_since

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
