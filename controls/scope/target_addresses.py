"""Addresses of targets, with their periods. A report that names such an address is about its target.

A target's own name is one of its addresses without being recorded. A recorded address has versions, like a period in
scope.
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
from controls.scope.periods import BEFORE, require_order
from locales import text
from models.bulk_changes import table
from models.queries import latest


@dataclass(frozen=True, slots=True)
class AddressInScope:
    """An address of a target that is in force on a day."""

    key: str
    address: str
    first_day: date
    last_day: date | None
    recorded_by: str = ""


@dataclass(frozen=True, slots=True)
class TargetAddressRow:
    """A version of a target's address.

    `is_current`: no later version replaces it. `is_withdrawn`: it was recorded by mistake.
    """

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


@dataclass(frozen=True, slots=True)
class AddressPeriod:
    """The period in which an address was recorded for a target, before a change of it."""

    system: str
    target: str
    address: str
    first_day: date
    last_day: date | None

    def covers(self, day: date) -> bool:
        """Whether the address counted on a day."""
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)


#: (system, target; empty for the system itself) → addresses in force
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
    """Record an address of a target, or of a system that is tested as a whole (empty `target`); returns its key.

    Raises `Unknown` for the system or target, `NotPossible` for an invalid address, the target's own name, days in
    the wrong order, or an overlapping period.
    """
    require(person, "scope.change")
    require_target(session, system, target)
    read = addresses.read(address)
    _require_other_than_name(read, target)
    require_order(first_day, last_day)
    row = {"key": uuid.uuid4().hex, "system": system, "target": target, "address": str(read), "first_day": first_day}
    row["last_day"] = last_day
    _require_no_overlap(session, row)
    _record_version(session, person, row, now)
    _log(session, person, "scope.record_address", row, now)
    return str(row["key"])


def end_address(session: Session, person: Person, key: str, last_day: date | None, now: datetime) -> AddressPeriod:
    """Set the last day of an address; None makes its end open again. Returns the period as it was.

    Only for `evidence.intake.judged_again.withdrawn_addresses`, which also judges the evidence at that address.
    """
    require(person, "scope.change")
    before = _current(session, key, now)
    row = {**before, "last_day": last_day}
    require_order(row["first_day"], last_day)
    if last_day != before["last_day"]:
        _require_no_overlap(session, row)
        _record_version(session, person, row, now)
        _log(session, person, "scope.end_address", row, now)
    return _period(before)


def withdraw_address(session: Session, person: Person, key: str, now: datetime) -> AddressPeriod:
    """Withdraw an address that was recorded by mistake: from now on it counts as never recorded.

    Returns the period as it was. Only for `evidence.intake.judged_again.withdrawn_addresses`, as `end_address`.
    """
    require(person, "scope.change")
    row = _current(session, key, now)
    _record_version(session, person, {**row, "last_day": row["first_day"] - BEFORE}, now)
    _log(session, person, "scope.withdraw_address", dict(row), now)
    return _period(row)


def list_addresses(session: Session, person: Person, *, system: str = "") -> list[TargetAddressRow]:
    """List every version of every address, last recorded first; for an auditor those of the audit's systems."""
    require(person, "controls.read")
    address = table("target_address")
    names = [name for name in TargetAddressRow.__dataclass_fields__ if name in address.c]
    query = select(*(address.c[name] for name in names), latest(address, "key").label("is_current"))
    query = query.where(
        *of_systems(session, person, address.c.system), *([address.c.system == system] if system else [])
    )
    rows = session.execute(query.order_by(address.c.recorded_at.desc(), address.c.id.desc())).mappings()
    return [TargetAddressRow(**version, is_withdrawn=_is_withdrawn(version)) for version in rows]


def addresses_on(session: Session, day: date, known: datetime) -> Addresses:
    """Read the addresses in force on a day as known at a moment. One SQL statement; checks no permission."""
    versions = table("target_address")
    in_force = [versions.c.first_day <= day, versions.c.last_day.is_(None) | (versions.c.last_day >= day)]
    query = select(versions).where(latest(versions, "key", known=known), *in_force).order_by(versions.c.address)
    in_scope: dict[tuple[str, str], tuple[AddressInScope, ...]] = {}
    for version in session.execute(query).mappings():
        system_and_target = (version["system"], version["target"])
        address = AddressInScope(
            version["key"], version["address"], version["first_day"], version["last_day"], version["recorded_by"]
        )
        in_scope[system_and_target] = (*in_scope.get(system_and_target, ()), address)
    return in_scope


