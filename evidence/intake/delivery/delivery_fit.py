"""The fit of a delivery: whether its requirements, systems, days and files go together, and which cells it covers."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlmodel import Session

from controls.browse.rows import RequirementRow
from controls.scope.system_scope import SystemInScope, scope_on, system_titles
from controls.scope.target_addresses import Addresses, addresses_on
from evidence.errors import Unfitting, Unknown
from evidence.intake.delivery.cells import CellKey
from evidence.intake.delivery.delivery import Delivery
from evidence.intake.delivery.represented_days import RepresentedDays, represented_days
from evidence.intake.delivery.target_matching import (
    DeclaredTarget,
    Places,
    TargetMatch,
    Tested,
    Titles,
    match_targets,
    places_in,
)
from evidence.intake.reading.inspection import InspectedFile
from locales import Text, text
from models.calendar import Calendar, calendar_of
from models.queries import latest
from models.rows import table
from models.vocabulary import EvidenceKind, Scope

#: An address that is recorded in the act of handing in is that person's word still, and is not known to it.
_SAME_ACT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class RecordedScope:
    """What is recorded of the scope on the last day that a delivery represents, by the moment of its recording.

    `titles`: what every system is called now, in scope or not.
    """

    systems: Sequence[SystemInScope]
    addresses: Addresses
    titles: Titles


@dataclass(frozen=True, slots=True)
class DeliveryFit:
    """A delivery whose parts go together: its cells with the tested targets that count for each, days and scope."""

    requirements: list[RequirementRow]
    cells: dict[CellKey, Tested]
    days: RepresentedDays
    calendar: Calendar  # that its days are of
    known_at: datetime  # what was recorded until then is taken into account
    scope: RecordedScope
    warnings: list[Text]
    declared_targets: tuple[DeclaredTarget, ...] = ()  # what counts for a place only because the delivery says so

    @property
    def first_day(self) -> date:
        return self.days.first

    @property
    def last_day(self) -> date:
        return self.days.last


def fit_delivery(
    session: Session, delivery: Delivery, now: datetime, days: RepresentedDays | None = None
) -> DeliveryFit:
    """The cells and days of a delivery. `days`: those of evidence that was recorded before.

    Raises `Unknown`, `Unfitting` and `Unreadable`.
    """
    requirements = requirements_named(session, delivery.requirements, now)
    warnings = [warning for one in requirements for warning in _accepts(one, delivery.inspection.files)]
    calendar = calendar_of(session)
    days = days or _days(requirements, delivery, calendar, now)
    last = days.last
    _ends(delivery.explicit_end, last)
    _zones(delivery)
    is_about_systems = delivery.systems or any(
        one.scope != Scope.ORGANISATION or one.kind != EvidenceKind.RECORD for one in requirements
    )
    # A record of the organisation is about no system: its upload, the commonest of many small ones, reads none.
    scope = _recorded_scope(session, last, now) if is_about_systems else RecordedScope([], {}, {})
    scopes: list[Sequence[SystemInScope]] = []
    if delivery.systems or any(one.scope != Scope.ORGANISATION for one in requirements):
        today = calendar.day_of(now)
        scopes = [scope.systems, *([scope_on(session, today, now)] if today != last else [])]
        _in_scope(delivery.systems, scopes, last)
    recorded = addresses_on(session, last, now - _SAME_ACT) if scopes else {}
    cells: dict[CellKey, Tested] = {}
    declared: set[DeclaredTarget] = set()
    for one in requirements:
        match = _covered(one, delivery, scopes, recorded)
        cells |= {(one.key, *place): tested for place, tested in match.tested.items()}
        declared |= set(match.declared)
        warnings += [warning for warning in match.warnings if warning not in warnings]
    _all_used(delivery.systems, cells)
    return DeliveryFit(requirements, cells, days, calendar, now, scope, warnings, tuple(sorted(declared)))


def _recorded_scope(session: Session, day: date, now: datetime) -> RecordedScope:
    return RecordedScope(scope_on(session, day, now), addresses_on(session, day, now), system_titles(session))


# ── Requirements and files ───────────────────────────────────────────────────────────────────────────────────────────


def requirements_named(session: Session, keys: Sequence[str], now: datetime) -> list[RequirementRow]:
    """The definitions in force of these requirements, in their order; raises `Unknown` and `Unfitting`."""
    if not keys:
        raise Unfitting(text("No evidence requirement is named; expected at least one."))
    rows = session.execute(_defined(), {"keys": list(keys)}).mappings()
    found = {one["key"]: RequirementRow(**one) for one in rows if one["recorded_at"] <= now}
    for key in keys:
        if key not in found:
            raise Unknown(text("There is no evidence requirement {key}.", key=key))
    return [found[key] for key in dict.fromkeys(keys)]


@cache
def _defined() -> Select[Any]:
    """Made once: putting a statement together takes longer than carrying it out."""
    row = table("evidence_requirement")
    columns = [row.c[name] for name in RequirementRow.__dataclass_fields__]
    return select(*columns).where(row.c.key.in_(bindparam("keys", expanding=True)), latest(row, "key"), ~row.c.retired)


def _accepts(requirement: RequirementRow, files: Sequence[InspectedFile]) -> Iterable[Text]:
    """A test or register is one of its formats; a record may be of another type, which is said."""
    wanted = ", ".join(requirement.formats)
    for file in files:
        fits = not requirement.formats or file.kind in requirement.formats
        if requirement.kind == EvidenceKind.RECORD:
            if not fits and file.media.extension not in requirement.formats:
                yield _other_type(file, requirement, wanted)
        elif file.problem is not None:
            raise file.problem
        elif not fits or file.run is None:
            raise Unfitting(
                text(
                    "{file} is {found}; {requirement} asks for {wanted}.",
                    file=file.name,
                    found=file.kind,
                    requirement=requirement.key,
                    wanted=wanted,
                )
            )


def _other_type(file: InspectedFile, requirement: RequirementRow, wanted: str) -> Text:
    return text(
        "{file} is {found}; {requirement} asks for {wanted}. It is accepted as a record; a reviewer decides.",
        file=file.name,
        found=file.media.extension,
        requirement=requirement.key,
        wanted=wanted,
    )


# ── Days ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _days(
    requirements: Sequence[RequirementRow], delivery: Delivery, calendar: Calendar, now: datetime
) -> RepresentedDays:
    """The represented days: those that the files tell, or as declared."""
    return represented_days(
        [(file.name, file.run) for file in delivery.inspection.files],
        (delivery.first_day, delivery.last_day),
        calendar,
        calendar.day_of(now),
        is_test=any(one.kind == EvidenceKind.TEST for one in requirements),
    )


def _ends(explicit_end: date | None, last: date) -> None:
    if explicit_end is not None and explicit_end < last:
        raise Unfitting(
            text("The end of validity {end} lies before the last day {last} represented.", end=explicit_end, last=last)
        )


def _zones(delivery: Delivery) -> None:
    """A zone that is declared is of a file that is there."""
    names = [file.name for file in delivery.inspection.files]
    for name in delivery.zones:
        if name not in names:
            raise Unfitting(text("There is no file {name}; the files are {names}.", name=name, names=", ".join(names)))


# ── Cells ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _in_scope(systems: Sequence[str], scopes: Sequence[Sequence[SystemInScope]], last: date) -> None:
    known = {system.key for scope in scopes for system in scope}
    for key in systems:
        if key not in known:
            raise Unfitting(
                text(
                    "{system} is not a system in scope on {day} or today; in scope: {known}.",
                    system=key,
                    day=last,
                    known=", ".join(sorted(known)) or "-",
                )
            )


def _covered(
    requirement: RequirementRow, delivery: Delivery, scopes: Sequence[Sequence[SystemInScope]], recorded: Addresses
) -> TargetMatch:
    """What the delivery speaks of, of one requirement; nothing is a refusal."""
    if requirement.scope == Scope.ORGANISATION:
        return TargetMatch({("", ""): None})
    if not delivery.systems:
        raise Unfitting(
            text("{requirement} needs evidence for each system; name the systems.", requirement=requirement.key)
        )
    places = _places(requirement, delivery.systems, scopes, recorded)
    if not places:
        raise Unfitting(
            text(
                "{requirement} asks for systems that are {attribute}; none of {systems} is.",
                requirement=requirement.key,
                attribute=requirement.applies_to or "",
                systems=", ".join(delivery.systems),
            )
        )
    named = {} if requirement.kind == EvidenceKind.RECORD else delivery.inspection.named
    by_target = requirement.scope == Scope.TARGET
    return match_targets(named, delivery.targets, places, by_target=by_target, kind=requirement.kind)


def _places(
    requirement: RequirementRow,
    systems: Collection[str],
    scopes: Sequence[Sequence[SystemInScope]],
    recorded: Addresses,
) -> Places:
    """Each given system that the requirement is about, with its targets."""

    def is_about(system: SystemInScope) -> bool:
        like = requirement.applies_to is None or requirement.applies_to in system.attributes
        return like and system.key in systems

    return places_in([[one for one in scope if is_about(one)] for scope in scopes], recorded)


def _all_used(systems: Sequence[str], cells: Mapping[CellKey, Tested]) -> None:
    """A system that was named and is not covered would be thought proven."""
    covered = {system for _, system, _ in cells}
    if cells and covered == {""}:
        return  # requirements of the organisation only: systems say nothing
    for system in systems:
        if system not in covered:
            raise Unfitting(text("Nothing in this upload is about {system}; leave it out.", system=system))
