"""The answers that explain a status: lines, the evidence behind each, and the days on which it was demonstrated."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from pydantic import BaseModel, Field
from sqlmodel import Session

from access.permissions import Person, may
from controls.audit.audit_bounds import audit_of
from controls.browse import lookup
from controls.errors import Unknown
from evidence.decisions.exceptions import ExceptionRow
from locales import Language, text
from models.vocabulary import LineKind
from readiness import (
    CellExplanation,
    CellStatus,
    Continuity,
    ControlLine,
    EvidenceFacts,
    ExceptionFact,
    Readiness,
    control_continuity,
    explain_control,
    find_deciding_evidence,
    measure_continuity,
    readiness,
)


class ExceptionAnswer(BaseModel):
    """A named person accepts a failing check, with a reason, from a first to a last day (included)."""

    check: str
    kind: str
    reason: str
    granted_by: str
    first_day: date
    last_day: date


class StandingException(ExceptionAnswer):
    """An exception with its number, its place, and whether it is in force today."""

    id: int
    requirement: str
    system: str
    target: str
    tool: str
    recorded_at: datetime
    revoked_at: datetime | None
    revoked_by: str
    in_force: bool


class FactAnswer(BaseModel):
    """One line behind a cell's status."""

    text: str
    evidence: str | None
    title: str
    deciding: bool
    day: date | None
    until: date | None = Field(description="the first day on which this evidence is no longer valid")
    accepted: str = Field(description="by whom or by which policy, or which review it waits for")
    exceptions: list[ExceptionAnswer]
    declared: list[str] = Field(description="what the uploader declared and no file contains")


class ExplanationAnswer(BaseModel):
    """A status and the facts behind it: the deciding ones first, then evidence that does not count and why."""

    status: str
    with_exception: bool
    facts: list[FactAnswer]
    more: int = Field(description="the number of other evidence that is not listed")


class SupportAnswer(BaseModel):
    """A requirement for the organisation, one system or one target: its status and, if readable, its evidence."""

    requirement: str
    system: str
    target: str
    status: str
    criterion: str = Field(description="the acceptance criterion of the evidence requirement")
    valid_until: date | None = Field(description="the first day on which it is no longer demonstrated")
    evidence: str | None = Field(description="the evidence that decides, or that was provided and does not count")
    title: str
    accepted: str = Field(
        description="by whom or by which policy; or which review it waits for, or why it does not count"
    )
    exceptions: list[ExceptionAnswer]
    declared: list[str] = Field(description="what the uploader declared and no file contains")


class OverTimeAnswer(BaseModel):
    """On how many past days of the period it was demonstrated itself; null share: nothing was required of it."""

    first: date
    last: date
    days: int
    demonstrated: int
    share: int | None = Field(description="per cent, rounded down")


class LineAnswer(BaseModel):
    """One line that the rule used for a control."""

    kind: str
    key: str
    status: str
    text: str
    deciding: bool
    counted: bool
    taken_from: str
    cells: list[SupportAnswer]


class ControlExplained(BaseModel):
    """A control's status, the lines behind it, and the past days on which it was demonstrated."""

    status: str
    with_exception: bool
    over_time: OverTimeAnswer
    lines: list[LineAnswer]


class MeasureExplained(BaseModel):
    """A measure's status, its requirements with their evidence, and the past days on which it was demonstrated."""

    status: str
    with_exception: bool
    over_time: OverTimeAnswer
    cells: list[SupportAnswer]


def control_explanation(
    session: Session, person: Person, t: Language, key: str, on: date, now: datetime
) -> ControlExplained:
    """Why a control has its status, within the audit's systems. Raises `Unknown` when there is no such control."""
    systems, period = _audit(session, person, on, now)
    why = explain_control(session, person, key, on, now, systems)
    whole = readiness(session, person, on, now, systems)
    if key not in whole.controls:
        raise Unknown(text("There is no control {control} in a catalogue.", control=key))
    reader = _SupportReader(session, person, t, whole, now)
    return ControlExplained(
        status=why.status,
        with_exception=whole.controls[key].with_exception,
        over_time=_over_time(control_continuity(session, person, key, period, now, systems)),
        lines=[_line(t, line, reader.read(_requirements(line, whole))) for line in why.lines],
    )


