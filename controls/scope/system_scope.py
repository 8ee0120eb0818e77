"""Systems and targets in scope, with their periods; and the teams that deliver evidence.

A period in scope has versions: a later change does not alter what was known before.
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import RowMapping, insert, select, update
from sqlmodel import Session

from access.activity.record import record
from access.permissions import Person, require
from controls import names
from controls.errors import NotPossible, Unknown
from controls.files.words import SYSTEM_ATTRIBUTES
from controls.scope import address
from controls.scope.periods import BEFORE, require_order
from controls.scope.target_addresses import Addresses, AddressInScope, addresses_on
from locales import Title, text
from models.bulk_changes import add, table
from models.queries import latest


@dataclass(frozen=True, slots=True)
class TargetInScope:
    """A target in scope: an address or component of a system that is tested separately."""

    target: str
    period_key: str
    first_day: date
    last_day: date | None
    addresses: tuple[AddressInScope, ...] = ()  # besides its own name


@dataclass(frozen=True, slots=True)
class SystemInScope:
    """A system in scope, with its attributes and targets."""

    key: str
    title_nl: str
    title_en: str
    position: int
    attributes: tuple[str, ...]
    period_key: str
    first_day: date
    last_day: date | None
    targets: tuple[TargetInScope, ...]
    addresses: tuple[AddressInScope, ...] = ()  # of the system itself, while it has no targets


def add_team(session: Session, person: Person, key: str, title_nl: str, title_en: str, now: datetime) -> None:
    """Add a team that delivers evidence. Raises `NotPossible` if the key is in use."""
    require(person, "scope.change")
    titles = _titles(title_nl, title_en)
    _require_free_key(session, "team", key)
    add(session, "team", [{"key": names.key(key), **titles}])
    record(session, person, "scope.add_team", key, now, title=title_en)


def add_system(session: Session, person: Person, key: str, title_nl: str, title_en: str, now: datetime) -> None:
    """Add a system. It is in scope only in the periods that `bring_into_scope` records.

    Raises `NotPossible` if the key is in use.
    """
    require(person, "scope.change")
    titles = _titles(title_nl, title_en)
    _require_free_key(session, "system", key)
    positions = session.execute(select(table("system").c.position)).scalars()
    row = {"key": names.key(key), **titles, "position": max(positions, default=0) + 1}
    add(session, "system", [row])
    record(session, person, "scope.add_system", key, now, title=title_en)


def rename_system(session: Session, person: Person, key: str, title_nl: str, title_en: str, now: datetime) -> None:
    """Change a system's titles; from then on a statement's file no longer sets them. Raises `Unknown`."""
    require(person, "scope.change")
    _require_system(session, key)
    system = table("system")
    session.execute(update(system).where(system.c.key == key).values(**_titles(title_nl, title_en)))
    record(session, person, "scope.rename_system", key, now, title=title_en)


def bring_into_scope(
    session: Session,
    person: Person,
    system: str,
    first_day: date,
    now: datetime,
    *,
    target: str = "",
    attributes: Collection[str] = (),
    last_day: date | None = None,
) -> str:
    """Bring a system, or one of its targets, into scope for a period; returns the key of the period.

    `last_day`: None for an open end. Raises `Unknown` for the system, `NotPossible` for an unknown attribute, an
    attribute of a target, days in the wrong order, or an overlapping period.
    """
    require(person, "scope.change")
    _require_system(session, system)
    target = address.target_name(target) if target else ""
    checked = _checked_attributes(attributes, target)
    require_order(first_day, last_day)
    _require_no_overlap(session, system, target, first_day, last_day)
    period = uuid.uuid4().hex
    row = {"key": period, "system": system, "target": target, "first_day": first_day, "last_day": last_day}
    _record_version(session, person, row, checked, now)
    record(
        session,
        person,
        "scope.bring_into_scope",
        system,
        now,
        period=period,
        target=target,
        first_day=first_day.isoformat(),
        last_day=last_day and last_day.isoformat(),
        attributes=checked,
    )
    return period


def end_scope(session: Session, person: Person, period: str, last_day: date | None, now: datetime) -> None:
    """Set the last day of a period in scope; None makes its end open again."""
    require(person, "scope.change")
    row = _period(session, period, now)
    require_order(row["first_day"], last_day)
    if last_day == row["last_day"]:
        return
    _require_no_overlap(session, row["system"], row["target"], row["first_day"], last_day, but=period)
    _record_version(session, person, {**row, "last_day": last_day}, _attributes_of(session, row["id"]), now)
    record(
        session,
        person,
        "scope.end_scope",
        row["system"],
        now,
        period=period,
        target=row["target"],
        last_day=last_day and last_day.isoformat(),
    )


def withdraw(session: Session, person: Person, period: str, now: datetime) -> None:
    """Withdraw a period that was entered by mistake: from now on it counts as never recorded."""
    require(person, "scope.change")
    row = _period(session, period, now)
    _record_version(session, person, {**row, "last_day": row["first_day"] - BEFORE}, [], now)
    record(session, person, "scope.withdraw", row["system"], now, period=period, target=row["target"])


def change_attributes(
    session: Session, person: Person, period: str, attributes: Collection[str], now: datetime
) -> None:
    """Change the attributes of a system in a period."""
    require(person, "scope.change")
    row = _period(session, period, now)
    checked = _checked_attributes(attributes, row["target"])
    if checked == _attributes_of(session, row["id"]):
        return
    _record_version(session, person, dict(row), checked, now)
    record(session, person, "scope.change_attributes", row["system"], now, period=period, attributes=checked)


def scope_on(session: Session, day: date, known: datetime) -> list[SystemInScope]:
    """Read the systems in scope on a day as known at a moment, with attributes, targets and addresses.

    Three SQL statements; checks no permission.
    """
    period, system = table("scope_period"), table("system")
    in_force = [
        latest(period, "key", known=known),
        period.c.first_day <= day,
        period.c.last_day.is_(None) | (period.c.last_day >= day),
    ]
    query = select(period, system.c.title_nl, system.c.title_en, system.c.position).join(
        system, system.c.key == period.c.system
    )
    ordered = query.where(*in_force).order_by(system.c.position, period.c.system, period.c.target, period.c.first_day)
    rows = list(session.execute(ordered).mappings())
    attribute = table("scope_attribute")
    attribute_rows = session.execute(
        select(period.c.system, attribute.c.attribute)
        .join(period, period.c.id == attribute.c.period)
        .where(*in_force, period.c.target == "")
    )
    attributes: dict[str, set[str]] = {}
    for key, attribute_key in attribute_rows:
        attributes.setdefault(key, set()).add(attribute_key)
    return _systems(rows, attributes, addresses_on(session, day, known))


def _systems(rows: Sequence[RowMapping], attributes: dict[str, set[str]], addresses: Addresses) -> list[SystemInScope]:
    """Make one entry per system and target, whatever the number of periods; targets need a system in scope."""
    periods = {(row["system"], row["target"]): row for row in reversed(rows)}
    targets: dict[str, list[TargetInScope]] = {}
    for (system, target), row in periods.items():
        if target:
            in_scope = TargetInScope(
                target, row["key"], row["first_day"], row["last_day"], addresses.get((system, target), ())
            )
            targets.setdefault(system, []).append(in_scope)
    own = {system: row for (system, target), row in periods.items() if not target}
    systems = [
        SystemInScope(
            key=system,
            title_nl=row["title_nl"],
            title_en=row["title_en"],
            position=row["position"],
            attributes=tuple(sorted(attributes.get(system, ()))),
            period_key=row["key"],
            first_day=row["first_day"],
            last_day=row["last_day"],
            targets=tuple(sorted(targets.get(system, ()), key=lambda target: target.target)),
            addresses=addresses.get((system, ""), ()),
        )
        for system, row in own.items()
    ]
    return sorted(systems, key=lambda system: (system.position, system.key))


def system_titles(session: Session) -> dict[str, Title]:
    """Return the current titles of all systems by key, in scope or not."""
    system = table("system")
    rows = session.execute(select(system.c.key, system.c.title_nl, system.c.title_en))
    return {row.key: Title(row.title_nl, row.title_en) for row in rows}


# ── Checks and rows ──────────────────────────────────────────────────────────────────────────────────────────────────


def _titles(title_nl: str, title_en: str) -> dict[str, str]:
    title = text("The name")
    return {"title_nl": names.plain(title_nl, title), "title_en": names.plain(title_en, title)}


def _require_free_key(session: Session, name: str, key: str) -> None:
    if session.execute(select(table(name).c.key).where(table(name).c.key == key)).first():
        raise NotPossible(text("{key} exists already; choose another key.", key=key))


def _require_system(session: Session, key: str) -> None:
    if not session.execute(select(table("system").c.key).where(table("system").c.key == key)).first():
        raise Unknown(text("There is no system {key}.", key=key))


def _checked_attributes(attributes: Collection[str], target: str) -> list[str]:
    unknown = sorted(set(attributes) - set(SYSTEM_ATTRIBUTES))
    if unknown:
        raise NotPossible(
            text(
                "{attribute} is unknown; expected one of {known}.",
                attribute=unknown[0],
                known=", ".join(SYSTEM_ATTRIBUTES),
            )
        )
    if attributes and target:
        raise NotPossible(text("Attributes belong to the system, not to its target {target}.", target=target))
    return sorted(set(attributes))


def _require_no_overlap(
    session: Session, system: str, target: str, first_day: date, last_day: date | None, but: str = ""
) -> None:
    """Refuse an overlapping period of the same system or target: ending one of two would have no effect."""
    period = table("scope_period")
    overlaps = [period.c.system == system, period.c.target == target, period.c.key != but, latest(period, "key")]
    overlaps += [
        period.c.last_day.is_(None) | ((period.c.last_day >= first_day) & (period.c.last_day >= period.c.first_day))
    ]
    overlaps += [] if last_day is None else [period.c.first_day <= last_day]
    other = session.execute(select(period.c.first_day).where(*overlaps)).scalars().first()
    if other is not None:
        raise NotPossible(
            text("{what} has been in scope since {day}; end that period first.", what=target or system, day=other)
        )


def _period(session: Session, key: str, now: datetime) -> RowMapping:
    period = table("scope_period")
    row = session.execute(select(period).where(period.c.key == key, latest(period, "key"))).mappings().one_or_none()
    if row is None:
        raise Unknown(text("There is no period {key}.", key=key))
    if row["last_day"] is not None and row["last_day"] < row["first_day"]:
        raise NotPossible(
            text(
                "This period of {what} in scope was withdrawn already; bring it into scope again if it is.",
                what=row["target"] or row["system"],
            )
        )
    if row["recorded_at"] >= now:
        raise NotPossible(text("This period was changed at the same moment; try again."))
    return row


def _attributes_of(session: Session, period: int) -> list[str]:
    attribute = table("scope_attribute")
    return sorted(session.execute(select(attribute.c.attribute).where(attribute.c.period == period)).scalars())


def _record_version(
    session: Session, person: Person, row: dict[str, object], attributes: Collection[str], now: datetime
) -> None:
    columns = ("key", "system", "target", "first_day", "last_day")
    values = {name: row[name] for name in columns}
    period = table("scope_period")
    version = session.execute(
        insert(period).values(**values, recorded_at=now, recorded_by=person.name).returning(period.c.id)
    ).scalar_one()
    add(session, "scope_attribute", [{"period": version, "attribute": attribute} for attribute in attributes])
