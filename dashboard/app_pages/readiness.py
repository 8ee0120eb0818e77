"""Says whether we are ready, and what must be done next."""

import streamlit as st

from dashboard.parts import choice, ledger, markup, scores, tasks, todo, trend, verdict
from dashboard.parts.blocking import SHOWN, blocking
from dashboard.parts.cells import cells_shown, measures_shown
from dashboard.parts.frame import language, show
from dashboard.parts.heatmap import heatmap
from dashboard.parts.matrix import columns, groups
from dashboard.parts.opening import Opening, opening
from readiness import AuditReadiness, Readiness, explain_controls, for_audit, to_do_between, unconfirmed
from readiness import trend as over_time

t = language()


def draw(o: Opening) -> None:
    current = o.current()
    then = o.then()
    catalogues = o.criteria
    now_score, then_score = for_audit(current, catalogues), for_audit(then, catalogues) if then else None
    place = (
        verdict.where(t, o.audit.title, o.audit.day, o.book, len(o.systems or o.scope))
        if o.audit
        else t("Today, {day}", day=o.today)
    )
    show(markup.answer(verdict.verdict(t, now_score, then_score), place))
    left, right = st.columns([5, 7], gap="large")
    with left:
        given = [verdict.score(t, t("Today"), now_score)]
        label = t.short_date(o.audit_day) if o.audit_day else ""
        given += [verdict.score(t, t("On {day}", day=label), then_score, forecast=True)] if then_score else []
        show(
            scores.scores(t, given),
            ledger.ledger(t, now_score.counts, then_score.counts if then_score else None, label),
        )
    with right:
        draw_trend(o)
    with st.container(key="todo-first"):
        left, right = st.columns([8, 4], gap="large")
    with left:
        draw_matrix(o, current, then, label)
    with right:
        show(markup.section(t("Do next"), t("ordered by what it does to the verdict")))
        if o.audit and then_score:
            show(todo.todo(t, tasks.tasks(t, o.book, to_do_between(o.session, o.audit, now_score, then_score))))
        else:
            show(
                markup.empty(
                    t("Set the audit"),
                    t(
                        "With its day known, this list says what must be renewed or delivered, by "
                        "which team, and before when."
                    ),
                    markup.link(markup.address("setup", part="audit"), t("Set the audit"), "button first"),
                )
            )
    draw_unconfirmed(o, now_score)
    worst = [one.key for one in now_score.gaps[:SHOWN]]
    show(blocking(t, o.book, now_score, explain_controls(o.session, o.person, worst, o.today, o.now, o.systems)))


def draw_unconfirmed(o: Opening, score: AuditReadiness) -> None:
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
    to = markup.link(markup.address("setup", part="mapping"), t("To the mapping"))
    show(markup.note("in_review", markup.html("{words} {to}", words=words, to=to)))


def draw_trend(o: Opening) -> None:
    if not o.audit:
        show(
            markup.empty(
                t("Readiness over time"),
                t(
                    "Once an audit is set, this shows readiness week by week, and how it will go "
                    "until the audit if nobody acts."
                ),
            )
        )
        return
    show(
        markup.html(
            '<p class="caption">{words}</p>',
            words=t("Share of controls demonstrated, per week. Dashed: if nobody acts."),
        )
    )
    points = [
        trend.Point(one.day, 100 * one.demonstrated / one.applicable if one.applicable else 0, one.forecast)
        for one in over_time(o.session, o.person, o.audit, o.today, o.now)
    ]
    st.plotly_chart(trend.trend(t, points, o.today, o.audit_day), config={"displayModeBar": False}, key="trend")


def draw_matrix(o: Opening, current: Readiness, then: Readiness | None, label: str) -> None:
    show(markup.section(t("Measure by system")))
    days = {"today": t("Today")} | ({"audit": t("On {day}", day=label)} if then else {})
    on = choice.segments(t("Day"), days, "on") if then else "today"
    looked, later = (then, None) if then and on == "audit" else (current, then)
    cells, measures = cells_shown(looked, later), measures_shown(looked, later)
    rows = groups(t, o.book, cells, measures, label, on=looked.on)
    show(heatmap(t, [o.book.system(t, key) for key in columns(o.book, cells)], rows))


with opening() as o:
    draw(o)
