"""The evidence that decides a status: its title, who accepted it, and the exceptions that it rests on."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, exists, select
from sqlmodel import Session

from access.permissions import Person, may, require
from controls.scope.system_scope import system_titles
from evidence.intake.delivery.cells import CellKey
from evidence.intake.delivery.declarations import declaration_texts
from evidence.judging.own_policies.in_force import policy_name
from evidence.library import evidence_items
from locales import Text, stored_text, text
from models.bulk_changes import table
from models.calendar import Calendar, calendar_of
from models.queries import with_cells
from models.vocabulary import ExceptionKind, ReviewMode
from readiness.status import CellStatus

_REASONS: dict[str, Text] = {
    "rejected": text("rejected by a reviewer"),
    "withdrawn": text("withdrawn"),
    "no verdict": text("no verdict could be given"),
    "closed": text("its series was closed"),
    "later": text("it represents later days"),
    "unreviewed": text("not reviewed before it expired"),
}


def ignored_text(reason: str) -> Text:
    """Why evidence does not count, in a few words; `reason` is one of those of `readiness.rule.IGNORED`."""
    return _REASONS.get(reason, text("it does not count"))


@dataclass(frozen=True, slots=True)
class ExceptionFact:
    """An exception: a named person accepts a failing check, with a reason, from a first to a last day (included)."""

    check: str
    reason: str
    granted_by: str
    first_day: date  # in force from this day
    last_day: date
    kind: str = ExceptionKind.ACCEPTED_RISK


@dataclass(frozen=True, slots=True)
class EvidenceFacts:
    """One evidence as it counts for one cell, with the days that it represents there.

    `accepted`: by whom, by which policy, or which review is still needed. `declared`: what the uploader stated and no
    file contains, with the name of who stated it.
    """

    evidence: str
    title: str
    tool: str
    first_day: date
    last_day: date
    uploaded_by: str
    accepted: Text
    exceptions: tuple[ExceptionFact, ...] = ()
    declared: tuple[Text, ...] = ()


def find_deciding_evidence(
    session: Session, person: Person, cells: Iterable[CellStatus], on: date, known: datetime
) -> dict[CellKey, EvidenceFacts]:
    """The evidence that decides each cell, or that was provided for it and does not count; by cell.

    Only evidence that the person may read; empty without permission to read evidence. Raises `NotAllowed`.
    """
    require(person, "readiness.read")
    if not may(person, "evidence.read"):
        return {}
    evidence_of = {cell.key: evidence for cell in cells if (evidence := cell.evidence or cell.delivered)}
    readable = evidence_items.readable(session, person, set(evidence_of.values()))
    facts = evidence_facts(session, readable, on, known)
    return {cell: facts[evidence, cell] for cell, evidence in evidence_of.items() if (evidence, cell) in facts}


def evidence_facts(
    session: Session, evidence: Collection[str], on: date, known: datetime
) -> dict[tuple[str, CellKey], EvidenceFacts]:
    """The facts of each evidence for each cell that it covers, by the knowledge of a moment."""
    if not evidence:
        return {}
    rows = _coverage_rows(session, evidence, known)
    accepted = _acceptances(session, rows, evidence, known)
    exceptions = _exceptions(session, evidence, on, known)
    titles = system_titles(session)
    return {
        (row.id, cell): EvidenceFacts(
            row.id,
            row.title,
            row.tool,
            row.first_day,
            row.last_day,
            row.uploaded_by,
            accepted[row.id, cell],
            exceptions.get((row.id, cell), ()),
            tuple(declaration_texts(row.declared, titles)),
        )
        for row in rows
        for cell in [_cell_key(row)]
    }


def _cell_key(row: Row[Any]) -> CellKey:
    return row.requirement, row.system, row.target


def _coverage_rows(session: Session, evidence: Collection[str], known: datetime) -> Sequence[Row[Any]]:
    """Each evidence with each cell that it covers, by the latest judgement that was known."""
    row, coverage = table("evidence"), table("coverage")
    series, cell = table("series"), table("cell")
    judged = table("judgement")
    same = (judged.c.evidence == coverage.c.evidence) & (judged.c.judged_at == coverage.c.judged_at)
    joined = with_cells(coverage.join(row, row.c.id == coverage.c.evidence), of=coverage).outerjoin(judged, same)
    columns: list[ColumnElement[Any]] = [judged.c.review_reasons.label("judgement_reasons")]
    columns += [row.c[name] for name in ("id", "title", "uploaded_by", "declared", "review_reasons")]
    columns += [coverage.c[name] for name in ("first_day", "last_day", "fails", "needs_review")]
    columns += [series.c.tool, *(cell.c[name] for name in ("requirement", "system", "target"))]
    query = select(*columns).select_from(joined).where(coverage.c.evidence.in_(evidence), *_latest_judgement(known))
    return session.execute(query).all()


def latest_reviews(session: Session, evidence: Collection[str], known: datetime) -> dict[str, Row[Any]]:
    """The latest review of each evidence, by the knowledge of a moment; by evidence id."""
    review = table("review")
    columns = [review.c[name] for name in ("evidence", "decision", "reviewed_by", "recorded_at", "remark")]
    query = select(*columns).where(review.c.evidence.in_(evidence), review.c.recorded_at <= known)
    return {row.evidence: row for row in session.execute(query.order_by(review.c.recorded_at))}


def _acceptances(
    session: Session, rows: Sequence[Row[Any]], evidence: Collection[str], known: datetime
) -> dict[tuple[str, CellKey], Text]:
    """By whom or by which policy each is accepted, or which review it needs."""
    modes = _review_modes(session, {row.requirement for row in rows}, known)
    reviews, policies = latest_reviews(session, evidence, known), _policies(session, evidence)
    calendar = calendar_of(session)
    return {
        (row.id, _cell_key(row)): _acceptance(
            calendar, row, reviews.get(row.id), modes[row.requirement], policies.get(row.id, "")
        )
        for row in rows
    }


def _acceptance(calendar: Calendar, row: Row[Any], review: Row[Any] | None, mode: str, policy: Text | str) -> Text:
    if review is not None:
        return review_text(calendar, review)
    if row.fails:
        return text("a failure counts without a review")
    if mode == ReviewMode.REQUIRED or row.needs_review:
        reasons = dict.fromkeys([*row.review_reasons, *(row.judgement_reasons or ())])
        return _waiting_text(row.uploaded_by, reasons)
    if policy:
        return text("accepted automatically by the policy {policy}", policy=policy)
    return text("accepted automatically, because the requirement needs no review")


def _waiting_text(uploader: str, reasons: Iterable[str]) -> Text:
    """That it waits for someone else's review, and why it is not accepted automatically."""
    readable = [reason for reason in map(stored_text.from_stored, reasons) if reason is not None]
    whole = text("waits for a review by someone other than {name}", name=uploader)
    for number, reason in enumerate(readable):
        separated = text("{first}; {reason}") if number else text("{first}: {reason}")
        whole = text(separated.message, first=whole, reason=reason)
    return whole


