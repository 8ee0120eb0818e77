"""Tokens of teams and of people: one line each, and the form for a new one."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import streamlit as st
from sqlmodel import Session

from access.people import tokens
from access.people.agreements import RIGHTS
from access.people.tokens import FILING, OFFERED, TokenRow
from access.permissions import TEAM_MEMBER, Person, exceeding, may
from controls.browse import lookup
from controls.scope.system_scope import scope_on
from dashboard.components.badge import mark
from dashboard.components.setup_forms import DAY
from dashboard.shell.frame import show
from dashboard.shell.html import Html, html, join, note, table, two_lines
from dashboard.shell.one_time_secret import Once, make_once
from dashboard.shell.page_context import PageContext
from dashboard.shell.saving import save
from dashboard.shell.url_filters import shown_as
from locales import Language

_HALF_A_YEAR = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a new token is for."""

    label: str
    permissions: list[str]
    requirements: list[str]
    systems: list[str]
    last_day: date


@dataclass(frozen=True, slots=True)
class Names:
    """What a token can be narrowed to, by key: requirements with the team of each, and systems."""

    requirements: Mapping[str, str]
    teams: Mapping[str, str | None]
    systems: Mapping[str, str]


def names_of(t: Language, o: PageContext) -> Names:
    """Also for an administrator, who reads none of their evidence."""
    asked = lookup.requirements_on(o.session, o.now)
    systems = {one.key: t.title(one) for one in scope_on(o.session, o.today, o.now)}
    return Names({one.key: t.title(one) for one in asked}, {one.key: one.team for one in asked}, systems)


def token_table(t: Language, o: PageContext, names: Names, rows: Sequence[TokenRow], *, whose: bool = True) -> Html:
    heads = [t("Token"), *([t("Whose")] if whose else []), t("What it may"), t("Until"), t("Last used")]
    return table(heads, [_row(t, o, names, one, whose=whose) for one in rows], "tokens")


def _row(t: Language, o: PageContext, names: Names, one: TokenRow, *, whose: bool) -> list[object]:
    made = t("made by {name} on {day}", name=one.issued_by, day=t.day_of(one.issued_at))
    owner = o.book.team(t, one.team) if one.team else one.owner or ""
    return [
        html('<span class="two any"><b>{label}</b><small>{made}</small></span>', label=one.label, made=made),
        *([owner] if whose else []),
        _purpose(t, names, one),
        _until(t, one, o.today),
        t.moment(one.used_at) if one.used_at else html("<small>{words}</small>", words=t("never")),
    ]


def _purpose(t: Language, names: Names, one: TokenRow) -> Html:
    """In words; what it is narrowed to below it."""
    narrowed = [names.requirements.get(key, key) for key in one.requirements]
    narrowed += [names.systems.get(key, key) for key in one.systems]
    only = t("only: {names}", names=", ".join(narrowed)) if narrowed else ""
    words = join(html("<div>{right}</div>", right=t.render(RIGHTS[each])) for each in one.permissions)
    return html("{words}<small>{only}</small>", words=words, only=only)


def _until(t: Language, one: TokenRow, today: date) -> Html:
    if one.revoked_at:
        return two_lines(mark(t, "excluded", t("Revoked")), t.moment(one.revoked_at))
    if not one.works_on(today):
        return two_lines(mark(t, "lapsed", t("Ended")), t.date(min(one.last_day, one.maker_ends_on or one.last_day)))
    return html("{day}", day=t.date(one.last_day))


def team_form(t: Language, o: PageContext, names: Names) -> None:
    """For a build server: it acts as a member of a team."""
    teams = {key: t.title(one) for key, one in o.book.teams.items()}
    team = str(st.selectbox(t("Team"), list(teams), format_func=shown_as(teams), key="token-team") or "")
    own = {key: name for key, name in names.requirements.items() if names.teams[key] == team}
    member = Person("", frozenset({TEAM_MEMBER}), teams=frozenset({team}))
    beyond = exceeding(o.person, member)
    offered = [one for one in OFFERED if one not in beyond]
    if not offered:
        words = t("A token does no more than who makes it: a security officer makes it for this team.")
        show(note("unknown", words, "info"))
        return
    _form(
        t,
        o,
        offered,
        own,
        names.systems,
        lambda s, now, a: tokens.issue(
            s, o.person, a.label, team, a.permissions, a.last_day, now, requirements=a.requirements, systems=a.systems
        ),
    )


def own_form(t: Language, o: PageContext, names: Names) -> None:
    """For a script of one's own: it acts as oneself, and never does more."""
    offered = [one for one in OFFERED if may(o.person, one)]
    teams = o.person.teams
    own = {key: name for key, name in names.requirements.items() if not teams or names.teams[key] in teams}
    _form(
        t,
        o,
        offered,
        own,
        names.systems,
        lambda s, now, a: tokens.issue_own(
            s, o.person, a.label, a.permissions, a.last_day, now, requirements=a.requirements, systems=a.systems
        ),
    )


def _form(
    t: Language,
    o: PageContext,
    offered: list[str],
    requirements: Mapping[str, str],
    systems: Mapping[str, str],
    issue: Callable[[Session, datetime, Asked], str],
) -> None:
    label = st.text_input(t("Name of the token"), placeholder=t("build server"))
    permissions = st.multiselect(
        t("It may"),
        offered,
        default=offered[:1],
        format_func=lambda one: t.render(RIGHTS[one]),
        placeholder=t("Choose what it may"),
    )
    narrowed: tuple[list[str], list[str]] = ([], [])
    if FILING[0] in permissions:
        narrowed = _narrowed(t, requirements, systems)
    last = st.date_input(
        t("Works until and including"),
        value=o.today + _HALF_A_YEAR,
        min_value=o.today,
        max_value=o.today + timedelta(days=tokens.LONGEST),
        format=DAY,
    )
    if st.button(t("Make the token"), type="primary", disabled=not permissions) and isinstance(last, date):
        asked = Asked(label, permissions, *narrowed, last)
        said = t("Keep this token where the script or build server keeps its secrets. It is not shown again.")
        make_once(t, lambda s, now: Once(said, issue(s, now, asked)))


def _narrowed(t: Language, requirements: Mapping[str, str], systems: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """What it may hand in evidence for; the less, the less is lost with it."""
    for_these = st.multiselect(
        t("Only for this evidence"),
        list(requirements),
        format_func=shown_as(requirements),
        placeholder=t("All that it is asked"),
    )
    of_these = st.multiselect(
        t("Only for these systems"), list(systems), format_func=shown_as(systems), placeholder=t("All in scope")
    )
    return for_these, of_these


def revoke_form(
    t: Language, o: PageContext, rows: Sequence[TokenRow], revoke: Callable[[Session, int, datetime], None]
) -> None:
    working = [one for one in rows if one.works_on(o.today)]
    if not working:
        return
    named = {
        one.id: f"{one.label} ({o.book.team(t, one.team) if one.team else one.owner or o.person.name})"
        for one in working
    }
    with st.form("revoke", border=False):
        chosen = st.selectbox(
            t("Token to revoke"), list(named), index=None, format_func=shown_as(named), placeholder=t("Choose one")
        )
        if st.form_submit_button(t("Revoke it")) and chosen is not None:
            save(t, lambda s, now: revoke(s, chosen, now), t("The token is of no use any more."))
