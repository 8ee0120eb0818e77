"""Says who may sign in and as what, who tried to, and which tokens programs have."""

from datetime import timedelta

import streamlit as st

from access import login_log, people, tokens
from access.permissions import may
from dashboard.parts import choice, markup, people_forms, people_lists
from dashboard.parts.frame import language, show
from dashboard.parts.opening import Opening, opening
from dashboard.parts.saving import say

t = language()
PARTS = {"people": t("People"), "attempts": t("Login attempts"), "tokens": t("Tokens")}
_DAYS = 30


def draw(o: Opening) -> None:
    rows = people.listed(o.session, o.person, o.now)
    active = [one for one in rows if one.active]
    show(
        markup.answer(
            t.n("{n} person can sign in.", "{n} people can sign in.", len(active)),
            t("People"),
            t("What someone may do follows from their roles. Nobody gives themselves a role."),
        )
    )
    say()
    part = choice.segments(t("Part"), PARTS, "part")
    if part == "people":
        draw_people(o, rows)
    elif part == "attempts":
        draw_attempts(o)
    elif may(o.person, "token.manage"):
        draw_tokens(o)


def draw_people(o: Opening, rows: list[people.AccountRow]) -> None:
    show(people_lists.people(t, o.book, rows))
    left, middle, right = st.columns(3, gap="large")
    with left:
        show(markup.section(t("Invite someone")))
        people_forms.invite(t, o)
    with middle:
        show(markup.section(t("Give or end a role")))
        people_forms.change_role(t, o, rows)
    with right:
        show(markup.section(t("A link to sign in anew")))
        people_forms.new_link(t, o, rows)


def draw_attempts(o: Opening) -> None:
    since = o.now - timedelta(days=_DAYS)
    attempts = login_log.attempts(o.session, o.person, since, o.now)
    failed = sum(not one.succeeded for one in attempts)
    show(
        markup.section(
            t("The last {n} days", n=_DAYS),
            t.n("{n} attempt, {failed} failed", "{n} attempts, {failed} failed", len(attempts), failed=failed),
        ),
        people_lists.attempts(t, attempts)
        if attempts
        else markup.empty(t("Nobody tried to sign in"), t("Every attempt stands here, also those that fail.")),
    )


def draw_tokens(o: Opening) -> None:
    found = tokens.listed(o.session, o.person)
    show(markup.section(t("Tokens"), t("for build servers and scripts; each acts as a member of one team")))
    show(
        people_lists.tokens(t, o.book, found, o.today)
        if found
        else markup.empty(t("There are no tokens"), t("With one a build server hands in its test results by itself."))
    )
    left, right = st.columns(2, gap="large")
    with left:
        show(markup.section(t("Make a token")))
        people_forms.make_token(t, o)
    with right:
        if any(one.revoked_at is None for one in found):
            show(markup.section(t("Revoke a token")))
            people_forms.revoke_token(t, o, found)


with opening() as o:
    draw(o)
