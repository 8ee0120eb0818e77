"""Fits a delivery: checks requirements, systems, days and files, and determines which cells it covers."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlmodel import Session

from controls.browse.values import RequirementRow
from controls.scope.system_scope import SystemInScope, scope_on, system_titles
from controls.scope.target_addresses import Addresses, addresses_on
from evidence.errors import Unfitting, Unknown
from evidence.formats import with_relatives
from evidence.formats.facts import PortScan, TlsScan
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
from evidence.judging.own_policies.in_force import OwnPolicy, own_policies
from evidence.judging.policies import policies
from evidence.judging.policy import Policy
from locales import Text, text
from models.bulk_changes import table
from models.calendar import Calendar, calendar_of
from models.queries import latest
from models.vocabulary import EvidenceKind, Scope

#: An address recorded with the upload itself is still the uploader's declaration, so it does not count as recorded.
_SAME_ACT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class RecordedScope:
    """The recorded scope on the last day that a delivery represents, as known at its recording.

    `titles`: current titles of all systems, in scope or not.
    """

    systems: Sequence[SystemInScope]
    addresses: Addresses
    titles: Titles


@dataclass(frozen=True, slots=True)
class DeliveryFit:
    """A valid delivery: its cells with the tested targets that count for each, its days and its scope.

    `requirements`: with the policies that judge them on the last day; `own`: those of the organisation's own, by id.
    """

    requirements: list[RequirementRow]
    cells: dict[CellKey, Tested]
    days: RepresentedDays
    calendar: Calendar  # of its days
    known_at: datetime  # only records up to this moment count
    scope: RecordedScope
    warnings: list[Text]
    declared_targets: tuple[DeclaredTarget, ...] = ()  # tested targets that count only because they were declared
    own: Mapping[str, OwnPolicy] = field(default_factory=dict)

    def policy(self, requirement: RequirementRow) -> Policy[Any] | None:
        """The policy that judges a requirement; None if it names none, or one that does not exist."""
        own = self.own.get(requirement.policy or "")
        return own.policy if own else policies().get(requirement.policy or "")

    def judged_by(self, own: Mapping[str, OwnPolicy]) -> "DeliveryFit":
        """The same with policies of the organisation's own for these requirements."""
        requirements = [
            replace(requirement, policy=own[requirement.key].policy.id) if requirement.key in own else requirement
            for requirement in self.requirements
        ]
        named = {each.policy.id: each for each in own.values()}
        return replace(self, requirements=requirements, own={**self.own, **named})

    @property
    def first_day(self) -> date:
        return self.days.first

    @property
    def last_day(self) -> date:
        return self.days.last


def fit_delivery(
    session: Session, delivery: Delivery, now: datetime, days: RepresentedDays | None = None
) -> DeliveryFit:
    """Determine the cells and days of a delivery. `days`: those of evidence that is judged again.

    Raises `Unknown`, `Unfitting` and `Unreadable`.
    """
    requirements = requirements_named(session, delivery.requirements, now)
    warnings = [
        warning for requirement in requirements for warning in _check_formats(requirement, delivery.inspection.files)
    ]
    if any(requirement.kind == EvidenceKind.TEST for requirement in requirements) and not delivery.inspection.named:
        _require_scanned(delivery.inspection.files)
    calendar = calendar_of(session)
    days = days or _days(requirements, delivery, calendar, now)
    last = days.last
    _check_end(delivery.explicit_end, last)
    _check_zones(delivery)
    is_about_systems = delivery.systems or any(
        requirement.scope != Scope.ORGANISATION or requirement.kind != EvidenceKind.RECORD
        for requirement in requirements
    )
    # A record of the organisation is about no system, so the scope is not read for these frequent small uploads.
    scope = _recorded_scope(session, last, now) if is_about_systems else RecordedScope([], {}, {})
    scopes: list[Sequence[SystemInScope]] = []
    if delivery.systems or any(requirement.scope != Scope.ORGANISATION for requirement in requirements):
        today = calendar.day_of(now)
        scopes = [scope.systems, *([scope_on(session, today, now)] if today != last else [])]
        _require_in_scope(delivery.systems, scopes, last)
    recorded = addresses_on(session, last, now - _SAME_ACT) if scopes else {}
    cells: dict[CellKey, Tested] = {}
    declared: set[DeclaredTarget] = set()
    for requirement in requirements:
        match = _match_places(requirement, delivery, scopes, recorded)
        cells |= {(requirement.key, *place): tested for place, tested in match.tested.items()}
        declared |= set(match.declared)
        warnings += [warning for warning in match.warnings if warning not in warnings]
    _require_all_covered(delivery.systems, cells)
    fit = DeliveryFit(requirements, cells, days, calendar, now, scope, warnings, tuple(sorted(declared)))
    return fit.judged_by(_own_policies(session, fit))


def _recorded_scope(session: Session, day: date, now: datetime) -> RecordedScope:
    return RecordedScope(scope_on(session, day, now), addresses_on(session, day, now), system_titles(session))


# ── Requirements and files ───────────────────────────────────────────────────────────────────────────────────────────


def requirements_named(session: Session, keys: Sequence[str], now: datetime) -> list[RequirementRow]:
    """Current definitions of these requirements, in order. Raises `Unknown`, and `Unfitting` when there are none."""
    if not keys:
        raise Unfitting(text("No evidence requirement is named; expected at least one."))
    rows = session.execute(_defined(), {"keys": list(keys)}).mappings()
    rows_by_key = {
        definition["key"]: RequirementRow(**definition) for definition in rows if definition["recorded_at"] <= now
    }
    for key in keys:
        if key not in rows_by_key:
            raise Unknown(text("There is no evidence requirement {key}.", key=key))
    return [rows_by_key[key] for key in dict.fromkeys(keys)]


