"""A section of a page: of the page's state while the page is drawn, and of its own after a click in it.

That a click runs nothing but the section is tried through a served product, in `tests/test_running_product.py`.
"""

from contextlib import contextmanager

import pytest
import streamlit as st

from dashboard.shell import frame, html, page_context
from dashboard.shell.page_context import section
from locales import Language

T = Language("en")


@pytest.fixture
def drawn(monkeypatch):
    """What a section was drawn with: its context, and the pages that are closed to the reader."""
    contents = []

    @contextmanager
    def opening():
        yield "its own state"

    monkeypatch.setattr(page_context, "page_context", opening)
    monkeypatch.setattr(st, "fragment", lambda draw: draw)  # outside a script it draws nothing
    return contents, section(lambda _t, context: contents.append((context, html.CLOSED.get())))


@pytest.fixture(autouse=True)
def closed():
    before = html.CLOSED.set(frozenset({"people"}))
    yield
    html.CLOSED.reset(before)


def test_section_of_a_page_that_is_drawn_has_the_state_of_the_page(drawn):
    contents, show = drawn
    before = page_context._OPEN.set("the page's state")
    show(T)
    page_context._OPEN.reset(before)
    assert contents == [("the page's state", {"people"})]


def test_section_alone_opens_a_state_of_its_own(drawn):
    contents, show = drawn
    show(T)
    assert contents == [("its own state", {"people"})]


def test_section_that_fails_says_so_in_our_words(drawn, monkeypatch):
    _, _ = drawn
    troubles = []
    monkeypatch.setattr(frame, "failed", lambda _t, trouble: troubles.append(trouble))

    def fail(_t, _context):
        raise ValueError("wrong")

    section(fail)(T)
    assert [str(trouble) for trouble in troubles] == ["wrong"]
