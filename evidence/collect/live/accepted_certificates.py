"""The evidence of certificates that was accepted, to compare a page with."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import Session

from evidence.collect.live.published_certificates import Certificate
from models.bulk_changes import table
from models.queries import latest_review_decision, with_cells
from models.vocabulary import ReviewDecision


def accepted_certificates(
    session: Session, stated: Mapping[str, Mapping[str, str]], today: date, now: datetime
) -> list[Certificate]:
    """The latest accepted evidence of each requirement, with the last day that a person read from it."""
    return [_certificate(session, requirement, states, today, now) for requirement, states in stated.items()]


def _certificate(
    session: Session, requirement: str, states: Mapping[str, str], today: date, now: datetime
) -> Certificate:
    coverage, cell, file = table("coverage"), table("cell"), table("evidence_file")
    accepted = latest_review_decision(coverage.c.evidence, now) == ReviewDecision.ACCEPTED
    newest = (
        select(coverage.c.evidence, coverage.c.explicit_end)
        .select_from(with_cells(coverage))
        .where(cell.c.requirement == requirement, coverage.c.first_day <= today, accepted)
        .order_by(coverage.c.last_day.desc(), coverage.c.recorded_at.desc())
        .limit(1)
    )
    row = session.execute(newest).one_or_none()
    if row is None:
        return Certificate(requirement, states)
    digests = session.execute(select(file.c.sha256).where(file.c.evidence == row.evidence)).scalars()
    return Certificate(requirement, states, row.explicit_end, frozenset(digests))
