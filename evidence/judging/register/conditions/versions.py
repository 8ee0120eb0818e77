"""Conditions on versions: which one was in force on a day, by another register that lists them."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from controls.files.yaml_source import Flag, Given, Key, Shape
from evidence.judging.page_parts import code
from evidence.judging.register.conditions.condition import (
    AtLeastOne,
    NotYet,
    RegisterContext,
    RowCondition,
    WholeCheck,
    WholeCondition,
    folded,
    group,
)
from evidence.judging.register.conditions.value_tests import day_before, day_of
from evidence.judging.values import Row, Value
from locales import Language


class InForce(Shape, RowCondition):
    """A row names the version that was in force on a day, by another register that lists the versions.

    With `same`, that column is compared instead of the version: both registers hold the same where both fill it; with
    `known` as well, both fill it.
    """

    policy: Key
    of: Given
    version: Given
    on: Given
    same: Given | None = None
    known: Flag = False

    def columns(self) -> list[str]:
        return [self.of, self.version, self.on, *([self.same] if self.same else ())]

    def compared_with(self) -> set[str]:
        return {self.policy}

    def holds(self, row: Row, around: RegisterContext) -> bool:
        if not self.same:
            return row.get(self.version) in self._versions(row, around)
        of, version = str(row.get(self.of, "")), str(row.get(self.version, ""))
        theirs = _versions(around, self.policy).values(of, version, self.same)
        ours = row.get(self.same, "")
        if self.known:
            return bool(ours and theirs)
        return not ours or not theirs or ours in theirs

    def _versions(self, row: Row, around: RegisterContext) -> list[str]:
        """The version in force, on the day on which it begins the one before it as well; empty if none was."""
        versions, day = _versions(around, self.policy), day_of(row.get(self.on))
        days = (day, day_before(day)) if day else ()
        in_force = [versions.in_force(str(row.get(self.of, "")), each) for each in days]
        return list(dict.fromkeys(filter(None, in_force)))

    def expected(self, row: Row, around: RegisterContext) -> dict[str, str]:
        return {"{expected}": next(iter(self._versions(row, around)), "-")}

    def describe(self, t: Language) -> str:
        values = {"version": code(self.version), "register": code(self.policy)}
        if self.same and self.known:
            return t(
                "{same} is filled here, and of {version} in the register {register}",
                same=code(self.same),
                **values,
            )
        if self.same:
            return t(
                "{same} is that of {version} in the register {register}, where both give it",
                same=code(self.same),
                **values,
            )
        return t(
            "{version} is the version in force for {of} on the day of {on}, by the register {register}",
            of=code(self.of),
            on=code(self.on),
            **values,
        )


class Renewed(WholeCondition):
    """Everyone who used the service under a newer version has a row for it; another register lists the versions."""

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
        versions = _versions(around, self._condition.policy)
        for (who, of), used in self._used.items():
            wanted = versions.in_force(of, day_before(used))
            if wanted and wanted not in self._versions[who, of]:
                yield f"{who}: {wanted}"


class Versions:
    """The versions in a register with the columns role, version and in_force_from, without regard to case.

    On the first day of a version the previous one is valid as well: the register has no time of day.
    """

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows: dict[tuple[str, str], list[Row]] = defaultdict(list)
        self._begun: dict[str, list[tuple[date, str]]] = defaultdict(list)
        for row in rows:
            self._rows[folded(row, "role"), folded(row, "version")].append(row)
            if first := day_of(row.get("in_force_from")):
                self._begun[folded(row, "role")].append((first, str(row.get("version", ""))))
        for begun in self._begun.values():
            begun.sort()

    def in_force(self, of: str, day: date) -> str:
        """The version of something at the end of a day; empty if none was in force."""
        begun = self._begun.get(of.casefold(), [])
        at = bisect_right(begun, day, key=lambda version: version[0])
        return begun[at - 1][1] if at else ""

    def values(self, of: str, version: str, column: str) -> set[Value]:
        """The filled values of a column in the rows of one version."""
        return {
            value for row in self._rows.get((of.casefold(), version.casefold()), ()) if (value := row.get(column, ""))
        }


def _versions(around: RegisterContext, policy: str) -> Versions:
    if policy not in around.others:
        raise NotYet(policy)
    if policy not in around.made:
        around.made[policy] = Versions(around.others[policy])
    versions: Versions = around.made[policy]
    return versions
