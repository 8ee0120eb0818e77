"""Exceptions sorted into those that end soon, those that last, and ended ones."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from evidence.decisions.exception_overview import SOON, exception_overview
from evidence.decisions.exceptions import ExceptionRow

TODAY = date(2027, 3, 4)
NOW = datetime(2027, 3, 4, 12, tzinfo=UTC)


def exception(number: int, first: int, last: int, check: str = "a", revoked: int | None = None) -> ExceptionRow:
    """An exception whose days are counted from today."""
    first_day, last_day = TODAY + timedelta(first), TODAY + timedelta(last)
    revoked_day = None if revoked is None else TODAY + timedelta(revoked)
    place = ("tls-scan", "portal", "portal.example.nl", "testssl")
    days = (first_day, last_day, first_day)
    return ExceptionRow(
        number, *place, check, "accepted risk", "why", "O", NOW, *days, NOW if revoked_day else None, "", revoked_day
    )


def test_exceptions_end_soon_within_30_days_or_before_the_audit() -> None:
    rows = [exception(1, 0, 30, "a"), exception(2, 0, 31, "b"), exception(3, 0, 99, "c"), exception(4, 0, 100, "d")]
    without = exception_overview(rows, TODAY, None)
    assert ([item.row.id for item in without.soon], [item.row.id for item in without.later]) == ([1], [2, 3, 4])
    before = exception_overview(rows, TODAY, TODAY + timedelta(100))
    assert ([item.row.id for item in before.soon], [item.row.id for item in before.later]) == ([1, 2, 3], [4])


def test_extensions_count_as_one_exception_until_the_last_ends() -> None:
    rows = [exception(3, 21, 60), exception(2, 11, 20), exception(1, -5, 10), exception(4, 80, 90)]
    overview = exception_overview(rows, TODAY, None)
    (item,) = overview.standing
    assert (item.row.id, item.ends_on) == (1, TODAY + timedelta(60))
    assert [row.id for row in item.extensions] == [2, 3], "what begins after a gap does not extend it"


def test_withdrawn_and_past_exceptions_have_ended() -> None:
    rows = [exception(1, -9, -1), exception(2, 0, 9, "b", revoked=0), exception(3, 0, 0, "c")]
    overview = exception_overview(rows, TODAY, None)
    assert [row.id for row in overview.ended] == [1, 2]
    assert [item.row.id for item in overview.soon] == [3], "the last day is included"


@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(0, 200), st.sampled_from("abc"), st.booleans())))
def test_every_check_in_force_stands_once(drawn: list[tuple[int, int, str, bool]]) -> None:
    rows = [
        exception(number, first, first + length, check, revoked=first if revoked else None)
        for number, (first, length, check, revoked) in enumerate(drawn)
    ]
    overview = exception_overview(rows, TODAY, None)
    standing = [item.row.check for item in overview.standing]
    assert len(standing) == len(set(standing))
    assert {row.check for row in rows if row.is_in_force(TODAY)} <= set(standing)
    assert all(item.ends_on <= TODAY + SOON for item in overview.soon)
