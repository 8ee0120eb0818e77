"""Days and moments as people and programs write them; a zone that is said moves the day to the organisation's."""

from contextlib import suppress
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.judging.register.cells import CellReader, Misread
from evidence.judging.register.rules import Column
from evidence.judging.register.written_dates import day_in, moment_in
from evidence.judging.table_mapping import NOTHING
from tests.days import CALENDAR


def reader(kind):
    column = {"key": "x", "nl": ["x"], "en": ["x"], "type": kind, "required": "no"}
    return CellReader(Column.model_validate(column), NOTHING, CALENDAR)


@pytest.mark.parametrize(
    "written",
    ["2026-11-22", "2026/11/22", "22-11-2026", "22 november 2026", "zondag, 22 november 2026", "22-nov-26", "22 nov '26",
     "Sunday, November 22, 2026", "22.11.2026", "22-11-2026 08:01", "22 november 2026 om 8.01 uur", "2026-11-22T08:01:22+01:00",
     "2026-11-22 00:30 CET", "2026-11-21T23:30:00Z", "21-11-2026 23:30 UTC", "2026-11-21 18:30:00-05", "22-11-2026 12:05 AM",
     "2026-11-22T00:30:00+01:00[Europe/Amsterdam]", "2026-11-22 07:30 Asia/Tokyo"],
)  # fmt: skip
def test_a_day_is_that_of_the_organisation(written):
    expected = date(2026, 11, 21) if written.endswith("Tokyo") else date(2026, 11, 22)
    assert reader("date").read(written) == expected


@pytest.mark.parametrize(
    ("written", "hour"),
    [
        ("2026-11-22 08:01", 8),
        ("22-11-2026, 08:01", 8),
        ("22 nov. 2026 8.01 uur", 8),
        ("2026-11-22T07:01Z", 8),
        ("2026-11-22 07:01 UTC", 8),
        ("22-11-2026 08:01 Europe/Amsterdam", 8),
        ("22-11-2026 8:01 PM", 20),
        ("2026-11-22T07:01:00.1234567Z", 8),
    ],
)
def test_a_moment_without_a_zone_is_the_organisations(written, hour):
    moment = reader("datetime").read(written).astimezone(CALENDAR.zone)
    assert (moment.date(), moment.hour, moment.minute) == (date(2026, 11, 22), hour, 1)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "22-11-2026 25:00",
        "31-02-2026 08:01",
        "22-11-2026 13:00 PM",
        "22-11-2026 08:01 Nergens/Niet",
        "08:01",
        "22 08:01",
    ],
)
def test_what_is_no_moment_is_none(written):
    assert moment_in(written) is None


@given(st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)))
def test_what_programs_write_is_read_as_it_is(moment):
    assert moment_in(moment.isoformat(sep=" ", timespec="microseconds")) == moment
    assert day_in(f"{moment:%d-%m-%Y}") == day_in(f"{moment:%Y/%m/%d}") == moment.date()


@given(st.text(max_size=40))
def test_any_text_has_an_answer(written):
    for kind in ("date", "datetime", "month", "int", "bool"):
        with suppress(Misread):
            assert reader(kind).read(written) is not None


@pytest.mark.parametrize(
    ("kind", "written", "value"),
    [
        ("month", "november 2026", "2026-11"),
        ("month", "nov-26", "2026-11"),
        ("month", "11-2026", "2026-11"),
        ("month", "2026-11-01", "2026-11"),
        ("int", "1.204", "1204"),
        ("int", "1 204 567", "1204567"),
        ("int", "12,0", "12"),
        ("list", "1. a\n2. b", "a|b"),
        ("list", '["a", "b"]', "a|b"),
        ("list", "a\r\n- b\n", "a|b"),
        ("bool", "\u2714\ufe0f", "yes"),
        ("bool", "\u2610", "no"),
    ],
)
def test_other_values_are_read_as_spreadsheets_and_programs_write_them(kind, written, value):
    assert reader(kind).read(written) == value


@pytest.mark.parametrize(
    ("kind", "written"), [("int", "1.20"), ("int", "1.2045"), ("int", "1.204,567"), ("month", "13-2026")]
)
def test_what_could_be_something_else_is_not_read(kind, written):
    with pytest.raises(Misread):
        reader(kind).read(written)
