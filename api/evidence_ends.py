"""Until when evidence counts, in the answers about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from pydantic import BaseModel, Field
from sqlmodel import Session

from access.permissions import Person, may
from evidence.library.evidence_items import EvidenceRow
from models.calendar import calendar_of
from readiness import Readiness, readiness
from readiness.evidence_ends import CellKey, EndReason, EvidenceEnd, ends_of_cells, evidence_ends

LAST_DAY = (
    "the last day on which it counts here (included), as is known now, or on which it counted; null: there is no such "
    "day (see `counts_because`). Nobody needs to do anything for it to end"
)
BECAUSE = (
    "`valid`: counts until that day. `lapsed`: expired, and nothing came in its place. `expired`: its time had passed. "
    "`replaced`: newer evidence of its series counts since. `unreviewed`: waits for a review. `fails`: counts as a "
    "failure until newer evidence passes. `endless`: has no end. `rejected`, `withdrawn`, `no verdict`, `closed` (its "
    "series), `later` (it represents later days), `not required` (any more): does not count. null: for who may not "
    "read readiness"
)


class CellEnd(BaseModel):
    """Until when evidence counts for one requirement of the organisation, a system or a target."""

    requirement: str
    system: str = Field(description="empty for the organisation")
    target: str = Field(description="empty for a system without targets")
    counts_until: date | None = Field(description=LAST_DAY)
    counts_because: EndReason = Field(description=BECAUSE)


@dataclass(frozen=True, slots=True)
class ListedEvidence(EvidenceRow):
    """An evidence item in the library, and until when it counts.

    `counts_until`: the first of these days over what it decides, else the last day on which it counted anywhere; null:
    no such day. `counts_because`: as in the coverage of one evidence; null for who may not read readiness.
    """

    counts_until: date | None = None
    counts_because: EndReason | None = None


def listed(session: Session, person: Person, rows: list[EvidenceRow], known: datetime) -> list[ListedEvidence]:
    """Rows of the library with their ends, as known at a moment."""
    current = _current(session, person, known)
    ends = evidence_ends(session, person, current, [row.id for row in rows]) if current else {}
    return [_listed(row, ends.get(row.id)) for row in rows]


def _listed(row: EvidenceRow, end: EvidenceEnd | None) -> ListedEvidence:
    values = {name: getattr(row, name) for name in EvidenceRow.__dataclass_fields__}
    if end is None:
        return ListedEvidence(**values)
    return ListedEvidence(**values, counts_until=end.last_day, counts_because=end.why)


def cell_ends(ends: Mapping[CellKey, EvidenceEnd]) -> list[CellEnd]:
    """The ends as answers."""
    return [
        CellEnd(requirement=key[0], system=key[1], target=key[2], counts_until=end.last_day, counts_because=end.why)
        for key, end in sorted(ends.items())
    ]


def ends_as_known(session: Session, person: Person, evidence: str, known: datetime) -> dict[CellKey, EvidenceEnd]:
    """The ends of one evidence by cell, as known at a moment, on its day; empty for who may not read readiness."""
    current = _current(session, person, known)
    return ends_of_cells(session, person, current, evidence) if current else {}


def _current(session: Session, person: Person, known: datetime) -> Readiness | None:
    if not may(person, "readiness.read"):
        return None
    return readiness(session, person, calendar_of(session).day_of(known), known)
