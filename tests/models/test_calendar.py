"""The organisation's calendar: the day of a moment, and the begin and end of a day."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine

from models.calendar import Calendar, calendar_of
from models.transaction import deriving, reading, writing
from tests.days import CALENDAR, in_zone

ZONES = ("Europe/Amsterdam", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "America/Santiago")
LATE = datetime(2027, 3, 5, 3, 0, tzinfo=UTC)  # in New York the evening of the 4th


def test_day_of_a_moment_depends_on_the_zone():
    assert CALENDAR.day_of(LATE) == date(2027, 3, 5)
    assert Calendar.in_zone("America/New_York").day_of(LATE) == date(2027, 3, 4)


def test_unknown_zone_is_refused():
    with pytest.raises(ZoneInfoNotFoundError):
        Calendar.in_zone("Mars/Base")


@pytest.mark.parametrize("zone", ZONES)
def test_moment_without_a_day_in_the_zone_has_the_end_of_the_years(zone):
    calendar = Calendar.in_zone(zone)
    assert calendar.day_of(datetime.fromisoformat("9999-12-31T23:59:59-20:00")) == date.max
    assert calendar.day_of(datetime.fromisoformat("0001-01-01T00:00:00+20:00")) == date.min


@given(st.sampled_from(ZONES), st.datetimes(datetime(1990, 1, 2), datetime(2199, 1, 1), timezones=st.just(UTC)))
def test_every_moment_is_within_its_day(zone, moment):
    calendar = Calendar.in_zone(zone)
    day = calendar.day_of(moment)
    assert calendar.start_of(day) <= moment < calendar.end_of(day)
    assert moment <= calendar.last_moment_of(day) < calendar.end_of(day).astimezone(UTC)


def test_local_time_is_in_the_zone_of_the_calendar():
    summer, winter = datetime(2026, 7, 1, 12), datetime(2026, 1, 1, 12)
    assert CALENDAR.moment_of(summer) == datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert CALENDAR.moment_of(winter) == datetime(2026, 1, 1, 11, tzinfo=UTC)


def test_sessions_have_the_calendar_of_their_engine(engine):
    elsewhere = in_zone(engine, "America/New_York")
    with reading(elsewhere) as session:
        assert calendar_of(session).zone.key == "America/New_York"
    with writing(elsewhere) as (session, _):
        assert calendar_of(session) == calendar_of(elsewhere)
    with deriving(engine) as session:
        assert calendar_of(session) == CALENDAR


def test_engine_without_a_calendar_is_refused():
    with reading(create_engine("sqlite://")) as session, pytest.raises(LookupError, match="without a calendar"):
        calendar_of(session)


def test_day_of_the_clock_change_is_an_hour_shorter():
    assert CALENDAR.end_of(date(2027, 3, 28)).astimezone(UTC) - CALENDAR.start_of(date(2027, 3, 28)).astimezone(
        UTC
    ) == timedelta(hours=23)
