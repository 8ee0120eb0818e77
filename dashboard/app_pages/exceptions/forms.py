"""The forms that extend and end an exception."""

from datetime import date, datetime, timedelta

import streamlit as st
from sqlmodel import Session

from dashboard.components.exception_words import latest_end, proposed_end
from dashboard.shell import html
from dashboard.shell.frame import show
from dashboard.shell.page_context import PageContext
from dashboard.shell.saving import save
from dashboard.shell.url_filters import DAY_FORMAT
from evidence.decisions.exception_overview import StandingException
from evidence.decisions.exceptions import extend_exception, revoke_exception
from evidence.judging.words import check_name
from locales import Language


def extend(t: Language, context: PageContext, item: StandingException) -> None:
    """Draw the form for a later last day."""
    show(html.section(t("Extend"), check_name(t, item.row.check)))
    first, last = item.ends_on + timedelta(days=1), latest_end(context.today)
    if first > last:
        show(html.note("unknown", t("It lasts for a year from today already; decide again later.")))
        return
    with st.form(f"extend {item.row.id}", border=False):
        value = min(max(first, proposed_end(context.today, context.audit_day)), last)
        last_day = st.date_input(
            t("Until and including"), value=value, min_value=first, max_value=last, format=DAY_FORMAT
        )
        reason = st.text_area(t("Reason, as you would tell an auditor"), value=item.row.reason)
        if st.form_submit_button(t("Extend"), type="primary"):
            _extend(t, context, item, reason, last_day)
    show(_cancel(t))


def _extend(t: Language, context: PageContext, item: StandingException, reason: str, last_day: date) -> None:
    def verb(session: Session, now: datetime) -> None:
        extend_exception(session, context.person, item.row.id, reason, last_day, now)
        st.query_params.pop("exception", None)

    save(t, verb, t("Extended until {day}.", day=last_day))


def end(t: Language, context: PageContext, item: StandingException, consequence: str) -> None:
    """Draw what ending means, and the button."""
    show(html.section(t("End"), check_name(t, item.row.check)))
    show(html.note("lapsed", t("The exception ends today: {consequence}", consequence=consequence), "schedule"))
    if st.button(t("End this exception today"), type="primary"):
        save(t, lambda s, now: _revoke(s, context, item, now), t("The exception has ended."))
    show(_cancel(t))


def _revoke(session: Session, context: PageContext, item: StandingException, now: datetime) -> None:
    """End the exception with its extensions."""
    for row in (item.row, *item.extensions):
        revoke_exception(session, context.person, row.id, now)


def _cancel(t: Language) -> html.Html:
    return html.link(html.query(act="none"), t("Cancel"), "soft-link")
