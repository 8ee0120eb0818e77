"""Reading evidence: search, details of an item, and its files."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from sqlmodel import Session

from access.activity.record import record
from access.permissions import Person, may, require
from evidence.errors import Unknown
from evidence.intake.judged_again.judging_again import changed
from evidence.intake.reasons.seen_before import SeenBefore, seen_before
from evidence.intake.records import evidence_rows
from evidence.intake.records.judgements import judgements
from evidence.intake.verdicts.delivery_judgement import CoveredCell
from evidence.intake.verdicts.latest_judgement import latest_coverage, latest_runs
from evidence.library.evidence_filters import Filters, conditions, review_state, verdict
from evidence.library.evidence_titles import evidence_title
from evidence.visible_evidence import require_visible, visible
from locales import Language, Text, text
from locales.stored_text import from_stored
from models.bulk_changes import table
from models.calendar import Calendar, calendar_of
from models.queries import with_cells

MOST_AT_ONCE = 500
#: By what evidence can be ordered, ascending; after a `-` descending.
ORDERS = {"recorded": "recorded_at", "day": "last_day", "title": "title"}


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """An evidence item in the library. `review`: accepted, rejected, withdrawn, automatic or waiting."""

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
    """A page of the library, and the total number of items."""

    rows: list[EvidenceRow]
    total: int


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file of an evidence item. `size`: bytes."""

    position: int
    name: str
    size: int
    media_type: str
    sha256: str


