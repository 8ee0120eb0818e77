"""Words, days and series in names of files."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.intake.proposed_requirements.name_words import day_in, series_name, share_of, stems


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("scan-2026-11-22", date(2026, 11, 22)),
        ("zap-portal-20261122", date(2026, 11, 22)),
        ("notulen 13-11-2026", date(2026, 11, 13)),
        ("notulen 3.1.2026", date(2026, 1, 3)),
        ("scan_2026_11_22", date(2026, 11, 22)),
        ("review-2026-q4", None),
        ("2026-01-01 to 2026-03-31", None),  # a period: a person says which
        ("2026-13-45", None),
        ("build 120261122", None),
        ("", None),
    ],
)
def test_only_day_in_a_name_is_read(name, day):
    assert day_in(name) == day


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.sampled_from(["scan-{}", "{} notes", "a_{}_b"]))
def test_iso_day_in_a_name_is_read_whatever_stands_around_it(day, pattern):
    assert day_in(pattern.format(day.isoformat())) == day


@given(st.text(max_size=60))
def test_any_name_is_read_without_an_error(name):
    day_in(name)
    assert series_name(series_name(name)) == series_name(name)
    assert share_of(stems(name), stems(name)) in (0.0, 1.0)


def test_names_of_one_series_differ_in_numbers_only():
    assert series_name("Scan-2026-11-22.json") == series_name("scan-2027-1-3.json")
    assert series_name("scan-portal.json") != series_name("scan-api.json")


def test_words_are_compared_without_endings_accents_and_numbers():
    assert share_of(stems("Review of suppliers"), stems("supplier-review-hosting-2026")) == 1
    assert stems("Privé") == {"prive"}
    assert stems("2026 van de 12") == set()
