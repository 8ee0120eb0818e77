"""Planning the audit: each plan is a new version, and the one recorded last counts."""

from collections.abc import Callable, Collection
from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import Session

from access.activity.record import record
from access.permissions import Person, require
from controls import names
from controls.errors import NotPossible, Unknown
from locales import Text, text
from models.bulk_changes import add, table


def plan_audit(
    session: Session,
    person: Person,
    key: str,
    title: str,
    day: date,
    period_first: date,
    period_last: date | None,
    catalogues: Collection[str],
    systems: Collection[str],
    now: datetime,
) -> None:
    """Record a new version of an audit's plan; earlier versions stay.

    `day`: the first day of the audit. `period_first` to `period_last`: the period whose evidence is audited; it ends on
    the audit's day unless given. `catalogues`: the audit criteria; `systems`: the audit scope, empty for all. Raises
    `NotAllowed`, `Unknown` for a catalogue or system that is none, and `NotPossible` for days that do not fit together.
    """
    require(person, "audit.plan")
    period_last = period_last or day
    _require_days_in_order(day, period_first, period_last)
    if not catalogues:
        raise NotPossible(text("The audit has no criteria; expected at least one catalogue."))
    _require_known(session, "catalogue", catalogues, lambda key: text("There is no catalogue {key}.", key=key))
    _require_followed(session, catalogues)
    _require_known(session, "system", systems, lambda key: text("There is no system {key}.", key=key))
    _require_once(session, key, now)
    row = {
        "key": names.key(key),
        "title": names.plain(title, text("The name of the audit")),
        "day": day,
        "period_first": period_first,
        "period_last": period_last,
        "catalogues": list(dict.fromkeys(catalogues)),
        "systems": list(dict.fromkeys(systems)),
    }
    add(session, "audit", [{**row, "recorded_at": now, "recorded_by": person.name}])
    details = {
        name: value.isoformat() if isinstance(value, date) else value for name, value in row.items() if name != "key"
    }
    record(session, person, "audit.plan", key, now, **details)


def _require_followed(session: Session, catalogues: Collection[str]) -> None:
    """Nothing is judged by a catalogue that the organisation does not answer to."""
    catalogue = table("catalogue")
    not_followed = catalogue.c.followed_at.is_(None) | catalogue.c.left_at.is_not(None)
    others = set(session.execute(select(catalogue.c.key).where(not_followed)).scalars()) & {*catalogues}
    if others:
        raise NotPossible(
            text(
                "The organisation does not follow {key}; name it under catalogues in the statement's file and restart.",
                key=min(others),
            )
        )


def _require_days_in_order(day: date, period_first: date, period_last: date) -> None:
    if period_last < period_first:
        raise NotPossible(
            text(
                "The period ends ({last}) before it begins ({first}). Correct one of the two.",
                last=period_last,
                first=period_first,
            )
        )
    if period_last > day:
        raise NotPossible(text("The period ends on {last}, after the audit's day {day}.", last=period_last, day=day))


def _require_known(session: Session, name: str, keys: Collection[str], message: Callable[[str], Text]) -> None:
    known = set(session.execute(select(table(name).c.key).where(table(name).c.key.in_(keys))).scalars())
    for key in keys:
        if key not in known:
            raise Unknown(message(key))


def _require_once(session: Session, key: str, now: datetime) -> None:
    audit = table("audit")
    if session.execute(select(audit.c.id).where(audit.c.key == key, audit.c.recorded_at >= now)).first():
        raise NotPossible(text("This audit was planned in the same moment; plan it once."))
