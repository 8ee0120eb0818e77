"""The models of the API's answers, and the functions that make them from values; texts in the reader's language."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field

from api.evidence_ends import BECAUSE, LAST_DAY, CellEnd, ListedEvidence, cell_ends
from api.file_answers import RecognisedFile, SameBytes, recognised_file, same_bytes
from evidence.intake.judged_again.judging_again import JudgedAgain
from evidence.intake.submission import Filed
from evidence.intake.verdicts.delivery_judgement import CoveredCell
from evidence.library.evidence_items import EarlierJudgement, EvidenceDetail, EvidenceRow, FileRow, ReviewRow
from evidence.library.recognised_formats import recognised
from evidence.library.results import ResultRow, Results
from locales import Language, Text
from readiness.evidence_ends import CellKey, EndReason, EvidenceEnd

Ends = Mapping[CellKey, EvidenceEnd]


class FailingCheck(BaseModel):
    """A check that failed."""

    check: str = Field(examples=["TLS1"])
    reason: str


class Coverage(BaseModel):
    """The verdict of evidence for one requirement of the organisation, a system or a target."""

    requirement: str
    system: str = Field(description="empty for the organisation")
    target: str = Field(description="empty for a system without targets")
    verdict: str = Field(description="pass, fail or none", examples=["pass"])
    reason: str
    ends: date | None = Field(description="the last day of validity, if the content states one")
    first_day: date | None = Field(description="the first day that the evidence represents here")
    last_day: date | None = Field(description="the last day that it represents here")
    failing: list[FailingCheck]


class CountedCoverage(Coverage):
    """The verdict of recorded evidence for one requirement of the organisation, a system or a target, and its end."""

    counts_until: date | None = Field(default=None, description=LAST_DAY)
    counts_because: EndReason | None = Field(default=None, description=BECAUSE)


class EvidenceLinks(BaseModel):
    """Where the evidence, its results and its comparison are in the API, and its page for people."""

    evidence: str
    results: str
    comparison: str
    page: str


class FiledAnswer(BaseModel):
    """The uploaded evidence and its verdicts."""

    id: str
    is_new: bool = Field(description="false if the same files were uploaded before with the same declarations")
    coverage: list[CountedCoverage] = Field(
        description="its ends follow from the evidence and its series alone, without exceptions; null in a dry run"
    )
    counts: dict[str, int] = Field(description="test results by outcome", examples=[{"pass": 118, "fail": 2}])
    warnings: list[str] = Field(description="points to check, such as the same bytes uploaded before")
    declared: list[str] = Field(description="what the uploader declared and no file contains, and by whom")
    review_reasons: list[str] = Field(description="why it waits for a review by someone else; empty: it does not")
    recognised: list[RecognisedFile] = Field(description="the files that were read as test results or a table")
    links: EvidenceLinks | None = Field(default=None, description="of recorded evidence")


class JudgementAnswer(BaseModel):
    """When evidence was judged, on whose request, and by which policy files."""

    judged_at: datetime
    judged_by: str
    policies: dict[str, str] = Field(description="policy → SHA-256 of its file")
    coverage: list[Coverage]
    review_reasons: list[str] | None = Field(
        description="why it waited for a review by someone else, as seen then; none: judged before that was recorded"
    )


class JudgedAnswer(BaseModel):
    """The verdicts before and after evidence was judged again, and why it was."""

    id: str
    because: list[str]
    before: list[Coverage]
    coverage: list[Coverage]
    review_reasons: list[str] = Field(description="why it waits for a review by someone else, as far as is seen now")


class EvidenceList(BaseModel):
    """One page of evidence, and the total number."""

    total: int
    page: int
    size: int
    rows: list[ListedEvidence]


class RunAnswer(BaseModel):
    """One run as read from a file."""

    file: int
    format: str
    tool: str
    tool_version: str
    started_at: datetime | None = Field(description="if the file states a time zone")
    ended_at: datetime | None
    first_day: date | None = Field(description="the first day of the run, by the file")
    last_day: date | None
    complete: bool
    remark: str
    policy: str
    examined: list[str] | None = Field(description="what a scan says it looked at, at most fifty names")
    counts: dict[str, int]


class EvidenceAnswer(BaseModel):
    """One evidence with all that belongs to it."""

    evidence: EvidenceRow
    note: str
    declared: dict[str, Any]
    declared_facts: list[str] = Field(description="the same in words, with the name of who declared it")
    review_reasons: list[str] = Field(
        description="why it waits for a review by someone else, whatever its requirement says"
    )
    seen_before: list[SameBytes] = Field(description="other evidence with a file of the same bytes")
    judgements: list[JudgementAnswer] = Field(description="newest first; the coverage and results are of the newest")
    changed: list[str] = Field(description="what has changed since; if anything, it can be judged again")
    files: list[FileRow]
    recognised: list[RecognisedFile] = Field(description="the format of each run's file, and why")
    coverage: list[CountedCoverage]
    runs: list[RunAnswer]
    reviews: list[ReviewRow]
    previous: str | None
    next: str | None


class ExplainedAnswer(BaseModel):
    """The policy's judgement of one result: an item with its level and basis, or why it is not judged."""

    item: str
    level: str = Field(description="empty: not judged")
    basis: str
    why: str


