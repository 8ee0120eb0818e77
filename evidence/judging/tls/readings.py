"""How a scanner's records are read as items of a TLS policy: `policies/readings/<scanner>.yaml`, compiled once."""

import re
from collections.abc import Collection, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

from pydantic import Field

from controls.files.yaml_source import Both, Flag, Given, Key, Shape, read_source
from evidence.judging.policy_file import in_both_languages
from locales import Text, text

FOLDER = Path(__file__).parents[2] / "policies" / "readings"
_WHICH = re.compile(r"\s*(<[^>]*>|#\d+\s*$)\s*")  # of several certificates, or of several names
_SUITE = re.compile(r"\bx[0-9a-f]{2,8}\s+(\S+)")
_IANA = re.compile(r"\b((?:TLS|SSL)_\w+)(?:\s+available)?\s*$")


class MustSee(Both):
    """Something that a scan must have looked at."""

    key: Key
    only_if: Given | None = Field(default=None, alias="if")


class When(Shape):
    """What one way of wording a finding means."""

    finding: Given
    kind: Given | None = None
    item: list[Given] = Field(default_factory=list)
    each: Given | None = None
    suite: Flag = False
    bits: Given | None = None
    days: Flag = False
    until: Flag = False
    warns: Flag = False


class Reading(Shape):
    """Ids of the scanner, and what their findings mean."""

    ids: list[Given]
    kind: Given
    seen: list[Key] = Field(default_factory=list)
    when: list[When]


class NotJudged(Shape):
    """Ids that no item follows from, and why."""

    ids: list[Given]
    why: Both
    seen: list[Key] = Field(default_factory=list)


class ReadingsFile(Shape):
    """The file of one scanner."""

    must_see: list[MustSee]
    full_run: list[MustSee]
    undecided: Given
    names: dict[Given, Given]
    suites: dict[Given, Given]
    readings: list[Reading]
    not_judged: list[NotJudged] = Field(default_factory=list)


class ReadItem(NamedTuple):
    """What a record says: an item by its possible names, a key length, or a certificate's term."""

    kind: str
    names: tuple[str, ...] = ()
    bits: int = 0
    days: int | None = None
    until: date | None = None


class _Step(NamedTuple):
    finding: re.Pattern[str]
    each: re.Pattern[str] | None
    means: When
    kind: str


class Readings:
    """The compiled readings of one scanner."""

    def __init__(self, name: str) -> None:
        source = read_source(FOLDER / f"{name}.yaml", ReadingsFile)
        content = source.content
        self._must_see, self._full_run = content.must_see, content.full_run
        self._undecided = re.compile(content.undecided, re.IGNORECASE)
        self._names = {**content.names, **{known: known for known in content.names.values()}}
        self._suites = content.suites
        self._exact: dict[str, tuple[list[str], list[_Step]]] = {}
        self._begins: list[tuple[str, tuple[list[str], list[_Step]]]] = []
        for index, reading in enumerate(content.readings):
            compiled = []
            for at, when in enumerate(reading.when):
                try:
                    compiled.append(_compiled(when, reading.kind))
                except re.error as error:
                    raise source.wrong(
                        text("{pattern} is no pattern.", pattern=when.finding), "readings", index, "when", at
                    ) from error
            for one in reading.ids:
                if one.endswith("*"):
                    self._begins.append((one[:-1].lower(), (reading.seen, compiled)))
                else:
                    self._exact[one.lower()] = (reading.seen, compiled)
        self._why_not = [
            (one.lower(), in_both_languages(group.why)) for group in content.not_judged for one in group.ids
        ]
        self._seen_by = {one.lower(): group.seen for group in content.not_judged for one in group.ids if group.seen}

    def missing(self, seen: Collection[str]) -> Text | None:
        """The first thing that a scan must have looked at and did not."""
        return next((in_both_languages(one) for one in self._must_see if one.key not in seen), None)

    def left_out(self, seen: Collection[str], offered: Collection[str]) -> list[Text]:
        """What a full run looks at beside that and this one did not; `offered`: the versions that were found."""
        asked = (one for one in self._full_run if one.only_if is None or one.only_if in offered)
        return [in_both_languages(one) for one in asked if one.key not in seen]

    def seen_by(self, check: str) -> list[str]:
        """What was looked at where this id stands, though no item follows from it."""
        return self._seen_by.get(_plain(check), [])

    def why_not(self, check: str) -> Text | None:
        """Why nothing follows from this id; None if it is read, or unknown."""
        name = _plain(check)
        return next((why for one, why in self._why_not if _is(name, one)), None)

    def not_judged_ids(self) -> list[str]:
        """The ids that are left out on purpose; `*` at the end stands for anything."""
        return [one for one, _ in self._why_not]

    def read_ids(self) -> list[str]:
        """The ids that are read."""
        return [*self._exact, *(f"{begin}*" for begin, _ in self._begins)]

    def is_read(self, check: str) -> bool:
        """Whether this id is read."""
        return self._steps(_plain(check)) is not None

    def read(self, check: str, finding: str, *, warning: bool = False) -> tuple[list[str], list[ReadItem]] | None:
        """What was seen (keys of `must_see`) and found. None: nothing that is read, or a wording that is unknown.

        Of a warning only what says so counts.
        """
        steps = self._steps(_plain(check))
        if steps is None:
            return None
        seen, compiled = steps
        unsure = warning or self._undecided.search(finding)
        for step in compiled:
            if (not unsure or step.means.warns) and (match := step.finding.search(finding)):
                return seen, list(self._items_of(step, match, finding))
        return None

    def _steps(self, check: str) -> tuple[list[str], list[_Step]] | None:
        known = self._exact.get(check)
        if known is not None:
            return known
        return next((steps for begin, steps in self._begins if check.startswith(begin)), None)

    def _items_of(self, step: _Step, match: re.Match[str], finding: str) -> Iterator[ReadItem]:
        means = step.means
        if means.item:
            yield ReadItem(step.kind, tuple(means.item))
        if step.each:
            yield from (ReadItem(step.kind, self._called(step.kind, word)) for word in step.each.findall(finding))
        if means.suite:
            yield ReadItem(step.kind, _suite(finding, self._suites))
        if means.bits:
            yield ReadItem(step.kind, (means.bits,), bits=int(match.group(1)[:9]))
        if means.days:
            yield ReadItem(step.kind, days=int(match.group(1)[:9]))
        if means.until:
            yield ReadItem(step.kind, until=_day(match.group(1)))

    def _called(self, kind: str, word: str) -> tuple[str, ...]:
        if kind == "cipher-suite":
            return (self._suites[word], word) if word in self._suites else (word,)
        return (self._names.get(word, word.replace("SHA", "SHA-") if word.startswith("SHA") else word),)


def _plain(check: str) -> str:
    return _WHICH.sub("", check).lower()


def _is(name: str, given: str) -> bool:
    return name.startswith(given[:-1]) if given.endswith("*") else name == given


def _compiled(when: When, kind: str) -> _Step:
    return _Step(
        re.compile(when.finding, re.IGNORECASE),
        re.compile(when.each) if when.each else None,
        when,
        when.kind or kind,
    )


def _suite(finding: str, suites: dict[str, str]) -> tuple[str, ...]:
    """IANA's name first, then OpenSSL's, as far as the record gives them."""
    openssl = _SUITE.search(finding)
    iana = _IANA.search(finding)
    name = openssl.group(1) if openssl else ""
    names = (iana.group(1) if iana else suites.get(name, ""), name)
    return tuple(one for one in names if one)


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


@cache
def readings(name: str) -> Readings:
    """The readings of a scanner, read once."""
    return Readings(name)
