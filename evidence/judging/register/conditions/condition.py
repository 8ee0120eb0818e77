"""Conditions of registers: on each row, and on the whole; and what a register is compared with."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, ClassVar, Protocol

from pydantic import Field

from controls.files.yaml_source import Given
from evidence.judging.register.conditions.value_tests import Condition, ShapeWithConditions
from evidence.judging.values import Row
from locales import Language, Text

AtLeastOne = Annotated[list[Given], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class RegisterContext:
    """What a register is compared with: the systems in scope, and the accepted rows of other registers."""

    as_of: date
    in_scope: Sequence[str] = ()
    others: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    made: dict[str, Any] = field(
        default_factory=dict
    )  # values that conditions computed from other registers, computed once


class NotYet(Exception):
    """Another register is needed, and no comparable evidence of it was accepted yet."""

    def __init__(self, register: str) -> None:
        super().__init__(register)
        self.register = register


class NotComparable(Exception):
    """Another register was accepted and shares no value with this one; it may use other names for the same."""

    def __init__(self, register: str) -> None:
        super().__init__(register)
        self.register = register


class WholeCheck(Protocol):
    """Collects what a condition on the whole register needs, row by row."""

    def add_row(self, row: Row, *, passed: bool, as_of: date) -> None:
        """Add a row; `passed`: whether it passes all rules for a row."""
        ...

    def missing(self, around: RegisterContext) -> Iterable[str]:
        """The names of what is missing; empty if the condition holds. Raises `NotYet` and `NotComparable`."""
        ...


class RepeatingCheck(WholeCheck, Protocol):
    """A check over the rows of all systems together, unless values repeat because each system has its own."""

    @property
    def repeats(self) -> bool:
        """Whether a value occurred more than once."""
        ...


class WholeCondition(ShapeWithConditions):
    """One kind of condition on a whole register: its shape in a policy file, its check and its description."""

    def columns(self) -> list[str]:
        """The columns that it uses."""
        raise NotImplementedError

    def new_check(self) -> WholeCheck:
        """A new check of one register."""
        raise NotImplementedError

    def describe(self, t: Language) -> str:
        """Describe it in words."""
        raise NotImplementedError

    def compared_with(self) -> set[str]:
        """The policies of the registers that it is compared with."""
        return set()

    @property
    def is_optional(self) -> bool:
        """Whether it is skipped, with a point to review, while no evidence of the other register was accepted."""
        return False

    def whole_check(self) -> "RepeatingCheck | None":
        """A check over the rows of all systems together; None: each system is checked separately."""
        return None


class RowCondition:
    """One kind of condition on a row: its check and its description."""

    validity: ClassVar[Text | None] = None  # how long the register is valid because of it, if it limits that

    def columns(self) -> list[str]:
        """The columns that it uses."""
        raise NotImplementedError

    def holds(self, row: Row, around: RegisterContext) -> bool:
        """Whether the row meets it. Empty or unreadable values are reported for the column. Raises `NotYet`."""
        raise NotImplementedError

    def describe(self, t: Language) -> str:
        """Describe it in words."""
        raise NotImplementedError

    def out_of_order(self, row: Row, as_of: date) -> Iterable[tuple[str, str]]:
        """Pairs of columns whose dates contradict each other: the first lies before the second, and can't."""
        del row, as_of
        return ()

    def last_day(self, row: Row, as_of: date) -> date | None:
        """The last day on which a row that meets it now still does; None if that has no end."""
        del row, as_of
        return None

    def expected(self, row: Row, around: RegisterContext) -> dict[str, str]:
        """The values of the placeholders in a rule's message: `{deadline}`, `{expected}`. Raises `NotYet`."""
        del row, around
        return {}

    def compared_with(self) -> set[str]:
        """The policies of the registers that it is compared with."""
        return set()


class IfAny:
    """A check that counts only if some row meets a condition."""

    def __init__(self, rows: Condition, check: WholeCheck) -> None:
        self._rows = rows
        self._check = check
        self._applies = False

    def add_row(self, row: Row, *, passed: bool, as_of: date) -> None:
        """Add a row."""
        self._applies = self._applies or self._rows.holds(row, as_of)
        self._check.add_row(row, passed=passed, as_of=as_of)

    def missing(self, around: RegisterContext) -> Iterable[str]:
        """The names of what is missing. Raises `NotYet`."""
        return self._check.missing(around) if self._applies else []


def folded(row: Row, column: str) -> str:
    """A cell without regard to case, for comparisons."""
    return str(row.get(column, "")).casefold()


def group(row: Row, columns: Sequence[str]) -> str:
    """The cells of several columns, joined by slashes."""
    return "/".join(str(row.get(column, "")) for column in columns)
