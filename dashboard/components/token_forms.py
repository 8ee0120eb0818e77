"""Tokens of teams and of people: a table, and the forms to create and revoke them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import streamlit as st
from sqlmodel import Session

from access.people import tokens
from access.people.agreements import RIGHTS
from access.people.tokens import TOKEN_PERMISSIONS, UPLOAD_PERMISSIONS, TokenRow
from access.permissions import TEAM_MEMBER, Person, exceeding_permissions, may
from controls.browse import lookup
from controls.scope.system_scope import scope_on
from dashboard.shell.badge import mark
from dashboard.shell.frame import show
from dashboard.shell.html import Html, html, join, note, table, two_lines
from dashboard.shell.one_time_secret import OneTimeSecret, create_secret
from dashboard.shell.page_context import PageContext
from dashboard.shell.requirement_choice import both_titles
from dashboard.shell.saving import save
from dashboard.shell.url_filters import DAY_FORMAT, option_label
from locales import Language

_HALF_A_YEAR = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """What a new token is for."""

    label: str
    permissions: list[str]
    requirements: list[str]
    systems: list[str]
    last_day: date


@dataclass(frozen=True, slots=True)
class LimitNames:
    """Titles by key of what a token can be limited to, and the team of each requirement."""

    requirements: Mapping[str, str]
    teams: Mapping[str, str | None]
    systems: Mapping[str, str]


def limit_names(t: Language, context: PageContext) -> LimitNames:
    """Titles of requirements and systems, also for an administrator, who cannot read evidence."""
    requirements = lookup.requirements_on(context.session, context.now)
    systems = {system.key: t.title(system) for system in scope_on(context.session, context.today, context.now)}
    return LimitNames(
        {requirement.key: both_titles(t, requirement) for requirement in requirements},
        {requirement.key: requirement.team for requirement in requirements},
        systems,
    )


def token_table(
    t: Language, context: PageContext, names: LimitNames, rows: Sequence[TokenRow], *, whose: bool = True
) -> Html:
    heads = [t("Token"), *([t("Owner")] if whose else []), t("Permissions"), t("Until"), t("Last used")]
    return table(heads, [_row(t, context, names, row, whose=whose) for row in rows], "tokens")


def _row(t: Language, context: PageContext, names: LimitNames, token: TokenRow, *, whose: bool) -> list[object]:
    made = t("created by {name} on {day}", name=token.issued_by, day=t.day_of(token.issued_at))
    owner = _owner(t, context, token)
    return [
        html('<span class="two any"><b>{label}</b><small>{made}</small></span>', label=token.label, made=made),
        *([owner] if whose else []),
        _purpose(t, names, token),
        _until(t, token, context.today),
        t.moment(token.used_at) if token.used_at else html("<small>{words}</small>", words=t("never")),
    ]


def _purpose(t: Language, names: LimitNames, token: TokenRow) -> Html:
    """The permissions of a token, and what it is limited to."""
    narrowed = [names.requirements.get(key, key) for key in token.requirements]
    narrowed += [names.systems.get(key, key) for key in token.systems]
    only = t("only: {names}", names=", ".join(narrowed)) if narrowed else ""
    words = join(html("<div>{right}</div>", right=t.render(RIGHTS[each])) for each in token.permissions)
    return html("{words}<small>{only}</small>", words=words, only=only)


def _until(t: Language, token: TokenRow, today: date) -> Html:
    if token.revoked_at:
        return two_lines(mark(t, "excluded", t("Revoked")), t.moment(token.revoked_at))
    if not token.works_on(today):
        return two_lines(
            mark(t, "lapsed", t("Expired")), t.date(min(token.last_day, token.maker_ends_on or token.last_day))
        )
    return html("{day}", day=t.date(token.last_day))


def team_form(t: Language, context: PageContext, names: LimitNames) -> None:
    """Draw the form for a team's token: it acts as a member of that team."""
    teams = {key: t.title(team) for key, team in context.titles.teams.items()}
    team = str(st.selectbox(t("Team"), list(teams), format_func=option_label(teams), key="token-team") or "")
    own = {key: name for key, name in names.requirements.items() if names.teams[key] == team}
    member = Person("", frozenset({TEAM_MEMBER}), teams=frozenset({team}))
    beyond = exceeding_permissions(context.person, member)
    offered = [permission for permission in TOKEN_PERMISSIONS if permission not in beyond]
    if not offered:
        words = t(
            "A token never has more permissions than the person who creates it: a security officer can "
            "create one for this team."
        )
        show(note("unknown", words, "info"))
        return
    _form(
        t,
        context,
        offered,
        own,
        names.systems,
        lambda s, now, a: tokens.issue(
            s,
            context.person,
            a.label,
            team,
            a.permissions,
            a.last_day,
            now,
            requirements=a.requirements,
            systems=a.systems,
        ),
    )


