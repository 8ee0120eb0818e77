from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from models.columns import Moment

MOMENT = Moment()
moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.timezones())


@given(moments, moments)
def test_stored_text_sorts_like_moments(left, right):
    first, second = (MOMENT.process_bind_param(value, sqlite.dialect()) for value in (left, right))
    assert (first < second) == (left.astimezone(UTC) < right.astimezone(UTC))


@given(moments)
def test_stored_moment_is_read_back(value):
    assert MOMENT.process_result_value(
        MOMENT.process_bind_param(value, sqlite.dialect()), sqlite.dialect()
    ) == value.astimezone(UTC)


def test_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        MOMENT.process_bind_param(datetime(2026, 1, 1), sqlite.dialect())
    assert (
        MOMENT.process_bind_param(datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=1))), sqlite.dialect())
        == "2026-01-01 00:00:00.000000"
    )
