"""First days of findings, from the changes that runs show."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.judging.first_days import Change, FirstDays

DAY = date(2027, 3, 3)
KEY = ("Z1", "a.py")
RETURNS = timedelta(days=5)


def day(number: int) -> date:
    return DAY + timedelta(days=number)


def seen(number: int, first: int | None = None) -> Change:
    return Change(*KEY, True, day(number), day(number if first is None else first))


def gone(number: int) -> Change:
    return Change(*KEY, False, day(number))


@pytest.mark.parametrize(
    ("changes", "first"),
    [
        ([], 20),
        ([seen(1)], 1),
        ([seen(1), seen(7)], 1),
        ([seen(3, first=-40)], -40),
        ([seen(3), seen(7, first=2)], 2),
        ([seen(1), gone(14)], 20),
        ([seen(1), gone(15)], 1),
        ([seen(1), gone(4), gone(18)], 20),
        ([seen(1), gone(4), seen(9), gone(18)], 1),
        ([seen(1), gone(4), seen(10), gone(18)], 10),
        ([gone(2), seen(3)], 3),
        ([seen(1), gone(4)._replace(tool="other")], 1),
    ],
)
def test_first_day_of_a_finding_that_is_seen_on_day_20(changes: list[Change], first: int) -> None:
    assert FirstDays(changes).first_day(KEY, day(20), RETURNS) == day(first)


def test_without_a_time_to_return_the_first_day_remains() -> None:
    changes = [seen(1), gone(2), seen(900), gone(901)]
    assert FirstDays(changes).first_day(KEY, day(2_000), None) == day(1)
    assert FirstDays(changes).first_day(("Z1", "b.py"), day(2_000), None) == day(2_000)


changes = st.lists(st.tuples(st.integers(0, 40), st.booleans(), st.integers(0, 10)))


@given(changes, st.tuples(st.integers(0, 40), st.integers(0, 10)), st.integers(0, 50))
def test_another_sighting_never_makes_a_first_day_later(
    known: list[tuple[int, bool, int]], other: tuple[int, int], returns: int
) -> None:
    def first(rows: list[tuple[int, bool, int]]) -> date:
        ordered = [seen(at, at - before) if is_seen else gone(at) for at, is_seen, before in sorted(rows)]
        return FirstDays(ordered).first_day(KEY, day(41), timedelta(days=returns))

    assert first([*known, (other[0], True, other[1])]) <= first(known)
    assert first([row for row in known if row[1]]) <= first(known)
