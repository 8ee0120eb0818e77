"""What the API answers with: plain values, texts in the reader's language."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field

from evidence.intake.judging import CoveredCell
from evidence.intake.judging_again import JudgedAgain
from evidence.intake.seen_before import SeenBefore
from evidence.intake.submission import Filed
from evidence.library.evidence_items import EvidenceDetail, EvidenceRow, FileRow, ReviewRow
from evidence.library.results import ResultRow, Results
from locales import Language, Text
from readiness import AuditReadiness, CellStatus, ControlStatus, Readiness, ToDo, natural_sort_key


class FailingCheck(BaseModel):
    """A check that failed."""

    check: str = Field(examples=["TLS1"])
    reason: str


class Coverage(BaseModel):
    """What evidence says of one cell."""

    requirement: str
    system: str = Field(description="empty for the organisation")
    target: str = Field(description="empty for a system that is its own target")
    verdict: str = Field(description="pass, fail or none", examples=["pass"])
    reason: str
    ends: date | None = Field(description="the last day on which this can hold, if the content says so")
    first_day: date | None = Field(description="the first day that the evidence represents here")
    last_day: date | None = Field(description="the last day that it represents here")
    failing: list[FailingCheck]


class FiledAnswer(BaseModel):
    """What was filed."""

    id: str
    is_new: bool = Field(description="false if the same files were handed in before, with the same said of them")
    coverage: list[Coverage]
    counts: dict[str, int] = Field(description="test results by outcome", examples=[{"pass": 118, "fail": 2}])
    warnings: list[str] = Field(description="what to look at, also that the same bytes were handed in before")
    declared: list[str] = Field(description="what was said that no file says, and by whom")
    review_reasons: list[str] = Field(description="why it waits for someone else's review; empty: it does not")


class JudgementAnswer(BaseModel):
    """When evidence was judged, who asked for it, and by the files of which policies."""

    judged_at: datetime
    judged_by: str
    policies: dict[str, str] = Field(description="policy → SHA-256 of its file")


class SameBytes(BaseModel):
    """Other evidence with a file of the same bytes."""

    id: str
    title: str
    recorded_at: datetime
    uploaded_by: str
    first_day: date
    last_day: date


class JudgedAnswer(BaseModel):
    """What evidence said of each cell before it was judged again, what it says now, and why it was."""

    id: str
    because: list[str]
    before: list[Coverage]
    coverage: list[Coverage]


class EvidenceList(BaseModel):
    """Some lines of the library, and how many there are in all."""

    total: int
    page: int
    size: int
    rows: list[EvidenceRow]


class RunAnswer(BaseModel):
    """One run as read from a file."""

    file: int
    format: str
    tool: str
    tool_version: str
    started_at: datetime | None = Field(description="if the file names a time zone")
    ended_at: datetime | None
    first_day: date | None = Field(description="the first day on which it ran, as the file tells")
    last_day: date | None
    complete: bool
    remark: str
    policy: str
    counts: dict[str, int]


class EvidenceAnswer(BaseModel):
    """One evidence with all that belongs to it."""

    evidence: EvidenceRow
    note: str
    declared: dict[str, Any]
    declared_facts: list[str] = Field(description="the same in words, with who declared it")
    review_reasons: list[str] = Field(
        description="why it waits for someone else's review, whatever its requirement says"
    )
    seen_before: list[SameBytes] = Field(description="other evidence with a file of the same bytes")
    judgements: list[JudgementAnswer] = Field(description="newest first; the coverage and results are of the newest")
    changed: list[str] = Field(description="what has changed since; then it can be judged again")
    files: list[FileRow]
    coverage: list[Coverage]
    runs: list[RunAnswer]
    reviews: list[ReviewRow]
    previous: str | None
    next: str | None


class CellAnswer(BaseModel):
    """A cell and its status."""

    requirement: str
    system: str
    target: str
    status: str = Field(examples=["demonstrated"])
    with_exception: bool
    evidence: str | None
    valid_until: date | None = Field(description="the first day on which it is no longer demonstrated")
    since: date | None
    fails: int
    delivered: str | None = Field(description="missing: the newest evidence that was delivered and counts for nothing")
    ignored: str = Field(description="why: rejected, withdrawn, no verdict, closed, later or unreviewed")


class NamedStatus(BaseModel):
    """A control or measure and its status."""

    key: str
    status: str
    with_exception: bool


class MeasureAnswer(NamedStatus):
    """A measure: the worst of its cells, and how many have which status."""

    counts: dict[str, int]


class Verdict(BaseModel):
    """Ready only when every applicable control is demonstrated. The score never hides a gap."""

    ready: bool
    demonstrated: int
    applicable: int
    with_exception: int
    counts: dict[str, int]
    gaps: list[NamedStatus] = Field(description="worst first")
    waiting: list[NamedStatus] = Field(description="what only waits for our own review")
    unconfirmed: list[str] = Field(
        description="controls that rest on a mapping which came with the statement and which nobody here confirmed"
    )


class ReadinessAnswer(BaseModel):
    """Readiness on a day, by the knowledge of a moment."""

    on: date
    known: datetime
    audit: str | None
    verdict: Verdict
    measures: list[MeasureAnswer]
    controls: list[NamedStatus]
    cells: list[CellAnswer]


class ToDoAnswer(BaseModel):
    """One thing to do."""

    team: str | None
    requirement: str
    system: str
    target: str
    status: str
    action: str = Field(description="repair, deliver, renew or review")
    due: date | None
    since: date | None
    controls: int = Field(description="how many of the audit's controls are not demonstrated without this")
    delivered: str | None = Field(description="evidence that was delivered and counts for nothing")
    ignored: str = Field(description="why: rejected, withdrawn, no verdict, closed, later or unreviewed")


class ExplainedAnswer(BaseModel):
    """What the policy says of one line: an item with its level and basis, or why it is not judged."""

    item: str
    level: str = Field(description="empty: not judged")
    basis: str
    why: str


class ResultAnswer(BaseModel):
    """One line of a test run. `outcome` is the tool's word, `level` the policy's."""

    file: int
    position: int
    check: str
    target: str
    outcome: str
    severity: str
    level: str
    message: str
    policy: str
    explained: list[ExplainedAnswer]


class ResultList(BaseModel):
    """Some results, and how many there are in all."""

    total: int
    rows: list[ResultAnswer]


class Made(BaseModel):
    """The number or key of what was recorded."""

    id: str


def coverage(t: Language, cells: list[CoveredCell]) -> list[Coverage]:
    return [
        Coverage(
            requirement=cell.requirement,
            system=cell.system,
            target=cell.target,
            verdict=cell.verdict,
            reason=said(t, cell.reason),
            ends=cell.ends,
            first_day=cell.days[0] if cell.days else None,
            last_day=cell.days[1] if cell.days else None,
            failing=[FailingCheck(check=check, reason=said(t, reason)) for check, reason in cell.failing],
        )
        for cell in cells
    ]


def filed(t: Language, result: Filed) -> FiledAnswer:
    return FiledAnswer(
        id=result.evidence,
        is_new=result.is_new,
        coverage=coverage(t, result.covered),
        counts=result.counts,
        warnings=[said(t, warning) for warning in [*result.warnings, *result.review_reasons]],
        declared=[said(t, one) for one in result.declared_facts],
        review_reasons=[said(t, one) for one in result.review_reasons],
    )


def judged(t: Language, result: JudgedAgain) -> JudgedAnswer:
    return JudgedAnswer(
        id=result.evidence,
        because=[said(t, one) for one in result.because],
        before=coverage(t, result.before),
        coverage=coverage(t, result.covered),
    )


def results(t: Language, found: Results) -> ResultList:
    return ResultList(total=found.total, rows=[_result(t, one) for one in found.rows])


def _result(t: Language, one: ResultRow) -> ResultAnswer:
    kept = {name: getattr(one, name) for name in ResultAnswer.model_fields if name != "explained"}
    explained = [
        ExplainedAnswer(item=each.item, level=each.level, basis=each.basis, why=said(t, each.why))
        for each in one.explained
    ]
    return ResultAnswer(**kept, explained=explained)


def evidence(t: Language, detail: EvidenceDetail) -> EvidenceAnswer:
    runs = [
        RunAnswer(
            file=run.file,
            format=run.format,
            tool=run.tool,
            tool_version=run.tool_version,
            started_at=run.started_at,
            ended_at=run.ended_at,
            first_day=run.first_day,
            last_day=run.last_day,
            complete=run.complete,
            remark=said(t, run.remark),
            policy=run.policy,
            counts=run.counts,
        )
        for run in detail.runs
    ]
    return EvidenceAnswer(
        evidence=detail.row,
        note=detail.note,
        declared=detail.declared,
        declared_facts=[said(t, one) for one in detail.declared_facts],
        review_reasons=[said(t, one) for one in detail.review_reasons],
        seen_before=[_same(one) for one in detail.seen_before],
        judgements=[
            JudgementAnswer(judged_at=one.judged_at, judged_by=one.judged_by, policies=one.policies)
            for one in detail.judgements
        ],
        changed=[said(t, one) for one in detail.changed],
        files=detail.files,
        coverage=coverage(t, detail.coverage),
        runs=runs,
        reviews=detail.reviews,
        previous=detail.previous,
        next=detail.next,
    )


def _same(one: SeenBefore) -> SameBytes:
    return SameBytes(id=one.evidence, **{name: getattr(one, name) for name in SameBytes.model_fields if name != "id"})


def readiness(
    whole: Readiness, verdict: AuditReadiness, audit: str | None, unconfirmed: Iterable[str]
) -> ReadinessAnswer:
    return ReadinessAnswer(
        on=whole.on,
        known=whole.known,
        audit=audit,
        verdict=Verdict(
            ready=verdict.ready,
            demonstrated=verdict.demonstrated,
            applicable=verdict.applicable,
            with_exception=verdict.with_exception,
            counts=verdict.counts,
            gaps=[_named(one) for one in verdict.gaps],
            waiting=[_named(one) for one in verdict.waiting],
            unconfirmed=sorted(unconfirmed, key=natural_sort_key),
        ),
        measures=[
            MeasureAnswer(key=one.key, status=one.status, with_exception=one.with_exception, counts=one.counts)
            for one in whole.measures.values()
        ],
        controls=[_named(one) for one in whole.controls.values()],
        cells=[_cell(one) for one in whole.cells],
    )


def to_do(item: ToDo) -> ToDoAnswer:
    return ToDoAnswer(**{name: getattr(item, name) for name in ToDoAnswer.model_fields})


def said(t: Language, message: Text | None) -> str:
    return t.render(message) if message is not None else ""


def _named(one: ControlStatus) -> NamedStatus:
    return NamedStatus(key=one.key, status=one.status, with_exception=one.with_exception)


def _cell(one: CellStatus) -> CellAnswer:
    return CellAnswer.model_construct(**one._asdict())
