"""Why a cell has its status, as far as the reader may know of its evidence."""

from dashboard.shell.page_context import PageContext
from evidence.library import evidence_items
from readiness import CellExplanation, explain_cell, withhold_unreadable


def explained_cell(o: PageContext, cell: tuple[str, str, str]) -> CellExplanation:
    found = explain_cell(o.session, o.person, cell, o.today, o.now)
    return withhold_unreadable(found, evidence_items.readable(o.session, o.person, found.evidence))
