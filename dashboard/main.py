"""The router: the frame, the pages, and which of them is open."""

from functools import partial

import streamlit as st

from access.people import links
from access.permissions import Person, may
from access.web.fictional_data import is_fictional
from dashboard.shell import frame, html
from dashboard.shell.last_sign_in import (
    is_first,
    last_attempt,
    last_attempt_text,
    show_created_links,
    show_last_attempt,
)
from dashboard.shell.one_time_secret import forget_elsewhere
from dashboard.shell.page_context import one_state
from dashboard.shell.page_script import run_script, script
from dashboard.shell.pages import PAGES, Page
from dashboard.shell.preview_bar import names_of, preview_bar, previewed
from dashboard.shell.saving import announce
from dashboard.shell.streamlit_adapter import reader_value
from dashboard.shell.viewed_day import day_in
from readiness import waiting_number

st.set_page_config(page_icon=str(frame.MARK), layout="wide")
t = frame.language()


def script_page(name: str, title: str) -> st.Page:
    return st.Page(script(name), title=f"{title} · Aantoonbaar", url_path=name)


def front(name: str, title: str) -> st.Page:
    """The page of another address at `/`; Streamlit needs a page object for each."""
    return st.Page(partial(run_script, script(name)), title=f"{title} · Aantoonbaar", url_path="front", default=True)


def closed(name: str, title: str, permissions: tuple[str, ...]) -> st.Page:
    """A page that tells the person that they may not open this address."""
    return st.Page(partial(frame.not_allowed, t, title, permissions), title="Aantoonbaar", url_path=name)


def opens(person: Person, page: Page) -> bool:
    return not page.permissions or any(may(person, permission) for permission in page.permissions)


frame.style()
with one_state() as (session, now, myself):  # the page's as well
    person = previewed(myself)
    last, fresh = last_attempt(session, myself, now)
    made = links.list_made_for(session, myself.account, now) if fresh else []
    names = names_of(t, session, person)
    made_up = is_fictional(session)
    open_pages = {name: page for name, page in PAGES.items() if opens(person, page)}
    shown = {
        name: t.render(page.title)
        for name, page in open_pages.items()
        if page.under is None and (person.teams or not page.of_teams)
    }
    first = next(iter(shown), "account")
    pages = {
        name: script_page(name, t.render(page.title))
        if name in open_pages
        else closed(name, t.render(page.title), page.permissions)
        for name, page in PAGES.items()
    }
    html.CLOSED.set(frozenset(PAGES.keys() - open_pages.keys()))
    pages[""] = front(first, t.render(PAGES[first].title))  # which has its own address as well
    if "people" in shown:  # who manages people finds the log among their pages
        shown.pop("activity", None)
    opened = st.navigation(list(pages.values()), position="hidden")
    here = next(name for name, candidate in pages.items() if candidate == opened) or first
    day = day_in(st.query_params) if PAGES[here].any_day else None
    html.DAY.set((day.values if day else {}) if PAGES[here].any_day else None)
    frame.follow_links(t, pages, myself)
    forget_elsewhere(here)
    belongs = PAGES[here].under or here
    current = "people" if here == "activity" and "people" in shown else belongs
    counts = {"review": waiting_number(session, person, now)} if "review" in shown else {}
    frame.bar(t, myself.name, shown, first, current, counts)
    frame.made_up_bar(t, shown=made_up)
    preview_bar(t, person, names)
    if fresh and is_first(here):
        show_last_attempt(t, last, myself)
        show_created_links(t, made, myself)
    announce()
    try:
        opened.run()
    except Exception as trouble:  # noqa: BLE001 - whatever it is, the reader is told in their language and the log has the rest
        frame.failed(t, trouble)
    frame.foot(last_attempt_text(t, last) if reader_value("session") else "")
