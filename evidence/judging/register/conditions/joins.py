"""Conditions on the values that a register shares with another one, as last accepted."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from controls.files.yaml_source import Given, Key, one_of
from evidence.judging.page_parts import code
from evidence.judging.register.conditions.condition import (
    NotComparable,
    NotYet,
    RegisterContext,
    WholeCheck,
    WholeCondition,
)
from evidence.judging.register.conditions.value_tests import If, parts
from evidence.judging.values import Row
from locales import Language


class Join(WholeCondition):
    """Every value of a column there occurs in a column here (`every: theirs`), or the other way round (`ours`).

    `every: neither`: no value there occurs here.
    """

    policy: Key
    theirs: Given
    ours: Given
    every: Annotated[str, one_of(("ours", "theirs", "neither"))]
    where: If | None = None  # which of their rows
    rows: If | None = None  # which of our rows

    def columns(self) -> list[str]:
        return [self.ours, *(self.rows.columns() if self.rows else ())]

    @property
    def is_optional(self) -> bool:
        return self.every == "neither"

    def new_check(self) -> WholeCheck:
        return _Join(self)

    def describe(self, t: Language) -> str:
        values = {"theirs": code(self.theirs), "ours": code(self.ours), "register": code(self.policy)}
        if self.every == "theirs":
            return t("every {theirs} of the register {register}, as accepted last, occurs in {ours}", **values)
        if self.every == "neither":
            sentence = t("no {theirs} of the register {register}, as accepted last, occurs in {ours}", **values)
            if self.where:
                sentence += t(" (of its rows in which {condition})", condition=self.where.describe(t))
            return sentence
        return t("every {ours} occurs in {theirs} of the register {register}, as accepted last", **values)

    def compared_with(self) -> set[str]:
        return {self.policy}


class _Join:
    def __init__(self, condition: Join) -> None:
        self._condition = condition
        self._seen: dict[str, str] = {}

    def add_row(self, row: Row, *, passed: bool, as_of: date) -> None:
        del passed
        if self._condition.rows is None or self._condition.rows.holds(row, as_of):
            self._seen |= {part.casefold(): part for part in parts(row.get(self._condition.ours, ""))}

    def missing(self, around: RegisterContext) -> Iterable[str]:
        condition = self._condition
        if condition.every == "ours" and not self._seen:
            return []  # no values to compare
        if condition.policy not in around.others:
            raise NotYet(condition.policy)
        rows = around.others[condition.policy]
        where = condition.where
        theirs = self._theirs(row for row in rows if where is None or where.holds(row, around.as_of))
        if condition.every == "neither":
            if self._seen and not self._seen.keys() & self._theirs(rows).keys():
                raise NotComparable(
                    condition.policy
                )  # for instance references in the one and staff numbers in the other
            return [self._seen[key] for key in sorted(self._seen.keys() & theirs.keys())]
        wanted, there = (theirs, self._seen) if condition.every == "theirs" else (self._seen, theirs)
        return [wanted[key] for key in sorted(wanted.keys() - there.keys())]

    def _theirs(self, rows: Iterable[Row]) -> dict[str, str]:
        return {part.casefold(): part for row in rows for part in parts(row.get(self._condition.theirs, ""))}
