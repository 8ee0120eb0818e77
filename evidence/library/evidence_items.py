"""What is read of evidence: searching it, one evidence with all that belongs to it, and its bytes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlmodel import Session

from access.activity.record import record
from access.permissions import Person, may, require
from evidence.errors import Unknown
from evidence.intake import rows
from evidence.intake.judgements import JudgementRow, judgements
from evidence.intake.judging import CoveredCell
from evidence.intake.judging_again import changed
from evidence.intake.seen_before import SeenBefore, seen_before
from evidence.library.search import Filters, conditions, review_state, verdict
from evidence.visible_evidence import reachable, require_reachable
from locales import Text, text
from locales.kept import read
from models.calendar import calendar_of
from models.rows import table

MOST_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One line of the library. `review`: accepted, rejected, withdrawn, automatic or waiting."""

    id: str
    recorded_at: datetime
    kind: str
    title: str
    first_day: date
    last_day: date
    explicit_end: date | None
    tool: str
    format: str
    uploaded_by: str
    review: str
    verdict: str
    cells: int
    requirements: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines of the library, and how many there are in all."""

    rows: list[EvidenceRow]
    total: int


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file of an evidence."""

    position: int
    name: str
    size: int
    media_type: str
    sha256: str


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run as read from a file, with its results by outcome."""

    id: int
    file: int
    format: str
    tool: str
    tool_version: str
    started_at: datetime | None
    ended_at: datetime | None
    first_day: date | None
    last_day: date | None
    complete: bool
    remark: Text | None
    policy: str
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A reviewer's word."""

    decision: str
    recorded_at: datetime
    reviewed_by: str
    remark: str


@dataclass(frozen=True, slots=True)
class EvidenceDetail:
    """One evidence with all that belongs to it, and its neighbours in its series.

    `seen_before`: other evidence with a file of the same bytes; `judgements`: newest first; `changed`: what has changed
    since the latest of them, so that it can be judged again.
    """

    row: EvidenceRow
    note: str
    declared: dict[str, Any]
    declared_facts: list[Text]  # the same in words, with who declared it
    review_reasons: list[Text]
    seen_before: list[SeenBefore]
    judgements: list[JudgementRow]
    changed: list[Text]
    files: list[FileRow]
    coverage: list[CoveredCell]
    runs: list[RunRow]
    reviews: list[ReviewRow]
    previous: str | None
    next: str | None


def search(session: Session, person: Person, filters: Filters | None = None, page: int = 1, size: int = 50) -> Page:
    """The evidence that fits the filters, recorded last first."""
    require(person, "evidence.read")
    evidence = table("evidence")
    asked = conditions(filters or Filters())
    all_of_it = select(func.count()).select_from(evidence).where(*asked, *reachable(session, person, counting=True))
    total = session.execute(all_of_it).scalar_one()
    size = max(1, min(size, MOST_AT_ONCE))
    order = (evidence.c.recorded_at.desc(), evidence.c.id.desc())
    own = select(evidence.c.id).where(*asked, *reachable(session, person)).order_by(*order)
    chosen = own.limit(size).offset((max(1, page) - 1) * size)  # first: lines are worked out for these alone
    found = session.execute(_lines().where(evidence.c.id.in_(chosen)).order_by(*order)).all()
    return Page(_with_cells(session, found), total)


def evidence(session: Session, person: Person, key: str) -> EvidenceDetail:
    """One evidence."""
    require(person, "evidence.read")
    row = table("evidence")
    within = reachable(session, person)
    found = session.execute(_lines().where(row.c.id == key, *within)).all()
    if not found:
        raise Unknown(text("There is no such evidence, or none that you may open."))
    note = session.execute(select(row.c.note).where(row.c.id == key)).scalar_one()
    kept = files(session, person, key)
    return EvidenceDetail(
        row=_with_cells(session, found)[0],
        note=note,
        **rows.declaration(session, key),
        seen_before=seen_before(session, person, [one.sha256 for one in kept], but=key),
        judgements=judgements(session, key),
        changed=changed(session, key),
        files=kept,
        coverage=rows.covered_cells(session, key),
        runs=_runs(session, key),
        reviews=_reviews(session, key),
        previous=neighbour(session, key, within, earlier=True),
        next=neighbour(session, key, within, earlier=False),
    )


def titles(session: Session, person: Person, keys: Collection[str]) -> dict[str, str]:
    """What evidence is called, of those that the person may read."""
    require(person, "evidence.read")
    row = table("evidence")
    found = session.execute(select(row.c.id, row.c.title).where(row.c.id.in_(keys), *reachable(session, person)))
    return {row.id: row.title for row in found}


def exists(session: Session, person: Person, key: str) -> None:
    """Raises `Unknown` if there is no such evidence, or none that the person may read."""
    require(person, "evidence.read")
    row = table("evidence")
    if not session.execute(select(row.c.id).where(row.c.id == key, *reachable(session, person))).first():
        raise Unknown(text("There is no such evidence, or none that you may open."))


def readable(session: Session, person: Person, keys: Collection[str]) -> frozenset[str]:
    """Those of some evidence that the person may read, none for who reads no evidence; pages link to no other."""
    if not may(person, "evidence.read"):
        return frozenset()
    row = table("evidence")
    found = select(row.c.id).where(row.c.id.in_(keys), *reachable(session, person))
    return frozenset(session.execute(found).scalars())


