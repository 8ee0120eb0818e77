"""Finds earlier evidence with identical files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from sqlalchemy import Select, bindparam, select
from sqlmodel import Session

from access.permissions import Person, may, require
from evidence.visible_evidence import visible
from locales import Text, text
from models.bulk_changes import table
from models.calendar import calendar_of
from models.queries import with_cells

_MOST = 20


@dataclass(frozen=True, slots=True)
class SeenBefore:
    """Earlier evidence with an identical file. `places`: the systems and targets that it was for, as far as any."""

    evidence: str
    title: str
    tool: str
    recorded_at: datetime
    uploaded_by: str
    first_day: date
    last_day: date
    places: tuple[tuple[str, str], ...] = ()


def is_seen(session: Session, digests: Sequence[str]) -> bool:
    """Whether any evidence has a file with one of these digests, whoever may read it."""
    return session.execute(_first_with(), {"digests": list(digests)}).first() is not None


@cache
def _first_with() -> Select[tuple[str]]:
    file = table("evidence_file")
    return select(file.c.evidence).where(file.c.sha256.in_(bindparam("digests", expanding=True))).limit(1)


def seen_before(session: Session, person: Person, digests: Sequence[str], but: str = "") -> list[SeenBefore]:
    """Evidence with such a file that the person may read or upload, newest first. `but`: the id to leave out."""
    require(person, "evidence.read", "evidence.file")
    permission = "evidence.read" if may(person, "evidence.read") else "evidence.file"
    row, file = table("evidence"), table("evidence_file")
    own = select(file.c.evidence).where(file.c.sha256.in_(digests))
    columns = [row.c.id.label("evidence"), *(row.c[name] for name in SeenBefore.__dataclass_fields__ if name in row.c)]
    query = select(*columns).where(row.c.id.in_(own), row.c.id != but, *visible(session, person, permission))
    rows = session.execute(query.order_by(row.c.recorded_at.desc()).limit(_MOST)).mappings().all()
    places = _places(session, [evidence["evidence"] for evidence in rows])
    return [SeenBefore(**evidence, places=tuple(places.get(evidence["evidence"], ()))) for evidence in rows]


def _places(session: Session, keys: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    """The systems and targets by evidence, without what is for the organisation."""
    covered, cell = table("coverage"), table("cell").c
    query = select(covered.c.evidence, cell.system, cell.target).select_from(with_cells(covered))
    query = query.where(covered.c.evidence.in_(keys), cell.system != "").distinct().order_by(cell.system, cell.target)
    found: dict[str, list[tuple[str, str]]] = {}
    for evidence, system, target in session.execute(query):
        found.setdefault(evidence, []).append((system, target))
    return found


def reason_of_same_bytes(session: Session, person: Person, digests: Sequence[str]) -> Text | None:
    """The reason for files uploaded before, naming only evidence that the person may see; None if there is none."""
    require(person, "evidence.read", "evidence.file")
    if not is_seen(session, digests):  # the usual case, and cheaper than checking what the person may see
        return None
    if not (earlier := seen_before(session, person, digests)):
        return text("The same file was uploaded before, as other evidence.")
    return text(
        "The same file was uploaded on {day} by {person}, as other evidence ({title}).",
        day=calendar_of(session).day_of(earlier[0].recorded_at),
        person=earlier[0].uploaded_by,
        title=earlier[0].title,
    )
