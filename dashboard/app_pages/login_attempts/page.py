"""Says who tried to sign in, how often it failed, and who has to wait now."""

from datetime import timedelta

import streamlit as st

from access.sign_in import login_log, throttling
from dashboard.app_pages.login_attempts import attempts
from dashboard.charts.drawing import show_chart
from dashboard.charts.sign_in_attempts import OUTCOMES, attempt_chart
from dashboard.components.download import download
from dashboard.components.pagination import older, shown_before
from dashboard.components.people_tabs import people_tabs
from dashboard.shell import html, url_filters
from dashboard.shell.frame import language, show
from dashboard.shell.page_context import PageContext, opening
from models.calendar import calendar_of

t = language()
SIZE = 50
_DAYS = timedelta(days=29)
_MOST = timedelta(days=366)


def draw(o: PageContext) -> None:
    with st.container(key="top"):
        top = st.container()
    with st.container(key="filters-attempts"):
        columns = st.columns(4)
    with columns[0]:
        first = url_filters.day(t("First day"), "since", o.today - _DAYS) or o.today
    with columns[1]:
        last = url_filters.day(t("Last day"), "until", o.today) or o.today
    with columns[2]:
        options = {"": t("All")} | {key: t.render(word) for key, (_, word, _) in OUTCOMES.items()}
        outcome = url_filters.one_of(t("Outcome"), options, "outcome")
    with columns[3]:
        name = url_filters.words(t("Name"), "name", t("name or e-mail address"))
    last = max(first, min(last, first + _MOST))
    since, until = calendar_of(o.session).start_of(first), calendar_of(o.session).end_of(last)
    counts = login_log.count_by_day(o.session, o.person, since, until)
    numbers = {key: sum(one.attempts for one in counts if one.outcome == key) for key in OUTCOMES}
    waiting = throttling.list_locked_names(o.session, o.person, o.now)
    with top:
        period = t("{first} to {last}", first=first, last=last)
        tabs = people_tabs(t, o.person, "login-attempts")
        show(html.answer(sentence(numbers, len(waiting)), t("Login attempts"), period), tabs)
    if waiting:
        show(html.section(t("Locked out now")), attempts.locked(t, waiting, o.now))
    if counts:
        show(html.section(t("Attempts per day")), attempts.legend(t, numbers))
        show_chart(attempt_chart, t, counts, first, last, key="attempts")
    before = shown_before()
    found = login_log.list_attempts(
        o.session, o.person, since, until, name, limit=SIZE + 1, outcome=outcome, before=before
    )
    to_file = html.address("api/v1/login-attempts", since=first.isoformat(), until=last.isoformat())
    show(html.section(t("Every attempt"), download(to_file, t("The period as CSV"))))
    show(
        attempts.attempts(t, found[:SIZE])
        if found
        else html.empty(t("No attempt fits"), t("Every attempt stands here, also those that fail.")),
        older(t, [one.id for one in found], SIZE),
    )


def sentence(numbers: dict[str, int], waiting: int) -> str:
    count, failed = sum(numbers.values()), numbers[login_log.FAILED] + numbers[login_log.LOCKED]
    tried = t.n(
        "{n} attempt to sign in, {failed} failed", "{n} attempts to sign in, {failed} failed", count, failed=failed
    )
    return (
        t.n("{tried}; {n} name has to wait now.", "{tried}; {n} names have to wait now.", waiting, tried=tried)
        if waiting
        else t("{tried}; nobody is locked out.", tried=tried)
    )


with opening() as o:
    draw(o)