def files(session: Session, person: Person, key: str) -> list[FileRow]:
    """The files of an evidence in their order."""
    require(person, "evidence.read")
    require_reachable(session, person, key)
    file = table("evidence_file")
    columns = [file.c[name] for name in FileRow.__dataclass_fields__]
    found = session.execute(select(*columns).where(file.c.evidence == key).order_by(file.c.position))
    return [FileRow(**row) for row in found.mappings()]


def file(session: Session, person: Person, key: str, position: int) -> FileRow:
    """One file of an evidence."""
    require(person, "evidence.read")
    found = next((file for file in files(session, person, key) if file.position == position), None)
    if found is None:
        raise Unknown(text("There is no file {position} in this evidence.", position=position))
    return found


def log_opening(session: Session, person: Person, key: str, now: datetime, opened: FileRow | None = None) -> None:
    """Log that somebody looked at evidence, or at the bytes of one of its files: once per person and day each."""
    require(person, "evidence.read")
    require_reachable(session, person, key)
    if not opened_today(session, person, key, now, opened):
        details = {"file": opened.position, "sha256": opened.sha256} if opened else {}
        record(session, person, "evidence.open", key, now, **details)


def opened_today(session: Session, person: Person, key: str, now: datetime, opened: FileRow | None = None) -> bool:
    """Whether the log has it already that this person looked at the evidence, or the file, on the day of `now`."""
    require(person, "evidence.read")
    log = table("activity")
    found = session.execute(
        select(log.c.details).where(
            log.c.subject == key,
            log.c.verb == "evidence.open",
            log.c.person == person.name,
            log.c.recorded_at >= calendar_of(session).start_of(calendar_of(session).day_of(now)),
        )
    )
    return any(details.get("file") == (opened.position if opened else None) for details in found.scalars())


def neighbour(session: Session, key: str, within: Sequence[ColumnElement[bool]], *, earlier: bool) -> str | None:
    """The evidence before or after this one in any of its series: by last represented day, then recorded moment.

    `within`: of what the person may read (`reachable`).
    """
    own, other = table("coverage").alias("own"), table("coverage").alias("other")
    order = (other.c.last_day, other.c.recorded_at)
    before: ColumnElement[bool] = (other.c.last_day < own.c.last_day) | (
        (other.c.last_day == own.c.last_day) & (other.c.recorded_at < own.c.recorded_at)
    )
    after: ColumnElement[bool] = (other.c.last_day > own.c.last_day) | (
        (other.c.last_day == own.c.last_day) & (other.c.recorded_at > own.c.recorded_at)
    )
    query = (
        select(other.c.evidence)
        .join(own, own.c.series == other.c.series)
        .where(own.c.evidence == key, before if earlier else after)
        .order_by(*((column.desc() if earlier else column) for column in order))
    )
    if within:
        row = table("evidence")
        query = query.join(row, row.c.id == other.c.evidence).where(*within)
    return session.execute(query.limit(1)).scalar_one_or_none()


def _lines() -> Select[Any]:
    row, coverage = table("evidence"), table("coverage")
    named = [row.c[name] for name in EvidenceRow.__dataclass_fields__ if name in row.c]
    cells = select(func.count()).where(coverage.c.evidence == row.c.id, rows.latest_coverage()).scalar_subquery()
    return select(*named, review_state().label("review"), verdict().label("verdict"), cells.label("cells"))


def _with_cells(session: Session, found: Sequence[Row[Any]]) -> list[EvidenceRow]:
    """The lines with the requirements and systems that they cover."""
    coverage, series, cell = table("coverage"), table("series"), table("cell")
    query = (
        select(coverage.c.evidence, cell.c.requirement, cell.c.system)
        .join(series, series.c.id == coverage.c.series)
        .join(cell, cell.c.id == series.c.cell)
        .where(coverage.c.evidence.in_([row.id for row in found]))
        .distinct()
    )
    requirements: dict[str, set[str]] = {}
    systems: dict[str, set[str]] = {}
    for key, requirement, system in session.execute(query):
        requirements.setdefault(key, set()).add(requirement)
        systems.setdefault(key, set()).update({system} - {""})
    return [
        EvidenceRow(
            **row._mapping,  # noqa: SLF001 - SQLAlchemy's public name for it
            requirements=tuple(sorted(requirements.get(row.id, ()))),
            systems=tuple(sorted(systems.get(row.id, ()))),
        )
        for row in found
    ]


def _runs(session: Session, key: str) -> list[RunRow]:
    run = table("test_run")
    own = (run.c.evidence == key, rows.latest_runs(key))
    found = session.execute(select(run).where(*own).order_by(run.c.file)).mappings()
    plain = [name for name in RunRow.__dataclass_fields__ if name not in ("remark", "counts")]
    return [
        RunRow(
            **{name: row[name] for name in plain},
            remark=read(row["remark"]),
            counts=rows.outcomes(row),
        )
        for row in found
    ]


def _reviews(session: Session, key: str) -> list[ReviewRow]:
    review = table("review")
    columns = [review.c[name] for name in ReviewRow.__dataclass_fields__]
    found = session.execute(select(*columns).where(review.c.evidence == key).order_by(review.c.recorded_at.desc()))
    return [ReviewRow(**row) for row in found.mappings()]
