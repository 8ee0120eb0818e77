"""First and last moment of a run, and something in it that ended, by its file, before it began."""

from datetime import UTC, datetime, timedelta

import pytest

from evidence.formats.moments import Moments
from evidence.formats.values import Run

NOON = datetime(2027, 3, 3, 12, tzinfo=UTC)
LATER, ROUNDED = timedelta(minutes=1), timedelta(milliseconds=900)


def run_of(began: datetime | None, ended: datetime | None) -> Run:
    moments, run = Moments(), Run("junit", "junit")
    moments.add_part(began, ended)
    run.add_moments(moments)
    return run


def test_end_before_begin_is_a_doubt() -> None:
    run = run_of(NOON, NOON - LATER)
    assert (run.started_at, run.ended_at) == (NOON - LATER, NOON)
    assert "began at 2027-03-03 12:00:00 and ended at 2027-03-03 11:59:00" in str(run.doubts[0])


@pytest.mark.parametrize(
    ("began", "ended"),
    [
        (NOON, NOON + LATER),
        (NOON, NOON - ROUNDED),
        (NOON, None),
        (None, NOON),
        (NOON, (NOON - LATER).replace(tzinfo=None)),  # of another zone, perhaps
    ],
)
def test_order_that_is_right_or_not_known_is_no_doubt(began: datetime | None, ended: datetime | None) -> None:
    run = run_of(began, ended)
    assert run.doubts == []
    assert run.started_at is not None


def test_doubts_are_kept_once_and_at_most_ten() -> None:
    run = run_of(NOON, NOON - LATER)
    first = run.doubts[0]
    run.doubt(first)
    assert len(run.doubts) == 1
    for number in range(20):
        run.doubt(first.__class__(f"{number}"))
    assert len(run.doubts) == 10
