"""Reads a scanner's records as items of a TLS policy, by `policies/readings/<scanner>.yaml`."""

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


class ReadingsFile(Shape):
    """The file of a scanner."""

    must_see: list[MustSee]
    full_run: list[MustSee]
    undecided: Given
    names: dict[Given, Given]
    suites: dict[Given, Given]
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


class Readings:
    """The compiled readings of a scanner."""

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
            for record_id in reading.ids:
                if record_id.endswith("*"):
                    self._begins.append((record_id[:-1].lower(), (reading.seen, compiled)))
                else:
                    self._exact[record_id.lower()] = (reading.seen, compiled)
        self._why_not = [
            (record_id.lower(), in_both_languages(group.why)) for group in content.not_judged for record_id in group.ids
        ]
        self._seen_by = {
            record_id.lower(): group.seen for group in content.not_judged for record_id in group.ids if group.seen
        }

    def missing(self, seen: Collection[str]) -> Text | None:
        """The first required check that was not seen; None if all were."""
        return next((in_both_languages(needed) for needed in self._must_see if needed.key not in seen), None)

    def left_out(self, seen: Collection[str], offered: Collection[str]) -> list[Text]:
        """Checks of a full run that were not seen. `offered`: the protocol versions that the server offers."""
        applicable = (needed for needed in self._full_run if needed.only_if is None or needed.only_if in offered)
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
        return self._steps(_plain(check)) is not None

    def read(self, check: str, finding: str, *, warning: bool = False) -> tuple[list[str], list[ReadItem]] | None:
        """Keys of `must_see` and items that a record gives; None if its id or wording is unknown.

        `warning`: the scanner is not certain; then only wordings marked `warns` count.
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
            return (self._suites[name], name) if name in self._suites else (name,)
        return (self._names.get(name, name.replace("SHA", "SHA-") if name.startswith("SHA") else name),)


def _plain(check: str) -> str:
    return _WHICH.sub("", check).lower()


def _matches(name: str, pattern: str) -> bool:
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern


def _compiled(when: When, kind: str) -> _Step:
    return _Step(
        re.compile(when.finding, re.IGNORECASE),
        re.compile(when.each) if when.each else None,
        when,
        when.kind or kind,
    )


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
def readings(name: str) -> Readings:
    """The readings of a scanner, cached. Raises `WrongFile`."""
    return Readings(name)
