"""Reviews of evidence: accepted, rejected or withdrawn. The latest counts; nobody reviews their own upload."""

from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session

from access.activity.record import record
from access.people import tokens
from access.permissions import NotAllowed, Person, may, require
from controls import names
from evidence.errors import NotPossible, Unknown
from evidence.intake.delivery.token_limits import require_token_limits_of
from evidence.visible_evidence import require_visible
from locales import text
from models.bulk_changes import insert_into, table

ACCEPTED, REJECTED, WITHDRAWN = "accepted", "rejected", "withdrawn"
DECISIONS = (ACCEPTED, REJECTED, WITHDRAWN)
_LONGEST = 4_000


def review(session: Session, person: Person, evidence: str, decision: str, remark: str, now: datetime) -> None:
    """Record a review of evidence; rejecting and withdrawing need a remark.

    Raises `NotAllowed`, `Unknown` when the person may not see the evidence, and `NotPossible` when the decision is
    unknown, the reviewer uploaded it or made the token that did, it was reviewed in the same moment, or the decision
    says nothing new.
    """
    _require_may_decide(session, person, evidence, decision)
    _require_other_moment(session, evidence, now)
    recorded_remark = ""
    if decision != ACCEPTED and not remark.strip():
        raise NotPossible(text("Nothing is recorded without a reason; say what is wrong, so that it can be mended."))
    if remark.strip():
        recorded_remark = names.plain(remark, text("The remark"), _LONGEST, lines=True)
    _require_news(session, evidence, decision, person.name, recorded_remark)
    add_review(session, evidence, decision, person.name, recorded_remark, now)
    record(session, person, "evidence.review", evidence, now, decision=decision, remark=recorded_remark)


def open_decisions(session: Session, person: Person, evidence: str) -> list[str]:
    """The decisions that the person may take on evidence, whatever was decided before; none on what they can't see."""
    require(person, "evidence.read")
    return [decision for decision in DECISIONS if _may_decide(session, person, evidence, decision)]


def _may_decide(session: Session, person: Person, evidence: str, decision: str) -> bool:
    try:
        _require_may_decide(session, person, evidence, decision)
    except (NotAllowed, NotPossible, Unknown):
        return False
    return True


def _require_may_decide(session: Session, person: Person, evidence: str, decision: str) -> None:
    """Refuse a decision by who may not review it: without permission, on one's own upload, or on one's token's."""
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
    _require_reviewer(person, uploader, decision, fails=fails)
    if (decision != WITHDRAWN or fails) and person.name in tokens.list_makers(session, uploader):
        raise NotPossible(
            text(
                "{person} made the token that uploaded this evidence; someone else must review it.", person=person.name
            )
        )


def add_review(session: Session, evidence: str, decision: str, reviewed_by: str, remark: str, now: datetime) -> None:
    """Insert a review without checks; `review` checks permission and logs it."""
    row = {
        "evidence": evidence,
        "decision": decision,
        "recorded_at": now,
        "reviewed_by": reviewed_by,
        "remark": remark,
    }
    session.execute(insert_into("review"), [row])


def _uploader(session: Session, evidence: str) -> str:
    row = table("evidence")
    uploader = session.execute(select(row.c.uploaded_by).where(row.c.id == evidence)).scalar_one_or_none()
    if uploader is None:
        raise Unknown(text("There is no such evidence, or none that you may open."))
    return str(uploader)


def _fails(session: Session, evidence: str) -> bool:
    """Whether any judgement of the evidence has a fail."""
    row = table("coverage")
    query = select(row.c.id).where(row.c.evidence == evidence, row.c.fails == 1).limit(1)
    return session.execute(query).first() is not None


def _require_reviewer(person: Person, uploader: str, decision: str, *, fails: bool) -> None:
    """Refuse a review by the uploader; only the uploader (unless it fails) or a reviewer may withdraw."""
    own = person.name == uploader
    if own and decision == WITHDRAWN and fails:
        raise NotPossible(text("This evidence fails, so you can't withdraw it yourself; ask a reviewer to reject it."))
    if own and decision != WITHDRAWN:
        raise NotPossible(text("{person} uploaded this evidence; someone else must review it.", person=person.name))
    if not own and decision == WITHDRAWN and not may(person, "evidence.review"):
        raise NotPossible(
            text("{uploader} uploaded this evidence; only they or a reviewer can withdraw it.", uploader=uploader)
        )


def _require_other_moment(session: Session, evidence: str, now: datetime) -> None:
    row = table("review")
    if session.execute(select(row.c.id).where(row.c.evidence == evidence, row.c.recorded_at >= now)).first():
        raise NotPossible(text("This evidence was reviewed in the same moment; review it once."))


def _require_news(session: Session, evidence: str, decision: str, reviewed_by: str, remark: str) -> None:
    """Refuse to withdraw twice, and to repeat one's own latest review of the same judgement."""
    review, coverage = table("review"), table("coverage")
    judged_at = select(func.max(coverage.c.judged_at)).where(coverage.c.evidence == evidence).scalar_subquery()
    query = select(review).where(review.c.evidence == evidence, review.c.recorded_at >= judged_at)
    last = session.execute(query.order_by(review.c.recorded_at.desc()).limit(1)).one_or_none()
    if last is None or last.decision != decision:
        return
    if decision == WITHDRAWN or (last.reviewed_by, last.remark) == (reviewed_by, remark):
        raise NotPossible(
            text(
                "{person} recorded this review on {moment} already; nothing needs to be done.",
                person=last.reviewed_by,
                moment=last.recorded_at,
            )
        )
