"""The Statement of Applicability (ISO/IEC 27001, 6.1.3 d): which controls apply, and why, from which day on."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from access.activity.record import record
from access.permissions import Person, require
from controls import names
from controls.errors import NotPossible, Unknown
from locales import text
from models.calendar import calendar_of
from models.rows import add, table
from models.vocabulary import ControlKind

_LONGEST = 4000


@dataclass(frozen=True, slots=True)
class Decision:
    """A line of the Statement of Applicability."""

    control: str
    applicable: bool
    justification: str
    first_day: date
    in_force: date
    recorded_at: datetime
    decided_by: str


def decide(
    session: Session,
    person: Person,
    control: str,
    applicable: bool,  # noqa: FBT001 (the decision itself)
    justification: str,
    first_day: date,
    now: datetime,
) -> None:
    """A control applies or does not, from a day on but never before today. Excluding asks for a justification."""
    require(person, "applicability.decide")
    _may_be_decided(session, control, now)
    reason = text("The justification")
    given = names.plain(justification, reason, _LONGEST, lines=True) if justification.strip() or not applicable else ""
    row: dict[str, Any] = {
        "control": control,
        "applicable": applicable,
        "justification": given,
        "first_day": first_day,
        "in_force": max(first_day, calendar_of(session).day_of(now)),
        "recorded_at": now,
        "decided_by": person.name,
    }
    add(session, "applicability", [row])
    days = {name: row[name].isoformat() for name in ("first_day", "in_force")}
    record(session, person, "applicability.decide", control, now, applicable=applicable, justification=given, **days)


def _may_be_decided(session: Session, control: str, now: datetime) -> None:
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
    twice = select(decisions.c.id).where(decisions.c.control == control, decisions.c.recorded_at >= now)
    if session.execute(twice).first():
        raise NotPossible(text("{control} was decided in the same moment; decide it once.", control=control))


def decisions_on(session: Session, day: date, known: datetime) -> dict[str, Decision]:
    """For each control that was decided on, the decision in force on a day as known at a moment."""
    decisions = table("applicability")
    rows = session.execute(
        select(*(decisions.c[name] for name in Decision.__dataclass_fields__))
        .where(decisions.c.recorded_at <= known, decisions.c.in_force <= day)
        .order_by(decisions.c.in_force, decisions.c.recorded_at)
    )
    return {row["control"]: Decision(**row) for row in rows.mappings()}