class ResultAnswer(BaseModel):
    """One result of a test run. `outcome` is the tool's, `level` the policy's.

    `severity` is the tool's own word, `rating` the same on a common scale: critical, high, medium, low, info or
    unknown; empty for a result without severity. `first_day`: on which an open finding was seen first.
    """

    file: int
    position: int
    check: str
    target: str
    outcome: str
    severity: str
    rating: str
    level: str
    message: str
    policy: str
    first_day: date | None
    explained: list[ExplainedAnswer]


class ResultList(BaseModel):
    """One page of results, the total number, and until when the evidence counts for each requirement and place."""

    total: int
    rows: list[ResultAnswer]
    ends: list[CellEnd] = Field(description="empty for who may not read readiness")


class Made(BaseModel):
    """The number or key of the new record."""

    id: str


def coverage(t: Language, cells: list[CoveredCell]) -> list[Coverage]:
    """The verdict of each cell."""
    return [
        Coverage(
            requirement=cell.requirement,
            system=cell.system,
            target=cell.target,
            verdict=cell.verdict,
            reason=rendered(t, cell.reason),
            ends=cell.ends,
            first_day=cell.days[0] if cell.days else None,
            last_day=cell.days[1] if cell.days else None,
            failing=[FailingCheck(check=check, reason=rendered(t, reason)) for check, reason in cell.failing],
        )
        for cell in cells
    ]


def filed(t: Language, result: Filed, ends: Ends) -> FiledAnswer:
    """The answer to an upload. `ends`: of its evidence; empty in a dry run."""
    return FiledAnswer(
        id=result.evidence,
        is_new=result.is_new,
        coverage=[_counted(cell, ends) for cell in coverage(t, result.covered)],
        counts=result.counts,
        warnings=[rendered(t, warning) for warning in [*result.warnings, *result.review_reasons]],
        declared=[rendered(t, fact) for fact in result.declared_facts],
        review_reasons=[rendered(t, reason) for reason in result.review_reasons],
        recognised=[recognised_file(t, each) for each in result.recognised],
    )


def links(root: str, evidence: str) -> EvidenceLinks:
    """The links of evidence. `root`: the path under which the API is served."""
    address = f"{root}/v1/evidence/{evidence}"
    return EvidenceLinks(
        evidence=address,
        results=f"{address}/results",
        comparison=f"{address}/comparison",
        page=f"/evidence-item?id={evidence}",
    )


def judged(t: Language, result: JudgedAgain) -> JudgedAnswer:
    """The answer to judging evidence again."""
    return JudgedAnswer(
        id=result.evidence,
        because=[rendered(t, reason) for reason in result.because],
        before=coverage(t, result.before),
        coverage=coverage(t, result.covered),
        review_reasons=[rendered(t, reason) for reason in result.review_reasons],
    )


def results(t: Language, page: Results, ends: Ends) -> ResultList:
    """One page of test results. `ends`: of their evidence."""
    return ResultList(total=page.total, rows=[_result(t, row) for row in page.rows], ends=cell_ends(ends))


def _result(t: Language, row: ResultRow) -> ResultAnswer:
    values = {name: getattr(row, name) for name in ResultAnswer.model_fields if name != "explained"}
    explained = [
        ExplainedAnswer(item=each.item, level=each.level, basis=each.basis, why=rendered(t, each.why))
        for each in row.explained
    ]
    return ResultAnswer(**values, explained=explained)


def evidence(t: Language, detail: EvidenceDetail, ends: Ends) -> EvidenceAnswer:
    """One evidence with its files, verdicts, ends, runs and reviews."""
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
            remark=rendered(t, run.remark),
            policy=run.policy,
            examined=run.examined,
            counts=run.counts,
        )
        for run in detail.runs
    ]
    return EvidenceAnswer(
        evidence=detail.row,
        note=detail.note,
        declared=detail.declared,
        declared_facts=[rendered(t, fact) for fact in detail.declared_facts],
        review_reasons=[rendered(t, reason) for reason in detail.review_reasons],
        seen_before=[same_bytes(other) for other in detail.seen_before],
        judgements=[_judgement(t, judgement) for judgement in detail.judgements],
        changed=[rendered(t, change) for change in detail.changed],
        files=detail.files,
        coverage=[_counted(cell, ends) for cell in coverage(t, detail.coverage)],
        runs=runs,
        recognised=[recognised_file(t, each) for each in recognised(detail).values()],
        reviews=detail.reviews,
        previous=detail.previous,
        next=detail.next,
    )


def _counted(cell: Coverage, ends: Ends) -> CountedCoverage:
    counted = CountedCoverage(**cell.model_dump())
    if end := ends.get((cell.requirement, cell.system, cell.target)):
        counted.counts_until, counted.counts_because = end.last_day, end.why
    return counted


def _judgement(t: Language, judgement: EarlierJudgement) -> JudgementAnswer:
    reasons = judgement.review_reasons
    return JudgementAnswer(
        judged_at=judgement.judged_at,
        judged_by=judgement.judged_by,
        policies=judgement.policies,
        coverage=coverage(t, judgement.coverage),
        review_reasons=None if reasons is None else [rendered(t, reason) for reason in reasons],
    )


def rendered(t: Language, message: Text | None) -> str:
    return t.render(message) if message is not None else ""
