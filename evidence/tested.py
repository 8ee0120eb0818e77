"""Which tested targets speak of which systems and targets in scope."""

import re
from collections.abc import Mapping, Sequence

from evidence.errors import Unfitting
from locales import text

#: The tested targets that speak of a cell; none: the whole file does.
Tested = frozenset[str] | None
Place = tuple[str, str]  # system, target

_HTTPS = re.compile(r":443$")
_PORT = re.compile(r"(?<=[^:]):\d{1,5}$|(?<=\]):\d{1,5}$")


def normal(target: str) -> str:
    """One form of a target's name: lower case, without the final dot and without HTTPS's own port."""
    return _HTTPS.sub("", target.strip().lower()).rstrip(".")


def tested_by(
    named: Sequence[str],
    mapping: Mapping[str, Place],
    places: Mapping[str, set[str]],
    *,
    by_target: bool,
    kind: str,
) -> dict[Place, Tested]:
    """For each system, or each target of the systems, the tested targets that speak of it.

    `mapping` says it for names that differ. A host tested as a whole speaks of its ports in scope, not the other way
    round: what holds on one port need not hold on the next.
    """
    owners = _owners(named, mapping, places)
    if not by_target:
        return _by_system(owners, places)
    if not named and not mapping:
        return _without_names(places, kind)
    return _by_target(owners, places)


def _owners(
    named: Sequence[str], mapping: Mapping[str, Place], places: Mapping[str, set[str]]
) -> dict[str, set[Place]]:
    """Each tested target with the places that it speaks of; empty where nothing says so."""
    owners = {target: _matches(target, places) for target in named}
    given = {normal(target): target for target in named}
    for tested, place in mapping.items():
        _is_in_scope(place, places)
        if tested and normal(tested) not in given:
            raise Unfitting(
                text("{target} was not tested; the files name {tested}.", target=tested, tested=_list(named))
            )
        owners[given.get(normal(tested), tested)] = {place}
    return owners


def _matches(tested: str, places: Mapping[str, set[str]]) -> set[Place]:
    everything = [(system, target) for system, targets in places.items() for target in targets]
    name = normal(tested)
    exact = {place for place in everything if normal(place[1]) == name}
    return exact or {place for place in everything if _PORT.sub("", normal(place[1])) == name}


def _is_in_scope(place: Place, places: Mapping[str, set[str]]) -> None:
    system, target = place
    if system not in places or (target and target not in places[system]) or (not target and places[system]):
        raise Unfitting(
            text(
                "{place} is not a target in scope of the systems given; in scope: {known}.",
                place=" ".join(part for part in place if part),
                known=_known(places),
            )
        )


def _by_system(owners: Mapping[str, set[Place]], places: Mapping[str, set[str]]) -> dict[Place, Tested]:
    """A tested target speaks of the system that has it; one that no system has was handed in for all of those given."""
    if not owners:
        return {(system, ""): None for system in places}
    speaking: dict[Place, Tested] = {}
    for system in places:
        own = {t for t, found in owners.items() if not found or any(place[0] == system for place in found)}
        if own:
            speaking[system, ""] = frozenset(own)
    return speaking


def _without_names(places: Mapping[str, set[str]], kind: str) -> dict[Place, Tested]:
    """A file that names no target: a record or register speaks of all; a test only of systems that are one target."""
    if kind == "test" and any(places.values()):
        raise Unfitting(
            text(
                "The files do not name what was tested; say for which target they are. In scope: {known}.",
                known=_known(places),
            )
        )
    return {(system, target): None for system, targets in places.items() for target in sorted(targets) or [""]}


def _by_target(owners: Mapping[str, set[Place]], places: Mapping[str, set[str]]) -> dict[Place, Tested]:
    """A system without targets is its own target, and takes what no target matches if it is the only one."""
    own_targets = [system for system, targets in places.items() if not targets]
    strays = [target for target, found in owners.items() if not found]
    if strays and len(own_targets) != 1:
        raise Unfitting(
            text(
                "No target in scope matches {strays}. Tested: {tested}. In scope: {known}. "
                "Add the target, or say which target in scope it is.",
                strays=_list(strays),
                tested=_list(list(owners)),
                known=_known(places),
            )
        )
    speaking: dict[Place, set[str]] = {}
    for target, found in owners.items():
        for place in found or {(own_targets[0], "")}:
            speaking.setdefault(place, set()).add(target)
    return {place: frozenset(targets) for place, targets in sorted(speaking.items())}


def _list(names: Sequence[str]) -> str:
    return ", ".join(sorted(names)[:20]) + (" …" if len(names) > 20 else "")  # noqa: PLR2004 - enough to recognise


def _known(places: Mapping[str, set[str]]) -> str:
    return "; ".join(f"{system}: {', '.join(sorted(targets)) or system}" for system, targets in sorted(places.items()))
