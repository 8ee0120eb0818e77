"""What must stand in a register as a whole: systems, values, and rows of a kind."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Annotated

from controls.files.yaml_source import Given, Shape, Whole, one_of
from evidence.judging.register.values import If, Worded, parts
from evidence.judging.register.watch import Around, AtLeastOne, Watch, group, word
from evidence.judging.values import Row


class Systems(Shape):
    """Every system in scope occurs, in at least so many different `per`."""

    column: Given
    per: Given | None = None
    at_least: Whole = 1

    def columns(self) -> list[str]:
        return [self.column, *([self.per] if self.per else ())]

    def watch(self) -> Watch:
        return _Systems(self)


class _Systems:
    def __init__(self, asked: Systems) -> None:
        self._asked = asked
        self._found: dict[str, set[str]] = defaultdict(set)

    def see(self, row: Row, *, passed: bool, as_of: date) -> None:
        del passed, as_of
        for system in parts(row.get(self._asked.column, "")):
            self._found[system.casefold()].add(word(row, self._asked.per) if self._asked.per else "")

    def lacks(self, around: Around) -> Iterable[str]:
        return [one for one in around.in_scope if len(self._found.get(one.casefold(), ())) < self._asked.at_least]


class Different(Shape):
    """At least so many different values."""

    column: Given
    at_least: Whole

    def columns(self) -> list[str]:
        return [self.column]

    def watch(self) -> Watch:
        return _Different(self)


class _Different:
    def __init__(self, asked: Different) -> None:
        self._asked = asked
        self._found: set[str] = set()

    def see(self, row: Row, *, passed: bool, as_of: date) -> None:
        del passed, as_of
        self._found |= {word(row, self._asked.column)} - {""}

    def lacks(self, around: Around) -> Iterable[str]:
        del around
        return [] if len(self._found) >= self._asked.at_least else [f"{len(self._found)} < {self._asked.at_least}"]


class Values(Shape):
    """Each of these values occurs."""

    column: Given
    all: AtLeastOne

    def columns(self) -> list[str]:
        return [self.column]

    def watch(self) -> Watch:
        return _Values(self)


class _Values:
    def __init__(self, asked: Values) -> None:
        self._asked = asked
        self._found: set[str] = set()

    def see(self, row: Row, *, passed: bool, as_of: date) -> None:
        del passed, as_of
        self._found |= {part.casefold() for part in parts(row.get(self._asked.column, ""))}

    def lacks(self, around: Around) -> Iterable[str]:
        del around
        return [one for one in self._asked.all if one.casefold() not in self._found]


class Each(Worded):
    """Each different value of some columns has a row that is so (and holds, if `passing`); `but` so many need not."""

    of: AtLeastOne
    has: If
    passing: Annotated[str, one_of(("yes", "no"))] = "no"
    but: Whole = 0

    def columns(self) -> list[str]:
        return [*self.of, *self.has.columns()]

    def watch(self) -> Watch:
        return _Each(self)


class _Each:
    def __init__(self, asked: Each) -> None:
        self._asked = asked
        self._found: dict[str, bool] = {}

    def see(self, row: Row, *, passed: bool, as_of: date) -> None:
        name = group(row, self._asked.of)
        counts = passed or self._asked.passing == "no"
        self._found[name] = self._found.get(name, False) or (counts and self._asked.has.holds(row, as_of))

    def lacks(self, around: Around) -> Iterable[str]:
        del around
        without = [name for name, found in self._found.items() if not found]
        return without if len(without) > self._asked.but else []


class Some(Worded):
    """At least one row is so."""

    rows: If

    def columns(self) -> list[str]:
        return self.rows.columns()

    def watch(self) -> Watch:
        return _Some(self)


class _Some:
    def __init__(self, asked: Some) -> None:
        self._asked = asked
        self._found = False

    def see(self, row: Row, *, passed: bool, as_of: date) -> None:
        del passed
        self._found = self._found or self._asked.rows.holds(row, as_of)

    def lacks(self, around: Around) -> Iterable[str]:
        del around
        return [] if self._found else [""]


class Last(Worded):
    """The last row of each different value is so."""

    of: AtLeastOne
    has: If

    def columns(self) -> list[str]:
        return [*self.of, *self.has.columns()]

    def watch(self) -> Watch:
        return _Last(self)


class _Last:
    def __init__(self, asked: Last) -> None:
        self._asked = asked
        self._found: dict[str, bool] = {}

    def see(self, row: Row, *, passed: bool, as_of: date) -> None:
        del passed
        self._found[group(row, self._asked.of)] = self._asked.has.holds(row, as_of)

    def lacks(self, around: Around) -> Iterable[str]:
        del around
        return [name for name, found in self._found.items() if not found]


class Product(Shape):
    """Every value of `of` occurs with every combination of `by` that occurs at all."""

    of: Given
    by: AtLeastOne

    def columns(self) -> list[str]:
        return [self.of, *self.by]

    def watch(self) -> Watch:
        return _Product(self)


class _Product:
    def __init__(self, asked: Product) -> None:
        self._asked = asked
        self._found: dict[str, set[str]] = defaultdict(set)

    def see(self, row: Row, *, passed: bool, as_of: date) -> None:
        del passed, as_of
        self._found[str(row.get(self._asked.of, ""))].add(group(row, self._asked.by))

    def lacks(self, around: Around) -> Iterable[str]:
        del around
        every = set().union(*self._found.values())
        return [f"{one}: {each}" for one, found in self._found.items() for each in sorted(every - found)]


class Most(Worded):
    """At most so many different values within each value of `of`."""

    of: Given
    different: Given
    at_most: Whole
    rows: If | None = None

    def columns(self) -> list[str]:
        return [self.of, self.different, *(self.rows.columns() if self.rows else ())]

    def watch(self) -> Watch:
        return _Most(self)


class _Most:
    def __init__(self, asked: Most) -> None:
        self._asked = asked
        self._found: dict[str, set[str]] = defaultdict(set)

    def see(self, row: Row, *, passed: bool, as_of: date) -> None:
        del passed
        if self._asked.rows is None or self._asked.rows.holds(row, as_of):
            self._found[str(row.get(self._asked.of, ""))].add(word(row, self._asked.different))

    def lacks(self, around: Around) -> Iterable[str]:
        del around
        return [f"{one}: {len(found)}" for one, found in self._found.items() if len(found) > self._asked.at_most]