def review_text(calendar: Calendar, review: Row[Any]) -> Text:
    """Who decided what, when, and why."""
    decision = {
        "accepted": text("accepted by {name} on {day}"),
        "rejected": text("rejected by {name} on {day}"),
        "withdrawn": text("withdrawn by {name} on {day}"),
    }[review.decision]
    whole = text(decision.message, name=review.reviewed_by, day=calendar.day_of(review.recorded_at))
    return text("{first}: {reason}", first=whole, reason=review.remark) if review.remark else whole


def _latest_judgement(known: datetime) -> list[Any]:
    """Conditions that keep of each coverage the latest judgement that was known."""
    coverage = table("coverage")
    later = coverage.alias("later")
    same = (later.c.evidence == coverage.c.evidence, later.c.series == coverage.c.series)
    again = exists().where(*same, later.c.judged_at > coverage.c.judged_at, later.c.judged_at <= known)
    return [coverage.c.judged_at <= known, ~again]


def _review_modes(session: Session, keys: Collection[str], known: datetime) -> Mapping[str, str]:
    """The `ReviewMode` of each requirement, by its definition then."""
    requirement = table("evidence_requirement")
    query = select(requirement.c.key, requirement.c.review)
    query = query.where(requirement.c.key.in_(keys), requirement.c.recorded_at <= known)
    return {row.key: row.review for row in session.execute(query.order_by(requirement.c.recorded_at))}


def _policies(session: Session, evidence: Collection[str]) -> dict[str, Text | str]:
    """The name of the policy that judged the first of each evidence's files."""
    run = table("test_run")
    query = select(run.c.evidence, run.c.policy).where(run.c.evidence.in_(evidence), run.c.policy != "")
    keys = {row.evidence: row.policy for row in session.execute(query.order_by(run.c.file.desc()))}
    names = {key: policy_name(session, key) for key in set(keys.values())}
    return {evidence: names[key] for evidence, key in keys.items()}


def _exceptions(
    session: Session, evidence: Collection[str], on: date, known: datetime
) -> dict[tuple[str, CellKey], tuple[ExceptionFact, ...]]:
    """The exceptions in force on a day for the checks that fail in each evidence."""
    exception, coverage, check = table("check_exception"), table("coverage"), table("coverage_check")
    cell = table("cell")
    joined = coverage.join(check, check.c.coverage == coverage.c.id)
    joined = joined.join(exception, (exception.c.series == coverage.c.series) & (exception.c.check == check.c.check))
    joined = with_cells(joined, of=coverage)
    revoked = (
        (exception.c.revoked_at.is_not(None)) & (exception.c.revoked_at <= known) & (exception.c.revoked_day <= on)
    )
    in_force = [exception.c.recorded_at <= known, exception.c.in_force <= on, exception.c.last_day >= on]
    columns = [exception.c[name] for name in ("check", "reason", "granted_by", "in_force", "last_day", "kind")]
    places = [cell.c[name] for name in ("requirement", "system", "target")]
    query = select(coverage.c.evidence, *places, *columns).select_from(joined)
    query = query.where(coverage.c.evidence.in_(evidence), *_latest_judgement(known), *in_force, ~revoked)
    facts: dict[tuple[str, CellKey], list[ExceptionFact]] = {}
    for row in session.execute(query.order_by(exception.c.check, exception.c.last_day.desc())):
        fact = ExceptionFact(row.check, row.reason, row.granted_by, row.in_force, row.last_day, row.kind)
        facts.setdefault((row.evidence, _cell_key(row)), []).append(fact)
    return {key: tuple(exceptions) for key, exceptions in facts.items()}
