"""Evidence that waits for a review, for the review queue."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import Session

from access.permissions import Person, require
from evidence.library.evidence_filters import Filters, conditions, verdict
from evidence.visible_evidence import visible
from models.bulk_changes import table


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """Evidence that waits for a review. `verdict`: pass, fail or none, by its policy."""

    id: str
    title: str
    tool: str
    kind: str
    format: str
    uploaded_by: str
    recorded_at: datetime
    last_day: date
    verdict: str


def waiting(session: Session, person: Person) -> list[WaitingRow]:
    """All evidence that waits for a review, as far as the person may review and read it, the oldest first."""
    require(person, "evidence.review")
    require(person, "evidence.read")
    row = table("evidence")
    columns = [row.c[name] for name in WaitingRow.__dataclass_fields__ if name != "verdict"]
    wanted = [*conditions(Filters(review="waiting")), *visible(session, person, counting=True)]
    query = select(*columns, verdict().label("verdict")).where(*wanted).order_by(row.c.recorded_at, row.c.id)
    return [WaitingRow(**each) for each in session.execute(query).mappings()]
