"""Which systems are named by a test file that names no target: by key, title or address, wherever these stand in it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from access.permissions import SYSTEM_ROLE, Person
from controls.scope.address import Address, find
from controls.scope.system_scope import SystemInScope
from controls.scope.target_addresses import Addresses
from evidence.formats.facts import TestCases
from evidence.formats.values import Run
from evidence.intake.delivery.delivery_fit import DeliveryFit
from evidence.intake.reading.inspection import InspectedFile, Inspection
from locales import Text, text
from models.vocabulary import EvidenceKind

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_BETWEEN = re.compile(r"[\W_]+")
_MOST_NAMED = 5
Phrases = Mapping[str, str]  # words of a name or an address, in small letters → the system's key


def reasons_of_named_systems(person: Person, delivery_fit: DeliveryFit, inspection: Inspection) -> list[Text]:
    """Why someone must look at a test that names no target: it names another system, or not each that it is for."""
    tests = {one.key for one in delivery_fit.requirements if one.kind == EvidenceKind.TEST}
    declared = sorted({system for key, system, _ in delivery_fit.cells if key in tests and system})
    files = [file for file in inspection.files if file.run and not file.run.targets]
    if not declared or not files or SYSTEM_ROLE in person.roles:
        return []
    scope = delivery_fit.scope.systems
    kinds = (_addresses(scope, delivery_fit.scope.addresses), _names(scope))
    reasons: list[Text] = []
    named: set[str] = set()
    for file, run in ((file, file.run) for file in files if file.run):
        found = [_found(said, phrases) for said, phrases in zip(_said(run), kinds, strict=True)]
        named |= set().union(*found)
        reasons += _another(file, run, found, declared)
    if len(declared) > 1 and (missing := sorted(set(declared) - named)):
        reasons.append(
            text("It was uploaded for several systems; the files do not name {systems}.", systems=_some(missing))
        )
    return reasons


def _another(file: InspectedFile, run: Run, found: Iterable[set[str]], declared: Sequence[str]) -> Iterator[Text]:
    """By its addresses, and by its names: another system, and none of those that it was handed in for."""
    if others := sorted({one for named in found if not named & set(declared) for one in named}):
        yield text(
            "{file} names {others}, but was uploaded for {systems}.",
            file=file.name,
            others=_some(others),
            systems=_some(declared),
        )
    if isinstance(run.facts, TestCases) and run.facts.has_more_names:
        yield text(
            "{file} names more classes and values than can be compared with the systems in scope.", file=file.name
        )


def _said(run: Run) -> tuple[list[str], list[str]]:
    """Where addresses are looked for, and where names."""
    if not isinstance(run.facts, TestCases):
        return [], []
    return [*run.facts.names, *run.facts.values], run.facts.names


def _found(said: Iterable[str], phrases: Phrases) -> set[str]:
    """The systems whose phrases stand in these texts; of two that begin alike, the longer."""
    if not phrases:
        return set()
    any_of = re.compile("|".join(f"(?: {re.escape(one)}(?= ))" for one in sorted(phrases, key=len, reverse=True)))
    return {phrases[one.strip()] for given in said for one in any_of.findall(f" {_words(given)} ")}


def _words(given: str) -> str:
    return _BETWEEN.sub(" ", _HUMP.sub(" ", given)).strip().casefold()


def _names(scope: Iterable[SystemInScope]) -> dict[str, str]:
    return _unequal((_words(name), one.key) for one in scope for name in (one.key, one.title_nl, one.title_en))


def _addresses(scope: Iterable[SystemInScope], recorded: Addresses) -> dict[str, str]:
    """Hosts of systems; two that share one are not told apart by it."""
    hosts = [
        (_host(name), one.key)
        for one in scope
        for target in ("", *(each.target for each in one.targets))
        for name in (target, *(address.address for address in recorded.get((one.key, target), ())))
        if name
    ]
    return _unequal((_words(host), key) for host, key in hosts)


def _host(name: str) -> str:
    return (find(name) or Address(name)).host


def _unequal(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Without phrases that several systems have."""
    found: dict[str, set[str]] = {}
    for words, key in pairs:
        found.setdefault(words, set()).add(key)
    return {words: min(keys) for words, keys in found.items() if words and len(keys) == 1}


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_MOST_NAMED]) + (", …" if len(names) > _MOST_NAMED else "")
