"""Says who tried to sign in, how often it failed, and who has to wait now."""

from datetime import timedelta

import streamlit as st

from access import login_log, sign_in
from dashboard.parts import attempt_list, choice, markup
from dashboard.parts.attempt_chart import OUTCOMES, attempt_chart
from dashboard.parts.download import download
from dashboard.parts.frame import language, show
from dashboard.parts.older import older, shown_before
from dashboard.parts.opening import Opening, opening
from dashboard.parts.people_tabs import people_tabs
from models.days import end_of, start_of

t = language()
SIZE = 50
_DAYS = timedelta(days=29)
_MOST = timedelta(days=366)


def draw(o: Opening) -> None:
    with st.container(key="top"):
        top = st.container()
    with st.container(key="filters-attempts"):
        columns = st.columns(4)
    with columns[0]:
        first = choice.day(t("First day"), "since", o.today - _DAYS) or o.today
    with columns[1]:
        last = choice.day(t("Last day"), "until", o.today) or o.today
    with columns[2]:
        options = {"": t("All")} | {key: t.render(word) for key, (_, word, _) in OUTCOMES.items()}
        outcome = choice.one_of(t("Outcome"), options, "outcome")
    with columns[3]:
        name = choice.words(t("Name"), "name", t("name or e-mail address"))
    last = max(first, min(last, first + _MOST))
    since, until = start_of(first), end_of(last)
    counts = login_log.by_day(o.session, o.person, since, until)
    numbers = {key: sum(one.attempts for one in counts if one.outcome == key) for key in OUTCOMES}
    waiting = sign_in.locked_names(o.session, o.person, o.now)
    with top:
        period = t("{first} to {last}", first=first, last=last)
        tabs = people_tabs(t, o.person, "login-attempts")
        show(markup.answer(sentence(numbers, len(waiting)), t("Login attempts"), period), tabs)
    if waiting:
        show(markup.section(t("Locked out now")), attempt_list.locked(t, waiting, o.now))
    if counts:
        show(markup.section(t("Attempts per day")), attempt_list.legend(t, numbers))
        figure = attempt_chart(t, counts, first, last)
        st.plotly_chart(figure, config={"displayModeBar": False}, key="attempts")
    before = shown_before()
    found = login_log.attempts(o.session, o.person, since, until, name, limit=SIZE + 1, outcome=outcome, before=before)
    to_file = markup.address("api/v1/login-attempts", since=first.isoformat(), until=last.isoformat())
    show(markup.section(t("Every attempt"), download(to_file, t("The period as CSV"))))
    show(
        attempt_list.attempts(t, found[:SIZE])
        if found
        else markup.empty(t("No attempt fits"), t("Every attempt stands here, also those that fail.")),
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
