"""Forms to invite people and to change their accounts and roles."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

import streamlit as st
from sqlmodel import Session

from access.people import accounts
from access.people.accounts import AccountRow
from access.people.delegation import grantable_roles, may_open_account
from access.permissions import may
from access.sign_in import passkeys, second_factor
from dashboard.app_pages.administration.people.link_by_mail import NewLink, create_link, new_link
from dashboard.app_pages.administration.people.people_lists import GroupNames, role
from dashboard.shell.frame import show
from dashboard.shell.html import html, note
from dashboard.shell.page_context import PageContext
from dashboard.shell.role_names import LANGUAGES, ROLES
from dashboard.shell.saving import save, show_refusal
from dashboard.shell.url_filters import DAY_FORMAT, option_label
from locales import Language
from models.vocabulary import Role

_INVITED = "number of people invited"  # the fields of the next person begin empty


def invite(t: Language, context: PageContext, named: GroupNames) -> None:
    place = f"invited {st.session_state.setdefault(_INVITED, 0)}"
    name = st.text_input(
        t("Name"),
        key=f"{place} name",
        help=t("The name by which colleagues know this person: the activity log shows by name who did what."),
    )
    email = st.text_input(t("E-mail address"), key=f"{place} e-mail")
    language = st.selectbox(t("Language"), list(LANGUAGES), format_func=option_label(LANGUAGES))
    chosen, team, audit = role_choice(t, context, named, "invited")
    first = st.date_input(t("First day"), value=context.today, format=DAY_FORMAT)
    last = st.date_input(t("Last day"), value=None, format=DAY_FORMAT, help=t("Leave empty for no end date."))
    if st.button(t("Invite"), type="primary") and _is_complete(t, chosen, team, audit):

        def add(session: Session, now: datetime) -> NewLink:
            account = accounts.add(session, context.person, name, email, language, first, last, now)
            accounts.grant(session, context.person, account, chosen, now, team=team, audit=audit)
            st.session_state[_INVITED] += 1
            return new_link(session, context.person, account, now, invited=True)

        create_link(t, context.person, add)


def role_choice(t: Language, context: PageContext, named: GroupNames, key: str) -> tuple[str, str | None, str | None]:
    """Draw the choice of a role that the reader can assign, with the team or audit that it needs."""
    offered = [role for role in ROLES if role in grantable_roles(context.person)]
    index = offered.index("team member") if Role.TEAM_MEMBER in offered else 0
    less = (
        ""
        if len(offered) == len(ROLES)
        else t("You can only assign permissions that you have yourself: ask a security officer.")
    )
    chosen = str(
        st.selectbox(
            t("Role"),
            offered,
            format_func=lambda key: t.render(ROLES[key]),
            key=f"{key}-role",
            index=index,
            help=None if len(offered) == len(ROLES) else less,
        )
    )
    if chosen == Role.TEAM_MEMBER:
        team = _one_of(t, t("Team"), named.teams, f"{key}-team", t("Add a team on the set up page first."))
        return chosen, team, None
    if chosen == Role.AUDITOR:
        audit = _one_of(t, t("Audit"), named.audits, f"{key}-audit", t("Plan an audit on the set up page first."))
        return chosen, None, audit
    return chosen, None, None


def _one_of(t: Language, label: str, options: Mapping[str, str], key: str, without: str) -> str | None:
    if not options:
        show(note("unknown", without, "info"))
        return None
    return st.selectbox(
        label, list(options), index=None, format_func=option_label(options), placeholder=t("Choose"), key=key
    )


def _is_complete(t: Language, chosen: str, team: str | None, audit: str | None) -> bool:
    """Whether the role has the team or audit that it needs; else tell which to choose."""
    if chosen == Role.TEAM_MEMBER and team is None:
        show_refusal(t("Choose the team of this team member."))
    elif chosen == Role.AUDITOR and audit is None:
        show_refusal(t("Choose the audit of this auditor."))
    else:
        return True
    return False


def roles(t: Language, context: PageContext, named: GroupNames, account: AccountRow) -> None:
    """Draw a person's roles with a button to end each, and a form to assign another."""
    for grant in account.grants:
        with st.container(horizontal=True, vertical_alignment="center", key=f"held-{grant.id}"):
            show(html('<span class="grow">{role}</span>', role=role(t, named, grant)))
            is_givable = grant.role in grantable_roles(context.person)
            if st.button(
                t("End"),
                key=f"end-{grant.id}",
                disabled=not is_givable,
                help=t("The role ends immediately, also on pages that are open."),
            ):
                done = t("{name} no longer has the role {role}.", name=account.name, role=role(t, named, grant))
                save(t, partial(_end_grant, context, grant.id), done)
    chosen, team, audit = role_choice(t, context, named, f"given-{account.id}")
    if st.button(t("Assign this role")) and _is_complete(t, chosen, team, audit):
        save(
            t,
            lambda s, now: accounts.grant(s, context.person, account.id, chosen, now, team=team, audit=audit),
            t("{name} has this role once the agreement has been accepted.", name=account.name),
        )