def address_periods(session: Session, system: str) -> list[AddressPeriod]:
    """Read the periods of all addresses of a system and its targets, their own names included; no withdrawn ones.

    Checks no permission.
    """
    versions, scope = table("target_address"), table("scope_period")
    recorded = select(versions).where(versions.c.system == system, latest(versions, "key"))
    own = select(scope, scope.c.target.label("address")).where(
        scope.c.system == system, scope.c.target != "", latest(scope, "key")
    )
    rows = [row for query in (recorded, own) for row in session.execute(query).mappings()]
    return [_period(row) for row in rows if not _is_withdrawn(row)]


def ever_recorded(session: Session, system: str, target: str) -> list[str]:
    """Read all addresses that a target ever had, also ended and withdrawn ones; checks no permission."""
    versions = table("target_address")
    query = select(versions.c.address).where(versions.c.system == system, versions.c.target == target).distinct()
    return list(session.execute(query).scalars())


def require_target(session: Session, system: str, target: str) -> None:
    """Raise `Unknown` unless the target is, was or will be in scope; withdrawn periods do not count."""
    period = table("scope_period")
    lasts = period.c.last_day.is_(None) | (period.c.last_day >= period.c.first_day)
    known = (period.c.system == system, period.c.target == target, latest(period, "key"), lasts)
    if session.execute(select(period.c.id).where(*known).limit(1)).first():
        return
    if target:
        raise Unknown(text("{system} has no target {target}.", system=system, target=target))
    raise Unknown(text("There is no system {key}.", key=system))


# ── Checks and rows ──────────────────────────────────────────────────────────────────────────────────────────────────


def _require_other_than_name(address: Address, target: str) -> None:
    if addresses.find(target) == address:
        raise NotPossible(
            text("{address} is the target's own name, which need not be recorded as an address.", address=target)
        )


def _require_no_overlap(session: Session, wanted: Mapping[str, object]) -> None:
    """Refuse an overlapping period of the same address: ending one of two would have no effect."""
    versions = table("target_address")
    first_day, last_day = wanted["first_day"], wanted["last_day"]
    overlaps = [versions.c[name] == wanted[name] for name in ("system", "target", "address")]
    overlaps += [versions.c.key != wanted["key"], latest(versions, "key")]
    overlaps += [
        versions.c.last_day.is_(None)
        | ((versions.c.last_day >= first_day) & (versions.c.last_day >= versions.c.first_day))
    ]
    overlaps += [] if last_day is None else [versions.c.first_day <= last_day]
    since = session.execute(select(versions.c.first_day).where(*overlaps)).scalars().first()
    if since is not None:
        raise NotPossible(
            text(
                "{address} has been an address of {target} since {day}; end that period first.",
                address=wanted["address"],
                target=wanted["target"] or wanted["system"],
                day=since,
            )
        )


def _current(session: Session, key: str, now: datetime) -> RowMapping:
    versions = table("target_address")
    current = (
        session.execute(select(versions).where(versions.c.key == key, latest(versions, "key"))).mappings().one_or_none()
    )
    if current is None:
        raise Unknown(text("There is no recorded address {key}.", key=key))
    if _is_withdrawn(current):
        raise NotPossible(
            text(
                "{address} was withdrawn as an address of {target} already; record it again if it is one.",
                address=current["address"],
                target=current["target"] or current["system"],
            )
        )
    if current["recorded_at"] >= now:
        raise NotPossible(text("This address was changed at the same moment; try again."))
    return current


def _period(row: RowMapping) -> AddressPeriod:
    return AddressPeriod(*(row[name] for name in AddressPeriod.__dataclass_fields__))


def _is_withdrawn(row: RowMapping) -> bool:
    return row["last_day"] is not None and row["last_day"] < row["first_day"]


def _record_version(session: Session, person: Person, row: Mapping[str, object], now: datetime) -> None:
    values = {name: row[name] for name in ("key", "system", "target", "address", "first_day", "last_day")}
    session.execute(insert(table("target_address")).values(**values, recorded_at=now, recorded_by=person.name))


def _log(session: Session, person: Person, verb: str, row: Mapping[str, object], now: datetime) -> None:
    days = {name: row[name] and str(row[name]) for name in ("first_day", "last_day")}
    details = {"key": row["key"], "target": row["target"], "address": row["address"], **days}
    record(session, person, verb, str(row["system"]), now, **details)
