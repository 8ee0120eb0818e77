"""What stands behind a status: the evidence by its title, who accepted it, and the exceptions that it rests on."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, exists, select
from sqlmodel import Session

from access.permissions import Person, may, require
from controls.scope.system_scope import system_titles
from evidence.intake.declared import told_facts
from locales import Text, kept, text
from models.calendar import Calendar, calendar_of
from models.rows import table
from models.vocabulary import ReviewMode
from readiness.status import CellStatus

CellKey = tuple[str, str, str]

_REASONS: dict[str, Text] = {
    "rejected": text("rejected by a reviewer"),
    "withdrawn": text("withdrawn"),
    "no verdict": text("no verdict could be given"),
    "closed": text("its series was closed"),
    "later": text("it represents later days"),
    "unreviewed": text("not reviewed before it expired"),
}


def ignored(reason: str) -> Text:
    """Why delivered evidence counts for nothing, in a few words; `reason` is the rule's (`readiness.rule.IGNORED`)."""
    return _REASONS.get(reason, text("it does not count"))


@dataclass(frozen=True, slots=True)
class ExceptionFact:
    """An exception as it counts: a named person accepts a failing check, with a reason, from a first to a last day."""

    check: str
    reason: str
    granted_by: str
    first_day: date  # in force from this day
    last_day: date


@dataclass(frozen=True, slots=True)
class EvidenceFacts:
    """One evidence as it counts for one cell, with the days that it represents there.

    `accepted` says by whom, by which policy, or what it waits for; `declared` what of it no file says, and who said it.
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


def behind(
    session: Session, person: Person, cells: Iterable[CellStatus], on: date, known: datetime
) -> dict[CellKey, EvidenceFacts]:
    """The evidence that decides each cell, or that was delivered for it and counts for nothing.

    Who may not read evidence is told nothing. Whether they may read just this one: `evidence_items.readable`.
    """
    require(person, "readiness.read")
    if not may(person, "evidence.read"):
        return {}
    named = {cell.key: key for cell in cells if (key := cell.evidence or cell.delivered)}
    found = facts_of(session, set(named.values()), on, known)
    return {cell: one for cell, key in named.items() if (one := found.get((key, cell)))}


def facts_of(
    session: Session, evidence: Collection[str], on: date, known: datetime
) -> dict[tuple[str, CellKey], EvidenceFacts]:
    """The facts of each evidence for each cell that it covers, as known at a moment."""
    if not evidence:
        return {}
    row, coverage = table("evidence"), table("coverage")
    series, cell = table("series"), table("cell")
    joined = coverage.join(row, row.c.id == coverage.c.evidence)
    joined = joined.join(series, series.c.id == coverage.c.series).join(cell, cell.c.id == series.c.cell)
    columns = [row.c[name] for name in ("id", "title", "uploaded_by", "declared", "review_reasons")]
    columns += [coverage.c.first_day, coverage.c.last_day]
    places = [cell.c[name] for name in ("requirement", "system", "target")]
    query = select(*columns, series.c.tool, coverage.c.fails, coverage.c.needs_review, *places).select_from(joined)
    rows = session.execute(query.where(coverage.c.evidence.in_(evidence), *_judged(known))).all()
    asked = _requirements(session, {one.requirement for one in rows}, known)
    words, policies = reviews(session, evidence, known), _policies(session, evidence)
    excepted = _exceptions(session, evidence, on, known)
    titles, calendar = system_titles(session), calendar_of(session)
    return {
        (one.id, place): EvidenceFacts(
            one.id,
            one.title,
            one.tool,
            one.first_day,
            one.last_day,
            one.uploaded_by,
            _accepted(calendar, one, words.get(one.id), asked[one.requirement], policies.get(one.id, "")),
            excepted.get((one.id, place), ()),
            tuple(told_facts(one.declared, titles)),
        )
        for one in rows
        for place in [(one.requirement, one.system, one.target)]
    }


def reviews(session: Session, evidence: Collection[str], known: datetime) -> dict[str, Row[Any]]:
    """The latest review of each evidence, as known at a moment."""
    review = table("review")
    columns = [review.c[name] for name in ("evidence", "decision", "reviewed_by", "recorded_at", "remark")]
    query = select(*columns).where(review.c.evidence.in_(evidence), review.c.recorded_at <= known)
    return {row.evidence: row for row in session.execute(query.order_by(review.c.recorded_at))}


def waits(uploader: str, reasons: Iterable[str]) -> Text:
    """That it waits for someone else's review, and why it is not accepted automatically."""
    said = [one for one in map(kept.read, reasons) if one is not None]
    first = text("waits for a review by someone other than {name}", name=uploader)
    for reason in said:
        first = text("{first}: {reason}", first=first, reason=reason) if reason is said[0] else _and(first, reason)
    return first


