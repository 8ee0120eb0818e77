"""Shows the people with an account, their roles and access, and the forms to change them."""

from collections.abc import Sequence

import streamlit as st

from access.people import accounts
from access.people.accounts import AccountRow
from access.permissions import may
from controls.audit.audit_bounds import audits
from dashboard.app_pages.administration.people import forms, people_lists
from dashboard.app_pages.administration.people.people_lists import GroupNames
from dashboard.components.data_table import TableTools, data_table
from dashboard.components.page_tabs import page_tabs
from dashboard.shell import html, url_filters
from dashboard.shell.frame import language, show
from dashboard.shell.one_time_secret import show_secret
from dashboard.shell.page_context import PageContext, page_context
from dashboard.shell.preview_bar import preview_form
from dashboard.shell.role_names import LANGUAGES
from dashboard.shell.saving import show_message

t = language()
WHO = {"all": t("Everyone"), "active": t("Can sign in"), "ended": t("No access")}


def draw(context: PageContext) -> None:
    rows = accounts.list_accounts(context.session, context.person, context.now)
    named = GroupNames(
        {key: t.title(team) for key, team in context.titles.teams.items()},
        {audit.key: audit.title for audit in audits(context.session, context.person)},
    )
    count = sum(row.active and row.has_password for row in rows)
    lead = t("Roles determine what people can do. Nobody can assign roles to themselves.")
    sentence = t.n("{n} person can sign in.", "{n} people can sign in.", count)
    invited = sum(row.active and not row.has_password for row in rows)
    if invited:
        sentence = t.n(
            "{first} {n} is invited and has no password yet.",
            "{first} {n} are invited and have no password yet.",
            invited,
            first=sentence,
        )
    show(html.answer(sentence, t("People"), lead), page_tabs(t, context.person, "people"))
    show_message()
    show_secret(t)
    opened = next((row for row in rows if row.id == st.query_params.get("person")), None)
    # A phone shows first the person who was opened, or else the list.
    with st.container(key="person-first" if opened else "list-first"):
        left, right = st.columns([8, 4], gap="large")
    with left:
        draw_list(context, named, rows, opened.id if opened else "")
    with right:
        if opened:
            draw_person(context, named, opened)
        else:
            show(html.section(t("Invite someone")))
            forms.invite(t, context, named)


def draw_list(context: PageContext, named: GroupNames, rows: Sequence[AccountRow], opened: str) -> None:
    with st.container(key="find-people"):
        left, right = st.columns(2)
    with left:
        words = url_filters.search_field(t("Search"), "text", t("name or e-mail address")).casefold()
    with right:
        access = url_filters.segments(t("Access"), WHO, "who", labelled=True)
    matching = [row for row in rows if matches(row, words, access)]
    if matching:
        tools = TableTools("people", t("People"), kind="people", finds=False)
        data_table(t, tools, people_lists.columns(t, named, opened), matching)
    else:
        show(html.empty(t("No people match these filters"), t("Remove a filter to see more.")))
    if may(context.person, "second_factor.demand"):
        show(html.section(t("Second factor"), t("a code or a passkey in addition to the password")))
        forms.second_factor_roles(t, context, rows)
    if may(context.person, "preview"):
        show(html.section(t("View as someone else"), t("without being able to change anything")))
        preview_form(t, named.teams, named.audits)


def matches(row: AccountRow, words: str, access: str) -> bool:
    """Whether an account has these words in name or address, and this access (`all`, `active` or `ended`)."""
    return words in f"{row.name} {row.email}".casefold() and access in ("all", "active" if row.active else "ended")


def draw_person(context: PageContext, named: GroupNames, account: AccountRow) -> None:
    away = html.link("/people", t("Invite someone"))
    details = [(t("E-mail address"), account.email), (t("Language"), LANGUAGES.get(account.language, account.language))]
    show(html.section(account.name, away), html.pairs(details))
    if account.id == context.person.account:
        words = t(
            "This is your own account. A colleague can change your roles and dates; change the rest on your own page."
        )
        show(html.note("unknown", words), html.html("<p>{to}</p>", to=html.link("/account", t("My account"))))
        return
    show(html.section(t("Roles"), level=3))
    forms.roles(t, context, named, account)
    show(html.section(t("Sign-in"), level=3))
    forms.sign_in_help(t, context, account)
    show(html.section(t("Details"), level=3))
    forms.details(t, context, account)
    if account.active:
        show(html.section(t("End"), level=3))
        forms.end_account(t, context, account)


with page_context() as context:
    draw(context)
