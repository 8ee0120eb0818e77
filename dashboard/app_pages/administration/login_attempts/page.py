"""Shows who tried to sign in, how often it failed, and which names are blocked now."""

from datetime import date, datetime, timedelta

import streamlit as st

from access.sign_in import login_log, throttling
from dashboard.app_pages.administration.login_attempts import attempts
from dashboard.charts.sign_in_attempts import OUTCOMES, attempt_chart
from dashboard.components.data_table import TableTools, data_table
from dashboard.components.download import download
from dashboard.components.file_buttons import MOST
from dashboard.components.page_links import before_entry, older_entries
from dashboard.components.page_tabs import page_tabs
from dashboard.shell import html, url_filters
from dashboard.shell.frame import language, show
from dashboard.shell.page_context import PageContext, page_context, read_later
from models.calendar import calendar_of
from models.vocabulary import SignInOutcome

t = language()
SIZE = 50
_DAYS = timedelta(days=29)
_MOST = timedelta(days=366)


def draw(context: PageContext) -> None:
    with st.container(key="top"):
        top = st.container()
    with st.container(key="filters-attempts"):
        columns = st.columns(4)
    with columns[0]:
        first = url_filters.day_field(t("First day"), "since", context.today - _DAYS) or context.today
    with columns[1]:
        last = url_filters.day_field(t("Last day"), "until", context.today) or context.today
    with columns[2]:
        options = {"": t("All")} | {key: t.render(label) for key, (_, label, _) in OUTCOMES.items()}
        outcome = url_filters.choice(t("Outcome"), options, "outcome")
    with columns[3]:
        name = url_filters.search_field(t("Name"), "name", t("name or e-mail address"))
    last = max(first, min(last, first + _MOST))
    calendar = calendar_of(context.session)
    since, until = calendar.start_of(first), calendar.end_of(last)
    counts = count_attempts(context, since, until)
    numbers = {outcome: sum(days.values()) for outcome, days in counts.items()}
    waiting = throttling.list_locked_names(context.session, context.person, context.now)
    with top:
        period = t("{first} to {last}", first=first, last=last)
        tabs = page_tabs(t, context.person, "login-attempts")
        show(html.answer(sentence(numbers, len(waiting)), t("Login attempts"), period), tabs)
    if waiting:
        show(html.section(t("Currently blocked")), attempts.locked(t, waiting, context.now))
    if any(counts.values()):
        show(html.section(t("Attempts per day")), attempts.legend(t, numbers))
        figure = attempt_chart(t, counts, first, last)
        st.plotly_chart(figure, config={"displayModeBar": False}, key="attempts")
    before = before_entry()
    rows = login_log.list_attempts(
        context.session, context.person, since, until, name, limit=SIZE + 1, outcome=outcome, before=before
    )
    to_file = html.address("api/v1/login-attempts", since=first.isoformat(), until=last.isoformat())
    show(html.section(t("All attempts"), download(to_file, t("This period as CSV"))))
    if rows:
        tools = TableTools("login-attempts", t("Login attempts"), kind="attempts", finds=False, sortable=frozenset())
        every = read_later(
            context,
            lambda s, person, _: login_log.list_attempts(
                s, person, since, until, name, limit=MOST + 1, outcome=outcome
            ),
        )
        data_table(t, tools, attempts.columns(t), rows[:SIZE], every)
    else:
        show(html.empty(t("No attempts found"), t("All attempts are listed here, including those that fail.")))
    show(older_entries(t, [attempt.id for attempt in rows], SIZE))


def count_attempts(context: PageContext, since: datetime, until: datetime) -> dict[str, dict[date, int]]:
    """Attempts by outcome and day; every outcome has an entry."""
    counts: dict[str, dict[date, int]] = {outcome: {} for outcome in OUTCOMES}
    for row in login_log.count_by_day(context.session, context.person, since, until):
        counts[row.outcome][row.day] = row.attempts
    return counts


def sentence(numbers: dict[str, int], waiting: int) -> str:
    count, failed = sum(numbers.values()), numbers[SignInOutcome.FAILED] + numbers[SignInOutcome.LOCKED]
    tried = t.n(
        "{n} attempt to sign in, {failed} failed", "{n} attempts to sign in, {failed} failed", count, failed=failed
    )
    return (
        t.n("{tried}; {n} name is blocked now.", "{tried}; {n} names are blocked now.", waiting, tried=tried)
        if waiting
        else t("{tried}; nobody is blocked.", tried=tried)
    )


with page_context() as context:
    draw(context)
