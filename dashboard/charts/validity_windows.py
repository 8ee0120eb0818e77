"""From continuity to the Gantt's spans: what was demonstrated when, and what will lapse before the audit."""

from collections.abc import Sequence
from datetime import date

from dashboard.charts.gantt import Span
from dashboard.shell.html import NONE
from dashboard.shell.title_lookup import TitleLookup
from locales import Language
from models.vocabulary import Status
from readiness import CellContinuity, Continuity

_LONGEST = 60


def spans(t: Language, book: TitleLookup, cells: Sequence[CellContinuity], today: date) -> list[Span]:
    """A span that begins after today is a forecast: it lapses before the audit."""
    several = len({cell.requirement for cell in cells}) > 1
    found = []
    for cell in cells:
        label = _label(t, book, cell, several=several)
        for span in cell.spans:
            ahead = span.first > today and span.status == Status.LAPSED
            found.append(Span(label, span.first, span.last, "lapsing" if ahead else span.status))
    return found


def _label(t: Language, book: TitleLookup, cell: CellContinuity, *, several: bool) -> str:
    place = cell.target or (book.system(t, cell.system) if cell.system else "")
    title = book.requirement(t, cell.requirement) if several or not place else ""
    # The place first: what a narrow screen cuts off is the end, and the title is the same for many.
    words = " · ".join(
        part for part in (place, title if len(title) <= _LONGEST else f"{title[: _LONGEST - 1]}…") if part
    )
    return words or t("Organisation")


def share(one: Continuity | CellContinuity) -> int | None:
    """Per cent of the past days on which it was asked, rounded down; none if it never was."""
    return 100 * one.demonstrated // one.days if one.days else None


def share_fact(t: Language, one: Continuity) -> tuple[object, object, object]:
    """The share with its days, for the facts at the top of a page."""
    part = share(one)
    if part is None:
        return t("Demonstrated over time"), NONE, t("nothing was required yet")
    days = t(
        "{n} of {total} days, {first} to {last}", n=one.demonstrated, total=one.days, first=one.first, last=one.last
    )
    return t("Demonstrated over time"), t("{share} % of days", share=part), days


def share_of_cell(t: Language, one: CellContinuity) -> str:
    """The same of a cell, in a sentence; nothing if it was never asked."""
    if not one.days:
        return ""
    return t.n(
        "Demonstrated on {shown} of {n} day of the period so far.",
        "Demonstrated on {shown} of {n} days of the period so far.",
        one.days,
        shown=one.demonstrated,
    )