def _and(first: Text, reason: Text) -> Text:
    return text("{first}; {reason}", first=first, reason=reason)


def _accepted(calendar: Calendar, row: Row[Any], word: Row[Any] | None, review: str, policy: str) -> Text:
    if word is not None:
        return reviewed(calendar, word)
    if row.fails:
        return text("a failure counts without a review")
    if review == ReviewMode.REQUIRED or row.needs_review:
        return waits(row.uploaded_by, row.review_reasons)
    if policy:
        return text("accepted automatically by policy {policy}", policy=policy)
    return text("accepted automatically, since the requirement asks for no review")


def reviewed(calendar: Calendar, word: Row[Any]) -> Text:
    """Who decided what, when, and why."""
    message = {
        "accepted": text("accepted by {name} on {day}"),
        "rejected": text("rejected by {name} on {day}"),
        "withdrawn": text("withdrawn by {name} on {day}"),
    }[word.decision]
    said = text(message.message, name=word.reviewed_by, day=calendar.day_of(word.recorded_at))
    return text("{first}: {reason}", first=said, reason=word.remark) if word.remark else said


def _judged(known: datetime) -> list[Any]:
    """Of each coverage the latest judgement that was known."""
    coverage = table("coverage")
    later = coverage.alias("later")
    same = (later.c.evidence == coverage.c.evidence, later.c.series == coverage.c.series)
    again = exists().where(*same, later.c.judged_at > coverage.c.judged_at, later.c.judged_at <= known)
    return [coverage.c.judged_at <= known, ~again]


def _requirements(session: Session, keys: Collection[str], known: datetime) -> Mapping[str, str]:
    """Whether each requirement asked for a review, by its definition then."""
    row = table("evidence_requirement")
    query = select(row.c.key, row.c.review).where(row.c.key.in_(keys), row.c.recorded_at <= known)
    return {one.key: one.review for one in session.execute(query.order_by(row.c.recorded_at))}


def _policies(session: Session, evidence: Collection[str]) -> dict[str, str]:
    run = table("test_run")
    query = select(run.c.evidence, run.c.policy).where(run.c.evidence.in_(evidence), run.c.policy != "")
    return {row.evidence: row.policy for row in session.execute(query.order_by(run.c.file.desc()))}


def _exceptions(
    session: Session, evidence: Collection[str], on: date, known: datetime
) -> dict[tuple[str, CellKey], tuple[ExceptionFact, ...]]:
    """The exceptions in force on a day for the checks that fail in each evidence."""
    given, coverage, check = table("check_exception"), table("coverage"), table("coverage_check")
    series, cell = table("series"), table("cell")
    joined = coverage.join(check, check.c.coverage == coverage.c.id)
    joined = joined.join(given, (given.c.series == coverage.c.series) & (given.c.check == check.c.check))
    joined = joined.join(series, series.c.id == coverage.c.series).join(cell, cell.c.id == series.c.cell)
    revoked = (given.c.revoked_at.is_not(None)) & (given.c.revoked_at <= known) & (given.c.revoked_day <= on)
    in_force = [given.c.recorded_at <= known, given.c.in_force <= on, given.c.last_day >= on]
    columns = [given.c[name] for name in ("check", "reason", "granted_by", "in_force", "last_day")]
    places = [cell.c[name] for name in ("requirement", "system", "target")]
    query = select(coverage.c.evidence, *places, *columns).select_from(joined)
    query = query.where(coverage.c.evidence.in_(evidence), *_judged(known), *in_force, ~revoked)
    found: dict[tuple[str, CellKey], list[ExceptionFact]] = {}
    for row in session.execute(query.order_by(given.c.check, given.c.last_day.desc())):
        place = (row.requirement, row.system, row.target)
        one = ExceptionFact(row.check, row.reason, row.granted_by, row.in_force, row.last_day)
        found.setdefault((row.evidence, place), []).append(one)
    return {key: tuple(each) for key, each in found.items()}
