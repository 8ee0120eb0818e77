"""From continuity to the Gantt's spans: what was demonstrated when, and what will lapse before the audit."""

from collections.abc import Sequence
from datetime import date

from dashboard.parts.book import Book
from dashboard.parts.gantt import Span
from locales import Language
from readiness import CellContinuity

_LONGEST = 60


def spans(t: Language, book: Book, cells: Sequence[CellContinuity], today: date) -> list[Span]:
    """A span that begins after today is a forecast: it lapses before the audit."""
    several = len({cell.requirement for cell in cells}) > 1
    found = []
    for cell in cells:
        label = _label(t, book, cell, several=several)
        for span in cell.spans:
            ahead = span.first > today and span.status == "lapsed"
            found.append(Span(label, span.first, span.last, "lapsing" if ahead else span.status))
    return found


def _label(t: Language, book: Book, cell: CellContinuity, *, several: bool) -> str:
    place = cell.target or (book.system(t, cell.system) if cell.system else "")
    title = book.requirement(t, cell.requirement) if several or not place else ""
    # The place first: what a narrow screen cuts off is the end, and the title is the same for many.
    words = " · ".join(
        part for part in (place, title if len(title) <= _LONGEST else f"{title[: _LONGEST - 1]}…") if part
    )
    return words or t("Organisation")


def share(cells: Sequence[CellContinuity]) -> int | None:
    """Per cent of the days on which proof was asked and there; rounded down."""
    asked = sum(cell.days for cell in cells)
    return 100 * sum(cell.demonstrated for cell in cells) // asked if asked else None
