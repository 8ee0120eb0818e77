"""Why a cell has its status, as far as the reader may know of its evidence."""

from access.permissions import may
from dashboard.shell.page_context import Opening
from evidence.library import evidence_items
from readiness import CellExplanation, explain_cell, within


def explained_cell(o: Opening, cell: tuple[str, str, str]) -> CellExplanation:
    found = explain_cell(o.session, o.person, cell, o.today, o.now)
    named = {fact.evidence for fact in found.facts if fact.evidence}
    readable = evidence_items.readable(o.session, o.person, named) if may(o.person, "evidence.read") else frozenset()
    return within(found, readable)
