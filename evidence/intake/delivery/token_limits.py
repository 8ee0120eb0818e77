"""Limits of uploads: tokens to their requirements and systems, team members to their teams."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlmodel import Session

from access.permissions import NotAllowed, Person, scoped_teams
from controls.browse.values import RequirementRow
from evidence.intake.delivery.cells import CellKey
from locales import text
from models.bulk_changes import table
from models.queries import with_cells


def require_token_limits(person: Person, cells: Iterable[CellKey]) -> None:
    """Raise `NotAllowed` when a cell is outside the limits of the person's token, if any."""
    for requirement, system, _ in cells:
        _require(person, requirement, person.requirements)
        _require(person, system, person.systems)


def require_token_limits_of(session: Session, person: Person, evidence: str) -> None:
    """Raise `NotAllowed` when recorded evidence has a cell outside the limits of the person's token."""
    if person.requirements or person.systems:
        require_token_limits(person, _covered(session, evidence))


def _require(person: Person, key: str, within: frozenset[str]) -> None:
    if within and key not in within:
        raise NotAllowed(
            text(
                "The token of {person} uploads evidence for {within}, not for {key}.",
                person=person.name,
                within=", ".join(sorted(within)),
                key=key or text("the organisation"),
            )
        )


def _covered(session: Session, evidence: str) -> list[CellKey]:
    coverage, cell = table("coverage"), table("cell")
    joined = with_cells(coverage)
    columns = (cell.c.requirement, cell.c.system, cell.c.target)
    query = select(*columns).select_from(joined).where(coverage.c.evidence == evidence)
    return [(row.requirement, row.system, row.target) for row in session.execute(query)]


def may_upload_for(person: Person, requirement: RequirementRow) -> bool:
    """Whether the person may upload evidence for this requirement; a team member for their teams only."""
    teams = scoped_teams(person, "evidence.file")
    return teams is None or requirement.team in teams


def require_own_teams(person: Person, requirements: Sequence[RequirementRow]) -> None:
    """Raise `NotAllowed` when a requirement is not of a team member's teams."""
    teams = scoped_teams(person, "evidence.file") or frozenset()
    for requirement in requirements:
        if not may_upload_for(person, requirement):
            raise NotAllowed(
                text(
                    "{requirement} belongs to team {team}; {person} uploads evidence for {teams}.",
                    requirement=requirement.key,
                    team=requirement.team or "-",
                    person=person.name,
                    teams=", ".join(sorted(teams)) or "-",
                )
            )
