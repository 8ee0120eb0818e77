"""Reasons for scans of images, repositories or files that nobody has confirmed as what must be scanned.

Unlike an address, their names are not recorded in scope: a clean scan of someone else's image would pass for ours.
"""

from collections.abc import Collection

from sqlalchemy import select
from sqlmodel import Session

from evidence.formats.facts import Findings
from evidence.formats.findings import without_version
from evidence.intake.delivery.cells import CellKey
from evidence.intake.delivery.delivery_fit import DeliveryFit
from evidence.intake.reading.inspection import Inspection
from evidence.intake.reasons.listed_names import listed
from locales import Text, text
from models.bulk_changes import table
from models.queries import latest_review_decision, with_cells
from models.vocabulary import ReviewDecision

_MOST_COMPARED = 20  # earlier pieces of evidence of a cell, the latest first


def reasons_of_scanned_things(
    session: Session, delivery_fit: DeliveryFit, inspection: Inspection, tool: str
) -> list[Text]:
    """A reason if less than half of what a scan names was in scans by this tool that a reviewer accepted there.

    Versions of an image do not matter. Scans of addresses are left out: those are compared with the scope.
    """
    named = [
        {without_version(name) for name in file.run.facts.examined}
        for file in inspection.files
        if file.run and isinstance(file.run.facts, Findings) and not file.run.targets
    ]
    if not any(named):
        return []
    accepted = [_accepted(session, cell, delivery_fit, tool) for cell in delivery_fit.cells]
    unknown = {name for names in named for seen in accepted if _is_new(names, seen) for name in names - seen}
    if not unknown:
        return []
    return [
        text(
            "No review has accepted a scan of {names} by {tool} for this; see whether it is what must be scanned.",
            names=listed(sorted(unknown)),
            tool=tool,
        )
    ]


def _is_new(names: Collection[str], seen: Collection[str]) -> bool:
    return 2 * sum(name in seen for name in names) < len(names)


def _accepted(session: Session, cell_key: CellKey, delivery_fit: DeliveryFit, tool: str) -> set[str]:
    """What accepted scans by the tool in a cell named, without versions."""
    coverage, series, cell, run = table("coverage"), table("series"), table("cell"), table("test_run")
    requirement, system, target = cell_key
    query = (
        select(run.c.examined)
        .select_from(with_cells(coverage).join(run, run.c.evidence == coverage.c.evidence))
        .where(
            cell.c.requirement == requirement,
            cell.c.system == system,
            cell.c.target == target,
            series.c.tool == tool,
            coverage.c.recorded_at < delivery_fit.known_at,
            latest_review_decision(coverage.c.evidence, delivery_fit.known_at) == ReviewDecision.ACCEPTED,
        )
        .order_by(coverage.c.recorded_at.desc())
        .limit(_MOST_COMPARED)
    )
    return {without_version(name) for names in session.execute(query).scalars() for name in names or ()}
