"""Says whether we are ready, and what must be done next."""

import streamlit as st

from dashboard.app_pages.readiness import status_counts, task_list, tasks, verdict
from dashboard.app_pages.readiness.matrix import matrix
from dashboard.charts import scores, trend
from dashboard.charts.drawing import show_chart
from dashboard.components.blocking_controls import SHOWN, blocking
from dashboard.shell import html
from dashboard.shell.frame import language, show
from dashboard.shell.page_context import PageContext, opening
from readiness import AuditReadiness, explain_controls, for_audit, to_do_between, unconfirmed
from readiness import trend as over_time

t = language()


def draw(o: PageContext) -> None:
    current = o.current()
    then = o.then()
    catalogues = o.criteria
    now_score, then_score = for_audit(current, catalogues), for_audit(then, catalogues) if then else None
    place = (
        verdict.where(t, o.audit.title, o.audit.day, o.book, len(o.systems or o.scope))
        if o.audit
        else t("Today, {day}", day=o.today)
    )
    show(html.answer(verdict.verdict(t, now_score, then_score), place))
    left, right = st.columns([5, 7], gap="large")
    with left:
        given = [verdict.score(t, t("Today"), now_score)]
        label = t.short_date(o.audit_day) if o.audit_day else ""
        given += [verdict.score(t, t("On {day}", day=label), then_score, forecast=True)] if then_score else []
        show(
            scores.scores(t, given),
            status_counts.ledger(t, now_score.counts, then_score.counts if then_score else None, label),
        )
    with right:
        draw_trend(o)
    with st.container(key="todo-first"):
        left, right = st.columns([8, 4], gap="large")
    with left:
        show(html.section(t("Measure by system")))
        matrix(t)
    with right:
        show(html.section(t("Do next"), t("ordered by what it does to the verdict")))
        if o.audit and then_score:
            show(task_list.todo(t, tasks.tasks(t, o.book, to_do_between(o.session, o.audit, now_score, then_score))))
        else:
            show(
                html.empty(
                    t("Set the audit"),
                    t(
                        "With its day known, this list says what must be renewed or delivered, by "
                        "which team, and before when."
                    ),
                    html.link(html.address("setup", part="audit"), t("Set the audit"), "button first"),
                )
            )
    draw_unconfirmed(o, now_score)
    worst = [one.key for one in now_score.gaps[:SHOWN]]
    show(blocking(t, o.book, now_score, explain_controls(o.session, o.person, worst, o.today, o.now, o.systems)))


def draw_unconfirmed(o: PageContext, score: AuditReadiness) -> None:
    """How many controls rest on a mapping that the organisation has not made its own."""
    found = unconfirmed(o.session, o.person, o.today, o.now)
    number = sum(1 for key in found if key.split(":")[0] in o.criteria)
    if not number:
        return
    words = t.n(
        "{n} of {total} controls rests on a mapping that came with the statement and that nobody of your organisation "
        "has confirmed.",
        "{n} of {total} controls rest on mappings that came with the statement and that nobody of your organisation "
        "has confirmed.",
        number,
        total=score.applicable,
    )
    to = html.link(html.address("setup", part="mapping"), t("To the mapping"))
    show(html.note("in_review", html.html("{words} {to}", words=words, to=to)))


def draw_trend(o: PageContext) -> None:
    if not o.audit:
        show(
            html.empty(
                t("Readiness over time"),
                t(
                    "Once an audit is set, this shows readiness week by week, and how it will go "
                    "until the audit if nobody acts."
                ),
            )
        )
        return
    show(
        html.html(
            '<p class="caption">{words}</p>',
            words=t("Share of controls demonstrated, per week. Dashed: if nobody acts."),
        )
    )
    points = [
        trend.Point(one.day, 100 * one.demonstrated / one.applicable if one.applicable else 0, one.forecast)
        for one in over_time(o.session, o.person, o.audit, o.today, o.now)
    ]
    show_chart(trend.trend, t, points, o.today, o.audit_day, key="trend")


with opening() as o:
    draw(o)
