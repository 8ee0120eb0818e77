"""Why a control or measure has its status: its lines, the evidence behind each, and its days so far."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from pydantic import BaseModel, Field
from sqlmodel import Session

from access.permissions import Person, may
from controls.audit.audit_bounds import audit_of
from controls.browse import lookup
from controls.errors import Unknown
from evidence.decisions.exceptions import ExceptionRow
from evidence.library import evidence_items
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
    """A named person accepts a failing check, with a reason, from a first to a last day."""

    check: str
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
    accepted: str = Field(description="by whom or by which policy, or what it waits for")
    exceptions: list[ExceptionAnswer]
    declared: list[str] = Field(description="what of the evidence no file says, with who declared it")


class ExplanationAnswer(BaseModel):
    """A cell's status and the facts behind it, the deciding ones first, then what counts for nothing and why."""

    status: str
    with_exception: bool
    facts: list[FactAnswer]
    more: int = Field(description="evidence of the cell that is not listed")


class SupportAnswer(BaseModel):
    """What is asked in one place, how it stands, and the evidence that decides it, if it may be read."""

    requirement: str
    system: str
    target: str
    status: str
    criterion: str = Field(description="what must hold, by the evidence requirement")
    valid_until: date | None = Field(description="the first day on which it is no longer demonstrated")
    evidence: str | None = Field(description="the evidence that decides, or that was delivered and counts for nothing")
    title: str
    accepted: str = Field(description="by whom or by which policy; or what it waits for, or why it does not count")
    exceptions: list[ExceptionAnswer]
    declared: list[str] = Field(description="what of the evidence no file says, with who declared it")


class OverTimeAnswer(BaseModel):
    """On how many past days of the period it was demonstrated itself; null share: nothing was asked of it."""

    first: date
    last: date
    days: int
    demonstrated: int
    share: int | None = Field(description="per cent, rounded down")


class LineAnswer(BaseModel):
    """One line that the rule looked at for a control."""

    kind: str
    key: str
    status: str
    text: str
    deciding: bool
    counted: bool
    taken_from: str
    cells: list[SupportAnswer]


class ControlExplained(BaseModel):
    """A control's status, the lines behind it, and its days so far."""

    status: str
    with_exception: bool
    over_time: OverTimeAnswer
    lines: list[LineAnswer]


class MeasureExplained(BaseModel):
    """A measure's status, its cells with their evidence, and its days so far."""

    status: str
    with_exception: bool
    over_time: OverTimeAnswer
    cells: list[SupportAnswer]


def control(session: Session, person: Person, t: Language, key: str, on: date, now: datetime) -> ControlExplained:
    """Of one control, within the audit's systems."""
    systems, period = _audit(session, person, on, now)
    why = explain_control(session, person, key, on, now, systems)
    whole = readiness(session, person, on, now, systems)
    if key not in whole.controls:
        raise Unknown(text("There is no control {control} in a catalogue.", control=key))
    supports = _Supports(session, person, t, whole, now)
    return ControlExplained(
        status=why.status,
        with_exception=whole.controls[key].with_exception,
        over_time=over_time(control_continuity(session, person, key, period, now, systems)),
        lines=[_line(t, line, supports.of(_requirements(line, whole))) for line in why.lines],
    )


def measure(session: Session, person: Person, t: Language, key: str, on: date, now: datetime) -> MeasureExplained:
    """Of one measure, within the audit's systems."""
    systems, period = _audit(session, person, on, now)
    whole = readiness(session, person, on, now, systems)
    if key not in whole.measures:
        raise Unknown(text("There is no measure {measure}.", measure=key))
    return MeasureExplained(
        status=whole.measures[key].status,
        with_exception=whole.measures[key].with_exception,
        over_time=over_time(measure_continuity(session, person, key, period, now, systems)),
        cells=_Supports(session, person, t, whole, now).of(whole.requirements_of.get(key, ())),
    )


def cell(t: Language, found: CellExplanation) -> ExplanationAnswer:
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
            exceptions=exceptions(fact.exceptions),
            declared=[t.render(one) for one in fact.declared],
        )
        for fact in found.facts
    ]
    return ExplanationAnswer(status=found.status, with_exception=found.with_exception, facts=facts, more=found.more)


def over_time(found: Continuity) -> OverTimeAnswer:
    share = 100 * found.demonstrated // found.days if found.days else None
    return OverTimeAnswer(
        first=found.first, last=found.last, days=found.days, demonstrated=found.demonstrated, share=share
    )


def exception(one: ExceptionRow, today: date) -> StandingException:
    names = set(StandingException.model_fields) - {"in_force", "first_day"}
    values = {name: getattr(one, name) for name in names}
    return StandingException(**values, first_day=one.in_force, in_force=one.is_in_force(today))


def exceptions(given: Iterable[ExceptionFact]) -> list[ExceptionAnswer]:
    return [ExceptionAnswer(**{name: getattr(one, name) for name in ExceptionAnswer.model_fields}) for one in given]


class _Supports:
    """The cells of requirements, each with its evidence; read once for all lines of an answer."""

    def __init__(self, session: Session, person: Person, t: Language, whole: Readiness, now: datetime) -> None:
        self._session, self._person, self._t, self._whole, self._now = session, person, t, whole, now
        named = lookup.requirements(session, person, now) if may(person, "controls.read") else ()
        self._criteria = {one.key: t.pick(one, "judged") for one in named}

    def of(self, requirements: Collection[str]) -> list[SupportAnswer]:
        cells = [cell for cell in self._whole.cells if cell.requirement in requirements]
        found = self._behind(cells)
        return [self._answer(cell, found.get(cell.key)) for cell in cells]

    def _behind(self, cells: list[CellStatus]) -> dict[tuple[str, str, str], EvidenceFacts]:
        """The evidence behind each cell that the person may read."""
        named = {cell: key for cell in cells if (key := cell.evidence or cell.delivered)}
        known = evidence_items.readable(self._session, self._person, set(named.values()))
        readable = [cell for cell, key in named.items() if key in known]
        return find_deciding_evidence(self._session, self._person, readable, self._whole.on, self._now)

    def _answer(self, cell: CellStatus, found: EvidenceFacts | None) -> SupportAnswer:
        return SupportAnswer(
            requirement=cell.requirement,
            system=cell.system,
            target=cell.target,
            status=cell.status,
            criterion=self._criteria.get(cell.requirement, ""),
            valid_until=cell.valid_until,
            evidence=found.evidence if found else None,
            title=found.title if found else "",
            accepted=self._t.render(found.accepted) if found else "",
            exceptions=exceptions(found.exceptions if found else ()),
            declared=[self._t.render(one) for one in found.declared] if found else [],
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
