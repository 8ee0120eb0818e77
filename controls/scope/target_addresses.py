"""The addresses of targets: since when, until when, recorded by whom. A file that names one is about its target.

A target's own name is an address of it by itself. An address is a fact with versions, as a period in scope is.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import RowMapping, insert, select
from sqlmodel import Session

from access.activity.record import record
from access.permissions import Person, require
from controls.audit.audit_bounds import of_systems
from controls.errors import NotPossible, Unknown
from controls.scope import address as addresses
from controls.scope.address import Address
from controls.scope.periods import BEFORE, in_order
from locales import text
from models.queries import latest
from models.rows import table


@dataclass(frozen=True, slots=True)
class AddressInScope:
    """An address in force on a day."""

    key: str
    address: str
    first_day: date
    last_day: date | None
    recorded_by: str = ""


@dataclass(frozen=True, slots=True)
class TargetAddressRow:
    """One version of an address. `is_current`: no later one replaces it; `is_withdrawn`: it was recorded by mistake."""

    key: str
    system: str
    target: str
    address: str
    first_day: date
    last_day: date | None
    recorded_at: datetime
    recorded_by: str
    is_current: bool
    is_withdrawn: bool


#: system, target (empty: the system itself) → its addresses in force
Addresses = Mapping[tuple[str, str], tuple[AddressInScope, ...]]


def record_address(
    session: Session,
    person: Person,
    system: str,
    target: str,
    address: str,
    first_day: date,
    now: datetime,
    *,
    last_day: date | None = None,
) -> str:
    """An address of a target of a system, or of a system that is tested as a whole; gives the address's key."""
    require(person, "scope.change")
    _exists(session, system, target)
    read = addresses.read(address)
    _is_another(read, target)
    in_order(first_day, last_day)
    row = {"key": uuid.uuid4().hex, "system": system, "target": target, "address": str(read), "first_day": first_day}
    row["last_day"] = last_day
    _no_overlap(session, row)
    _record_version(session, person, row, now)
    _log(session, person, "scope.record_address", row, now)
    return str(row["key"])


def end_address(session: Session, person: Person, key: str, last_day: date | None, now: datetime) -> None:
    """The last day on which it is the target's; None: it stays so after all."""
    require(person, "scope.change")
    row = {**_current(session, key, now), "last_day": last_day}
    in_order(row["first_day"], last_day)
    _no_overlap(session, row)
    _record_version(session, person, row, now)
    _log(session, person, "scope.end_address", row, now)


def withdraw_address(session: Session, person: Person, key: str, now: datetime) -> None:
    """It was recorded by mistake: as far as is known from now on, it never was the target's."""
    require(person, "scope.change")
    row = _current(session, key, now)
    _record_version(session, person, {**row, "last_day": row["first_day"] - BEFORE}, now)
    _log(session, person, "scope.withdraw_address", dict(row), now)


def list_addresses(session: Session, person: Person, *, system: str = "") -> list[TargetAddressRow]:
    """Every version of every address, recorded last first; for an auditor those of the audit's systems."""
    require(person, "controls.read")
    row = table("target_address")
    names = [name for name in TargetAddressRow.__dataclass_fields__ if name in row.c]
    query = select(*(row.c[name] for name in names), latest(row, "key").label("is_current"))
    query = query.where(*of_systems(session, person, row.c.system), *([row.c.system == system] if system else []))
    found = session.execute(query.order_by(row.c.recorded_at.desc(), row.c.id.desc())).mappings()
    return [TargetAddressRow(**one, is_withdrawn=_is_withdrawn(one)) for one in found]


def addresses_on(session: Session, day: date, known: datetime) -> Addresses:
    """The addresses in force on a day, as known at a moment. One statement."""
    row = table("target_address")
    in_force = [row.c.first_day <= day, row.c.last_day.is_(None) | (row.c.last_day >= day)]
    query = select(row).where(latest(row, "key", known=known), *in_force).order_by(row.c.address)
    found: dict[tuple[str, str], tuple[AddressInScope, ...]] = {}
    for one in session.execute(query).mappings():
        place = (one["system"], one["target"])
        held = AddressInScope(one["key"], one["address"], one["first_day"], one["last_day"], one["recorded_by"])
        found[place] = (*found.get(place, ()), held)
    return found


# ── Checks and rows ──────────────────────────────────────────────────────────────────────────────────────────────────


def _exists(session: Session, system: str, target: str) -> None:
    """The target is, was or will be in scope; a period withdrawn does not count."""
    period = table("scope_period")
    lasts = period.c.last_day.is_(None) | (period.c.last_day >= period.c.first_day)
    known = (period.c.system == system, period.c.target == target, latest(period, "key"), lasts)
    if session.execute(select(period.c.id).where(*known).limit(1)).first():
        return
    if target:
        raise Unknown(text("{system} has no target {target}.", system=system, target=target))
    raise Unknown(text("There is no system {key}.", key=system))


def _is_another(address: Address, target: str) -> None:
    if addresses.find(target) == address:
        raise NotPossible(text("{address} is the target's own name; it is an address of it by itself.", address=target))


def _no_overlap(session: Session, wanted: Mapping[str, object]) -> None:
    """Of the same address twice at one time, ending one would seem to do nothing."""
    row = table("target_address")
    first_day, last_day = wanted["first_day"], wanted["last_day"]
    meets = [row.c[name] == wanted[name] for name in ("system", "target", "address")]
    meets += [row.c.key != wanted["key"], latest(row, "key")]
    meets += [row.c.last_day.is_(None) | ((row.c.last_day >= first_day) & (row.c.last_day >= row.c.first_day))]
    meets += [] if last_day is None else [row.c.first_day <= last_day]
    since = session.execute(select(row.c.first_day).where(*meets)).scalars().first()
    if since is not None:
        raise NotPossible(
            text(
                "{address} is an address of {target} since {day} already; end that first.",
                address=wanted["address"],
                target=wanted["target"] or wanted["system"],
                day=since,
            )
        )


def _current(session: Session, key: str, now: datetime) -> RowMapping:
    row = table("target_address")
    found = session.execute(select(row).where(row.c.key == key, latest(row, "key"))).mappings().one_or_none()
    if found is None:
        raise Unknown(text("There is no recorded address {key}.", key=key))
    if found["recorded_at"] >= now:
        raise NotPossible(text("This address was changed in the same moment; change it once."))
    return found


def _is_withdrawn(row: RowMapping) -> bool:
    return row["last_day"] is not None and row["last_day"] < row["first_day"]


def _record_version(session: Session, person: Person, row: Mapping[str, object], now: datetime) -> None:
    values = {name: row[name] for name in ("key", "system", "target", "address", "first_day", "last_day")}
    session.execute(insert(table("target_address")).values(**values, recorded_at=now, recorded_by=person.name))


def _log(session: Session, person: Person, verb: str, row: Mapping[str, object], now: datetime) -> None:
    days = {name: row[name] and str(row[name]) for name in ("first_day", "last_day")}
    said = {"key": row["key"], "target": row["target"], "address": row["address"], **days}
    record(session, person, verb, str(row["system"]), now, **said)
