"""Readiness on another day than today, and which controls have another status today."""

from collections.abc import Collection

import streamlit as st

from dashboard.app_pages.readiness import status_counts, verdict
from dashboard.app_pages.readiness.matrix import matrix
from dashboard.charts import scores, trend
from dashboard.charts.cached_chart import show_chart
from dashboard.components.blocking_controls import title
from dashboard.components.cells import control_statuses, rank
from dashboard.components.control_list import catalogue_filter
from dashboard.components.page_tabs import page_tabs
from dashboard.shell import html
from dashboard.shell.badge import mark
from dashboard.shell.frame import show
from dashboard.shell.page_context import PageContext
from locales import Language
from readiness import AuditReadiness, Readiness, audit_verdict, explain_controls
from readiness import trend as over_time

_SHOWN = 12


def draw_other_day(t: Language, context: PageContext) -> None:
    """Draw the scores of that day and of today, the weeks with that day marked, and what differs."""
    on_day = audit_verdict(context.current(), context.criteria)
    today = audit_verdict(context.of_present(), context.criteria)
    changed = changed_controls(on_day.readiness, today.readiness, context.criteria)
    place = html.html("<b>{title}</b>", title=context.audit.title) if context.audit else ""
    tabs = page_tabs(t, context.person, "readiness")
    show(html.answer(_sentence(t, context, on_day), place, _remark(t, today, len(changed))), tabs)
    left, right = st.columns([5, 7], gap="large")
    with left:
        _draw_scores(t, context, on_day, today)
    with right:
        _draw_weeks(t, context)
    _draw_changes(t, context, on_day.readiness, today.readiness, changed)
    show(html.section(t("Measure by system")))
    matrix(t)


def changed_controls(on_day: Readiness, today: Readiness, catalogues: Collection[str]) -> list[str]:
    """The keys of the controls of some catalogues whose status differs today, worst today first."""
    before, after = control_statuses(on_day, None), control_statuses(today, None)
    differing = [key for key in after if key.partition(":")[0] in catalogues and before.get(key) != after[key]]
    return sorted(differing, key=lambda key: rank(after[key]))


def _sentence(t: Language, context: PageContext, score: AuditReadiness) -> str:
    values = {
        "day": context.today,
        "share": scores.share(score.demonstrated, score.applicable),
        "held": score.demonstrated,
    }
    if context.today > context.present.today:
        return t.n(
            "On {day}, {share} % is demonstrated if nobody acts: {held} of {n} control.",
            "On {day}, {share} % is demonstrated if nobody acts: {held} of {n} controls.",
            score.applicable,
            **values,
        )
    return t.n(
        "On {day}, {share} % was demonstrated: {held} of {n} control.",
        "On {day}, {share} % was demonstrated: {held} of {n} controls.",
        score.applicable,
        **values,
    )


def _remark(t: Language, today: AuditReadiness, changed: int) -> str:
    share = scores.share(today.demonstrated, today.applicable)
    if not changed:
        return t("Today it is {share} %, and every control has the same status.", share=share)
    return t.n(
        "Today it is {share} %. {n} control has another status today.",
        "Today it is {share} %. {n} controls have another status today.",
        changed,
        share=share,
    )


def _draw_scores(t: Language, context: PageContext, on_day: AuditReadiness, today: AuditReadiness) -> None:
    day = t.short_date(context.today)
    both = [
        verdict.score(t, t("On {day}", day=t.date(context.today)), on_day),
        verdict.score(t, t("Today"), today),
    ]
    columns = status_counts.Columns(day, t("today"), context.present.today.isoformat())
    table = status_counts.status_table(t, on_day.counts, today.counts, columns, catalogue_filter(context.criteria))
    show(scores.scores(t, both), table)


def _draw_weeks(t: Language, context: PageContext) -> None:
    """Draw the weeks until today, or until the audit for a day to come."""
    if not context.audit:
        return
    present = context.present
    ahead = context.today > present.today
    show(html.caption(t("Percentage of controls demonstrated, per week, by what was known in that week.")))
    points = [
        trend.Point(week.day, 100 * week.demonstrated / week.applicable if week.applicable else 0, week.forecast)
        for week in over_time(context.session, context.person, context.audit, present.today, present.now)
        if ahead or not week.forecast
    ]
    audit = context.audit_ahead if ahead else None
    show_chart(trend.trend, t, points, present.today, audit, context.today, key="trend")


def _draw_changes(t: Language, context: PageContext, on_day: Readiness, today: Readiness, changed: list[str]) -> None:
    if not changed:
        return
    before, after, present = control_statuses(on_day, None), control_statuses(today, None), context.present
    keys = changed[:_SHOWN]
    why = explain_controls(context.session, context.person, keys, present.today, present.now, context.systems)
    rows = [
        [
            context.titles.control_link(t, key),
            mark(t, before.get(key, "unknown")),
            mark(t, after[key]),
            ", ".join(dict.fromkeys(title(t, context.titles, line) for line in why[key].lines if line.deciding)),
        ]
        for key in keys
    ]
    remark = t.n("{n} control, worst first", "{n} controls, worst first", len(changed))
    heads = [t("Control"), t.date(context.today), t("Today"), t("Why today")]
    show(html.section(t("What is different today"), remark), html.table(heads, rows, "changes"))
    if len(changed) > _SHOWN:
        more = t("The {n} worst are listed; the page Controls has all of them for either day.", n=_SHOWN)
        show(html.caption(more))