@dataclass(frozen=True, slots=True)
class RunRow:
    """A test run read from a file. `file`: the file's position; `counts`: number of results by outcome.

    `examined`: names of what a scan says it looked at; None: it says nothing of it.
    """

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
    examined: list[str] | None
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A review of evidence."""

    decision: str
    recorded_at: datetime
    reviewed_by: str
    remark: str


@dataclass(frozen=True, slots=True)
class EarlierJudgement:
    """A judgement of evidence: when, on whose request, by which policy files (SHA-256 by id), and what it said.

    `review_reasons`: why someone else must look at it, as far as that judgement saw; None: not recorded then.
    """

    judged_at: datetime
    judged_by: str
    policies: dict[str, str]
    coverage: list[CoveredCell]
    review_reasons: list[Text] | None


@dataclass(frozen=True, slots=True)
class EvidenceDetail:
    """An evidence item with its files, coverage, runs, reviews and judgements, and its neighbours in its series.

    `seen_before`: other evidence with an identical file; `judgements`: newest first; `changed`: what has changed since
    the latest judgement, so that it can be judged again; `review_reasons`: those of the upload and of the latest
    judgement; `previous`, `next`: ids in the series.
    """

    row: EvidenceRow
    note: str
    declared: dict[str, Any]
    declared_facts: list[Text]  # `declared` as texts, with the person who declared it
    review_reasons: list[Text]
    seen_before: list[SeenBefore]
    judgements: list[EarlierJudgement]
    changed: list[Text]
    files: list[FileRow]
    coverage: list[CoveredCell]
    runs: list[RunRow]
    reviews: list[ReviewRow]
    previous: str | None
    next: str | None


def search(
    session: Session,
    person: Person,
    filters: Filters | None = None,
    page: int = 1,
    size: int = 50,
    order: str = "-recorded",
) -> Page:
    """Search evidence. `page` counts from 1; `size`: at most 500; `order`: of `ORDERS`. Raises `NotAllowed`."""
    require(person, "evidence.read")
    evidence, filters = table("evidence"), filters or Filters()
    filter_conditions = conditions(filters)
    count = (
        select(func.count()).select_from(evidence).where(*filter_conditions, *visible(session, person, counting=True))
    )
    total = session.execute(count).scalar_one()
    size = max(1, min(size, MOST_AT_ONCE))
    by = _order(order)
    own = select(evidence.c.id).where(*filter_conditions, *visible(session, person)).order_by(*by)
    chosen = own.limit(size).offset((max(1, page) - 1) * size)  # so that rows are computed for this page only
    rows = session.execute(_select_rows(filters.known).where(evidence.c.id.in_(chosen)).order_by(*by)).all()
    return Page(_with_cells(session, rows), total)


def search_all(session: Session, person: Person, filters: Filters | None, order: str, most: int) -> list[EvidenceRow]:
    """The first `most` items that match, such as for a file; see `search`. Raises `NotAllowed`."""
    require(person, "evidence.read")
    rows: list[EvidenceRow] = []
    while len(rows) < most:
        page = search(session, person, filters, len(rows) // MOST_AT_ONCE + 1, MOST_AT_ONCE, order)
        rows += page.rows
        if len(page.rows) < MOST_AT_ONCE:
            break
    return rows[:most]


def _order(order: str) -> tuple[ColumnElement[Any], ...]:
    """The columns to order by; the latest recorded first for an order that does not exist."""
    evidence = table("evidence")
    column = ORDERS.get(order.removeprefix("-"))
    if column is None:
        return evidence.c.recorded_at.desc(), evidence.c.id.desc()
    both = evidence.c[column], evidence.c.id
    return tuple(each.desc() for each in both) if order.startswith("-") else both


def evidence(session: Session, person: Person, key: str, known: datetime | None = None) -> EvidenceDetail:
    """Details of an evidence item, as known at a moment (None: ever): its verdicts, runs, reviews and neighbours.

    Raises `NotAllowed`, and `Unknown` when it does not exist, was not known, or the person may not read it.
    """
    require(person, "evidence.read")
    row = table("evidence")
    within = visible(session, person)
    rows = session.execute(_select_rows(known).where(row.c.id == key, *within)).all()
    if not rows:
        raise Unknown(text("There is no such evidence, or none that you may open."))
    if known is not None:
        _require_known(rows[0].recorded_at, known, calendar_of(session))
        within = [*within, row.c.recorded_at <= known]
    note = session.execute(select(row.c.note).where(row.c.id == key)).scalar_one()
    evidence_files, judged = files(session, person, key), _judgements(session, key, known)
    declarations = evidence_rows.read_declarations(session, key)
    if judged and judged[0].review_reasons:
        declarations["review_reasons"] = _each_once([*declarations["review_reasons"], *judged[0].review_reasons])
    return EvidenceDetail(
        row=_with_cells(session, rows)[0],
        note=note,
        **declarations,
        seen_before=seen_before(session, person, [evidence_file.sha256 for evidence_file in evidence_files], but=key),
        judgements=judged,
        changed=changed(session, key) if known is None else [],
        files=evidence_files,
        coverage=evidence_rows.covered_cells(session, key, known),
        runs=_runs(session, key, known),
        reviews=_reviews(session, key, known),
        previous=find_neighbour(session, key, within, earlier=True),
        next=find_neighbour(session, key, within, earlier=False),
    )


def _require_known(recorded_at: datetime, known: datetime, calendar: Calendar) -> None:
    if recorded_at > known:
        day = calendar.day_of(recorded_at)
        raise Unknown(text("This evidence was uploaded later, on {day}: it was not known then.", day=day))


def titles(session: Session, person: Person, keys: Collection[str], t: Language) -> dict[str, str]:
    """Titles by id, in a language, of the evidence that the person may read. Raises `NotAllowed`."""
    require(person, "evidence.read")
    row = table("evidence")
    columns = (row.c.id, row.c.title, row.c.tool)
    rows = session.execute(select(*columns).where(row.c.id.in_(keys), *visible(session, person)))
    return {row.id: evidence_title(t, row) for row in rows}


def require_readable(session: Session, person: Person, key: str) -> None:
    """Raise `NotAllowed`, or `Unknown` when the evidence does not exist or the person may not read it."""
    require(person, "evidence.read")
    row = table("evidence")
    if not session.execute(select(row.c.id).where(row.c.id == key, *visible(session, person))).first():
        raise Unknown(text("There is no such evidence, or none that you may open."))


def readable(session: Session, person: Person, keys: Collection[str]) -> frozenset[str]:
    """The ids that the person may read, so that pages link to no other evidence."""
    if not may(person, "evidence.read"):
        return frozenset()
    row = table("evidence")
    query = select(row.c.id).where(row.c.id.in_(keys), *visible(session, person))
    return frozenset(session.execute(query).scalars())


def files(session: Session, person: Person, key: str) -> list[FileRow]:
    """Files of an evidence item in their order. Raises `NotAllowed` and `Unknown`."""
    require(person, "evidence.read")
    require_visible(session, person, key)
    file = table("evidence_file")
    columns = [file.c[name] for name in FileRow.__dataclass_fields__]
    rows = session.execute(select(*columns).where(file.c.evidence == key).order_by(file.c.position))
    return [FileRow(**row) for row in rows.mappings()]


def file(session: Session, person: Person, key: str, position: int) -> FileRow:
    """A file of an evidence item by its position, from 0. Raises `NotAllowed` and `Unknown`."""
    require(person, "evidence.read")
    evidence_file = next((file for file in files(session, person, key) if file.position == position), None)
    if evidence_file is None:
        raise Unknown(text("There is no file {position} in this evidence.", position=position))
    return evidence_file


def log_opening(session: Session, person: Person, key: str, now: datetime, opened: FileRow | None = None) -> None:
    """Log that a person opened an evidence item or one of its files, once a day for each."""
    require(person, "evidence.read")
    require_visible(session, person, key)
    if not is_opened_today(session, person, key, now, opened):
        details = {"file": opened.position, "sha256": opened.sha256} if opened else {}
        record(session, person, "evidence.open", key, now, **details)


def is_opened_today(session: Session, person: Person, key: str, now: datetime, opened: FileRow | None = None) -> bool:
    """Whether the log says that this person opened the evidence, or the file, on the day of `now`."""
    require(person, "evidence.read")
    log = table("activity")
    logged = session.execute(
        select(log.c.details).where(
            log.c.subject == key,
            log.c.verb == "evidence.open",
            log.c.person == person.name,
            log.c.recorded_at >= calendar_of(session).start_of(calendar_of(session).day_of(now)),
        )
    )
    return any(details.get("file") == (opened.position if opened else None) for details in logged.scalars())


def find_neighbour(session: Session, key: str, within: Sequence[ColumnElement[bool]], *, earlier: bool) -> str | None:
    """Id of the evidence before or after this one in any of its series, by last represented day, then recorded moment.

    `within`: conditions on what the person may read (`visible`).
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


