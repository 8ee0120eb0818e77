"""Closing a series: a tool was replaced by another, so its results no longer count."""

from datetime import datetime

from sqlalchemy import insert
from sqlalchemy import text as sql
from sqlmodel import Session

from access.permissions import Person, require
from controls import names
from evidence.decisions.series import LONGEST_REASON, current_requirement, find_existing_series, log_decision
from evidence.errors import NotPossible
from locales import text
from models.bulk_changes import table
from models.calendar import calendar_of
from models.columns import Moment
from models.vocabulary import EvidenceKind, ReviewMode

#: The newest day of this series, and the number of newer accepted passes in other series of its cell.
_NEWER = """
SELECT MAX(CASE WHEN c.series = :series THEN c.last_day END) AS own_day,
       (SELECT COUNT(*) FROM coverage p JOIN series s ON s.id = p.series JOIN series mine ON mine.id = :series
        WHERE s.cell = mine.cell AND s.id <> mine.id AND p.verdict = 'pass'
          AND COALESCE((SELECT v.decision FROM review v WHERE v.evidence = p.evidence
                        ORDER BY v.recorded_at DESC LIMIT 1),
                       CASE WHEN p.needs_review = 0 THEN :unreviewed ELSE 'waiting' END) = 'accepted'
          AND NOT EXISTS (SELECT 1 FROM coverage j WHERE j.evidence = p.evidence AND j.series = p.series
                          AND j.judged_at > p.judged_at)
          AND NOT EXISTS (SELECT 1 FROM series_closing x WHERE x.series = s.id AND x.recorded_at > p.recorded_at)
          AND NOT EXISTS (
            SELECT 1 FROM coverage o WHERE o.series = :series
              AND COALESCE((SELECT v.decision FROM review v WHERE v.evidence = o.evidence
                            ORDER BY v.recorded_at DESC LIMIT 1), '') NOT IN ('rejected', 'withdrawn')
              AND (o.last_day > p.last_day OR (o.last_day = p.last_day AND o.recorded_at >= p.recorded_at)))
       ) AS newer
FROM coverage c WHERE c.series = :series
"""


def close_series(
    session: Session, person: Person, requirement: str, system: str, target: str, tool: str, reason: str, now: datetime
) -> None:
    """Close the series of a tool that was replaced: from today on its results no longer count.

    Needs a newer accepted pass by another tool for the same requirement, system and target. Raises `NotAllowed`,
    `Unknown` when there is no such series, `NotPossible` when it is not replaced, closed already, or no test.
    """
    require(person, "series.close")
    requirement_row = current_requirement(session, requirement, now)
    if requirement_row.kind != EvidenceKind.TEST:
        raise NotPossible(
            text("{requirement} is not a test, so no tool has a series of results for it.", requirement=requirement)
        )
    key = (requirement, system, target)
    plain_reason = names.plain(reason, text("The reason"), LONGEST_REASON, lines=True)
    series = find_existing_series(session, key, tool)
    _require_replaced(session, series, requirement_row.review, tool)
    closing, today = table("series_closing"), calendar_of(session).day_of(now)
    row = {
        "series": series,
        "reason": plain_reason,
        "closed_day": today,
        "recorded_at": now,
        "closed_by": person.name,
    }
    session.execute(insert(closing), [row])
    log_decision(
        session, person, "series.close", key, now, tool=tool, reason=plain_reason, closed_day=today.isoformat()
    )


def _require_replaced(session: Session, series: int, review: str, tool: str) -> None:
    unreviewed = "accepted" if review == ReviewMode.AUTOMATIC else "waiting"
    row = session.execute(sql(_NEWER), {"series": series, "unreviewed": unreviewed}).one()
    if row.own_day is None:
        raise NotPossible(text("There is no evidence by {tool} here, so there is nothing to close.", tool=tool))
    if not row.newer:
        raise NotPossible(
            text(
                "No other tool has a newer accepted pass here; upload that first, then close the series of {tool}.",
                tool=tool,
            )
        )
    last = sql("SELECT MAX(recorded_at) AS at FROM series_closing WHERE series = :series").columns(at=Moment())
    closed = session.execute(last, {"series": series}).scalar_one()
    newest = sql("SELECT MAX(recorded_at) AS at FROM coverage WHERE series = :series").columns(at=Moment())
    if closed is not None and closed > session.execute(newest, {"series": series}).scalar_one():
        raise NotPossible(text("The series of {tool} was closed on {moment} already.", tool=tool, moment=closed))
