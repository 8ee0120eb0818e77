"""The frame around every page."""

import pytest

import settings
from access.people import accounts
from dashboard.shell import frame
from dashboard.shell.frame import initials
from models.transaction import reading
from tests.dashboard.conftest import Pages, words


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Karin de Vries", "KV"), ("anna bakker", "AB"), ("Ørjan", "Ø"), ("  ", ""), ("<b> x", "<X")],
)
def test_initials_are_of_the_first_and_the_last_word(name, letters):
    assert initials(name) == letters


@pytest.fixture
def clicks(monkeypatch):
    """Links that the browser reports as clicked, one for each script."""
    waiting = []
    component = lambda **_: {"go": waiting.pop() if waiting else ""}  # noqa: E731 - stands in for the browser's part
    monkeypatch.setattr(frame, "own_component", lambda *_: component)
    return waiting


def language_of_account():
    with reading(settings.engine()) as session:
        return accounts.language_of(session, Pages.account)


@pytest.mark.parametrize(("before", "code", "words_after"), [("en", "nl", "Uitloggen"), ("nl", "en", "Sign out")])
def test_language_of_the_switch_is_that_of_the_account_from_then_on(planned, clicks, before, code, words_after):
    page = Pages(before).open("controls")
    clicks.append(f"?lang={code}")
    page.run()
    page.run()
    assert words_after in words(page)
    assert "lang" not in page.query_params
    assert language_of_account() == code


@pytest.mark.parametrize("address", ["?lang=xx", "?lang=", "/controls?lang=nl"])
def test_other_links_leave_the_account_as_it_is(planned, clicks, address):
    before = language_of_account()
    page = Pages("en").open("controls")
    clicks.append(address)
    page.run()
    assert not page.exception
    assert language_of_account() == before


def test_an_opened_address_leaves_the_account_as_it_is(planned):
    before = language_of_account()
    for code in ("en", "nl"):
        Pages(code).open("controls")
        assert language_of_account() == before
