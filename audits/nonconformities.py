"""Nonconformities that audits found on controls (ISO/IEC 17021-1, 3.11 to 3.13).

An open major nonconformity makes its control nonconforming, whatever its evidence says (docs/readiness.md).
"""

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
from models.bulk_changes import table
from models.calendar import calendar_of
from models.vocabulary import Grade

GRADES = tuple(Grade)


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


def nonconformities(
    session: Session, person: Person, controls: Collection[str] | None, known: datetime
) -> list[Finding]:
    """List the nonconformities of some controls as known at a moment: open ones first, then the newest.

    `controls`: None for all that the person may see. Raises `NotAllowed`; for an auditor, also for controls outside
    the audit.
    """
    require(person, "readiness.read")
    bounds = audit_bounds(session, person, "readiness.read")
    if bounds and controls is not None:
        bounds.require_catalogues({catalogue_of(control) for control in controls})
    row = table("nonconformity")
    query = select(row).where(row.c.recorded_at <= known)
    query = query if controls is None else query.where(row.c.control.in_(controls))
    rows = [Finding(**values) for values in session.execute(query).mappings()]
    findings = [_as_known(item, known) for item in rows if bounds is None or bounds.has_control(item.control)]
    return sorted(findings, key=_open_and_newest_first)


def _open_and_newest_first(finding: Finding) -> tuple[bool, int, int]:
    return finding.closed_day is not None, -finding.first_day.toordinal(), -finding.id


def _as_known(finding: Finding, known: datetime) -> Finding:
    """A closing that was recorded later was not known yet."""
    if finding.closed_recorded_at is None or finding.closed_recorded_at <= known:
        return finding
    return replace(finding, closed_day=None, closed_recorded_at=None, closed_by="")


def record_nonconformity(
    session: Session, person: Person, control: str, grade: str, title: str, first_day: date, now: datetime
) -> int:
    """Record a nonconformity that an audit found on a control, open from `first_day`; returns its number.

    `grade`: major or minor. Raises `NotAllowed`; `Unknown` for a control that is in no catalogue; `NotPossible` for
    another grade, an empty title or a day in the future.
    """
    require(person, "nonconformity.record")
    _require_within_audit(session, person, control)
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


def _require_within_audit(session: Session, person: Person, control: str) -> None:
    """An auditor's findings are on controls of the audit's catalogues."""
    if bounds := audit_bounds(session, person, "nonconformity.record"):
        bounds.require_catalogues([catalogue_of(control)])


def close_nonconformity(session: Session, person: Person, nonconformity: int, closed_day: date, now: datetime) -> None:
    """Close a nonconformity from `closed_day` on, but never before today.

    Raises `NotAllowed`; `Unknown` for a number that is none; `NotPossible` if it is closed already, or for a day before
    it was found.
    """
    require(person, "nonconformity.record")
    rows = table("nonconformity")
    row = session.execute(select(rows).where(rows.c.id == nonconformity)).one_or_none()
    if row is None:
        raise Unknown(text("There is no nonconformity {id}.", id=str(nonconformity)))
    _require_within_audit(session, person, row.control)
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
