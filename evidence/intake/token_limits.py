"""What a person may hand in: a token for what it was made for, a team member for the own teams, nothing else."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlmodel import Session

from access.permissions import NotAllowed, Person, scoped_teams
from controls.browse.rows import RequirementRow
from evidence.intake.cells import CellKey
from locales import text
from models.queries import with_cells
from models.rows import table


def require_for(person: Person, cells: Iterable[CellKey]) -> None:
    """Every cell is one that the person's token is for; whoever comes without a token is not narrowed."""
    for requirement, system, _ in cells:
        _require(person, requirement, person.requirements)
        _require(person, system, person.systems)


def require_for_all_of(session: Session, person: Person, evidence: str) -> None:
    """The same for what evidence covers already: a token takes back no more than it may hand in."""
    if person.requirements or person.systems:
        require_for(person, _covered(session, evidence))


def _require(person: Person, key: str, within: frozenset[str]) -> None:
    if within and key not in within:
        raise NotAllowed(
            text(
                "The token of {person} hands in evidence for {within}, not for {key}.",
                person=person.name,
                within=", ".join(sorted(within)),
                key=key or text("the organisation"),
            )
        )


def _covered(session: Session, evidence: str) -> list[CellKey]:
    coverage, cell = table("coverage"), table("cell")
    joined = with_cells(coverage)
    columns = (cell.c.requirement, cell.c.system, cell.c.target)
    found = select(*columns).select_from(joined).where(coverage.c.evidence == evidence)
    return [(row.requirement, row.system, row.target) for row in session.execute(found)]


def require_own_teams(person: Person, requirements: Sequence[RequirementRow]) -> None:
    """A team member hands in what the own teams owe, nothing else."""
    teams = scoped_teams(person, "evidence.file")
    for one in requirements:
        if teams is not None and one.team not in teams:
            raise NotAllowed(
                text(
                    "{requirement} is asked of team {team}; {person} hands in evidence for {teams}.",
                    requirement=one.key,
                    team=one.team or "-",
                    person=person.name,
                    teams=", ".join(sorted(teams)) or "-",
                )
            )
