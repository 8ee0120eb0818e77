"""Matching of tested targets to systems and targets in scope, by the addresses that are recorded for them.

What a file names and nobody recorded can be handed in for a target. It is *declared* then: `declared` says so.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from controls.scope.address import Address, find
from controls.scope.system_scope import SystemInScope
from controls.scope.target_addresses import Addresses
from evidence.errors import Unfitting
from locales import Text, Title, text
from models.vocabulary import EvidenceKind

#: The tested targets that speak of a cell; none: the whole file does.
Tested = frozenset[str] | None
Place = tuple[str, str]  # system, target; target empty: the system itself
#: Each system with its targets and itself (empty), and their addresses on the day of the file.
Places = Mapping[str, Mapping[str, frozenset[Address]]]
#: What each system is called.
Titles = Mapping[str, Title]
#: Each target that the files name, with the port that is meant where it names none; None: the host as a whole.
Named = Mapping[str, int | None]


@dataclass(frozen=True, slots=True, order=True)
class DeclaredTarget:
    """A tested target that counts for a place only because its uploader says so; `tested` empty: none is named."""

    tested: str
    system: str
    target: str

    def reason(self, titles: Titles) -> Text:
        """The reason why someone else must review it, with both names."""
        place = self.target or titles.get(self.system, self.system)
        if not self.tested:
            return text("The file does not name what it tests; it was uploaded for {place}.", place=place)
        return text(
            "The file tests {tested}, which was not recorded as an address of {place} when it was uploaded.",
            tested=self.tested,
            place=place,
        )


@dataclass(frozen=True, slots=True)
class TargetMatch:
    """The places that a file counts for, and which of these were only declared."""

    tested: Mapping[Place, Tested]
    declared: tuple[DeclaredTarget, ...] = ()
    left_out: tuple[str, ...] = ()  # tested targets that speak of nothing, beside others that do

    @property
    def warnings(self) -> list[Text]:
        """Warnings for a reviewer."""
        if not self.left_out:
            return []
        names = _list(self.left_out)
        return [text("The file also names {tested}, which is not in scope; it is left out.", tested=names)]


def places_in(
    scopes: Iterable[Sequence[SystemInScope]], recorded: Addresses
) -> dict[str, dict[str, frozenset[Address]]]:
    """The systems and targets of some days together, with the addresses recorded for the day of the file."""
    found: dict[str, dict[str, frozenset[Address]]] = {}
    for system in (one for scope in scopes for one in scope):
        targets = found.setdefault(system.key, {})
        for target in ("", *(one.target for one in system.targets)):
            others = (_read(one.address) for one in recorded.get((system.key, target), ()))
            targets[target] = frozenset((*([_read(target)] if target else []), *others))
    return found


def match_targets(
    named: Named, given: Mapping[str, Place], places: Places, *, by_target: bool, kind: str
) -> TargetMatch:
    """For each system, or each target of the systems, the tested targets that speak of it.

    `given` says it for targets that are not recorded, and under an empty name for a file that names none. A host
    scanned as a whole speaks of its ports in scope, not the other way round: what holds on one port need not hold on
    the next. A target that nothing says the place of is left out if another has one, else it raises `Unfitting`.
    """
    candidates = _candidates(places, by_target=by_target)
    recorded = {tested: _recorded(tested, port, candidates) for tested, port in named.items()}
    owners = {**recorded, **_given(named, given, places, by_target=by_target)}
    if by_target:
        speaking = _by_target(owners, places) if owners else _without_names(places, kind)
    else:
        speaking = _by_system(owners, places)
    declared = _declared(speaking, recorded, kind, by_target=by_target)
    if kind == EvidenceKind.TEST and "" in given:  # of a system too: whoever names a target says more than the file
        declared.add(DeclaredTarget("", *given[""]))
    left_out = set(named) - set().union(*(tested for tested in speaking.values() if tested is not None))
    return TargetMatch(speaking, tuple(sorted(declared)), tuple(sorted(left_out)) if owners else ())


def same_host(tested: str, places: Places) -> list[Place]:
    """The places with another port of the same host; the tested target may be a new address of one of them."""
    host = _read(tested).host
    found = _candidates(places, by_target=True)
    return sorted(place for place, addresses in found.items() if any(one.host == host for one in addresses))


def recorded_places(tested: str, port: int | None, places: Places) -> list[Place]:
    """The places for which the address of a tested target is recorded."""
    return sorted(_recorded(tested, port, _candidates(places, by_target=True)))


# ── What is recorded ─────────────────────────────────────────────────────────────────────────────────────────────────


def _read(name: str) -> Address:
    """An address, or the name of a component as if it were one: each is equal to itself alone."""
    return find(name) or Address(name.strip().casefold())


def _targets(targets: Iterable[str]) -> list[str]:
    """The targets of a system; a system without any is its own."""
    return sorted(target for target in targets if target) or [""]


def _candidates(places: Places, *, by_target: bool) -> dict[Place, frozenset[Address]]:
    return {
        (system, target): targets[target]
        for system, targets in places.items()
        for target in (_targets(targets) if by_target else targets)
    }


def _recorded(tested: str, port: int | None, candidates: Mapping[Place, frozenset[Address]]) -> set[Place]:
    """The places whose address it is; of a host scanned as a whole, else those that have a port of it."""
    read = _read(tested)
    meant = read.port or port
    exact = {
        place
        for place, addresses in candidates.items()
        if any(one.host == read.host and (one.port or port) == meant for one in addresses)
    }
    if exact or meant is not None:
        return exact
    return {place for place, addresses in candidates.items() if any(one.host == read.host for one in addresses)}


# ── What is given ────────────────────────────────────────────────────────────────────────────────────────────────────


def _given(named: Named, given: Mapping[str, Place], places: Places, *, by_target: bool) -> dict[str, set[Place]]:
    """The tested targets whose place was said, by the name that the file gives them."""
    names = {_read(target): target for target in named}
    found = {}
    for tested, place in given.items():
        _is_in_scope(place, places, by_target=by_target)
        if tested and _read(tested) not in names:
            raise Unfitting(_not_tested(tested, named))
        if not tested and named:
            raise Unfitting(
                text(
                    "The files name what was tested: {tested}. "
                    "Say which of these is the target (in the API: target=tested=system/target).",
                    tested=_list(named),
                )
            )
        found[names[_read(tested)] if tested else ""] = {place}
    return found


def _not_tested(tested: str, named: Named) -> Text:
    if named:
        return text("{target} was not tested; the files name {tested}.", target=tested, tested=_list(named))
    return text(
        "{target} was not tested; the files name no target. Leave the name out (in the API: target=system/target).",
        target=tested,
    )


def _is_in_scope(place: Place, places: Places, *, by_target: bool) -> None:
    system, target = place
    if system not in places or target not in (_targets(places[system]) if by_target else places[system]):
        raise Unfitting(
            text(
                "{place} is not a target in scope of the systems given; in scope: {known}.",
                place=" ".join(part for part in place if part),
                known=_known(places),
            )
        )


# ── What speaks of what ──────────────────────────────────────────────────────────────────────────────────────────────


def _by_system(owners: Mapping[str, set[Place]], places: Places) -> dict[Place, Tested]:
    """A tested target speaks of the system that has it; one that no system has was handed in for all of those given."""
    if not owners:
        return {(system, ""): None for system in places}
    speaking: dict[Place, Tested] = {}
    for system in places:
        own = {t for t, found in owners.items() if not found or any(place[0] == system for place in found)}
        if own:
            speaking[system, ""] = frozenset(own)
    return speaking


def _without_names(places: Places, kind: str) -> dict[Place, Tested]:
    """A file that names no target: a record or register speaks of all; a test only of systems that are one target."""
    if kind == EvidenceKind.TEST and any(_targets(targets) != [""] for targets in places.values()):
        raise Unfitting(
            text(
                "The files do not name what was tested; say for which target they are (in the API: "
                "target=system/target). In scope: {known}.",
                known=_known(places),
            )
        )
    return {(system, target): None for system, targets in places.items() for target in _targets(targets)}


def _by_target(owners: Mapping[str, set[Place]], places: Places) -> dict[Place, Tested]:
    """What no target matches goes to a system that is its own target, if it is the only one and has nothing yet."""
    speaking: dict[Place, set[str]] = {}
    for target, found in owners.items():
        for place in found:
            speaking.setdefault(place, set()).add(target)
    strays = {target for target, found in owners.items() if not found}
    own = [(system, "") for system, targets in places.items() if _targets(targets) == [""]]
    if strays and len(own) == 1 and own[0] not in speaking:
        speaking[own[0]] = strays
    elif not speaking:
        raise Unfitting(_unknown(sorted(strays), owners, places))
    return {place: frozenset(targets) for place, targets in sorted(speaking.items())}


def _declared(
    speaking: Mapping[Place, Tested], recorded: Mapping[str, set[Place]], kind: str, *, by_target: bool
) -> set[DeclaredTarget]:
    """What speaks of a place and is not recorded for it."""
    if kind == EvidenceKind.RECORD:
        return set()
    return {
        DeclaredTarget(name, *place)
        for place, tested in speaking.items()
        for name in (tested if tested is not None else _whole(kind))
        if _is_declared(name, place, recorded.get(name, set()), by_target=by_target)
    }


def _whole(kind: str) -> tuple[str, ...]:
    """What a file tests that speaks as a whole: something without a name. A register says itself what it is about."""
    return ("",) if kind == EvidenceKind.TEST else ()


def _is_declared(tested: str, place: Place, recorded: Iterable[Place], *, by_target: bool) -> bool:
    """A test without a name is of the system that it is handed in for; of which of its targets is declared."""
    if by_target:
        return place not in recorded
    return bool(tested) and all(system != place[0] for system, _ in recorded)


# ── Words ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _unknown(strays: Sequence[str], owners: Iterable[str], places: Places) -> Text:
    near = [(stray, place) for stray in strays for place in same_host(stray, places)]
    if near:
        stray, (system, target) = near[0]
        return text(
            "{stray} is not recorded as an address of a target; is it a new address of {near}? Record it, or "
            "upload the file for a target (in the API: target={stray}=system/target), which then waits for a "
            "review. In scope: {known}.",
            stray=stray,
            near=target or system,
            known=_known(places),
        )
    return text(
        "No target in scope matches {strays}. Tested: {tested}. In scope: {known}. Record it as an "
        "address of its target, or upload the file for a target (in the API: "
        "target={stray}=system/target), which then waits for a review.",
        strays=_list(strays),
        tested=_list(owners),
        known=_known(places),
        stray=strays[0],
    )


def _list(names: Iterable[str]) -> str:
    names = sorted(names)
    return ", ".join(names[:20]) + (" …" if len(names) > 20 else "")  # noqa: PLR2004 - enough to recognise


def _known(places: Places) -> str:
    return "; ".join(
        f"{system}: {', '.join(target or system for target in _targets(targets))}"
        for system, targets in sorted(places.items())
    )
