"""Previewing the pages as an auditor or a team member: kept for this session, and shown on every page."""

from collections.abc import Mapping

import streamlit as st
from sqlmodel import Session

from access.people.preview_as_role import as_auditor, as_team
from access.permissions import Person, may
from controls.audit.audit_bounds import plans_of
from controls.browse import lookup
from dashboard.shell.frame import show
from dashboard.shell.html import html, note
from dashboard.shell.url_filters import option_label
from locales import Language

_CHOSEN = "previewed"  # ("auditor", the audit's key) or ("team", the team's key)
_AS = {"auditor": as_auditor, "team": as_team}


def previewed(person: Person) -> Person:
    """The person that pages are drawn for: the previewed one while the reader has that permission."""
    chosen = st.session_state.get(_CHOSEN)
    if chosen is None or not may(person, "preview"):
        return person
    kind, key = chosen
    return _AS[kind](person, key)


def names_of(t: Language, session: Session, person: Person) -> dict[str, str]:
    """The name of the previewed team or audit, by key."""
    if not person.previewing:
        return {}
    teams = {team.key: t.title(team) for team in lookup.teams(session, person) if team.key in person.teams}
    return {audit.key: audit.title for audit in plans_of(session, person.audits)} | teams


def preview_bar(t: Language, person: Person, names: Mapping[str, str]) -> None:
    """Draw what is previewed, and the button to leave it. `names`: of teams and audits, by key."""
    if not person.previewing:
        return
    key = next(iter(person.teams or person.audits))
    words = (
        t("You see what a member of {team} sees. Nothing can be changed.", team=names.get(key, key))
        if person.teams
        else t("You see what an auditor of {audit} sees. Nothing can be changed.", audit=names.get(key, key))
    )
    with st.container(key="preview", horizontal=True, vertical_alignment="center"):
        show(note("in_review", html("{words}", words=words), "visibility"))
        if st.button(t("Back to my own view"), key="leave-preview"):
            del st.session_state[_CHOSEN]
            st.rerun()


def preview_form(t: Language, teams: Mapping[str, str], audits: Mapping[str, str]) -> None:
    """Draw the choice of whom to preview."""
    named = {("team", key): t("Team: {name}", name=name) for key, name in teams.items()}
    named = {("auditor", key): t("Auditor: {name}", name=name) for key, name in audits.items()} | named
    with st.form("preview-as", border=False):
        chosen = st.selectbox(
            t("View the pages as"),
            list(named),
            index=None,
            format_func=option_label(named),
            placeholder=t("Choose one"),
        )
        if st.form_submit_button(t("Show")) and chosen is not None:
            st.session_state[_CHOSEN] = chosen
            st.rerun()
