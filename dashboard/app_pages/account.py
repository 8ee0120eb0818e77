"""Shows the reader's own account: roles, permissions, sessions, sign-in attempts, tokens and language."""

from datetime import datetime
from functools import partial

import streamlit as st
from sqlmodel import Session

from access.people import accounts, sessions, tokens
from access.people.agreements import RIGHTS
from access.people.digest_choice import choose_digest, wants_digest
from access.permissions import PERMISSIONS, may
from access.sign_in import login_log
from dashboard.app_pages.administration.login_attempts import attempts
from dashboard.components import token_forms
from dashboard.shell import html
from dashboard.shell.frame import change_language, language, show
from dashboard.shell.last_sign_in import whom_to_tell
from dashboard.shell.one_time_secret import show_secret
from dashboard.shell.page_context import PageContext, page_context
from dashboard.shell.role_names import LANGUAGES, ROLES
from dashboard.shell.saving import save, show_message
from dashboard.shell.streamlit_adapter import reader_value
from dashboard.shell.url_filters import option_label
from locales import Language
from models.vocabulary import Role
from settings import mail_server

t = language()


def draw(context: PageContext) -> None:
    show(html.answer(t("You are signed in as {name}.", name=context.person.name), t("My account"), roles(context)))
    show_message()
    show_secret(t)
    left, right = st.columns([7, 5], gap="large")
    with left:
        if not context.person.previewing:
            draw_sessions(context)
            draw_attempts(context)
            draw_tokens(context)
    with right:
        if not context.person.previewing:
            draw_ways_in()
            draw_language(context)
            draw_mail(context)
        draw_rights(context)


def roles(context: PageContext) -> str:
    """Each role by name, a team member's with the teams."""
    teams = ", ".join(sorted(context.titles.team(t, key) for key in context.person.teams))
    named = [
        f"{t.render(name)}: {teams}" if role == Role.TEAM_MEMBER and teams else t.render(name)
        for role, name in ROLES.items()
        if role in context.person.roles
    ]
    return " · ".join(named)


def draw_sessions(context: PageContext) -> None:
    rows = sessions.list_own(context.session, context.person.account, context.now)
    this = reader_value("session")
    show(html.section(t("Where you are signed in"), t("a session ends after 30 minutes of inactivity")))
    for row in rows:
        with st.container(horizontal=True, vertical_alignment="center", key=f"session-{row.token_sha256[:12]}"):
            show(session_line(row, this))
            if row.token_sha256 != this and st.button(t("Sign out"), key=f"out-{row.token_sha256[:12]}"):
                save(t, partial(sign_out, context.person.account, row.token_sha256), t("That session has ended."))
    if any(row.token_sha256 != this for row in rows) and st.button(t("Sign out everywhere else")):
        done = t("The other sessions have ended.")
        save(t, lambda s, now: sessions.end_all(s, context.person.account, now, keep=this), done)


def sign_out(account: str, digest: str, session: Session, now: datetime) -> None:
    sessions.end(session, digest, now, account)


def session_line(row: sessions.SessionRow, this: str) -> html.Html:
    tag = html.html(' <span class="tag">{words}</span>', words=t("this session"))
    return html.html(
        '<span class="two any grow"><b>{agent}</b>{mine}<small>{where}</small></span>',
        agent=attempts.browser(row.agent) or t("unknown browser"),
        mine=tag if row.token_sha256 == this else "",
        where=t(
            "from {address}, since {moment}, last active {seen}",
            address=row.address,
            moment=row.started_at,
            seen=row.seen_at,
        ),
    )


def draw_attempts(context: PageContext) -> None:
    rows = login_log.list_own(context.session, context.person.account)
    show(html.section(t("Attempts to sign in to your account"), t("the last {n}", n=len(rows)) if rows else ""))
    show(attempts.own_attempts(t, rows) if rows else html.html("<p>{words}</p>", words=t("None yet.")))
    whom = whom_to_tell(t, context.person)
    show(html.caption(t("If any of these was not you, change your password and tell {whom}.", whom=whom)))


def draw_tokens(context: PageContext) -> None:
    """Draw the reader's own tokens, if they have a permission that a token can have."""
    if not any(may(context.person, permission) for permission in tokens.TOKEN_PERMISSIONS):
        return
    rows, names = tokens.list_own(context.session, context.person), token_forms.limit_names(t, context)
    show(html.section(t("Your own tokens"), t("for scripts that act on your behalf")))
    if rows:
        show(token_forms.token_table(t, context, names, rows, whose=False))
    with st.expander(t("Create a token")):
        token_forms.own_form(t, context, names)
    token_forms.revoke_form(t, context, rows, lambda s, token, now: tokens.revoke_own(s, context.person, token, now))


def draw_ways_in() -> None:
    """Link to the pages for password and second factor; outside Streamlit, so that it sees no secret."""
    ways = {
        "/password": t("Change my password"),
        "/second-factor": t("Second factor: codes from an app"),
        "/passkeys": t("Passkeys"),
    }
    links = html.join(
        html.html('<li><a href="{to}" target="_self">{words}</a></li>', to=to, words=words)
        for to, words in ways.items()
    )
    show(html.section(t("How you sign in")), html.html("<ul class='plain'>{links}</ul>", links=links))


def draw_language(context: PageContext) -> None:
    show(html.section(t("Language")))
    own = accounts.language_of(context.session, context.person.account)
    with st.form("own-language", border=False):
        chosen = st.selectbox(
            t("Your language"),
            list(LANGUAGES),
            index=list(LANGUAGES).index(own) if own in LANGUAGES else 0,
            format_func=option_label(LANGUAGES),
        )
        if st.form_submit_button(t("Save")):
            change_language(chosen)
            done = Language(chosen, t.zone)("Saved: pages and messages are in this language.")
            save(
                t, lambda s, now: accounts.change(s, context.person, context.person.account, now, language=chosen), done
            )


def draw_mail(context: PageContext) -> None:
    """Draw the choice of the daily digest, if mail is sent at all."""
    if mail_server() is None:
        return
    show(html.section(t("Daily message by mail")))
    with st.form("own-digest", border=False):
        label = t("Send me what is due, what waits for me and what was rejected, at most once on a working day")
        wanted = st.checkbox(label, value=wants_digest(context.session, context.person))
        if st.form_submit_button(t("Save"), key="save-digest"):
            done = t("Saved: you get the daily message.") if wanted else t("Saved: you get no daily message.")
            save(t, lambda s, now: choose_digest(s, context.person, now, wanted=wanted), done)


def draw_rights(context: PageContext) -> None:
    rights = [
        t.render(RIGHTS[permission])
        for permission in PERMISSIONS
        if permission in RIGHTS and may(context.person, permission)
    ]
    folded = html.html(
        '<details class="more"><summary>{number}</summary><ul class="plain small">{lines}</ul></details>',
        number=t.n("{n} permission", "{n} permissions", len(rights)),
        lines=html.join(html.html("<li>{right}</li>", right=right) for right in rights),
    )
    show(html.section(t("Your permissions")), folded)


with page_context() as context:
    draw(context)
