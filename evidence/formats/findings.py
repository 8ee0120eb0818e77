"""What formats of scanners share: findings as results, and the names of what was looked at."""

import re
from collections.abc import Iterable
from datetime import date

from evidence.formats.facts import Findings
from evidence.formats.moments import Moments, iso_moment
from evidence.formats.values import LONGEST_CHECK, LONGEST_MESSAGE, NOT_EVALUATED, Result, Run, new_result, storable
from locales import Text

FINDING_KIND = "kind"  # property of a result: what was found
VULNERABILITY, MISCONFIGURATION, SECRET, LICENCE, WEAKNESS = (
    "vulnerability",
    "misconfiguration",
    "secret",
    "licence",
    "weakness",
)
ADDRESS = "address"  # property of a result: the address at which a target was tested
UNREAD = "unread"  # kind of an error that stands for a file which the tool could not read; no result of the tool
SET_ASIDE = "set aside"  # property of a finding that the file does not count, with the reason:
SUPPRESSED, GONE, NOT_AFFECTED = "suppressed", "gone", "not affected"
FIRST_SEEN = "first seen"  # property of a finding: the moment at which the tool saw it first, as its file states

_QUOTES_PASSWORD = frozenset(("B105", "B106", "B107"))  # tests of Bandit
_QUOTED = re.compile(r"'.*'", re.DOTALL)
_LONGEST_NAME = 255
_LONGEST_PROFILE = 400
_LONGEST_SEVERITY = 20
_MOST_NAMES, _MOST_COUNTED = 50, 20_000


def finding(
    position: int,
    check: str,
    target: str,
    outcome: str,
    severity: str,
    rating: str,
    message: str,
    kind: str,
    set_aside: str = "",
    address: str = "",
    more: Iterable[tuple[str, str]] = (),
    first_seen: str = "",
) -> Result:
    """A result of a scanner.

    `severity`: its own word; `address`: of the host, where it has one besides its name; `more`: properties of a
    vulnerability (`vex_statements.py`); `first_seen`: the ISO 8601 moment at which the tool saw it first, if the file
    states it.
    """
    properties = [(FINDING_KIND, kind)] if kind else []
    if set_aside:
        properties.append((SET_ASIDE, set_aside))
    if address:
        properties.append((ADDRESS, address))
    if first_seen:
        properties.append((FIRST_SEEN, first_seen[:40]))
    return new_result(
        (
            position,
            storable(check, LONGEST_CHECK) or "-",
            storable(target, _LONGEST_NAME),
            outcome,
            storable(severity, _LONGEST_SEVERITY),
            storable(message, LONGEST_MESSAGE),
            (*properties, *more),
            0,
            rating,
        )
    )


def value_of(result: Result, name: str) -> str:
    """A property of a result; empty if it has none."""
    for key, value in result.properties:
        if key == name:
            return value
    return ""


def only_states(run: Run | None) -> bool:
    """Whether a file holds only statements of a VEX document, and no scan."""
    return run is not None and isinstance(run.facts, Findings) and run.facts.only_statements


def first_seen(result: Result) -> date | None:
    """The day on which the tool saw a finding first, as its file states; None if it states none."""
    stated = value_of(result, FIRST_SEEN)
    moment = iso_moment(stated) if stated else None
    return moment.date() if moment else None


def without_version(image: str) -> str:
    """The name of an image without tag and digest (`registry:5000/portal:1.2@sha256:…`); any other name as it is."""
    plain = image.partition("@sha256:")[0]
    before, _, tag = plain.rpartition(":")
    return before if before and "/" not in tag and "://" not in plain else plain


def without_password(check: str, message: str) -> str:
    """The message without the password that Bandit quotes in it."""
    return _QUOTED.sub("'…'", message) if check in _QUOTES_PASSWORD else message


class Scan:
    """A run of a scanner as it is read, with its facts; it counts as incomplete until its file says otherwise."""

    def __init__(self, name: str, tool: str = "") -> None:
        self.facts = Findings()
        self.run = Run(name, tool, complete=False, facts=self.facts)
        self.moments = Moments()
        self._names: set[str] = set()

    def add_examined(self, names: Iterable[str]) -> None:
        """Add names of what the scan says it looked at."""
        for name in names:
            shown = storable(name.strip(), _LONGEST_NAME)
            if shown and shown not in self._names and len(self._names) < _MOST_COUNTED:
                self._names.add(shown)
                self.facts.examined_number += 1
                if len(self.facts.examined) < _MOST_NAMES:
                    self.facts.examined.append(shown)

    def add_profiles(self, names: Iterable[str]) -> None:
        """Add names of profiles or benchmarks that the checks come from."""
        shown = (storable(name.strip(), _LONGEST_PROFILE) for name in names)
        known = self.facts.profiles
        known += [name for name in dict.fromkeys(shown) if name and name not in known][: _MOST_NAMES - len(known)]

    def doubt(self, what: Text) -> None:
        """Note that the scan may have missed something, which someone else must look at."""
        self.run.doubt(what)

    def count(self, result: Result) -> Result:
        """Count a result that is set aside or undecided; return it."""
        self.facts.set_aside += value_of(result, SET_ASIDE) == SUPPRESSED
        self.facts.undecided += result.outcome == NOT_EVALUATED
        return result

    def finish(self, problem: Text | None) -> None:
        """Complete the run. `problem`: why its file does not show a finished scan; None: it does."""
        self.run.add_moments(self.moments)
        self.run.complete = problem is None
        self.run.remark = problem or self.run.remark
