"""The frame around every page: bar, navigation, language, links that stay in the session, and the note at the foot."""

import logging
from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, urlsplit

import streamlit as st

from access.permissions import PERMISSIONS
from dashboard.shell.html import Html, address, answer, empty, html, icon, join, link, note, query
from dashboard.shell.palette import style_sheet
from dashboard.shell.role_names import ROLES
from dashboard.shell.streamlit_adapter import own_component, reader_value
from locales import LANGUAGES, Language, Problem
from settings import settings

_HERE = Path(__file__).parent
MARK = _HERE.parent / "mark.svg"
_LANGUAGE = "language"


def language() -> Language:
    """The language: as the address says, else as chosen in this session, else the person's, else the browser's."""
    requested = st.query_params.get("lang")
    if requested in LANGUAGES:
        st.session_state[_LANGUAGE] = requested
    known = (st.session_state.get(_LANGUAGE), reader_value("language"), str(st.context.locale or "")[:2].lower())
    return Language(next((str(code) for code in known if code in LANGUAGES), "en"), settings().time_zone)


def change_language(code: str) -> None:
    """Set the language for this session."""
    st.session_state[_LANGUAGE] = code
    st.query_params.pop("lang", None)


def style() -> None:
    """Add the style sheet; it takes no room."""
    st.html(f"<style>{_style()}</style>")


@cache
def _style() -> str:
    sheets = (_HERE / name for name in ("theme.css", "narrow.css"))
    return style_sheet() + "".join(sheet.read_text(encoding="utf-8") for sheet in sheets)


@cache
def _mark() -> Html:
    data = b64encode(MARK.read_bytes()).decode()
    return html('<img src="data:image/svg+xml;base64,{data}" alt="">', data=data)


def bar(t: Language, entries: Mapping[str, str], first: str, current: str) -> None:
    """Draw name, navigation and language; on a narrow screen the navigation folds into a menu. `first`: is at `/`."""
    links = _entries(entries, first, current)
    navigation = html("<nav aria-label='{label}'>{links}</nav>", label=t("Pages"), links=links)
    with st.container(key="bar"):
        st.html(
            html(
                '<div class="bar-in"><a class="name" href="/" data-go>{mark}<span translate="no">Aantoonbaar</span></a>'
                '{navigation}{switch}<details class="menu"><summary aria-label="{menu}">{icon}</summary>{navigation}'
                "</details></div>",
                mark=_mark(),
                navigation=navigation,
                switch=_switch(t),
                menu=t("Menu"),
                icon=icon("menu"),
            )
        )


def made_up_bar(t: Language, *, shown: bool) -> None:
    """Draw a note that all content is fictional, if it is."""
    if shown:
        with st.container(key="made-up"):
            words = t("Fictional: an example organisation that does not exist. Nothing here is real evidence.")
            show(note("unknown", words, "theater_comedy"))


def _entries(entries: Mapping[str, str], first: str, current: str) -> Html:
    return join(
        html(
            '<a href="{to}" data-go{here}>{title}</a>',
            to=address("" if page == first else page),
            title=title,
            here=Html(' aria-current="page"') if page == current else "",
        )
        for page, title in entries.items()
    )


def _switch(t: Language) -> Html:
    """Links to this page in the other language."""
    links = join(
        html(
            '<a href="{to}" data-go lang="{code}"{chosen}>{name}</a>',
            to=query(lang=code),
            code=code,
            name=code.upper(),
            chosen=Html(' aria-current="true"') if code == t.code else "",
        )
        for code in LANGUAGES
    )
    return html(
        '<span class="switch" role="group" aria-label="{label}">{links}</span>', label=t("Language"), links=links
    )


def follow_links(pages: Mapping[str, st.Page]) -> None:
    """Switch the page within the session after a click on one of our links, reported by `links/links.js`."""
    with st.container(key="links"):
        links = own_component("aantoonbaar", "links", _HERE, "links.js")
        clicked = links(key="followed", on_go_change=lambda: None)
    to = clicked.get("go")
    if to:
        _go(urlsplit(to), pages)


def _go(to: SplitResult, pages: Mapping[str, st.Page]) -> None:
    """Follow a link; one with query values only changes those of the present page."""
    values = dict(parse_qsl(to.query))
    name = to.path.strip("/")
    if not to.path:
        st.query_params.update(values)
        st.rerun()
    elif name in pages:
        st.switch_page(pages[name], query_params=values)


def key_from_address(name: str) -> str:
    """The key that the address names; kept in the session, since the browser's back button drops it."""
    page = f"last {name} of {st.context.url and urlsplit(st.context.url).path}"
    key = st.query_params.get(name) or st.session_state.get(page, "")
    st.session_state[page] = key
    if key and name not in st.query_params:
        st.query_params[name] = key
    return str(key)


def failed(t: Language, trouble: Exception) -> None:
    """Show why a page failed: a known problem's message, else where to look."""
    if isinstance(trouble, Problem):
        words = t.render(trouble.message)
    else:
        logging.getLogger(__name__).error("a page failed", exc_info=trouble)
        words = t("This page could not be shown. Nothing was changed; the server log says why.")
    show(note("failing", words, "error"))


def not_allowed(t: Language, title: str, permissions: Sequence[str]) -> None:
    """Show that the person has no access to this page, which roles have, and who assigns them."""
    roles = [
        t.render(ROLES[role]) for role in ROLES if any(role in PERMISSIONS[permission] for permission in permissions)
    ]
    show(
        answer(t("You do not have access to this page."), title),
        empty(
            t("This page is for these roles: {roles}", roles=", ".join(roles)),
            t("A security officer or an administrator assigns roles on the page People."),
            link("/", t("Go to the first page"), "button first"),
        ),
    )


def foot(t: Language, name: str, last: str) -> None:
    """Draw who is signed in, the last attempt to sign in, and the link to sign out."""
    st.html(
        html(
            '<div class="foot">{icon}<span>{who} · <a href="/account" data-go>{account}</a> · '
            '<a href="/sign-out" target="_self">{out}</a>{last}</span></div>',
            icon=icon("person"),
            who=t("Signed in as {name}", name=name),
            account=t("My account"),
            out=t("Sign out"),
            last=html("<br>{last}", last=last) if last else "",
        )
    )


def show(*parts: object) -> None:
    """Draw parts of a page as one piece of HTML."""
    if words := join(parts):
        st.html(words)
