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
    """The language asked for in the address, else the one chosen before, else the person's own, else the browser's."""
    asked = st.query_params.get("lang")
    if asked in LANGUAGES:
        st.session_state[_LANGUAGE] = asked
    known = (st.session_state.get(_LANGUAGE), reader_value("language"), str(st.context.locale or "")[:2].lower())
    return Language(next((str(one) for one in known if one in LANGUAGES), "en"), settings().time_zone)


def change_language(code: str) -> None:
    """From now on, in this session of pages."""
    st.session_state[_LANGUAGE] = code
    st.query_params.pop("lang", None)


def style() -> None:
    """The style sheet; it takes no room."""
    st.html(f"<style>{_style()}</style>")


@cache
def _style() -> str:
    sheets = (_HERE / name for name in ("theme.css", "narrow.css"))
    return style_sheet() + "".join(sheet.read_text(encoding="utf-8") for sheet in sheets)


@cache
def _mark() -> Html:
    data = b64encode(MARK.read_bytes()).decode()
    return html('<img src="data:image/svg+xml;base64,{data}" alt="">', data=data)


def bar(t: Language, entries: Mapping[str, str], current: str) -> None:
    """Name, navigation and language; on a narrow screen the navigation folds into a menu."""
    navigation = html("<nav aria-label='{label}'>{links}</nav>", label=t("Pages"), links=_entries(entries, current))
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
    """Says on every page that nothing here is about anybody, where that is so."""
    if shown:
        with st.container(key="made-up"):
            words = t("Made up: an example organisation that does not exist. Nothing here is proof of anything.")
            show(note("unknown", words, "theater_comedy"))


def _entries(entries: Mapping[str, str], current: str) -> Html:
    return join(
        html(
            '<a href="{to}" data-go{here}>{title}</a>',
            to=address(page),
            title=title,
            here=Html(' aria-current="page"') if page == current else "",
        )
        for page, title in entries.items()
    )


def _switch(t: Language) -> Html:
    """The same page in the other language."""
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
    """A click on one of our links, told by `links/links.js`, switches the page within the session."""
    with st.container(key="links"):
        links = own_component("aantoonbaar", "links", _HERE, "links.js")
        clicked = links(key="followed", on_go_change=lambda: None)
    to = clicked.get("go")
    if to:
        _go(urlsplit(to), pages)


def _go(to: SplitResult, pages: Mapping[str, st.Page]) -> None:
    """A link with values only changes those of this page, and the reader stays where they were reading."""
    values = dict(parse_qsl(to.query))
    name = to.path.strip("/")
    if not to.path:
        st.query_params.update(values)
        st.rerun()
    elif name in pages:
        st.switch_page(pages[name], query_params=values)


def chosen(name: str) -> str:
    """The object that the address names. The browser's way back drops it, so the last one seen is kept."""
    page = f"last {name} of {st.context.url and urlsplit(st.context.url).path}"
    given = st.query_params.get(name) or st.session_state.get(page, "")
    st.session_state[page] = given
    if given and name not in st.query_params:
        st.query_params[name] = given
    return str(given)


def failed(t: Language, trouble: Exception) -> None:
    """A page that could not be drawn: what the room says is wrong, else where to look."""
    if isinstance(trouble, Problem):
        words = t.render(trouble.message)
    else:
        logging.getLogger(__name__).error("a page failed", exc_info=trouble)
        words = t("This page could not be drawn. Nothing was changed; the log of the process says why.")
    show(note("failing", words, "error"))


def not_allowed(t: Language, title: str, permissions: Sequence[str]) -> None:
    """A page that the person may not open: which roles may, and who gives them."""
    roles = [t.render(ROLES[role]) for role in ROLES if any(role in PERMISSIONS[one] for one in permissions)]
    show(
        answer(t("You may not open this page."), title),
        empty(
            t("This page is for: {roles}", roles=", ".join(roles)),
            t("Roles are given on the page People, by a security officer or an administrator."),
            link("/", t("To the first page"), "button first"),
        ),
    )


def foot(t: Language, name: str, last: str) -> None:
    """Who acts, the last attempt to be them, and the way out."""
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
    """Parts of a page, as one piece of HTML."""
    if words := join(parts):
        st.html(words)
