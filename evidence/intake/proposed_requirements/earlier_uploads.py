"""Earlier uploads of the same series: files whose names differ in numbers only, or that tested the same addresses."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlmodel import Session

from access.permissions import Person, may, require
from evidence.intake.proposed_requirements.name_words import series_name
from evidence.visible_evidence import visible
from models.bulk_changes import table
from models.queries import with_cells

_MOST = 200  # rows that are looked at
_LEAST = 3  # letters that a name begins with, by which it is looked up


@dataclass(frozen=True, slots=True)
class EarlierUpload:
    """What earlier evidence was for. `systems`: by requirement; none for the organisation."""

    title: str
    systems: Mapping[str, tuple[str, ...]]


def earlier_of_name(session: Session, person: Person, name: str) -> EarlierUpload | None:
    """The newest evidence with a file whose name differs in numbers only; None if the person can see none."""
    require(person, "evidence.file")
    series = series_name(name)
    begin = series.partition("#")[0]
    if len(begin) < _LEAST:
        return None
    file = table("evidence_file")
    rows = _rows(session, person, [file.c.name.istartswith(begin, autoescape=True)])
    return _newest(row for row in rows if series_name(row.name) == series)


def earlier_of_places(
    session: Session, person: Person, kind: str, places: Collection[tuple[str, str]]
) -> EarlierUpload | None:
    """The newest evidence of a format for one of these systems and targets; None if the person can see none."""
    require(person, "evidence.file")
    if not places:
        return None
    cell, evidence = table("cell"), table("evidence")
    there = [evidence.c.format == kind, cell.c.system.in_({system for system, _ in places})]
    return _newest(row for row in _rows(session, person, there) if (row.system, row.target) in places)


def _rows(session: Session, person: Person, conditions: Iterable[ColumnElement[bool]]) -> list[Any]:
    """Cells of visible evidence with the names of its files, newest first."""
    evidence, file, coverage, cell = table("evidence"), table("evidence_file"), table("coverage"), table("cell")
    permission = "evidence.read" if may(person, "evidence.read") else "evidence.file"
    joined = with_cells(evidence.join(file).join(coverage, coverage.c.evidence == evidence.c.id), coverage)
    query: Select[Any] = (
        select(evidence.c.id, evidence.c.title, file.c.name, cell.c.requirement, cell.c.system, cell.c.target)
        .select_from(joined)
        .where(*conditions, *visible(session, person, permission))
        .order_by(evidence.c.recorded_at.desc())
        .limit(_MOST)
    )
    return list(session.execute(query))


def _newest(rows: Iterable[Any]) -> EarlierUpload | None:
    """The evidence of the first row, with the systems of each of its requirements."""
    title, evidence, systems = "", None, dict[str, dict[str, None]]()
    for row in rows:
        if evidence is None:
            title, evidence = row.title, row.id
        if row.id == evidence:
            of_requirement = systems.setdefault(row.requirement, {})
            if row.system:
                of_requirement[row.system] = None
    return EarlierUpload(title, {key: tuple(names) for key, names in systems.items()}) if evidence else None
