"""Reads the records of scanners as items of a TLS policy, by the files in `policies/readings`, one for each scanner."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

from pydantic import Field

from controls.files.yaml_source import Both, Flag, Given, Key, Shape, Source, read_source
from evidence.judging.policy_file import in_both_languages
from locales import Text, text

FOLDER = Path(__file__).parents[2] / "policies" / "readings"
COMMON = "common"  # the file of what all scanners share
_WHICH = re.compile(r"\s*(<[^>]*>|#\d+\s*$)\s*")  # suffixes for one of several certificates or names
_SUITE = re.compile(r"\bx[0-9a-f]{2,8}\s+(\S+)")
_IANA = re.compile(r"\b((?:TLS|SSL)_\w+)(?:\s+available)?\s*$")


class MustSee(Both):
    """Something that a scan must have checked."""

    key: Key
    only_if: Given | None = Field(default=None, alias="if")


class When(Shape):
    """The meaning of a wording of findings."""

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
    """Record ids of the scanner, and the meaning of their findings."""

    ids: list[Given]
    kind: Given
    seen: list[Key] = Field(default_factory=list)
    when: list[When]


class NotJudged(Shape):
    """Record ids that give no items, and why."""

    ids: list[Given]
    why: Both
    seen: list[Key] = Field(default_factory=list)


class CommonFile(Shape):
    """The file of what all scanners share."""

    must_see: list[MustSee]
    full_run: list[MustSee]
    names: dict[Given, Given]
    suites: dict[Given, Given]


class ScannerFile(Shape):
    """The file of a scanner."""

    severities: list[Given] = Field(default_factory=list)
    full_run: list[MustSee] = Field(default_factory=list)
    undecided: Given
    readings: list[Reading]
    not_judged: list[NotJudged] = Field(default_factory=list)


class ReadItem(NamedTuple):
    """What a record means: an item by its possible names, a key length (bits), or a certificate's days left or end."""

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


class _Read(NamedTuple):
    """How records with an id are read: what they show was looked at, the meanings, and what decides nothing."""

    seen: list[str]
    steps: list[_Step]
    undecided: re.Pattern[str]


