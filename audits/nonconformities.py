"""An audit's findings on controls. An open major nonconformity makes its control nonconforming, whatever else."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import insert, select, update
from sqlmodel import Session

from access.activity.record import record
from access.permissions import Person, require
from controls import names
from controls.audit.audit_bounds import audit_bounds, catalogue_of
from evidence.errors import NotPossible, Unknown
from locales import text
from models.calendar import calendar_of
from models.rows import table

GRADES = ("major", "minor")


@dataclass(frozen=True, slots=True)
class Finding:
    """A nonconformity on a control; `closed_day` is the day from which it is closed, None while it is open."""

    id: int
    control: str
    grade: str
    title: str
    first_day: date
    recorded_at: datetime
    found_by: str
    closed_day: date | None
    closed_recorded_at: datetime | None
    closed_by: str


def nonconformities(session: Session, person: Person, controls: Collection[str], known: datetime) -> list[Finding]:
    """The findings on some controls, open and closed, as known at a moment: open ones first, then the newest."""
    require(person, "readiness.read")
    if bounds := audit_bounds(session, person, "readiness.read"):
        bounds.require_catalogues({catalogue_of(control) for control in controls})
    row = table("nonconformity")
    found = session.execute(select(row).where(row.c.control.in_(controls), row.c.recorded_at <= known)).mappings()
    findings = [_as_known(Finding(**one), known) for one in found]
    return sorted(findings, key=lambda one: (one.closed_day is not None, -one.first_day.toordinal(), -one.id))


def _as_known(finding: Finding, known: datetime) -> Finding:
    """A closing that was recorded later was not known yet."""
    if finding.closed_recorded_at is None or finding.closed_recorded_at <= known:
        return finding
    return replace(finding, closed_day=None, closed_recorded_at=None, closed_by="")


def record_nonconformity(
    session: Session, person: Person, control: str, grade: str, title: str, first_day: date, now: datetime
) -> int:
    """Put an audit's finding on a control; gives its number."""
    require(person, "nonconformity.record")
    _within_audit(session, person, control)
    controls = table("control")
    if not session.execute(select(controls.c.key).where(controls.c.key == control)).first():
        raise Unknown(text("There is no control {control} in a catalogue.", control=control))
    if grade not in GRADES:
        raise NotPossible(text("{grade} is no grade; expected one of {known}.", grade=grade, known=", ".join(GRADES)))
    if first_day > calendar_of(session).day_of(now):
        raise NotPossible(text("{day} is in the future; a finding is open from the day it was found.", day=first_day))
    row = {
        "control": control,
        "grade": grade,
        "title": names.plain(title, text("The title"), 500),
        "first_day": first_day,
        "recorded_at": now,
        "found_by": person.name,
        "closed_by": "",
    }
    rows = table("nonconformity")
    number = int(session.execute(insert(rows).values(row).returning(rows.c.id)).scalar_one())
    details = {"grade": grade, "title": row["title"], "first_day": first_day.isoformat()}
    record(session, person, "nonconformity.record", control, now, id=number, **details)
    return number


def _within_audit(session: Session, person: Person, control: str) -> None:
    """An auditor's findings are on controls of the audit's catalogues."""
    if bounds := audit_bounds(session, person, "nonconformity.record"):
        bounds.require_catalogues([catalogue_of(control)])


def close_nonconformity(session: Session, person: Person, nonconformity: int, closed_day: date, now: datetime) -> None:
    """The finding is closed from a day on, but never before today."""
    require(person, "nonconformity.record")
    rows = table("nonconformity")
    row = session.execute(select(rows).where(rows.c.id == nonconformity)).one_or_none()
    if row is None:
        raise Unknown(text("There is no nonconformity {id}.", id=str(nonconformity)))
    _within_audit(session, person, row.control)
    if row.closed_recorded_at is not None:
        raise NotPossible(text("This nonconformity was closed on {day} already.", day=row.closed_day))
    if closed_day < row.first_day:
        raise NotPossible(
            text("It can't be closed on {day}, before its first day {first}.", day=closed_day, first=row.first_day)
        )
    in_force = max(closed_day, calendar_of(session).day_of(now))
    values = {"closed_day": in_force, "closed_recorded_at": now, "closed_by": person.name}
    session.execute(update(rows).where(rows.c.id == nonconformity).values(**values))
    details = {"id": nonconformity, "closed_day": in_force.isoformat()}
    record(session, person, "nonconformity.close", row.control, now, **details)
