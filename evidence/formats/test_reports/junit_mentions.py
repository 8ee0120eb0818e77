"""Names in a JUnit report besides its cases: suites, classes, files, hosts, and values of properties.

Tools have no common way to name a target, but these names may be systems or their addresses.
"""

from collections.abc import Mapping

from evidence.formats.facts import TestCases
from evidence.formats.values import storable

_MOST, _LONGEST = 20_000, 300  # names; characters of each


class Mentions:
    """Collects names (what is tested) and values of properties, each once."""

    __slots__ = ("_groups", "_names", "_too_many", "_values", "last")

    def __init__(self) -> None:
        self.last = ""  # the last group added: most cases have the same as the previous one
        self._groups: set[tuple[str, str, str]] = set()  # that were added
        self._names: dict[str, None] = {}
        self._values: dict[str, None] = {}
        self._too_many = False

    def add_suite(self, attributes: Mapping[str, str]) -> None:
        for value in attributes.values():
            self.add_name(value)

    def add_group(self, group: str, case: Mapping[str, str]) -> None:
        """Add the class or suite of a case, with its file and host."""
        self.last = group
        named = (group, case.get("file", ""), case.get("hostname", ""))
        if named in self._groups:
            return
        if len(self._groups) < _MOST and sum(map(len, named)) < _LONGEST:
            self._groups.add(named)
        for name in named:
            self.add_name(name)

    def add_name(self, value: str) -> None:
        self._keep(self._names, value)

    def add_value(self, value: str) -> None:
        """Add the value of a case's property if it may be an address."""
        if "." in value or ":" in value:
            self._keep(self._values, value)

    def _keep(self, names: dict[str, None], value: str) -> None:
        if value and not value.isdecimal():
            if len(names) < _MOST:
                names[storable(value, _LONGEST)] = None
            else:
                self._too_many = True

    def add_to(self, cases: TestCases) -> None:
        """Write the names and values to the facts of the run."""
        cases.names, cases.values, cases.has_more_names = list(self._names), list(self._values), self._too_many
