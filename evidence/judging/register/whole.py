"""What must stand in a register as a whole: systems, values, and rows of a kind."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Annotated

from controls.files.yaml_source import Given, Whole, one_of
from evidence.judging.page_parts import code
from evidence.judging.register.conditions import AtLeastOne, RegisterContext, WholeCheck, WholeCondition, folded, group
from evidence.judging.register.values import If, parts
from evidence.judging.values import Row
from locales import Language


class Systems(WholeCondition):
    """Every system in scope occurs, in at least so many different `per`."""

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
        self._found: dict[str, set[str]] = defaultdict(set)

    def add_row(self, row: Row, *, passed: bool, as_of: date) -> None:
        del passed, as_of
        for system in parts(row.get(self._condition.column, "")):
            self._found[system.casefold()].add(folded(row, self._condition.per) if self._condition.per else "")

    def missing(self, around: RegisterContext) -> Iterable[str]:
        return [one for one in around.in_scope if len(self._found.get(one.casefold(), ())) < self._condition.at_least]


class Different(WholeCondition):
    """At least so many different values."""

    column: Given
    at_least: Whole

    def columns(self) -> list[str]:
        return [self.column]

    def new_check(self) -> WholeCheck:
        return _Different(self)

    def describe(self, t: Language) -> str:
        return t("{column} has at least {n} different values", column=code(self.column), n=self.at_least)


class _Different:
    def __init__(self, condition: Different) -> None:
        self._condition = condition
        self._found: set[str] = set()

    def add_row(self, row: Row, *, passed: bool, as_of: date) -> None:
        del passed, as_of
        self._found |= {folded(row, self._condition.column)} - {""}

    def missing(self, around: RegisterContext) -> Iterable[str]:
        del around
        return (
            [] if len(self._found) >= self._condition.at_least else [f"{len(self._found)} < {self._condition.at_least}"]
        )


class Values(WholeCondition):
    """Each of these values occurs."""

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
        self._found: set[str] = set()

    def add_row(self, row: Row, *, passed: bool, as_of: date) -> None:
        del passed, as_of
        self._found |= {part.casefold() for part in parts(row.get(self._condition.column, ""))}

    def missing(self, around: RegisterContext) -> Iterable[str]:
        del around
        return [one for one in self._condition.all if one.casefold() not in self._found]


class Each(WholeCondition):
    """Each different value of some columns has a row that is so (and holds, if `passing`); `but` so many need not."""

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
        self._found: dict[str, bool] = {}

    def add_row(self, row: Row, *, passed: bool, as_of: date) -> None:
        name = group(row, self._condition.of)
        counts = passed or self._condition.passing == "no"
        self._found[name] = self._found.get(name, False) or (counts and self._condition.has.holds(row, as_of))

    def missing(self, around: RegisterContext) -> Iterable[str]:
        del around
        without = [name for name, found in self._found.items() if not found]
        return without if len(without) > self._condition.but else []


class Some(WholeCondition):
    """At least one row is so."""

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
        self._found = False

    def add_row(self, row: Row, *, passed: bool, as_of: date) -> None:
        del passed
        self._found = self._found or self._condition.rows.holds(row, as_of)

    def missing(self, around: RegisterContext) -> Iterable[str]:
        del around
        return [] if self._found else [""]


class Last(WholeCondition):
    """The last row of each different value is so."""

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
        self._found: dict[str, bool] = {}

    def add_row(self, row: Row, *, passed: bool, as_of: date) -> None:
        del passed
        self._found[group(row, self._condition.of)] = self._condition.has.holds(row, as_of)

    def missing(self, around: RegisterContext) -> Iterable[str]:
        del around
        return [name for name, found in self._found.items() if not found]


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
        self._found: dict[str, set[str]] = defaultdict(set)

    def add_row(self, row: Row, *, passed: bool, as_of: date) -> None:
        del passed, as_of
        self._found[str(row.get(self._condition.of, ""))].add(group(row, self._condition.by))

    def missing(self, around: RegisterContext) -> Iterable[str]:
        del around
        every = set().union(*self._found.values())
        for one, found in self._found.items():  # one by one: all of them may be more than memory holds
            yield from (f"{one}: {each}" for each in sorted(every - found))


class Most(WholeCondition):
    """At most so many different values within each value of `of`."""

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
        self._found: dict[str, set[str]] = defaultdict(set)

    def add_row(self, row: Row, *, passed: bool, as_of: date) -> None:
        del passed
        if self._condition.rows is None or self._condition.rows.holds(row, as_of):
            self._found[str(row.get(self._condition.of, ""))].add(folded(row, self._condition.different))

    def missing(self, around: RegisterContext) -> Iterable[str]:
        del around
        return [f"{one}: {len(found)}" for one, found in self._found.items() if len(found) > self._condition.at_most]
