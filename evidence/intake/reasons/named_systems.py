"""Reasons for tests without target that mention systems by key, title or address."""

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
from evidence.intake.reasons.listed_names import listed
from locales import Text, text
from models.vocabulary import EvidenceKind

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_BETWEEN = re.compile(r"[\W_]+")
Phrases = Mapping[str, str]  # words of a name or address, in lower case → key of the system


def reasons_of_named_systems(person: Person, delivery_fit: DeliveryFit, inspection: Inspection) -> list[Text]:
    """Reasons for a test without target: it mentions another system, or not every system that it is for."""
    tests = {requirement.key for requirement in delivery_fit.requirements if requirement.kind == EvidenceKind.TEST}
    declared = sorted({system for key, system, _ in delivery_fit.cells if key in tests and system})
    files = [file for file in inspection.files if file.run and not file.run.targets]
    if not declared or not files or SYSTEM_ROLE in person.roles:
        return []
    scope = delivery_fit.scope.systems
    kinds = (_addresses(scope, delivery_fit.scope.addresses), _names(scope))
    reasons: list[Text] = []
    named: set[str] = set()
    for file, run in ((file, file.run) for file in files if file.run):
        named_by_kind = [
            _find_systems(mentions, phrases) for mentions, phrases in zip(_mentions(run), kinds, strict=True)
        ]
        named |= set().union(*named_by_kind)
        reasons += _other_systems(file, run, named_by_kind, declared)
    if len(declared) > 1 and (missing := sorted(set(declared) - named)):
        reasons.append(
            text("It was uploaded for several systems; the files do not name {systems}.", systems=listed(missing))
        )
    return reasons


def _other_systems(
    file: InspectedFile, run: Run, named_by_kind: Iterable[set[str]], declared: Sequence[str]
) -> Iterator[Text]:
    """Reasons when addresses or names mention other systems and none of the declared ones."""
    if others := sorted({system for named in named_by_kind if not named & set(declared) for system in named}):
        yield text(
            "{file} names {others}, but was uploaded for {systems}.",
            file=file.name,
            others=listed(others),
            systems=listed(declared),
        )
    if isinstance(run.facts, TestCases) and run.facts.has_more_names:
        yield text(
            "{file} names more classes and values than can be compared with the systems in scope.", file=file.name
        )


def _mentions(run: Run) -> tuple[list[str], list[str]]:
    """Texts that may hold addresses, and texts that may hold names."""
    if not isinstance(run.facts, TestCases):
        return [], []
    return [*run.facts.names, *run.facts.values], run.facts.names


def _find_systems(mentions: Iterable[str], phrases: Phrases) -> set[str]:
    """Systems whose phrases occur in these texts; longer phrases match first."""
    if not phrases:
        return set()
    any_of = re.compile("|".join(f"(?: {re.escape(phrase)}(?= ))" for phrase in sorted(phrases, key=len, reverse=True)))
    return {phrases[phrase.strip()] for mention in mentions for phrase in any_of.findall(f" {_words(mention)} ")}


def _words(mention: str) -> str:
    return _BETWEEN.sub(" ", _HUMP.sub(" ", mention)).strip().casefold()


def _names(scope: Iterable[SystemInScope]) -> dict[str, str]:
    return _unambiguous(
        (_words(name), system.key) for system in scope for name in (system.key, system.title_nl, system.title_en)
    )


def _addresses(scope: Iterable[SystemInScope], recorded: Addresses) -> dict[str, str]:
    """Hosts by system; hosts shared by several systems are left out."""
    hosts = [
        (_host(name), system.key)
        for system in scope
        for target in ("", *(each.target for each in system.targets))
        for name in (target, *(address.address for address in recorded.get((system.key, target), ())))
        if name
    ]
    return _unambiguous((_words(host), key) for host, key in hosts)


def _host(name: str) -> str:
    return (find(name) or Address(name)).host


def _unambiguous(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Phrases that belong to a single system."""
    keys_by_phrase: dict[str, set[str]] = {}
    for words, key in pairs:
        keys_by_phrase.setdefault(words, set()).add(key)
    return {words: min(keys) for words, keys in keys_by_phrase.items() if words and len(keys) == 1}
