"""Matches tested targets to systems and targets in scope, by their recorded addresses.

A tested target without recorded address can be uploaded for a target in scope; then it is *declared*.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from controls.scope.address import Address, find
from controls.scope.system_scope import SystemInScope
from controls.scope.target_addresses import Addresses
from evidence.errors import Unfitting
from locales import Text, Title, text
from models.vocabulary import EvidenceKind

#: the tested targets that count for a cell; None: the whole file
Tested = frozenset[str] | None
Place = tuple[str, str]  # system, target; target empty: the system itself
#: by system: its targets and itself (empty), with their addresses on the day of the file
Places = Mapping[str, Mapping[str, frozenset[Address]]]
#: titles by system
Titles = Mapping[str, Title]
#: targets named by the files, with the port when the target has none; None: the whole host
Named = Mapping[str, int | None]


@dataclass(frozen=True, slots=True, order=True)
class DeclaredTarget:
    """A tested target that counts for a place only by declaration; `tested`: empty when the file names none."""

    tested: str
    system: str
    target: str

    def reason(self, titles: Titles) -> Text:
        """The reason for a review, with both names."""
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
    """The places that a file counts for, and which of them were only declared."""

    tested: Mapping[Place, Tested]
    declared: tuple[DeclaredTarget, ...] = ()
    left_out: tuple[str, ...] = ()  # tested targets that count for nothing, besides others that do

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
    """Systems and targets in scope on any of some days, with the addresses recorded for the day of the file."""
    places: dict[str, dict[str, frozenset[Address]]] = {}
    for system in (system for scope in scopes for system in scope):
        targets = places.setdefault(system.key, {})
        for target in ("", *(scope.target for scope in system.targets)):
            others = (_parse(address.address) for address in recorded.get((system.key, target), ()))
            targets[target] = frozenset((*([_parse(target)] if target else []), *others))
    return places


def match_targets(
    named: Named, declared_places: Mapping[str, Place], places: Places, *, by_target: bool, kind: str
) -> TargetMatch:
    """Match tested targets to systems (or targets, `by_target`).

    `declared_places`: places of targets without recorded address, and under an empty name that of a file without
    targets. A host scanned as a whole counts for its ports in scope, not the other way round: a result on a port need
    not hold on another. A target without place is left out if another has one. Raises `Unfitting` if none has.
    """
    candidates = _candidates(places, by_target=by_target)
    recorded = {tested: _recorded(tested, port, candidates) for tested, port in named.items()}
    owners = {**recorded, **_read_declared(named, declared_places, places, by_target=by_target)}
    if by_target:
        matched = _by_target(owners, places) if owners else _without_names(places, kind)
    else:
        matched = _by_system(owners, places)
    declared = _declared(matched, recorded, kind, by_target=by_target)
    if kind == EvidenceKind.TEST and "" in declared_places:  # for a system too, as no file names the target
        declared.add(DeclaredTarget("", *declared_places[""]))
    left_out = set(named) - set().union(*(tested for tested in matched.values() if tested is not None))
    return TargetMatch(matched, tuple(sorted(declared)), tuple(sorted(left_out)) if owners else ())


def same_host(tested: str, places: Places) -> list[Place]:
    """Places with another port of the same host, of which the tested target may be a new address."""
    host = _parse(tested).host
    candidates = _candidates(places, by_target=True)
    return sorted(
        place for place, addresses in candidates.items() if any(address.host == host for address in addresses)
    )


def recorded_places(tested: str, port: int | None, places: Places) -> list[Place]:
    """Places for which the address of a tested target is recorded."""
    return sorted(_recorded(tested, port, _candidates(places, by_target=True)))


# ── What is recorded ─────────────────────────────────────────────────────────────────────────────────────────────────


def _parse(name: str) -> Address:
    """Parse an address; the name of a component counts as an address that equals only itself."""
    return find(name) or Address(name.strip().casefold())


def _targets(targets: Iterable[str]) -> list[str]:
    """Targets of a system; a system without targets is its own target."""
    return sorted(target for target in targets if target) or [""]


def _candidates(places: Places, *, by_target: bool) -> dict[Place, frozenset[Address]]:
    return {
        (system, target): targets[target]
        for system, targets in places.items()
        for target in (_targets(targets) if by_target else targets)
    }


def _recorded(tested: str, port: int | None, candidates: Mapping[Place, frozenset[Address]]) -> set[Place]:
    """Places with this address; for a host scanned as a whole, else places with any port of it."""
    read = _parse(tested)
    meant = read.port or port
    exact = {
        place
        for place, addresses in candidates.items()
        if any(address.host == read.host and (address.port or port) == meant for address in addresses)
    }
    if exact or meant is not None:
        return exact
    return {place for place, addresses in candidates.items() if any(address.host == read.host for address in addresses)}


# ── Declared places ───────────────────────────────────────────────────────────────────────────────────────────────────


def _read_declared(
    named: Named, declared_places: Mapping[str, Place], places: Places, *, by_target: bool
) -> dict[str, set[Place]]:
    """Declared places by tested target, named as in the file. Raises `Unfitting`."""
    names = {_parse(target): target for target in named}
    owners = {}
    for tested, place in declared_places.items():
        _require_in_scope(place, places, by_target=by_target)
        if tested and _parse(tested) not in names:
            raise Unfitting(_not_tested(tested, named))
        if not tested and named:
            raise Unfitting(
                text(
                    "The files name what was tested: {tested}. "
                    "Say which of these is the target (in the API: target=ADDRESS=SYSTEM/TARGET).",
                    tested=_list(named),
                )
            )
        owners[names[_parse(tested)] if tested else ""] = {place}
    return owners


def _not_tested(tested: str, named: Named) -> Text:
    if named:
        return text("{target} was not tested; the files name {tested}.", target=tested, tested=_list(named))
    return text(
        "{target} was not tested; the files name no target. Leave the name out (in the API: target=SYSTEM/TARGET).",
        target=tested,
    )


def _require_in_scope(place: Place, places: Places, *, by_target: bool) -> None:
    system, target = place
    if system not in places or target not in (_targets(places[system]) if by_target else places[system]):
        raise Unfitting(
            text(
                "{place} is not a target in scope of the systems given; in scope: {known}.",
                place=" ".join(part for part in place if part),
                known=_known(places),
            )
        )


# ── Matching ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _by_system(owners: Mapping[str, set[Place]], places: Places) -> dict[Place, Tested]:
    """Match to systems; a tested target without system counts for all named systems."""
    if not owners:
        return {(system, ""): None for system in places}
    matched: dict[Place, Tested] = {}
    for system in places:
        own = {
            t for t, own_places in owners.items() if not own_places or any(place[0] == system for place in own_places)
        }
        if own:
            matched[system, ""] = frozenset(own)
    return matched


def _without_names(places: Places, kind: str) -> dict[Place, Tested]:
    """Match a file without targets: records count for all places, a test only for systems without targets."""
    if kind == EvidenceKind.TEST and any(_targets(targets) != [""] for targets in places.values()):
        raise Unfitting(
            text(
                "The files do not name what was tested; say for which target they are (in the API: "
                "target=SYSTEM/TARGET). In scope: {known}.",
                known=_known(places),
            )
        )
    return {(system, target): None for system, targets in places.items() for target in _targets(targets)}


def _by_target(owners: Mapping[str, set[Place]], places: Places) -> dict[Place, Tested]:
    """Match to targets; unmatched ones go to the only system without targets, if it has no match yet."""
    matched: dict[Place, set[str]] = {}
    for target, own_places in owners.items():
        for place in own_places:
            matched.setdefault(place, set()).add(target)
    strays = {target for target, own_places in owners.items() if not own_places}
    own = [(system, "") for system, targets in places.items() if _targets(targets) == [""]]
    if strays and len(own) == 1 and own[0] not in matched:
        matched[own[0]] = strays
    elif not matched:
        raise Unfitting(_unknown(sorted(strays), owners, places))
    return {place: frozenset(targets) for place, targets in sorted(matched.items())}


def _declared(
    matched: Mapping[Place, Tested], recorded: Mapping[str, set[Place]], kind: str, *, by_target: bool
) -> set[DeclaredTarget]:
    """Tested targets that count for a place without being recorded for it."""
    if kind == EvidenceKind.RECORD:
        return set()
    return {
        DeclaredTarget(name, *place)
        for place, tested in matched.items()
        for name in (tested if tested is not None else _whole(kind))
        if _is_declared(name, place, recorded.get(name, set()), by_target=by_target)
    }


def _whole(kind: str) -> tuple[str, ...]:
    """The tested targets of a file without names: a single unnamed one for a test, none for a register."""
    return ("",) if kind == EvidenceKind.TEST else ()


def _is_declared(tested: str, place: Place, recorded: Iterable[Place], *, by_target: bool) -> bool:
    """Whether a match is only declared. A test without target may count for its system, but not for a target."""
    if by_target:
        return place not in recorded
    return bool(tested) and all(system != place[0] for system, _ in recorded)


# ── Texts ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _unknown(strays: Sequence[str], owners: Iterable[str], places: Places) -> Text:
    near = [(stray, place) for stray in strays for place in same_host(stray, places)]
    if near:
        stray, (system, target) = near[0]
        return text(
            "{stray} is not recorded as an address of a target; is it a new address of {near}? Record it, or "
            "upload the file for a target (in the API: target={stray}=SYSTEM/TARGET), which then waits for a "
            "review. In scope: {known}.",
            stray=stray,
            near=target or system,
            known=_known(places),
        )
    return text(
        "No target in scope matches {strays}. Tested: {tested}. In scope: {known}. Record it as an "
        "address of its target, or upload the file for a target (in the API: "
        "target={stray}=SYSTEM/TARGET), which then waits for a review.",
        strays=_list(strays),
        tested=_list(owners),
        known=_known(places),
        stray=strays[0],
    )


def _list(names: Iterable[str]) -> str:
    names = sorted(names)
    return ", ".join(names[:20]) + (" …" if len(names) > 20 else "")  # noqa: PLR2004 - enough to recognise them


def _known(places: Places) -> str:
    return "; ".join(
        f"{system}: {', '.join(target or system for target in _targets(targets))}"
        for system, targets in sorted(places.items())
    )
