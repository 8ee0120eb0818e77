"""The explanation of a cell's status, limited to the evidence that the reader can open."""

from dashboard.shell.page_context import PageContext
from evidence.library import evidence_items
from readiness import CellExplanation, explain_cell
from readiness.explanations.explain_cell import withhold_unreadable


def explain_visible_cell(context: PageContext, cell: tuple[str, str, str]) -> CellExplanation:
    explanation = explain_cell(context.session, context.person, cell, context.today, context.now)
    return withhold_unreadable(
        explanation, evidence_items.readable(context.session, context.person, explanation.evidence)
    )
