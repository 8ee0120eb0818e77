"""Says who I am here, what I may, where I am signed in, and how I sign in."""

from datetime import datetime
from functools import partial

import streamlit as st
from sqlmodel import Session

from access.people import accounts, sessions, tokens
from access.people.agreements import RIGHTS
from access.permissions import PERMISSIONS, may
from access.sign_in import login_log
from dashboard.app_pages.login_attempts import attempts
from dashboard.components import token_forms
from dashboard.shell import html
from dashboard.shell.frame import change_language, language, show
from dashboard.shell.one_time_secret import show_once
from dashboard.shell.page_context import PageContext, opening
from dashboard.shell.role_names import LANGUAGES, ROLES
from dashboard.shell.saving import save, say
from dashboard.shell.streamlit_adapter import reader_value
from dashboard.shell.url_filters import shown_as
from locales import Language
from models.vocabulary import Role

t = language()


def draw(o: PageContext) -> None:
    show(html.answer(t("You are signed in as {name}.", name=o.person.name), t("My account"), roles(o)))
    say()
    show_once(t)
    left, right = st.columns([7, 5], gap="large")
    with left:
        if not o.person.previewing:
            draw_sessions(o)
            draw_attempts(o)
            draw_tokens(o)
    with right:
        if not o.person.previewing:
            draw_ways_in()
            draw_language(o)
        draw_rights(o)


def roles(o: PageContext) -> str:
    """Each role, with its team; an audit has no name that an auditor's own page needs."""
    teams = ", ".join(sorted(o.book.team(t, key) for key in o.person.teams))
    named = [
        f"{t.render(word)}: {teams}" if role == Role.TEAM_MEMBER and teams else t.render(word)
        for role, word in ROLES.items()
        if role in o.person.roles
    ]
    return " · ".join(named)


def draw_sessions(o: PageContext) -> None:
    rows = sessions.list_own(o.session, o.person.account, o.now)
    this = reader_value("session")
    show(html.section(t("Where you are signed in"), t("a session ends by itself after 30 minutes without you")))
    for one in rows:
        with st.container(horizontal=True, vertical_alignment="center", key=f"session-{one.token_sha256[:12]}"):
            show(session_line(one, this))
            if one.token_sha256 != this and st.button(t("Sign out"), key=f"out-{one.token_sha256[:12]}"):
                save(t, partial(sign_out, o.person.account, one.token_sha256), t("That session has ended."))
    if any(one.token_sha256 != this for one in rows) and st.button(t("Sign out everywhere else")):
        done = t("The other sessions have ended.")
        save(t, lambda s, now: sessions.end_all(s, o.person.account, now, keep=this), done)


def sign_out(account: str, digest: str, session: Session, now: datetime) -> None:
    sessions.end(session, digest, now, account)


def session_line(one: sessions.SessionRow, this: str) -> html.Html:
    mine = html.html(' <span class="tag">{words}</span>', words=t("this session"))
    return html.html(
        '<span class="two any grow"><b>{agent}</b>{mine}<small>{where}</small></span>',
        agent=attempts.browser(one.agent) or t("a browser that does not say its name"),
        mine=mine if one.token_sha256 == this else "",
        where=t(
            "from {address}, since {moment}, last seen {seen}",
            address=one.address,
            moment=one.started_at,
            seen=one.seen_at,
        ),
    )


def draw_attempts(o: PageContext) -> None:
    rows = login_log.list_own(o.session, o.person.account)
    show(html.section(t("Attempts to sign in as you"), t("the last {n}", n=len(rows)) if rows else ""))
    show(attempts.own_attempts(t, rows) if rows else html.html("<p>{words}</p>", words=t("None yet.")))
    show(
        html.html(
            '<p class="caption">{words}</p>',
            words=t("One that was not you? Change your password and tell the security officer."),
        )
    )


def draw_tokens(o: PageContext) -> None:
    """Only for who may do something that a token can do."""
    if not any(may(o.person, one) for one in tokens.TOKEN_PERMISSIONS):
        return
    rows, names = tokens.list_own(o.session, o.person), token_forms.names_of(t, o)
    show(html.section(t("Your own tokens"), t("for scripts that act as you")))
    if rows:
        show(token_forms.token_table(t, o, names, rows, whose=False))
    with st.expander(t("Make a token")):
        token_forms.own_form(t, o, names)
    token_forms.revoke_form(t, o, rows, lambda s, token, now: tokens.revoke_own(s, o.person, token, now))


def draw_ways_in() -> None:
    """These pages lie outside Streamlit, so that no secret passes through it."""
    ways = {
        "/password": t("Change my password"),
        "/second-factor": t("Second factor: codes of an app"),
        "/passkeys": t("Passkeys"),
    }
    links = html.join(
        html.html('<li><a href="{to}" target="_self">{words}</a></li>', to=to, words=words)
        for to, words in ways.items()
    )
    show(html.section(t("How you sign in")), html.html("<ul class='plain'>{links}</ul>", links=links))


def draw_language(o: PageContext) -> None:
    show(html.section(t("Language")))
    own = accounts.language_of(o.session, o.person.account)
    with st.form("own-language", border=False):
        chosen = st.selectbox(
            t("The language that you read"),
            list(LANGUAGES),
            index=list(LANGUAGES).index(own) if own in LANGUAGES else 0,
            format_func=shown_as(LANGUAGES),
        )
        if st.form_submit_button(t("Save")):
            change_language(chosen)
            done = Language(chosen, t.zone)("Saved: pages and messages are in this language.")
            save(t, lambda s, now: accounts.change(s, o.person, o.person.account, now, language=chosen), done)


def draw_rights(o: PageContext) -> None:
    rights = [t.render(RIGHTS[one]) for one in PERMISSIONS if one in RIGHTS and may(o.person, one)]
    lines = html.join(html.html("<li>{one}</li>", one=one) for one in rights)
    show(html.section(t("What you may")), html.html("<ul class='plain small'>{lines}</ul>", lines=lines))


with opening() as o:
    draw(o)
