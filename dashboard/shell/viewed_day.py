"""Another day than today: what the address says of it, what was known of it, and the strip that changes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import streamlit as st

from dashboard.shell.frame import show
from dashboard.shell.html import html, icon
from dashboard.shell.url_filters import DAY_FORMAT
from locales import Language
from models.calendar import Calendar

THEN, NOW = "then", "now"
#: Days outside these are taken for a slip of the pen.
FIRST, LAST = date(2000, 1, 1), date(2099, 12, 31)
_OPEN = "choosing a day"


@dataclass(frozen=True, slots=True)
class ViewedDay:
    """A day, with what was known at its end (`then`) or with what is known now of that day (`now`)."""

    day: date
    known: str

    @property
    def values(self) -> dict[str, str]:
        """The values in the address."""
        return {"on": self.day.isoformat(), "known": self.known}

    def moment(self, calendar: Calendar, now: datetime) -> datetime:
        """The moment by whose knowledge the day is judged."""
        return calendar.last_moment_of(self.day) if self.known == THEN else now


def day_in(values: Mapping[str, str]) -> ViewedDay | None:
    """The day in an address's values; None: no day, or nonsense, which counts as today."""
    try:
        day = date.fromisoformat(values.get("on", ""))
    except ValueError:
        return None
    return ViewedDay(day, NOW if values.get("known") == NOW else THEN) if FIRST <= day <= LAST else None


def other_than(today: date, requested: ViewedDay | None, day: date) -> ViewedDay | None:
    """The requested view on the allowed `day`; None for today. Of a day to come only what is known now can be shown."""
    if requested is None or day == today:
        return None
    return ViewedDay(day, requested.known if day < today else NOW)


def day_strip(t: Language, viewed: ViewedDay | None, today: date) -> None:
    """Draw the day that is shown instead of today, with its buttons; of today only the button for another day."""
    with st.container(key="as-on" if viewed else "as-on-today", horizontal=True, vertical_alignment="center"):
        if viewed:
            show(html('<p class="as-on">{icon}<span>{words}</span></p>', icon=icon("history"), words=_words(t, viewed)))
        label = t("Change") if viewed else t("View another day")
        if st.button(
            label, key="choose-day", icon=":material/calendar_month:", type="secondary" if viewed else "tertiary"
        ):
            st.session_state[_OPEN] = not st.session_state.get(_OPEN)
        if viewed and st.button(t("Back to today"), key="back-to-today", type="tertiary"):
            _go_to(None)
    if st.session_state.get(_OPEN):
        _day_form(t, viewed, today)


def _words(t: Language, viewed: ViewedDay) -> object:
    day = html("<b>{day}</b>", day=t.date(viewed.day))
    if viewed.known == THEN:
        return html(t("You are looking at {day}, with what was known then.", day="{day}"), day=day)
    return html(t("You are looking at {day}, with what is known now of that day.", day="{day}"), day=day)


def _day_form(t: Language, viewed: ViewedDay | None, today: date) -> None:
    """Draw the choice of a day and of what was known of it."""
    names = {THEN: t("what was known then"), NOW: t("what is known now of that day")}
    captions = [
        t("Only what had been recorded by the end of that day: what you could have shown an auditor."),
        t("Also what was recorded later about that day, such as evidence provided afterwards and rejections."),
    ]
    with st.form("as-on-form"):
        left, right = st.columns([3, 9], gap="medium")
        day = left.date_input(
            t("As on"), value=viewed.day if viewed else today, min_value=FIRST, max_value=LAST, format=DAY_FORMAT
        )
        known = right.radio(
            t("With"),
            list(names),
            index=list(names).index(viewed.known) if viewed else 0,
            format_func=names.__getitem__,
            captions=captions,
        )
        if st.form_submit_button(t("Show"), type="primary") and isinstance(day, date):
            _go_to(None if day == today else ViewedDay(day, known or THEN))


def _go_to(viewed: ViewedDay | None) -> None:
    """Show this page on another day; None: on today."""
    for name in ("on", "known"):
        st.query_params.pop(name, None)
    st.query_params.update(viewed.values if viewed else {})
    st.session_state.pop(_OPEN, None)
    st.rerun()
