"""The explanation of each result on the page of an evidence."""

from dashboard.app_pages.evidence_item.sections import explanation, result_table
from evidence.judging.values import Explained
from evidence.judging.words import check_name
from evidence.library.results import ResultRow
from locales import Language, text

GOOD = Explained("protocol: TLS 1.3", "good", "3.3.1")
BAD = Explained("cipher-suite: TLS_X", "insufficient", "appendix B")


def row(level, *explained):
    return ResultRow(0, 1, "TLS1_3", "portal.example.nl", "pass", "OK", level, "offered", "p", explained)


def test_passing_result_shows_its_item_and_basis():
    html = str(result_table(Language("nl"), [row("good", GOOD)]))
    assert "Goed" in html
    assert "Versie: TLS 1.3 · 3.3.1" in html


def test_worst_item_is_first_and_each_has_its_level():
    html = str(explanation(Language("nl"), [GOOD, BAD]))
    assert html.index("Cipher suite: TLS_X · onvoldoende · bijlage B") < html.index("Versie: TLS 1.3 · goed · 3.3.1")
    assert "and 2 more" in str(explanation(Language("en"), [GOOD] * 5))


def test_items_are_shown_in_the_reader_s_language():
    dutch, english = Language("nl"), Language("en")
    assert check_name(dutch, "option: 0-RTT on") == "Optie: 0-RTT aan"
    assert check_name(english, "option: 0-RTT on") == "Option: 0-RTT on"
    assert check_name(dutch, "protocol: TLS 1.0") == "Versie: TLS 1.0"
    assert check_name(dutch, "A-1: too-long-ago") == "A-1: too-long-ago"


def test_result_that_is_not_judged_says_why():
    html = str(
        result_table(Language("en"), [row("", Explained(why=text("It did not run, so it counts for nothing.")))])
    )
    assert "Not evaluated" in html
    assert "It did not run" in html
