"""Evidence that was rejected, for whoever provided it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlmodel import Session

from access.permissions import Person, require
from evidence.visible_evidence import visible
from models.bulk_changes import table
from models.queries import latest
from models.vocabulary import ReviewDecision


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """Evidence whose latest review rejected it. `remark`: the reviewer's reason."""

    id: str
    title: str
    reviewed_by: str
    remark: str
    rejected_at: datetime


def rejected(session: Session, person: Person, since: datetime) -> list[RejectedRow]:
    """Evidence of the person, or of tokens of their teams, rejected after a moment, the latest first.

    Only what the person may read now.
    """
    require(person, "evidence.read")
    row, review = table("evidence"), table("review")
    joined = row.join(review, review.c.evidence == row.c.id)
    columns = (row.c.id, row.c.title, review.c.reviewed_by, review.c.remark, review.c.recorded_at)
    by_tokens = [row.c.uploaded_by.endswith(f" (team {team})", autoescape=True) for team in sorted(person.teams)]
    conditions = (
        review.c.decision == ReviewDecision.REJECTED,
        review.c.recorded_at > since,
        latest(review, "evidence"),
        or_(row.c.uploaded_by == person.name, *by_tokens),
        *visible(session, person),
    )
    query = select(*columns).select_from(joined).where(*conditions).order_by(review.c.recorded_at.desc())
    return [RejectedRow(*each) for each in session.execute(query)]
