"""Conditions on a register as a whole: the systems, values and rows that must occur in it."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Annotated

from controls.files.yaml_source import Given, Whole, one_of
from evidence.judging.page_parts import code
from evidence.judging.register.conditions.condition import (
    AtLeastOne,
    RegisterContext,
    WholeCheck,
    WholeCondition,
    folded,
    group,
)
from evidence.judging.register.conditions.value_tests import If, parts
from evidence.judging.values import Row
from locales import Language


class Systems(WholeCondition):
    """Every system in scope occurs, with at least `at_least` different values of `per`."""

    column: Given
    per: Given | None = None
    at_least: Whole = 1

    def columns(self) -> list[str]:
        return [self.column, *([self.per] if self.per else ())]

    def new_check(self) -> WholeCheck:
        return _Systems(self)

    def describe(self, t: Language) -> str:
        sentence = t("every system in scope occurs in {column}", column=code(self.column))
        if self.per:
            sentence += t(", with at least {n} different {per}", n=self.at_least, per=code(self.per))
        return sentence


class _Systems:
    def __init__(self, condition: Systems) -> None:
        self._condition = condition
        self._seen: dict[str, set[str]] = defaultdict(set)

    def add_row(self, row: Row, *, passed: bool, as_of: date) -> None:
        del passed, as_of
        for system in parts(row.get(self._condition.column, "")):
            self._seen[system.casefold()].add(folded(row, self._condition.per) if self._condition.per else "")

    def missing(self, around: RegisterContext) -> Iterable[str]:
        return [
            system
            for system in around.in_scope
            if len(self._seen.get(system.casefold(), ())) < self._condition.at_least
        ]


class Different(WholeCondition):
    """A column has at least `at_least` different values."""

    column: Given
    at_least: Whole

    def columns(self) -> list[str]:
        return [self.column]

    def new_check(self) -> WholeCheck:
        return _Different(self)

    def describe(self, t: Language) -> str:
        return t.n(
            "{column} has at least {n} value",
            "{column} has at least {n} different values",
            self.at_least,
            column=code(self.column),
        )


class _Different:
    def __init__(self, condition: Different) -> None:
        self._condition = condition
        self._seen: set[str] = set()

    def add_row(self, row: Row, *, passed: bool, as_of: date) -> None:
        del passed, as_of
        self._seen |= {folded(row, self._condition.column)} - {""}

    def missing(self, around: RegisterContext) -> Iterable[str]:
        del around
        return (
            [] if len(self._seen) >= self._condition.at_least else [f"{len(self._seen)} < {self._condition.at_least}"]
        )


class Values(WholeCondition):
    """Each of these values occurs in a column."""

    column: Given
    all: AtLeastOne

    def columns(self) -> list[str]:
        return [self.column]

    def new_check(self) -> WholeCheck:
        return _Values(self)

    def describe(self, t: Language) -> str:
        return t("{column} holds {words}", column=code(self.column), words=", ".join(self.all))


class _Values:
    def __init__(self, condition: Values) -> None:
        self._condition = condition
        self._seen: set[str] = set()

    def add_row(self, row: Row, *, passed: bool, as_of: date) -> None:
        del passed, as_of
        self._seen |= {part.casefold() for part in parts(row.get(self._condition.column, ""))}

    def missing(self, around: RegisterContext) -> Iterable[str]:
        del around
        return [value for value in self._condition.all if value.casefold() not in self._seen]


class Each(WholeCondition):
    """Each combination of values of `of` has a row that meets `has` (and passes, if `passing`); `but` need not."""

    of: AtLeastOne
    has: If
    passing: Annotated[str, one_of(("yes", "no"))] = "no"
    but: Whole = 0

    def columns(self) -> list[str]:
        return [*self.of, *self.has.columns()]

    def new_check(self) -> WholeCheck:
        return _Each(self)

    def describe(self, t: Language) -> str:
        sentence = t("each {of} has a row in which {condition}", of=code(*self.of), condition=self.has.describe(t))
        sentence += t(" and that passes") if self.passing == "yes" else ""
        return sentence + (t("; {n} may be without", n=self.but) if self.but else "")


class _Each:
    def __init__(self, condition: Each) -> None:
        self._condition = condition
        self._seen: dict[str, bool] = {}

    def add_row(self, row: Row, *, passed: bool, as_of: date) -> None:
        name = group(row, self._condition.of)
        counts = passed or self._condition.passing == "no"
        self._seen[name] = self._seen.get(name, False) or (counts and self._condition.has.holds(row, as_of))

    def missing(self, around: RegisterContext) -> Iterable[str]:
        del around
        without = [name for name, holds in self._seen.items() if not holds]
        return without if len(without) > self._condition.but else []


class Some(WholeCondition):
    """At least one row meets a condition."""

    rows: If

    def columns(self) -> list[str]:
        return self.rows.columns()

    def new_check(self) -> WholeCheck:
        return _Some(self)

    def describe(self, t: Language) -> str:
        return t("there is a row in which {condition}", condition=self.rows.describe(t))


class _Some:
    def __init__(self, condition: Some) -> None:
        self._condition = condition
        self._seen = False

    def add_row(self, row: Row, *, passed: bool, as_of: date) -> None:
        del passed
        self._seen = self._seen or self._condition.rows.holds(row, as_of)

    def missing(self, around: RegisterContext) -> Iterable[str]:
        del around
        return [] if self._seen else [""]


class Apart(WholeCondition):
    """No combination of values of `of` has both a row that meets `first` and one that meets `second`."""

    of: AtLeastOne
    first: If
    second: If

    def columns(self) -> list[str]:
        return [*self.of, *self.first.columns(), *self.second.columns()]

    def new_check(self) -> WholeCheck:
        return _Apart(self)

    def describe(self, t: Language) -> str:
        return t(
            "no {of} has both a row in which {first} and a row in which {second}",
            of=code(*self.of),
            first=self.first.describe(t),
            second=self.second.describe(t),
        )


class _Apart:
    def __init__(self, condition: Apart) -> None:
        self._condition = condition
        self._first: set[str] = set()
        self._second: dict[str, str] = {}

    def add_row(self, row: Row, *, passed: bool, as_of: date) -> None:
        del passed
        name = group(row, self._condition.of)
        if self._condition.first.holds(row, as_of):
            self._first.add(name.casefold())
        if self._condition.second.holds(row, as_of):
            self._second.setdefault(name.casefold(), name)

    def missing(self, around: RegisterContext) -> Iterable[str]:
        del around
        return [name for key, name in self._second.items() if key in self._first]


class Last(WholeCondition):
    """The last row of each combination of values of `of` meets `has`."""

    of: AtLeastOne
    has: If

    def columns(self) -> list[str]:
        return [*self.of, *self.has.columns()]

    def new_check(self) -> WholeCheck:
        return _Last(self)

    def describe(self, t: Language) -> str:
        return t("in the last row of each {of} {condition}", of=code(*self.of), condition=self.has.describe(t))


class _Last:
    def __init__(self, condition: Last) -> None:
        self._condition = condition
        self._seen: dict[str, bool] = {}

    def add_row(self, row: Row, *, passed: bool, as_of: date) -> None:
        del passed
        self._seen[group(row, self._condition.of)] = self._condition.has.holds(row, as_of)

    def missing(self, around: RegisterContext) -> Iterable[str]:
        del around
        return [name for name, holds in self._seen.items() if not holds]


class Product(WholeCondition):
    """Every value of `of` occurs with every combination of `by` that occurs at all."""

    of: Given
    by: AtLeastOne

    def columns(self) -> list[str]:
        return [self.of, *self.by]

    def new_check(self) -> WholeCheck:
        return _Product(self)

    def describe(self, t: Language) -> str:
        return t("every {of} occurs with every combination of {by}", of=code(self.of), by=code(*self.by))


class _Product:
    def __init__(self, condition: Product) -> None:
        self._condition = condition
        self._seen: dict[str, set[str]] = defaultdict(set)

    def add_row(self, row: Row, *, passed: bool, as_of: date) -> None:
        del passed, as_of
        self._seen[str(row.get(self._condition.of, ""))].add(group(row, self._condition.by))

    def missing(self, around: RegisterContext) -> Iterable[str]:
        del around
        every = set().union(*self._seen.values())
        for value, combinations in self._seen.items():  # one value at a time: all combinations may not fit in memory
            yield from (f"{value}: {each}" for each in sorted(every - combinations))


class Most(WholeCondition):
    """Each value of `of` has at most `at_most` different values of `different`."""

    of: Given
    different: Given
    at_most: Whole
    rows: If | None = None

    def columns(self) -> list[str]:
        return [self.of, self.different, *(self.rows.columns() if self.rows else ())]

    def new_check(self) -> WholeCheck:
        return _Most(self)

    def describe(self, t: Language) -> str:
        return t(
            "at most {n} different {different} within each {of}",
            n=self.at_most,
            different=code(self.different),
            of=code(self.of),
        )


class _Most:
    def __init__(self, condition: Most) -> None:
        self._condition = condition
        self._seen: dict[str, set[str]] = defaultdict(set)

    def add_row(self, row: Row, *, passed: bool, as_of: date) -> None:
        del passed
        if self._condition.rows is None or self._condition.rows.holds(row, as_of):
            self._seen[str(row.get(self._condition.of, ""))].add(folded(row, self._condition.different))

    def missing(self, around: RegisterContext) -> Iterable[str]:
        del around
        return [
            f"{value}: {len(values)}" for value, values in self._seen.items() if len(values) > self._condition.at_most
        ]