def details(t: Language, context: PageContext, account: AccountRow) -> None:
    with st.form(f"details-{account.id}", border=False):
        hint = t("A new address signs this person out everywhere.")
        email = st.text_input(t("E-mail address"), value=account.email, help=hint)
        index = list(LANGUAGES).index(account.language)
        language = st.selectbox(t("Language"), list(LANGUAGES), format_func=option_label(LANGUAGES), index=index)
        earliest = min(account.starts_on, account.ends_on or account.starts_on)  # it may end before its first day
        last = st.date_input(t("Last day"), value=account.ends_on, format=DAY_FORMAT, min_value=earliest)
        if st.form_submit_button(t("Save")):
            ends_on = accounts.KEEP if last == account.ends_on else last
            save(
                t,
                lambda s, now: accounts.change(
                    s, context.person, account.id, now, email=email, language=language, ends_on=ends_on
                ),
                t("Saved: {name}.", name=account.name),
            )


def sign_in_help(t: Language, context: PageContext, account: AccountRow) -> None:
    """Draw the forms for a sign-in link and for removing second factor and passkeys."""
    if not may_open_account(context.session, context.person, account.id):
        show(
            note(
                "unknown",
                t("This person has more permissions than you: a security officer can help them to sign in."),
                "info",
            )
        )
        return
    words = t("Create a link for a new password") if account.has_password else t("Create a new invitation")
    if st.button(words, key="make-link"):
        invited = not account.has_password
        create_link(t, context.person, lambda s, now: new_link(s, context.person, account.id, now, invited=invited))
    if account.second_factor and st.button(
        t("Remove the second factor"), help=t("For someone who lost the device and the recovery codes.")
    ):
        save(
            t,
            lambda s, now: second_factor.remove(s, context.person, account.id, now),
            t("{name} can sign in without a second factor, and can set up a new one.", name=account.name),
        )
    for key in passkeys.list_passkeys(context.session, context.person, account.id):
        if st.button(t("Remove the passkey “{label}”", label=key.label), key=f"passkey-{key.id}"):
            save(t, partial(_remove_passkey, context, key.id), t("The passkey no longer works."))


def end_account(t: Language, context: PageContext, account: AccountRow) -> None:
    sure = st.checkbox(t("Blocks sign-in immediately"), key=f"sure-{account.id}")
    if st.button(t("End this account"), disabled=not sure):
        done = t("The account of {name} has ended.", name=account.name)
        save(t, lambda s, now: accounts.end(s, context.person, account.id, now), done)


def second_factor_roles(t: Language, context: PageContext, rows: Sequence[AccountRow]) -> None:
    """Draw the choice of roles that need a second factor."""
    now_asked = second_factor.demanded_roles(context.session)
    if now_asked and not may(context.person, "second_factor.lift"):
        show(note("unknown", t("You can add roles here. Only a security officer can remove them.")))
    with st.form("demanded", border=False):
        chosen = st.multiselect(
            t("Roles that need a second factor"),
            list(ROLES),
            default=[role for role in ROLES if role in now_asked],
            format_func=lambda key: t.render(ROLES[key]),
            placeholder=t("None"),
        )
        if st.form_submit_button(t("Save")):
            without = {row.id for row in rows if row.active and not row.second_factor and not row.passkeys}
            people_to_set_up = sum(
                row.id in without and any(grant.role in chosen for grant in row.grants) for row in rows
            )
            save(
                t,
                lambda s, now: second_factor.set_demanded_roles(s, context.person, chosen, now),
                t.n(
                    "Saved. {n} person without a second factor must set one up before continuing.",
                    "Saved. {n} people without a second factor must set one up before continuing.",
                    people_to_set_up,
                ),
            )


def _end_grant(context: PageContext, number: int, session: Session, now: datetime) -> None:
    accounts.end_grant(session, context.person, number, now)


def _remove_passkey(context: PageContext, number: int, session: Session, now: datetime) -> None:
    passkeys.remove(session, context.person, number, now)
