"""Moments of one column of which some say their zone and others do not."""

import pytest

from evidence.judging.register.cells import Misread
from evidence.judging.register.rules import Column
from evidence.judging.register.zoned_moments import OneZoneReader
from evidence.judging.table_mapping import NOTHING
from tests.days import CALENDAR

ZONED, BARE = "2026-11-23T06:00:49+01:00", "2026-11-23 06:00:49"


def reader(kind):
    column = Column.model_validate({"key": "x", "nl": ["iks"], "en": ["ex"], "type": kind, "required": "no"})
    return OneZoneReader(column, NOTHING, CALENDAR)


@pytest.mark.parametrize(("first", "other"), [(ZONED, BARE), (BARE, ZONED)])
def test_moment_that_alone_says_or_lacks_a_zone_is_not_read(first, other):
    own = reader("datetime")
    own.read(first)
    with pytest.raises(Misread):
        own.read(other)
    own.read(first)
    assert own.read("") == ""


@pytest.mark.parametrize("moments", [(BARE, "23-11-2026 8:01"), (ZONED, "2026-11-23T05:00:49Z")])
def test_moments_that_are_written_alike_are_read(moments):
    own = reader("datetime")
    assert all(own.read(moment) for moment in moments)


def test_day_needs_no_zone():
    own = reader("date")
    assert own.read(ZONED) == own.read(BARE)
