"""Why a cell has its status, as far as the reader may know of its evidence."""

from dashboard.parts.opening import Opening
from evidence import library
from readiness import CellExplanation, explain_cell, within


def explained_cell(o: Opening, cell: tuple[str, str, str]) -> CellExplanation:
    found = explain_cell(o.session, o.person, cell, o.today, o.now)
    return within(found, library.readable(o.session, o.person, found.evidence))
