"""The forms of the people page. What is shown once (a link, a token) stands on the page until it is left."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import streamlit as st
from sqlmodel import Session

from access import links, people, tokens
from access.people import AccountRow
from dashboard.parts.choice import shown_as
from dashboard.parts.frame import show
from dashboard.parts.markup import html, note
from dashboard.parts.opening import Opening
from dashboard.parts.people_lists import ROLES, role
from dashboard.parts.saving import refuse, save
from dashboard.parts.setup_forms import DAY
from locales import Language, Problem
from models import ApiToken
from models.transaction import writing
from settings import engine


def invite(t: Language, o: Opening) -> None:
    with st.form("invite", border=False):
        name = st.text_input(t("Name"))
        email = st.text_input(t("E-mail address"))
        chosen = st.selectbox(t("Role"), list(ROLES), format_func=lambda one: t.render(ROLES[one]))
        team, audit = _bound(t, o)
        if st.form_submit_button(t("Invite"), type="primary"):

            def add(session: Session, now: datetime) -> str:
                account = people.add(session, o.person, name, email, t.code, o.today, None, now)
                people.grant(session, o.person, account, chosen, now, team=team, audit=audit)
                return links.invite(session, o.person, account, now)

            _once(t, add, "link")


def _bound(t: Language, o: Opening) -> tuple[str | None, str | None]:
    """What a team member's or an auditor's role is bound to."""
    teams = {key: t.title(one) for key, one in o.book.teams.items()}
    team = st.selectbox(
        t("Team, for a team member"), list(teams), index=None, format_func=shown_as(teams), placeholder=t("None")
    )
    audits = {o.audit.key: o.audit.title} if o.audit else {}
    audit = st.selectbox(
        t("Audit, for an auditor"), list(audits), index=None, format_func=shown_as(audits), placeholder=t("None")
    )
    return team, audit


def change_role(t: Language, o: Opening, rows: Sequence[AccountRow]) -> None:
    names = {one.id: one.name for one in rows if one.active}
    with st.form("grant", border=False):
        account = st.selectbox(t("Person"), list(names), format_func=shown_as(names))
        chosen = st.selectbox(t("Role"), list(ROLES), format_func=lambda one: t.render(ROLES[one]), key="granted")
        with st.container(key="grant-bound"):
            teams = {key: t.title(one) for key, one in o.book.teams.items()}
            team = st.selectbox(
                t("Team, for a team member"),
                list(teams),
                index=None,
                format_func=shown_as(teams),
                placeholder=t("None"),
                key="granted-team",
            )
        audit = o.audit.key if o.audit and chosen == "auditor" else None
        if st.form_submit_button(t("Give the role"), type="primary"):
            save(
                t,
                lambda s, now: people.grant(s, o.person, account, chosen, now, team=team, audit=audit),
                t("{name} has the role from now on.", name=names.get(account, "")),
            )
    held = {grant.id: f"{one.name}: {role(t, o.book, grant)}" for one in rows for grant in one.grants}
    with st.form("end-grant", border=False):
        ended = st.selectbox(
            t("Role to end"), list(held), index=None, format_func=shown_as(held), placeholder=t("Choose one")
        )
        if st.form_submit_button(t("End it")) and ended is not None:
            save(
                t, lambda s, now: people.end_grant(s, o.person, ended, now), t("The role has ended, on open pages too.")
            )


def new_link(t: Language, o: Opening, rows: Sequence[AccountRow]) -> None:
    names = {one.id: one.name for one in rows if one.active}
    invited = {one.id for one in rows if not one.has_password}
    with st.form("link", border=False):
        account = st.selectbox(t("Person"), list(names), format_func=shown_as(names), key="linked")
        if st.form_submit_button(t("Make a link")):
            make = links.invite if account in invited else links.reset
            _once(t, lambda session, now: make(session, o.person, account, now), "link")


def make_token(t: Language, o: Opening) -> None:
    teams = {key: t.title(one) for key, one in o.book.teams.items()}
    with st.form("token", border=False):
        label = st.text_input(t("Name of the token"), placeholder=t("build server"))
        team = st.selectbox(t("Team"), list(teams), format_func=shown_as(teams))
        chosen = st.multiselect(t("It may"), list(tokens.OFFERED), default=["evidence.file"])
        last = st.date_input(t("Works until and including"), value=o.today + timedelta(days=180), format=DAY)
        if st.form_submit_button(t("Make the token"), type="primary"):
            _once(t, lambda s, now: tokens.issue(s, o.person, label, str(team), chosen, last, now), "token")


def revoke_token(t: Language, o: Opening, rows: Sequence[ApiToken]) -> None:
    names = {one.id: f"{one.label} ({o.book.team(t, one.team)})" for one in rows if one.revoked_at is None}
    with st.form("revoke", border=False):
        chosen = st.selectbox(t("Token"), list(names), format_func=shown_as(names))
        if st.form_submit_button(t("Revoke it")) and chosen is not None:
            save(t, lambda s, now: tokens.revoke(s, o.person, chosen, now), t("The token is of no use any more."))


def _once(t: Language, make: Callable[[Session, datetime], str], what: str) -> None:
    """Make something that is shown once: only its digest is kept."""
    try:
        with writing(engine()) as (session, now):
            secret = make(session, now)
    except Problem as problem:
        refuse(t, problem)
        return
    words = (
        t("Send this link yourself, by a way that only its reader sees. It works once and is not shown again:")
        if what == "link"
        else t("Keep this token where the build server keeps its secrets. It is not shown again:")
    )
    show(note("demonstrated", html("{words}", words=words), "key"))
    st.code(f"{st.context.url.split('/people')[0]}/link/{secret}" if what == "link" else secret, language=None)
