"""Countries, lists, dates, provisions and standards as people write them."""

from datetime import date

import pytest
from babel.dates import format_date
from hypothesis import given
from hypothesis import strategies as st

from evidence.judging.register.written_values import (
    bare,
    country,
    date_in_order,
    date_in_words,
    known_value,
    list_parts,
    numbers_of_date,
)

POINTS = [f"6(1)({letter})" for letter in "abcdef"]


@pytest.mark.parametrize(
    ("written", "code"),
    [("Nederland", "NL"), ("nl", "NL"), ("The Netherlands", None), ("Netherlands", "NL"), ("Nederland (NL)", "NL"),
     ("NL - Nederland", "NL"), ("Duitsland", "DE"), ("Verenigde Staten", "US"), ("USA", "US"), ("VK", "GB"),
     ("Nederland, Duitsland", None), ("Atlantis", None), ("België", "BE")],
)  # fmt: skip
def test_a_country_by_its_names(written, code):
    assert country(written) == code


@pytest.mark.parametrize(
    "written", ["portal|web", "portal; web", "portal, web", "portal\nweb", "- portal\r\n- web".replace("- ", "• ")]
)
def test_a_list_has_its_parts_whatever_parts_them(written):
    assert list_parts(written) == ["portal", "web"]


def test_a_comma_in_a_list_with_semicolons_parts_nothing():
    assert list_parts("Jansen, de Vries; Pietersen") == ["Jansen, de Vries", "Pietersen"]


@given(st.dates(date(1000, 1, 1)), st.sampled_from(["nl", "en"]), st.sampled_from(["d MMMM y", "d MMM y", "d.M.y"]))
def test_a_date_in_words_is_that_date(day, language, form):
    assert date_in_words(format_date(day, form, locale=language)) == day


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.sampled_from("/- ."), st.booleans())
def test_a_date_in_numbers_is_that_of_its_order(day, mark, is_short):
    year = f"{day.year % 100:02}" if is_short else str(day.year)
    assert date_in_order(mark.join((str(day.day), str(day.month), year)), "d/m/y") == day
    assert date_in_order(mark.join((str(day.month), str(day.day), year)), "m/d/y") == day


@pytest.mark.parametrize("written", ["", "2026-11-22", "31 foo 2026", "1/2", "1/2/3/4", "a/b/c"])
def test_what_is_no_date_is_none(written):
    assert date_in_words(written) is None
    assert numbers_of_date(written) is None


@pytest.mark.parametrize(
    ("written", "point"),
    [("art. 6 lid 1 sub a", "6(1)(a)"), ("artikel 6, eerste lid, onder f AVG", "6(1)(f)"), ("6 lid 1 c", "6(1)(c)"),
     ("GDPR article 6(1), point (b)", "6(1)(b)"), ("art. 9 lid 2 sub a", None), ("art. 6", None), ("", None)],
)  # fmt: skip
def test_a_provision_is_the_same_in_every_spelling(written, point):
    assert known_value(written, POINTS) == point


@pytest.mark.parametrize("written", ["ISO 27001:2022", "ISO27001:2022", "iso/iec 27001 : 2022", "ISO-IEC 27001-2022"])
def test_a_standard_is_the_same_in_every_spelling(written):
    known = ["ISO/IEC 27001:2022", "ISO/IEC 27001:2013"]
    assert known_value(written, known) == known[0]
    assert known_value("ISO 27001", known) is None


@given(st.text(max_size=40))
def test_any_text_has_one_bare_form(written):
    assert bare(bare(written)) == bare(written)
    country(written)
    list_parts(written)
    date_in_words(written)
