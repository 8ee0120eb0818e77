"""Reviews of evidence: accepted, rejected, withdrawn. The latest counts; nobody reviews their own."""

from datetime import datetime

from sqlalchemy import insert, select
from sqlmodel import Session

from access.activity.record import record
from access.people import tokens
from access.permissions import Person, may, require
from controls import names
from evidence.errors import NotPossible, Unknown
from evidence.intake.delivery.token_limits import require_token_limits_of
from evidence.visible_evidence import require_visible
from locales import text
from models.rows import table

ACCEPTED, REJECTED, WITHDRAWN = "accepted", "rejected", "withdrawn"
DECISIONS = (ACCEPTED, REJECTED, WITHDRAWN)
_LONGEST = 4_000


def review(session: Session, person: Person, evidence: str, decision: str, remark: str, now: datetime) -> None:
    """Record the review of evidence; rejecting and withdrawing need a remark.

    Raises `NotAllowed`, `Unknown` and `NotPossible`.
    """
    require(person, "evidence.review", *(["evidence.file"] if decision == WITHDRAWN else []))
    if decision not in DECISIONS:
        raise NotPossible(
            text(
                "{decision} is not a decision; expected one of {known}.", decision=decision, known=", ".join(DECISIONS)
            )
        )
    if not may(person, "evidence.review"):
        require_visible(session, person, evidence, "evidence.file")
        require_token_limits_of(session, person, evidence)
    uploader, fails = _uploader(session, evidence), _fails(session, evidence)
    _may(person, uploader, decision, fails=fails)
    if (decision != WITHDRAWN or fails) and person.name in tokens.list_makers(session, uploader):
        raise NotPossible(
            text(
                "{person} made the token that uploaded this evidence; someone else must review it.", person=person.name
            )
        )
    _not_twice(session, evidence, now)
    given = ""
    if remark.strip() or decision != ACCEPTED:
        given = names.plain(remark, text("The remark"), _LONGEST, lines=True)
    add_review(session, evidence, decision, person.name, given, now)
    record(session, person, "evidence.review", evidence, now, decision=decision, remark=given)


def add_review(session: Session, evidence: str, decision: str, reviewed_by: str, remark: str, now: datetime) -> None:
    """Write the row of a review, by whoever; `review` checks who may and logs it."""
    row = {
        "evidence": evidence,
        "decision": decision,
        "recorded_at": now,
        "reviewed_by": reviewed_by,
        "remark": remark,
    }
    session.execute(insert(table("review")), [row])


def _uploader(session: Session, evidence: str) -> str:
    row = table("evidence")
    found = session.execute(select(row.c.uploaded_by).where(row.c.id == evidence)).scalar_one_or_none()
    if found is None:
        raise Unknown(text("There is no such evidence, or none that you may open."))
    return str(found)


def _fails(session: Session, evidence: str) -> bool:
    """Whether it fails somewhere, by any judgement of it."""
    row = table("coverage")
    query = select(row.c.id).where(row.c.evidence == evidence, row.c.fails == 1).limit(1)
    return session.execute(query).first() is not None


def _may(person: Person, uploader: str, decision: str, *, fails: bool) -> None:
    """A review by the uploader is no review; a withdrawal is the uploader's own, unless it fails, or a reviewer's."""
    own = person.name == uploader
    if own and decision == WITHDRAWN and fails:
        raise NotPossible(text("This evidence fails, so you can't withdraw it yourself; ask a reviewer to reject it."))
    if own and decision != WITHDRAWN:
        raise NotPossible(text("{person} uploaded this evidence; someone else must review it.", person=person.name))
    if not own and decision == WITHDRAWN and not may(person, "evidence.review"):
        raise NotPossible(
            text("{uploader} uploaded this evidence; only they or a reviewer can withdraw it.", uploader=uploader)
        )


def _not_twice(session: Session, evidence: str, now: datetime) -> None:
    row = table("review")
    if session.execute(select(row.c.id).where(row.c.evidence == evidence, row.c.recorded_at >= now)).first():
        raise NotPossible(text("This evidence was reviewed in the same moment; review it once."))
