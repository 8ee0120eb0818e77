"""When the evidence of a measure or control was valid: the chart, and the share of days in words."""

from collections.abc import Sequence
from datetime import date, timedelta

from dashboard.charts import gantt
from dashboard.charts.cached_chart import show_chart
from dashboard.charts.gantt import Span
from dashboard.shell.badge import mark
from dashboard.shell.frame import show
from dashboard.shell.html import NONE, section
from dashboard.shell.page_context import PageContext
from dashboard.shell.title_lookup import TitleLookup
from locales import Language
from models.vocabulary import Status
from readiness import CellContinuity, Continuity

_LONGEST = 60


def period(context: PageContext) -> tuple[date, date]:
    """The first and last day to show: of the audit's period; without an audit, the last year."""
    if context.audit:
        return context.audit.period_first, context.audit.period_last
    return context.today - timedelta(days=365), context.today


def draw_timeline(t: Language, context: PageContext, continuity: Continuity) -> None:
    """Draw the section with the chart of periods with valid evidence; nothing without any evidence required."""
    if not continuity.cells:
        return
    show(section(t("Evidence over time"), t("periods with valid evidence")))
    bars = spans(t, context.titles, continuity.cells, context.today)
    name = t.short_date(context.today) if context.viewed else ""
    show_chart(gantt.gantt, t, bars, context.today, context.audit_day, name, key="windows")
    show(gantt.key(t, bars))


def spans(t: Language, titles: TitleLookup, cells: Sequence[CellContinuity], today: date) -> list[Span]:
    """The periods of each cell; one that begins after today is a forecast of what expires before the audit."""
    several = len({cell.requirement for cell in cells}) > 1
    periods = []
    for cell in cells:
        label = _label(t, titles, cell, several=several)
        for span in cell.spans:
            ahead = span.first > today and span.status == Status.LAPSED
            periods.append(Span(label, span.first, span.last, "lapsing" if ahead else span.status))
    return periods


def _label(t: Language, titles: TitleLookup, cell: CellContinuity, *, several: bool) -> str:
    place = cell.target or (titles.system(t, cell.system) if cell.system else "")
    title = titles.requirement(t, cell.requirement) if several or not place else ""
    # The place first: what a narrow screen cuts off is the end, and the title is the same for many.
    words = " · ".join(
        part for part in (place, title if len(title) <= _LONGEST else f"{title[: _LONGEST - 1]}…") if part
    )
    return words or t("Organisation")


def share(continuity: Continuity | CellContinuity) -> int | None:
    """Percentage of days on which it was demonstrated, of those on which it was required; None if never required."""
    return 100 * continuity.demonstrated // continuity.days if continuity.days else None


def share_fact(t: Language, continuity: Continuity) -> tuple[object, object, object]:
    """The percentage with its days, as a fact at the top of a page."""
    part = share(continuity)
    if part is None:
        return t("Demonstrated over time"), NONE, t("nothing was required yet")
    days = t.n(
        "{held} of {n} day, {first} to {last}",
        "{held} of {n} days, {first} to {last}",
        continuity.days,
        held=continuity.demonstrated,
        first=continuity.first,
        last=continuity.last,
    )
    return t("Demonstrated over time"), t("{share} % of days", share=part), days


def audit_day_fact(t: Language, context: PageContext, status: str | None) -> tuple[object, object, object]:
    """The status on the day of the audit, as a fact at the top of a page. None: no audit is planned.

    While another day is viewed, today's status; None: it has none today.
    """
    if context.viewed:
        return t("Today"), mark(t, status or "unknown"), t.value(context.present.today)
    name, day = t("On the day of the audit"), t.value(context.audit_day) if context.audit_day else ""
    return name, mark(t, status) if status else t("no audit planned"), day


def share_of_cell(t: Language, cell: CellContinuity) -> str:
    """The same for a cell as a sentence; empty if it was never required."""
    if not cell.days:
        return ""
    return t.n(
        "Demonstrated on {shown} of {n} day of the period so far.",
        "Demonstrated on {shown} of {n} days of the period so far.",
        cell.days,
        shown=cell.demonstrated,
    )