def _select_rows(known: datetime | None = None) -> Select[Any]:
    row, coverage = table("evidence"), table("coverage")
    named = [row.c[name] for name in EvidenceRow.__dataclass_fields__ if name in row.c]
    cells = select(func.count()).where(coverage.c.evidence == row.c.id, latest_coverage(known)).scalar_subquery()
    return select(*named, review_state(known).label("review"), verdict(known).label("verdict"), cells.label("cells"))


def _with_cells(session: Session, rows: Sequence[Row[Any]]) -> list[EvidenceRow]:
    """Evidence rows with the requirements and systems that they cover."""
    coverage, cell = table("coverage"), table("cell")
    query = (
        select(coverage.c.evidence, cell.c.requirement, cell.c.system)
        .select_from(with_cells(coverage))
        .where(coverage.c.evidence.in_([row.id for row in rows]))
        .distinct()
    )
    requirements: dict[str, set[str]] = {}
    systems: dict[str, set[str]] = {}
    for key, requirement, system in session.execute(query):
        requirements.setdefault(key, set()).add(requirement)
        systems.setdefault(key, set()).update({system} - {""})
    return [
        EvidenceRow(
            **row._mapping,  # noqa: SLF001 - SQLAlchemy documents it as public
            requirements=tuple(sorted(requirements.get(row.id, ()))),
            systems=tuple(sorted(systems.get(row.id, ()))),
        )
        for row in rows
    ]


def _judgements(session: Session, key: str, known: datetime | None) -> list[EarlierJudgement]:
    """All judgements of an evidence that were known, newest first."""
    cells = evidence_rows.cells_by_judgement(session, key)
    return [
        EarlierJudgement(
            row.judged_at,
            row.judged_by,
            row.policies,
            cells.get(row.judged_at, []),
            None
            if row.review_reasons is None
            else [text for code in row.review_reasons if (text := from_stored(code))],
        )
        for row in judgements(session, key)
        if known is None or row.judged_at <= known
    ]


def _each_once(reasons: Sequence[Text]) -> list[Text]:
    return list({str(reason): reason for reason in reasons}.values())


def _runs(session: Session, key: str, known: datetime | None) -> list[RunRow]:
    run = table("test_run")
    own = (run.c.evidence == key, latest_runs(key, known))
    rows = session.execute(select(run).where(*own).order_by(run.c.file)).mappings()
    plain = [name for name in RunRow.__dataclass_fields__ if name not in ("remark", "counts")]
    return [
        RunRow(
            **{name: row[name] for name in plain},
            remark=from_stored(row["remark"]),
            counts=evidence_rows.outcomes(row),
        )
        for row in rows
    ]


def _reviews(session: Session, key: str, known: datetime | None) -> list[ReviewRow]:
    review = table("review")
    columns = [review.c[name] for name in ReviewRow.__dataclass_fields__]
    query = select(*columns).where(review.c.evidence == key).order_by(review.c.recorded_at.desc())
    rows = session.execute(query if known is None else query.where(review.c.recorded_at <= known))
    return [ReviewRow(**row) for row in rows.mappings()]
