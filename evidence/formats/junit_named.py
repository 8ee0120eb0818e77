"""What a report of JUnit XML names besides its cases: suites, classes, files, hosts, and values of properties.

It names no target in a way that all tools share; but what it names may be a system, or an address of one.
"""

from collections.abc import Mapping

from evidence.formats.facts import TestCases
from evidence.formats.values import storable

_MOST, _LONGEST = 20_000, 300  # names; characters of each


class Named:
    """Gathers what is named, each once: `names` say what is tested; `values` of cases may be anything."""

    __slots__ = ("_names", "_too_many", "_values", "last")

    def __init__(self) -> None:
        self.last = ""  # the group that was named last: most cases have the same as the one before
        self._names: dict[str, None] = {}
        self._values: dict[str, None] = {}
        self._too_many = False

    def suite(self, attributes: Mapping[str, str]) -> None:
        for value in attributes.values():
            self.name(value)

    def group(self, group: str, case: Mapping[str, str]) -> None:
        """The class or suite of a case, with the file and the host that the case names."""
        self.last = group
        for one in (group, case.get("file", ""), case.get("hostname", "")):
            self.name(one)

    def name(self, value: str) -> None:
        self._keep(self._names, value)

    def value(self, value: str) -> None:
        """Of a case's property: only what may be an address is kept."""
        if "." in value or ":" in value:
            self._keep(self._values, value)

    def _keep(self, kept: dict[str, None], value: str) -> None:
        if value and not value.isdecimal():
            if len(kept) < _MOST:
                kept[storable(value, _LONGEST)] = None
            else:
                self._too_many = True

    def tell(self, cases: TestCases) -> None:
        """Add what was named to the facts of the run."""
        cases.names, cases.values, cases.has_more_names = list(self._names), list(self._values), self._too_many
