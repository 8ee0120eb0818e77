"""Which version of something was in force on a day, by another register that lists its versions."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from controls.files.yaml_source import Flag, Given, Key, Shape
from evidence.judging.page_parts import code
from evidence.judging.register.conditions import (
    AtLeastOne,
    NotYet,
    RegisterContext,
    RowCondition,
    WholeCheck,
    WholeCondition,
    folded,
    group,
)
from evidence.judging.register.values import day_before, day_of
from evidence.judging.values import Row, Value
from locales import Language


class InForce(Shape, RowCondition):
    """The version of something that was in force on a day, by another register with its versions.

    With `same`, not the version is looked at, but whether this column says the same of it there, where both fill it;
    with `known`, whether the other register says it, where this row does.
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
        theirs = self._others(row, around)
        ours = row.get(self.same, "")
        if self.known:
            return not ours or bool(theirs)
        return not ours or not theirs or ours in theirs

    def _others(self, row: Row, around: RegisterContext) -> set[Value]:
        """What the other register says of the version of this row."""
        if self.policy not in around.others:
            raise NotYet(self.policy)
        named = (folded(row, self.of), folded(row, self.version))
        return {
            value
            for other in around.others[self.policy]
            if (folded(other, "role"), folded(other, "version")) == named and (value := other.get(self.same or "", ""))
        }

    def _versions(self, row: Row, around: RegisterContext) -> list[str]:
        """The version in force, on the day on which it begins the one before it as well; empty if none was."""
        if self.policy not in around.others:
            raise NotYet(self.policy)
        day, of = day_of(row.get(self.on)), str(row.get(self.of, ""))
        days = (day, day_before(day)) if day else ()
        found = [in_force(around.others[self.policy], of, each) for each in days]
        return list(dict.fromkeys(filter(None, found)))

    def expected(self, row: Row, around: RegisterContext) -> dict[str, str]:
        return {"{expected}": next(iter(self._versions(row, around)), "-")}

    def describe(self, t: Language) -> str:
        values = {"version": code(self.version), "register": code(self.policy)}
        if self.same and self.known:
            return t(
                "{same} that is filled here is filled of {version} in the register {register}",
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
            wanted = in_force(around.others[self._condition.policy], of, day_before(used))
            if wanted and wanted not in self._versions[who, of]:
                yield f"{who}: {wanted}"


def in_force(versions: Sequence[Row], of: str, day: date) -> str:
    """The version of something at the end of a day, by a register with the columns role, version and in_force_from.

    On the day on which a version begins the one before it is used as well: the register tells no time of day.
    """
    begun = [
        (first, str(row.get("version", "")))
        for row in versions
        if folded(row, "role") == of.casefold() and (first := day_of(row.get("in_force_from"))) and first <= day
    ]
    return max(begun, default=(day, ""))[1]
