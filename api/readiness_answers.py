"""What the API answers about readiness: statuses of cells, measures and controls, and what is to do."""

from collections.abc import Iterable
from datetime import date, datetime

from pydantic import BaseModel, Field

from readiness import (
    AuditReadiness,
    CellStatus,
    ControlStatus,
    Readiness,
    ToDo,
    natural_sort_key,
)


class CellAnswer(BaseModel):
    """A requirement for the organisation, one system or one target, and its status."""

    requirement: str
    system: str
    target: str
    status: str = Field(examples=["demonstrated"])
    with_exception: bool
    evidence: str | None
    valid_until: date | None = Field(description="the first day on which it is no longer demonstrated")
    since: date | None
    fails: int
    delivered: str | None = Field(description="missing: the newest evidence that was provided and does not count")
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
    waiting: list[NamedStatus] = Field(description="waiting for a review only")
    not_followed: list[str] = Field(
        description="catalogues of the criteria that the organisation does not follow (any more): none is judged"
    )
    unconfirmed: list[str] = Field(
        description="controls with a mapping that came with the statement and is not confirmed by the organisation"
    )


class ReadinessAnswer(BaseModel):
    """Readiness on a day, by what was recorded until a moment."""

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
    delivered: str | None = Field(description="evidence that was provided and does not count")
    ignored: str = Field(description="why: rejected, withdrawn, no verdict, closed, later or unreviewed")


def readiness(
    whole: Readiness, verdict: AuditReadiness, audit: str | None, unconfirmed: Iterable[str]
) -> ReadinessAnswer:
    """The statuses and the verdict. `audit`: its key; `unconfirmed`: keys of controls."""
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
            gaps=[named(control) for control in verdict.gaps],
            waiting=[named(control) for control in verdict.waiting],
            not_followed=list(verdict.not_followed),
            unconfirmed=sorted(unconfirmed, key=natural_sort_key),
        ),
        measures=[
            MeasureAnswer(
                key=measure.key, status=measure.status, with_exception=measure.with_exception, counts=measure.counts
            )
            for measure in whole.measures.values()
        ],
        controls=[named(control) for control in whole.controls.values()],
        cells=[_cell(cell) for cell in whole.cells],
    )


def to_do(item: ToDo) -> ToDoAnswer:
    """One thing to do."""
    return ToDoAnswer(**{name: getattr(item, name) for name in ToDoAnswer.model_fields})


def named(control: ControlStatus) -> NamedStatus:
    """The key and status of a control."""
    return NamedStatus(key=control.key, status=control.status, with_exception=control.with_exception)


def _cell(cell: CellStatus) -> CellAnswer:
    return CellAnswer.model_construct(**cell._asdict())