class Readings:
    """The compiled readings of some scanners, whose ids differ."""

    def __init__(self, scanners: Sequence[str]) -> None:
        common = read_source(FOLDER / f"{COMMON}.yaml", CommonFile).content
        self._must_see, self._full_run = common.must_see, {"": common.full_run}
        self._names = {**common.names, **{known: known for known in common.names.values()}}
        self._suites = common.suites
        self._openssl: dict[str, list[str]] = defaultdict(list)  # the other way round: OpenSSL's names by IANA's
        for name, iana in common.suites.items():
            self._openssl[iana].append(name)
        self._severities: dict[str, list[str]] = {}
        self._exact: dict[str, _Read] = {}
        self._begins: list[tuple[str, _Read]] = []
        self._why_not: list[tuple[str, Text]] = []
        self._seen_by: dict[str, list[str]] = {}
        for scanner in scanners:
            self._add(scanner, read_source(FOLDER / f"{scanner}.yaml", ScannerFile))

    def _add(self, scanner: str, source: Source[ScannerFile]) -> None:
        content = source.content
        self._severities[scanner], self._full_run[scanner] = content.severities, content.full_run
        undecided = re.compile(content.undecided, re.IGNORECASE)
        for index, reading in enumerate(content.readings):
            read = _Read(reading.seen, list(_steps(source, index, reading)), undecided)
            for record_id in map(str.lower, reading.ids):
                if self._exact.get(record_id, read) is not read:
                    raise source.wrong(text("{id} is read twice.", id=record_id), "readings", index, "ids")
                if record_id.endswith("*"):
                    self._begins.append((record_id[:-1], read))
                else:
                    self._exact[record_id] = read
        for group in content.not_judged:
            self._why_not += [(record_id.lower(), in_both_languages(group.why)) for record_id in group.ids]
            self._seen_by |= {record_id.lower(): group.seen for record_id in group.ids if group.seen}

    def is_severity(self, word: str) -> bool:
        """Whether any of the scanners writes this severity."""
        return any(word in severities for severities in self._severities.values())

    def has_known_severity(self, scanner: str, word: str) -> bool:
        """Whether the scanner writes this severity, or none at all."""
        severities = self._severities.get(scanner, [])
        return word in severities or not severities

    def missing(self, seen: Collection[str]) -> Text | None:
        """The first required check that was not seen; None if all were."""
        return next((in_both_languages(needed) for needed in self._must_see if needed.key not in seen), None)

    def left_out(self, scanner: str, seen: Collection[str], offered: Collection[str]) -> list[Text]:
        """Checks of a full run that were not seen. `offered`: the protocol versions that the server offers."""
        every = [*self._full_run[""], *self._full_run.get(scanner, [])]
        applicable = (needed for needed in every if needed.only_if is None or needed.only_if in offered)
        return [in_both_languages(needed) for needed in applicable if needed.key not in seen]

    def seen_by(self, check: str) -> list[str]:
        """Keys of what a record shows was checked, though it gives no items."""
        return self._seen_by.get(_plain(check), [])

    def why_not(self, check: str) -> Text | None:
        """Why records with this id are not judged; None if they are read or unknown."""
        name = _plain(check)
        return next((why for pattern, why in self._why_not if _matches(name, pattern)), None)

    def not_judged_ids(self) -> list[str]:
        """Ids that are deliberately not judged; `*` at the end matches anything."""
        return [record_id for record_id, _ in self._why_not]

    def read_ids(self) -> list[str]:
        """Ids that are read; `*` at the end matches anything."""
        return [*self._exact, *(f"{begin}*" for begin, _ in self._begins)]

    def is_read(self, check: str) -> bool:
        """Whether this id is read."""
        return self._reading(_plain(check)) is not None

    def read(self, check: str, finding: str, *, warning: bool = False) -> tuple[list[str], list[ReadItem]] | None:
        """Keys of `must_see` and items that a record gives; None if its id or wording is unknown.

        `warning`: the scanner is not certain; then only wordings marked `warns` count.
        """
        reading = self._reading(_plain(check))
        if reading is None:
            return None
        unsure = warning or reading.undecided.search(finding)
        for step in reading.steps:
            if (not unsure or step.means.warns) and (match := step.finding.search(finding)):
                return reading.seen, list(self._items_of(step, match, finding))
        return None

    def _reading(self, check: str) -> _Read | None:
        known = self._exact.get(check)
        if known is not None:
            return known
        return next((reading for begin, reading in self._begins if check.startswith(begin)), None)

    def _items_of(self, step: _Step, match: re.Match[str], finding: str) -> Iterator[ReadItem]:
        means = step.means
        if means.item:
            yield ReadItem(step.kind, tuple(means.item))
        if step.each:
            yield from (ReadItem(step.kind, self._item_names(step.kind, name)) for name in step.each.findall(finding))
        if means.suite:
            yield ReadItem(step.kind, _suite(finding, self._suites))
        if means.bits:
            yield ReadItem(step.kind, (means.bits,), bits=int(match.group(1)[:9]))
        if means.days:
            yield ReadItem(step.kind, days=int(match.group(1)[:9]))
        if means.until:
            yield ReadItem(step.kind, until=_day(match.group(1)))

    def _item_names(self, kind: str, name: str) -> tuple[str, ...]:
        if kind == "cipher-suite":
            iana = self._suites.get(name, name)
            return tuple(dict.fromkeys((iana, name, *self._openssl.get(iana, ()))))
        if kind == "hash":
            name = name.upper()
        return (self._names.get(name, name.replace("SHA", "SHA-") if name.startswith("SHA") else name),)


def _plain(check: str) -> str:
    return _WHICH.sub("", check).lower()


def _matches(name: str, pattern: str) -> bool:
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern


def _steps(source: Source[ScannerFile], index: int, reading: Reading) -> Iterator[_Step]:
    """Compile the meanings of a reading. Raises `WrongFile`."""
    for at, when in enumerate(reading.when):
        try:
            finding = re.compile(when.finding, re.IGNORECASE)
            yield _Step(finding, re.compile(when.each) if when.each else None, when, when.kind or reading.kind)
        except re.error as error:
            problem = text("{pattern} is no pattern.", pattern=when.finding)
            raise source.wrong(problem, "readings", index, "when", at) from error


def _suite(finding: str, suites: dict[str, str]) -> tuple[str, ...]:
    """Names of a cipher suite in a record: IANA's, then OpenSSL's, as far as known."""
    openssl = _SUITE.search(finding)
    iana = _IANA.search(finding)
    name = openssl.group(1) if openssl else ""
    names = (iana.group(1) if iana else suites.get(name, ""), name)
    return tuple(name for name in names if name)


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


@cache
def readings(*scanners: str) -> Readings:
    """The readings of these scanners, cached. Raises `WrongFile`."""
    return Readings(scanners)
