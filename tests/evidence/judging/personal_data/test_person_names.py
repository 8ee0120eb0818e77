"""Names of people in texts are found; products, organisations, streets and list letters are not."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.judging.personal_data.in_text import signs, without_people
from evidence.judging.personal_data.person_names import is_name, names_in


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Afgestemd met Jan de Vries op 3 maart", ["Jan de Vries"]),
        ("Fatima El Amrani en Piet Jansen", ["Fatima El Amrani", "Piet Jansen"]),
        ("toegang voor mevr. Bakker beëindigd", ["mevr. Bakker"]),
        ("dhr. J. van den Berg", ["dhr. J. van den Berg"]),
        ("beoordeeld door J. de Wit", ["J. de Wit"]),
        ("M.J. Dekker tekende", ["M.J. Dekker"]),
        ("Anne-Marie Smit", ["Anne-Marie Smit"]),
        ("Klaas-Jan Mulder belde", ["Klaas-Jan Mulder"]),
    ],
)
def test_names_are_found(text, names):
    assert [text[begin:end] for begin, end in names_in(text)] == names


@pytest.mark.parametrize(
    "text",
    [
        "Jasper Reports", "Microsoft Teams", "MS Teams", "ING Bank", "Willem de Zwijgerlaan 12", "Jan van Galenstraat",
        "A. Toegang", "optie B. Verder niets", "Raad van Bestuur", "Verklaring van Toepasselijkheid", "Den Haag",
        "Planbord Software B.V.", "B.V. Amsterdam", "Jan 2026", "Ministerie van Volksgezondheid",
        "Client Portal", "Functioneel Beheerder", "Senior Verpleegkundige", "Azure Active Directory",
        "Sint Maarten Kliniek", "Victoria University",
    ],
)  # fmt: skip
def test_what_is_no_person_is_left_alone(text):
    assert names_in(text) == ()


@pytest.mark.parametrize("text", ["Jan de Vries", "J.P. de Vries", "Vries, Jan de", "Jansen, P."])
def test_a_whole_name_is_one(text):
    assert is_name(text)
    assert not is_name(f"{text} tekende")


@pytest.mark.parametrize(
    "text",
    ["mail jan.jansen@huis.example", "bel 06-12345678", "+31 6 1234 5678", "bel 020-1234567 na vijven", "BSN 111222333",
     "NL91 ABNA 0417 1643 00"],
)  # fmt: skip
def test_what_identifies_a_person_is_seen_and_replaced(text):
    assert signs(text).is_sure
    assert not signs(without_people(text, lambda _: "p-1")).is_sure


@pytest.mark.parametrize(
    "text",
    ["privacy@huis.example", "service-desk@huis.example", "088 123 45 67", "0800-1234567", "01-02-2026 14:00", "2026-02-01 09:30",
     "192.0.2.10", "NL001234567B01", "KvK 12345678", "order 1234567890", "CHG-2026-000123", "ISO 27001:2022", "111222333"],
)  # fmt: skip
def test_what_identifies_nobody_is_not(text):
    assert not signs(text).is_sure


@pytest.mark.parametrize(
    "text",
    [
        "Jan " + "A." * 4_000 + "!",
        "Jan van " * 1_200,
        "dhr. " * 2_000,
        "a@" * 5_000,
        "0 " * 5_000,
        "X." * 5_000,
        "A-a'" * 2_500,
    ],
)
def test_a_long_cell_takes_little_time(text):
    began = time.process_time()
    signs(text)
    without_people(text, lambda _: "p-1")
    assert time.process_time() - began < 1


def test_nine_digits_are_replaced_where_they_are_bsn_only():
    order, bsn = "order 111222333", "bsn 111222333"
    assert without_people(order, lambda _: "p-1") == order
    assert without_people(bsn, lambda _: "p-1") == "bsn p-1"
    assert without_people("111222333", lambda _: "p-1", has_bsn=True) == "p-1"


@given(st.text(max_size=60))
def test_what_was_replaced_holds_nothing_more(text):
    replaced = without_people(text, lambda _: "p-0123456789ab")
    assert not signs(replaced).is_sure
    if replaced == text:
        assert not signs(text).is_sure
