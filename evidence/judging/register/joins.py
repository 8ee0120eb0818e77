"""What one register must have in common with another, as that was accepted last."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Annotated

from controls.files.yaml_source import Given, Key, one_of
from evidence.judging.page_parts import code
from evidence.judging.register.conditions import (
    AtLeastOne,
    NotYet,
    RegisterContext,
    WholeCheck,
    WholeCondition,
    folded,
    group,
)
from evidence.judging.register.values import If, day_of, parts
from evidence.judging.values import Row
from locales import Language


class Join(WholeCondition):
    """Every value of a column there occurs in a column here (`every: theirs`), or the other way round (`ours`)."""

    policy: Key
    theirs: Given
    ours: Given
    every: Annotated[str, one_of(("ours", "theirs"))]
    where: If | None = None  # which of their rows
    rows: If | None = None  # which of our rows

    def columns(self) -> list[str]:
        return [self.ours, *(self.rows.columns() if self.rows else ())]

    def new_check(self) -> WholeCheck:
        return _Join(self)

    def describe(self, t: Language) -> str:
        values = {"theirs": code(self.theirs), "ours": code(self.ours), "register": code(self.policy)}
        if self.every == "theirs":
            return t("every {theirs} of the register {register}, as accepted last, occurs in {ours}", **values)
        return t("every {ours} occurs in {theirs} of the register {register}, as accepted last", **values)

    def compared_with(self) -> set[str]:
        return {self.policy}


class _Join:
    def __init__(self, condition: Join) -> None:
        self._condition = condition
        self._found: dict[str, str] = {}

    def add_row(self, row: Row, *, passed: bool, as_of: date) -> None:
        del passed
        if self._condition.rows is None or self._condition.rows.holds(row, as_of):
            self._found |= {part.casefold(): part for part in parts(row.get(self._condition.ours, ""))}

    def missing(self, around: RegisterContext) -> Iterable[str]:
        condition = self._condition
        if condition.every == "ours" and not self._found:
            return []  # there is nothing to look up
        if condition.policy not in around.others:
            raise NotYet(condition.policy)
        theirs = {
            part.casefold(): part
            for row in around.others[condition.policy]
            if condition.where is None or condition.where.holds(row, around.as_of)
            for part in parts(row.get(condition.theirs, ""))
        }
        wanted, there = (theirs, self._found) if condition.every == "theirs" else (self._found, theirs)
        return [wanted[key] for key in sorted(wanted.keys() - there.keys())]


class Renewed(WholeCondition):
    """Whoever used the service under a newer version has a row for it; another register has the versions."""

    policy: Key
    who: AtLeastOne
    of: Given  # what has versions; the same column in both registers
    version: Given
    used: Given

    def columns(self) -> list[str]:
        return [*self.who, self.of, self.version, self.used]

    def new_check(self) -> WholeCheck:
        return _Renewed(self)

    def describe(self, t: Language) -> str:
        return t(
            "whoever used it under a newer version, by the register {register}, has a row for that version",
            register=code(self.policy),
        )

    def compared_with(self) -> set[str]:
        return {self.policy}


class _Renewed:
    def __init__(self, condition: Renewed) -> None:
        self._condition = condition
        self._versions: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._used: dict[tuple[str, str], date] = {}

    def add_row(self, row: Row, *, passed: bool, as_of: date) -> None:
        del passed, as_of
        key = (group(row, self._condition.who), str(row.get(self._condition.of, "")))
        self._versions[key].add(str(row.get(self._condition.version, "")))
        if used := day_of(row.get(self._condition.used)):
            self._used[key] = max(used, self._used.get(key, used))

    def missing(self, around: RegisterContext) -> Iterable[str]:
        if self._condition.policy not in around.others:
            raise NotYet(self._condition.policy)
        for (who, of), used in self._used.items():
            wanted = in_force(around.others[self._condition.policy], of, used)
            if wanted and wanted not in self._versions[who, of]:
                yield f"{who}: {wanted}"


def in_force(versions: Sequence[Row], of: str, day: date) -> str:
    """The version of something on a day, by a register with the columns role, version and in_force_from."""
    begun = [
        (first, str(row.get("version", "")))
        for row in versions
        if folded(row, "role") == of.casefold() and (first := day_of(row.get("in_force_from"))) and first <= day
    ]
    return max(begun, default=(day, ""))[1]