def own_form(t: Language, context: PageContext, names: LimitNames) -> None:
    """Draw the form for a personal token: it acts as its owner."""
    offered = [permission for permission in TOKEN_PERMISSIONS if may(context.person, permission)]
    teams = context.person.teams
    own = {key: name for key, name in names.requirements.items() if not teams or names.teams[key] in teams}
    _form(
        t,
        context,
        offered,
        own,
        names.systems,
        lambda s, now, a: tokens.issue_own(
            s, context.person, a.label, a.permissions, a.last_day, now, requirements=a.requirements, systems=a.systems
        ),
    )


def _form(
    t: Language,
    context: PageContext,
    offered: list[str],
    requirements: Mapping[str, str],
    systems: Mapping[str, str],
    issue: Callable[[Session, datetime, TokenRequest], str],
) -> None:
    label = st.text_input(t("Name of the token"), placeholder=t("build server"))
    permissions = st.multiselect(
        t("Permissions"),
        offered,
        default=offered[:1],
        format_func=lambda key: t.render(RIGHTS[key]),
        placeholder=t("Choose permissions"),
    )
    narrowed: tuple[list[str], list[str]] = ([], [])
    if UPLOAD_PERMISSIONS[0] in permissions:
        narrowed = _narrowed(t, requirements, systems)
    last = st.date_input(
        t("Valid until (last day)"),
        value=context.today + _HALF_A_YEAR,
        min_value=context.today,
        max_value=context.today + timedelta(days=tokens.MAX_DAYS),
        format=DAY_FORMAT,
    )
    if st.button(t("Create token"), type="primary", disabled=not permissions) and isinstance(last, date):
        request = TokenRequest(label, permissions, *narrowed, last)
        explanation = t(
            "Store this token where the script or build server keeps its secrets. It will not be shown again."
        )
        create_secret(t, lambda s, now: OneTimeSecret(explanation, issue(s, now, request)))


def _narrowed(t: Language, requirements: Mapping[str, str], systems: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Draw the limits: evidence requirements and systems that the token can upload evidence for."""
    for_these = st.multiselect(
        t("Only for this evidence"),
        list(requirements),
        format_func=option_label(requirements),
        placeholder=t("All evidence requested from it"),
        filter_mode="contains",
    )
    of_these = st.multiselect(
        t("Only for these systems"), list(systems), format_func=option_label(systems), placeholder=t("All in scope")
    )
    return for_these, of_these


def _owner(t: Language, context: PageContext, token: TokenRow) -> str:
    return context.titles.team(t, token.team) if token.team else token.owner or ""


def revoke_form(
    t: Language, context: PageContext, rows: Sequence[TokenRow], revoke: Callable[[Session, int, datetime], None]
) -> None:
    working = [row for row in rows if row.works_on(context.today)]
    if not working:
        return
    named = {token.id: f"{token.label} ({_owner(t, context, token) or context.person.name})" for token in working}
    with st.form("revoke", border=False):
        chosen = st.selectbox(
            t("Token to revoke"), list(named), index=None, format_func=option_label(named), placeholder=t("Choose one")
        )
        if st.form_submit_button(t("Revoke")) and chosen is not None:
            save(t, lambda s, now: revoke(s, chosen, now), t("The token no longer works."))
