"""The Statement of Applicability (ISO/IEC 27001, 6.1.3 d): which controls apply, and why, from which day on."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import RowMapping, select
from sqlmodel import Session

from access.activity.record import record
from access.permissions import Person, require
from controls import names
from controls.errors import NotPossible, Unknown
from locales import Text, text
from models.bulk_changes import add, table
from models.calendar import calendar_of
from models.vocabulary import ControlKind, Implementation, InclusionReason

_LONGEST = 4000
_IN_THE_ENTRY = ("control", "recorded_at", "decided_by")  # which the log has by itself


@dataclass(frozen=True, slots=True)
class Inclusion:
    """Why an applicable control is included, and how far it is implemented.

    `reference`: to a risk, law or contract. `day`: since when it is implemented, or for when it is planned; `by`: the
    team or person. Empty values: not stated.
    """

    reasons: tuple[InclusionReason, ...] = ()
    reference: str = ""
    implementation: Implementation | None = None
    day: date | None = None
    by: str = ""


NOT_STATED = Inclusion()


@dataclass(frozen=True, slots=True)
class Decision:
    """A line of the Statement of Applicability.

    `first_day` is the day that was chosen, `in_force` the day from which it counts: never before it was recorded.
    """

    control: str
    applicable: bool
    justification: str
    first_day: date
    in_force: date
    recorded_at: datetime
    decided_by: str
    inclusion: Inclusion = NOT_STATED


def decide(
    session: Session,
    person: Person,
    control: str,
    applicable: bool,  # noqa: FBT001 (the decision itself)
    justification: str,
    first_day: date,
    now: datetime,
    inclusion: Inclusion = NOT_STATED,
) -> None:
    """Record whether a control applies, from `first_day` on but never before today; excluding it needs a justification.

    `inclusion`: of an applicable control. Raises `NotAllowed`; `Unknown` for a control that is in no catalogue;
    `NotPossible` for a requirement clause (4 to 10 always apply), a missing justification, reasons for inclusion of
    what is excluded, a plan without a day, or a second decision at the same moment.
    """
    require(person, "applicability.decide")
    _require_decidable(session, control, now)
    row: dict[str, Any] = {
        "control": control,
        "applicable": applicable,
        "justification": _justification(justification, applicable=applicable),
        "first_day": first_day,
        "in_force": max(first_day, calendar_of(session).day_of(now)),
        "recorded_at": now,
        "decided_by": person.name,
        **_inclusion(inclusion, applicable=applicable),
    }
    add(session, "applicability", [row])
    details = {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}
    for column in _IN_THE_ENTRY:
        del details[column]
    record(session, person, "applicability.decide", control, now, **details)


def _justification(written: str, *, applicable: bool) -> str:
    if applicable and not written.strip():
        return ""
    return names.plain(written, text("The justification"), _LONGEST, lines=True)


def _inclusion(inclusion: Inclusion, *, applicable: bool) -> dict[str, Any]:
    """The columns of reasons and implementation."""
    if not applicable and inclusion != NOT_STATED:
        raise NotPossible(
            text("A control that does not apply has no reasons for inclusion and no implementation; leave these empty.")
        )
    if inclusion.implementation == Implementation.PLANNED and inclusion.day is None:
        raise NotPossible(text("A planned implementation needs the day for which it is planned."))
    return {
        "reasons": [str(reason) for reason in InclusionReason if reason in inclusion.reasons],
        "reference": _optional(inclusion.reference, text("The reference")),
        "implementation": str(inclusion.implementation or ""),
        "implementation_day": inclusion.day,
        "implemented_by": _optional(inclusion.by, text("Who implements it")),
    }


def _optional(written: str, what: Text) -> str:
    return names.plain(written, what) if written.strip() else ""


def _require_decidable(session: Session, control: str, now: datetime) -> None:
    controls, decisions = table("control"), table("applicability")
    row = session.execute(select(controls.c.kind, controls.c.retired_at).where(controls.c.key == control)).one_or_none()
    if row is None or row.retired_at is not None:
        raise Unknown(text("There is no control {control} in a catalogue.", control=control))
    if row.kind == ControlKind.CLAUSE:
        raise NotPossible(
            text(
                "{control} is a requirement clause: clauses 4 to 10 always apply and are not in the Statement of "
                "Applicability.",
                control=control,
            )
        )
    same_moment = select(decisions.c.id).where(decisions.c.control == control, decisions.c.recorded_at >= now)
    if session.execute(same_moment).first():
        raise NotPossible(text("{control} was decided in the same moment; decide it once.", control=control))


def decisions_on(session: Session, day: date, known: datetime) -> dict[str, Decision]:
    """Give the decision in force on a day for each control that has one, by what was known at a moment."""
    decisions = table("applicability")
    rows = session.execute(
        select(decisions)
        .where(decisions.c.recorded_at <= known, decisions.c.in_force <= day)
        .order_by(decisions.c.in_force, decisions.c.recorded_at)
    )
    return {row["control"]: _decision(row) for row in rows.mappings()}


def history(session: Session, person: Person, control: str, known: datetime) -> list[Decision]:
    """Return every decision on a control that was known at a moment, latest first."""
    require(person, "controls.read")
    decisions = table("applicability")
    rows = session.execute(
        select(decisions)
        .where(decisions.c.control == control, decisions.c.recorded_at <= known)
        .order_by(decisions.c.recorded_at.desc())
    )
    return [_decision(row) for row in rows.mappings()]


def _decision(row: RowMapping) -> Decision:
    own = {name: row[name] for name in Decision.__dataclass_fields__ if name in row}
    stated = Inclusion(
        tuple(InclusionReason(reason) for reason in row["reasons"] or ()),
        row["reference"],
        Implementation(row["implementation"]) if row["implementation"] else None,
        row["implementation_day"],
        row["implemented_by"],
    )
    return Decision(**own, inclusion=stated)
