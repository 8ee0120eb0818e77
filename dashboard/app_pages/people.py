"""Says who may sign in and as what."""

from collections.abc import Sequence

import streamlit as st

from access import people
from access.people import AccountRow
from access.permissions import may
from controls.audit_bounds import audits
from dashboard.parts import choice, markup, people_forms, people_lists
from dashboard.parts.frame import language, show
from dashboard.parts.once import show_once
from dashboard.parts.opening import Opening, opening
from dashboard.parts.people_lists import LANGUAGES, Named
from dashboard.parts.people_tabs import people_tabs
from dashboard.parts.preview_bar import preview_form
from dashboard.parts.saving import say

t = language()
WHO = {"all": t("Everyone"), "active": t("May sign in"), "ended": t("No access")}


def draw(o: Opening) -> None:
    rows = people.listed(o.session, o.person, o.now)
    named = Named(
        {key: t.title(one) for key, one in o.book.teams.items()},
        {one.key: one.title for one in audits(o.session, o.person)},
    )
    count = sum(one.active and one.has_password for one in rows)
    lead = t("What someone may do follows from their roles. Nobody gives themselves a role.")
    sentence = t.n("{n} person can sign in.", "{n} people can sign in.", count)
    invited = sum(one.active and not one.has_password for one in rows)
    if invited:
        sentence = t.n(
            "{first} {n} is invited and has no password yet.",
            "{first} {n} are invited and have no password yet.",
            invited,
            first=sentence,
        )
    show(markup.answer(sentence, t("People"), lead), people_tabs(t, o.person, "people"))
    say()
    show_once(t)
    opened = next((one for one in rows if one.id == st.query_params.get("person")), None)
    # A phone shows first the person who was opened, or else the list.
    with st.container(key="person-first" if opened else "list-first"):
        left, right = st.columns([8, 4], gap="large")
    with left:
        draw_list(o, named, rows, opened.id if opened else "")
    with right:
        if opened:
            draw_person(o, named, opened)
        else:
            show(markup.section(t("Invite someone")))
            people_forms.invite(t, o, named)


def draw_list(o: Opening, named: Named, rows: Sequence[AccountRow], opened: str) -> None:
    with st.container(key="find-people"):
        left, right = st.columns(2)
    with left:
        words = choice.words(t("Search"), "text", t("name or e-mail address")).casefold()
    with right:
        who = choice.segments(t("Access"), WHO, "who", labelled=True)
    found = [
        one
        for one in rows
        if words in f"{one.name} {one.email}".casefold() and who in ("all", "active" if one.active else "ended")
    ]
    show(
        people_lists.people(t, named, found, opened)
        if found
        else markup.empty(t("Nobody fits these filters"), t("Take one away to see more."))
    )
    if may(o.person, "second_factor.demand"):
        show(markup.section(t("Second factor"), t("a code or a passkey beside the password")))
        people_forms.demanded(t, o, rows)
    if may(o.person, "preview"):
        show(markup.section(t("See what others see"), t("without being able to change anything")))
        preview_form(t, named.teams, named.audits)


def draw_person(o: Opening, named: Named, one: AccountRow) -> None:
    away = markup.link("/people", t("Invite someone"))
    known = [(t("E-mail address"), one.email), (t("Language"), LANGUAGES.get(one.language, one.language))]
    show(markup.section(one.name, away), markup.pairs(known))
    if one.id == o.person.account:
        words = t("This is you. A colleague changes your roles and days; the rest is on your own page.")
        show(markup.note("unknown", words), markup.html("<p>{to}</p>", to=markup.link("/account", t("My account"))))
        return
    show(markup.section(t("Roles"), level=3))
    people_forms.roles(t, o, named, one)
    show(markup.section(t("Ways in"), level=3))
    people_forms.ways_in(t, o, one)
    show(markup.section(t("Details"), level=3))
    people_forms.details(t, o, one)
    if one.active:
        show(markup.section(t("End"), level=3))
        people_forms.end_account(t, o, one)


with opening() as o:
    draw(o)