@cache
def _defined() -> Select[Any]:
    """The statement, built once, as building it takes longer than executing it."""
    row = table("evidence_requirement")
    columns = [row.c[name] for name in RequirementRow.__dataclass_fields__]
    return select(*columns).where(row.c.key.in_(bindparam("keys", expanding=True)), latest(row, "key"), ~row.c.retired)


def _check_formats(requirement: RequirementRow, files: Sequence[InspectedFile]) -> Iterable[Text]:
    """Check the formats of the files; a record of another type only gives a warning.

    Raises `Unfitting` or `Unreadable`.
    """
    accepted = with_relatives(requirement.formats)
    wanted = ", ".join(accepted)
    for file in files:
        fits = not accepted or file.kind in accepted
        if requirement.kind == EvidenceKind.RECORD:
            if not fits and file.media.extension not in requirement.formats:
                yield _other_type(file, requirement, wanted)
        elif file.problem is not None:
            raise file.problem
        elif not fits or file.run is None:
            raise Unfitting(
                text(
                    "{file} is {kind}; {requirement} asks for {wanted}.",
                    file=file.name,
                    kind=file.kind,
                    requirement=requirement.key,
                    wanted=wanted,
                )
            )


def _other_type(file: InspectedFile, requirement: RequirementRow, wanted: str) -> Text:
    return text(
        "{file} is {kind}; {requirement} asks for {wanted}. It is accepted as a record; a reviewer decides.",
        file=file.name,
        kind=file.media.extension,
        requirement=requirement.key,
        wanted=wanted,
    )


# ── Days ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _days(
    requirements: Sequence[RequirementRow], delivery: Delivery, calendar: Calendar, now: datetime
) -> RepresentedDays:
    """The represented days: those of the files, or as declared."""
    return represented_days(
        [(file.name, file.run) for file in delivery.inspection.files],
        (delivery.first_day, delivery.last_day),
        calendar,
        calendar.day_of(now),
        is_test=any(requirement.kind == EvidenceKind.TEST for requirement in requirements),
    )


def _check_end(explicit_end: date | None, last: date) -> None:
    if explicit_end is not None and explicit_end < last:
        raise Unfitting(
            text(
                "The end of validity {end} lies before the last day {last} represented; "
                "choose that day or a later one.",
                end=explicit_end,
                last=last,
            )
        )


def _check_zones(delivery: Delivery) -> None:
    """Check that declared zones are for files of the delivery."""
    names = [file.name for file in delivery.inspection.files]
    for name in delivery.zones:
        if name not in names:
            raise Unfitting(text("There is no file {name}; the files are {names}.", name=name, names=", ".join(names)))


def _own_policies(session: Session, delivery_fit: DeliveryFit) -> dict[str, OwnPolicy]:
    """The policies of the organisation's own that judge on the last day. Raises `Unfitting` if files differ in it."""
    judged = [requirement.key for requirement in delivery_fit.requirements if requirement.policy]
    if not judged:
        return {}
    known, last = delivery_fit.known_at, delivery_fit.last_day
    own = own_policies(session, judged, last, known)
    for day in sorted({day for _, day in delivery_fit.days.by_file.values()} - {last}):
        if own_policies(session, judged, day, known) != own:
            raise Unfitting(
                text(
                    "These files are of {day} and {last}, and on these days different editions of a policy apply; "
                    "upload them separately.",
                    day=day,
                    last=last,
                )
            )
    return own


# ── Cells ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _require_in_scope(systems: Sequence[str], scopes: Sequence[Sequence[SystemInScope]], last: date) -> None:
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


def _match_places(
    requirement: RequirementRow, delivery: Delivery, scopes: Sequence[Sequence[SystemInScope]], recorded: Addresses
) -> TargetMatch:
    """The places that a delivery covers for a requirement. Raises `Unfitting` when there are none."""
    if requirement.scope == Scope.ORGANISATION:
        return TargetMatch({("", ""): None})
    if not delivery.systems:
        raise Unfitting(
            text(
                "{requirement} needs evidence for each system; name the systems (in the API: system=KEY).",
                requirement=requirement.key,
            )
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


def _require_scanned(files: Sequence[InspectedFile]) -> None:
    """Refuse scans without a host: they show nothing, whatever target they are said to be of."""
    scans = [file.name for file in files if file.run and isinstance(file.run.facts, PortScan | TlsScan)]
    if scans:
        raise Unfitting(
            text(
                "Nothing was scanned in {file}: no host is in it. Scan again with the address of the target, and look "
                "whether it can be reached from where the scan runs (nmap: with -Pn, if it answers no ping).",
                file=", ".join(scans),
            )
        )


def _places(
    requirement: RequirementRow,
    systems: Collection[str],
    scopes: Sequence[Sequence[SystemInScope]],
    recorded: Addresses,
) -> Places:
    """The named systems that the requirement applies to, with their targets."""

    def is_about(system: SystemInScope) -> bool:
        like = requirement.applies_to is None or requirement.applies_to in system.attributes
        return like and system.key in systems

    return places_in([[system for system in scope if is_about(system)] for scope in scopes], recorded)


def _require_all_covered(systems: Sequence[str], cells: Mapping[CellKey, Tested]) -> None:
    """Refuse named systems that are not covered, as people would assume that they are."""
    covered = {system for _, system, _ in cells}
    if cells and covered == {""}:
        return  # only requirements of the organisation: systems do not matter
    for system in systems:
        if system not in covered:
            raise Unfitting(text("Nothing in this upload is about {system}; leave it out.", system=system))
