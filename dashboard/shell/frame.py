"""The frame around every page: bar, navigation, language, account, links within the session, the last sign-in."""

import logging
from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, urlsplit

import streamlit as st

from access.people import accounts
from access.permissions import PERMISSIONS, Person
from dashboard.shell.html import Html, address, answer, empty, html, icon, is_closed, join, link, note, query
from dashboard.shell.role_names import ROLES
from dashboard.shell.status_styles import style_sheet
from dashboard.shell.streamlit_adapter import own_component, reader_value
from dashboard.shell.streamlit_words import page_words
from locales import LANGUAGES, Language, Problem
from models.transaction import writing
from settings import engine, settings

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


def choose_language(person: Person, code: str) -> None:
    """Set the language for this session and for the account, so that a reload and the next sign-in find it.

    An address with `lang` that someone opens is for that session only: a link from elsewhere changes no account.
    """
    change_language(code)
    try:
        with writing(engine()) as (session, now):
            accounts.change(session, person, person.account, now, language=code)
    except Problem as problem:  # for example a full disk; this session has the language all the same
        logging.getLogger(__name__).warning("a chosen language was not saved: %s", type(problem).__name__)


def change_language(code: str) -> None:
    """Set the language for this session."""
    st.session_state[_LANGUAGE] = code
    st.query_params.pop("lang", None)


def style() -> None:
    """Add the style sheet; it takes no room."""
    st.html(f"<style>{_style()}</style>")


@cache
def _style() -> str:
    sheets = (_HERE / name for name in ("theme.css", "narrow.css", "print.css"))
    return style_sheet() + "".join(sheet.read_text(encoding="utf-8") for sheet in sheets)


@cache
def _mark() -> Html:
    data = b64encode(MARK.read_bytes()).decode()
    return html('<img src="data:image/svg+xml;base64,{data}" alt="">', data=data)


def bar(
    t: Language, name: str, entries: Mapping[str, str], first: str, current: str, counts: Mapping[str, int]
) -> None:
    """Draw navigation, upload, language and the account of `name`. `first`: the page that is at `/`.

    `counts`: how many things wait on a page.

    On a narrow screen navigation and language fold into a menu.
    """
    links = _entries(t, entries, first, current, counts)
    navigation = html("<nav aria-label='{label}'>{links}</nav>", label=t("Pages"), links=links)
    with st.container(key="bar"):
        st.html(
            html(
                '<div class="bar-in"><a class="name" href="/" data-go>{mark}<span translate="no">Aantoonbaar</span></a>'
                '{navigation}{upload}{switch}{account}<details class="drop menu"><summary aria-label="{menu}">{icon}'
                "</summary><div>{navigation}{switch}</div></details></div>",
                mark=_mark(),
                navigation=navigation,
                upload=_upload_button(t, current),
                switch=_switch(t),
                account=_account_menu(t, name),
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


def _entries(t: Language, entries: Mapping[str, str], first: str, current: str, counts: Mapping[str, int]) -> Html:
    return join(
        html(
            '<a href="{to}" data-go{here}>{title}{pill}</a>',
            to=address("" if page == first else page),
            title=title,
            here=_here(page, current),
            pill=_pill(t, counts.get(page, 0)),
        )
        for page, title in entries.items()
    )


def _pill(t: Language, number: int) -> Html:
    """How many things wait there."""
    if not number:
        return Html("")
    label = t.n("{n} waits", "{n} wait", number)
    return html(
        ' <span class="pill"><span class="unseen">{label}</span><span aria-hidden="true">{n}</span></span>',
        label=label,
        n=number,
    )


def _here(page: str, current: str) -> Html:
    return Html(' aria-current="page"') if page == current else Html("")


def _upload_button(t: Language, current: str) -> Html:
    """The way to upload from every page, for who may upload."""
    to = address("upload")
    if is_closed(to):
        return Html("")
    template = '<a href="{to}" data-go class="button upload"{here}>{icon}<span>{title}</span></a>'
    return html(template, to=to, here=_here("upload", current), icon=icon("upload"), title=t("Upload"))


def _account_menu(t: Language, name: str) -> Html:
    """A circle with initials that opens a menu; `<details>` needs no script."""
    return html(
        '<details class="drop account"><summary aria-label="{label}"><span aria-hidden="true" translate="no">{initials}'
        '</span></summary><div><b translate="no">{name}</b><a href="/account" data-go>{account}</a>'
        '<a href="/sign-out" target="_self">{out}</a></div></details>',
        label=t("Account of {name}", name=name),
        initials=initials(name),
        name=name,
        account=t("My account"),
        out=t("Sign out"),
    )


def initials(name: str) -> str:
    """The first letters of the first and the last word of a name, such as KV of Karin de Vries."""
    words = name.split()
    return "".join(word[0] for word in dict.fromkeys((words[0], words[-1]))).upper() if words else ""


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


def follow_links(t: Language, pages: Mapping[str, st.Page], person: Person) -> None:
    """Switch the page within the session after a click on one of our links, reported by `links/links.js`.

    `person`: who clicked, and so chose a language if the link is to this page in another one. The same script puts
    Streamlit's own words in that language.
    """
    with st.container(key="links"):
        links = own_component("aantoonbaar", "links", _HERE, "links.js")
        clicked = links(key="followed", data=page_words(t.code), on_go_change=lambda: None)
    to = clicked.get("go")
    if to:
        _go(urlsplit(to), pages, person)


def _go(to: SplitResult, pages: Mapping[str, st.Page], person: Person) -> None:
    """Follow a link; one with query values only changes those of the present page."""
    values = dict(parse_qsl(to.query))
    name = to.path.strip("/")
    if not to.path:
        if (code := values.pop("lang", None)) in LANGUAGES:
            choose_language(person, str(code))
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


def foot(last: str) -> None:
    """Draw the last attempt to sign in."""
    st.html(html('<div class="foot">{icon}<span>{last}</span></div>', icon=icon("key"), last=last))


def show(*parts: object) -> None:
    """Draw parts of a page as one piece of HTML."""
    if words := join(parts):
        st.html(words)