def measure_explanation(
    session: Session, person: Person, t: Language, key: str, on: date, now: datetime
) -> MeasureExplained:
    """Why a measure has its status, within the audit's systems. Raises `Unknown` when there is no such measure."""
    systems, period = _audit(session, person, on, now)
    whole = readiness(session, person, on, now, systems)
    if key not in whole.measures:
        raise Unknown(text("There is no measure {measure}.", measure=key))
    return MeasureExplained(
        status=whole.measures[key].status,
        with_exception=whole.measures[key].with_exception,
        over_time=_over_time(measure_continuity(session, person, key, period, now, systems)),
        cells=_SupportReader(session, person, t, whole, now).read(whole.requirements_of.get(key, ())),
    )


def cell_explanation(t: Language, explanation: CellExplanation) -> ExplanationAnswer:
    """The facts of a cell in the reader's language."""
    facts = [
        FactAnswer(
            text=t.render(fact.text),
            evidence=fact.evidence,
            title=fact.title,
            deciding=fact.deciding,
            day=fact.day,
            until=fact.until,
            accepted=t.render(fact.accepted) if fact.accepted else "",
            exceptions=_exceptions(fact.exceptions),
            declared=[t.render(declaration) for declaration in fact.declared],
        )
        for fact in explanation.facts
    ]
    return ExplanationAnswer(
        status=explanation.status, with_exception=explanation.with_exception, facts=facts, more=explanation.more
    )


def _over_time(continuity: Continuity) -> OverTimeAnswer:
    days, demonstrated = continuity.days, continuity.demonstrated
    share = 100 * demonstrated // days if days else None
    return OverTimeAnswer(
        first=continuity.first, last=continuity.last, days=days, demonstrated=demonstrated, share=share
    )


def exception_answer(row: ExceptionRow, today: date) -> StandingException:
    """An exception with its place, and whether it is in force today."""
    names = set(StandingException.model_fields) - {"in_force", "first_day"}
    values = {name: getattr(row, name) for name in names}
    return StandingException(**values, first_day=row.in_force, in_force=row.is_in_force(today))


def _exceptions(facts: Iterable[ExceptionFact]) -> list[ExceptionAnswer]:
    return [ExceptionAnswer(**{name: getattr(fact, name) for name in ExceptionAnswer.model_fields}) for fact in facts]


class _SupportReader:
    """The cells of requirements, each with its deciding evidence; criteria are read once for all lines of an answer."""

    def __init__(self, session: Session, person: Person, t: Language, whole: Readiness, now: datetime) -> None:
        self._session, self._person, self._t, self._whole, self._now = session, person, t, whole, now
        rows = lookup.requirements(session, person, now) if may(person, "controls.read") else ()
        self._criteria = {row.key: t.pick(row, "judged") for row in rows}

    def read(self, requirements: Collection[str]) -> list[SupportAnswer]:
        cells = [cell for cell in self._whole.cells if cell.requirement in requirements]
        evidence = find_deciding_evidence(self._session, self._person, cells, self._whole.on, self._now)
        return [self._answer(cell, evidence.get(cell.key)) for cell in cells]

    def _answer(self, cell: CellStatus, evidence: EvidenceFacts | None) -> SupportAnswer:
        return SupportAnswer(
            requirement=cell.requirement,
            system=cell.system,
            target=cell.target,
            status=cell.status,
            criterion=self._criteria.get(cell.requirement, ""),
            valid_until=cell.valid_until,
            evidence=evidence.evidence if evidence else None,
            title=evidence.title if evidence else "",
            accepted=self._t.render(evidence.accepted) if evidence else "",
            exceptions=_exceptions(evidence.exceptions if evidence else ()),
            declared=[self._t.render(fact) for fact in evidence.declared] if evidence else [],
        )


def _line(t: Language, line: ControlLine, cells: list[SupportAnswer]) -> LineAnswer:
    plain = ("kind", "key", "status", "deciding", "counted", "taken_from")
    return LineAnswer(**{name: getattr(line, name) for name in plain}, text=t.render(line.text), cells=cells)


def _requirements(line: ControlLine, whole: Readiness) -> Collection[str]:
    if line.kind == LineKind.MEASURE:
        return whole.requirements_of.get(line.key, ())
    return [line.key] if line.kind == LineKind.REQUIREMENT else []


def _audit(session: Session, person: Person, on: date, now: datetime) -> tuple[tuple[str, ...], tuple[date, date]]:
    """The audit's systems and period; without an audit all systems, and the year before."""
    plan = audit_of(session, person, now)
    if plan is None:
        return (), (on - timedelta(days=365), on)
    return plan.systems, (plan.period_first, plan.period_last)
