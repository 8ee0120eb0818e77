"""Calendar feeds: addresses at which the reader's own calendar program shows what is due."""

from datetime import datetime
from functools import partial

import streamlit as st
from sqlmodel import Session

from access.people.calendar_feeds import FeedRow, feed_address, list_feeds, make_feed, revoke_feed
from dashboard.shell.frame import show
from dashboard.shell.html import caption, html
from dashboard.shell.one_time_secret import OneTimeSecret, create_secret, product_address, show_secret
from dashboard.shell.page_context import PageContext
from dashboard.shell.saving import save, show_message
from dashboard.shell.url_filters import option_label
from locales import Language

_OWN = ""


def draw_feeds(t: Language, context: PageContext) -> None:
    """Draw the reader's feeds with a button to revoke each, and the form for another."""
    rows = list_feeds(context.session, context.person)
    show_message()
    show_secret(t)
    title = t("Subscribe in your own calendar")
    with st.expander(title, icon=":material/calendar_add_on:", key="calendar-feeds"):
        show(
            caption(
                t(
                    "Your calendar program reads a secret address and keeps itself up to date. It shows what you may "
                    "see here, for as long as you may. Whoever has the address can read it: do not pass it on."
                )
            )
        )
        for row in rows:
            draw_feed(t, context, row)
        draw_form(t, context)


def draw_feed(t: Language, context: PageContext, row: FeedRow) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"feed-{row.id}"):
        read = t("last read {moment}", moment=row.read_at) if row.read_at else t("not read yet")
        made = t("made on {day}", day=t.day_of(row.made_at))
        show(
            html(
                '<span class="two any grow"><b>{name}</b><small>{details}</small></span>',
                name=feed_name(t, context, row.team or _OWN),
                details=f"{made} · {read}",
            )
        )
        if st.button(t("Revoke"), key=f"revoke-feed-{row.id}"):
            save(t, partial(revoke, context, row.id), t("The address no longer works."))


def draw_form(t: Language, context: PageContext) -> None:
    names = {key: feed_name(t, context, key) for key in (_OWN, *context.titles.teams)}
    with st.container(horizontal=True, vertical_alignment="bottom", key="new-feed"):
        team = str(st.selectbox(t("What to show"), list(names), format_func=option_label(names), key="feed-team"))
        if st.button(t("Make an address"), key="make-feed"):
            create_secret(t, lambda session, now: made(t, context, team or None, session, now))


def made(t: Language, context: PageContext, team: str | None, session: Session, now: datetime) -> OneTimeSecret:
    """A new feed's address, with what to do with it."""
    secret = make_feed(session, context.person, team, now)[1]
    words = t(
        "Add this address to your calendar program as a subscription (“from URL”, not “import”). It is secret, and "
        "will not be shown again."
    )
    return OneTimeSecret(words, feed_address(product_address(), secret))


def revoke(context: PageContext, feed: int, session: Session, now: datetime) -> None:
    revoke_feed(session, context.person, feed, now)


def feed_name(t: Language, context: PageContext, team: str) -> str:
    if team:
        return context.titles.team(t, team)
    return t("My teams and what is assigned to me") if context.person.teams else t("All teams and systems")
