"""What a token hands in evidence for: the requirements and systems that it was made for, and no other."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlmodel import Session

from access.permissions import NotAllowed, Person
from controls.rows import table
from evidence.cells import CellKey
from locales import text


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
    coverage, series, cell = table("coverage"), table("series"), table("cell")
    joined = coverage.join(series, series.c.id == coverage.c.series).join(cell, cell.c.id == series.c.cell)
    columns = (cell.c.requirement, cell.c.system, cell.c.target)
    found = select(*columns).select_from(joined).where(coverage.c.evidence == evidence)
    return [(row.requirement, row.system, row.target) for row in session.execute(found)]
