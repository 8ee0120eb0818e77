"""Says who I am here, what I may, and where I am signed in."""

import streamlit as st

from access import sessions
from access.agreements import RIGHTS
from access.permissions import PERMISSIONS, may
from dashboard.parts import markup
from dashboard.parts.frame import language, show
from dashboard.parts.opening import Opening, opening
from dashboard.parts.saving import save, say

t = language()


def draw(o: Opening) -> None:
    show(markup.answer(t("You are signed in as {name}.", name=o.person.name), t("My account")))
    say()
    left, right = st.columns([7, 5], gap="large")
    with left:
        draw_sessions(o)
    with right:
        show(markup.section(t("What you may")))
        rights = [t.render(RIGHTS[one]) for one in PERMISSIONS if one in RIGHTS and may(o.person, one)]
        show(
            markup.html(
                "<ul class='plain'>{rows}</ul>",
                rows=markup.join(markup.html("<li>{one}</li>", one=one) for one in rights),
            )
        )


def draw_sessions(o: Opening) -> None:
    rows = sessions.own(o.session, o.person.account, o.now)
    show(
        markup.section(t("Where you are signed in")),
        markup.table(
            [t("Since"), t("Last seen"), t("From")],
            [
                [t.moment(one.started_at), t.moment(one.seen_at), markup.two_lines(one.address, one.agent[:60])]
                for one in rows
            ],
        ),
    )
    if st.button(t("Sign out everywhere")):
        save(t, lambda s, now: sessions.end_all(s, o.person.account, now), t("You are signed out everywhere."))


with opening() as o:
    draw(o)
