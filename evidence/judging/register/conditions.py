"""Conditions of registers: on each row, and on the whole; and what a register is compared with."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, ClassVar, Protocol

from pydantic import Field

from controls.files.yaml_source import Given
from evidence.judging.register.values import Condition, ShapeWithConditions
from evidence.judging.values import Row
from locales import Language, Text

AtLeastOne = Annotated[list[Given], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class RegisterContext:
    """What a register is measured against: the systems in scope, and the rows of other registers that were accepted."""

    as_of: date
    in_scope: Sequence[str] = ()
    others: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    made: dict[str, Any] = field(default_factory=dict)  # what conditions made of other registers, once


class NotYet(Exception):
    """Another register is needed, and nothing of it that can be compared was accepted yet."""

    def __init__(self, register: str) -> None:
        super().__init__(register)
        self.register = register


class NotComparable(Exception):
    """Another register was accepted, and has nothing in common with this one: perhaps it names the same otherwise."""

    def __init__(self, register: str) -> None:
        super().__init__(register)
        self.register = register


class WholeCheck(Protocol):
    """Gathers what a condition on the whole register needs, row by row."""

    def add_row(self, row: Row, *, passed: bool, as_of: date) -> None:
        """Take one row into account; `passed`: whether it holds to all rules of a row."""
        ...

    def missing(self, around: RegisterContext) -> Iterable[str]:
        """What is missing, by name; nothing if the condition holds. Raises `NotYet` and `NotComparable`."""
        ...


class RepeatingCheck(WholeCheck, Protocol):
    """A check over the rows of all systems together, unless these turn out to have the same values each."""

    @property
    def repeats(self) -> bool:
        """Whether a value was seen more than once."""
        ...


class WholeCondition(ShapeWithConditions):
    """One kind of thing that a whole register must hold to: its shape in a policy's file, its check, its sentence."""

    def columns(self) -> list[str]:
        """The columns that it speaks of."""
        raise NotImplementedError

    def new_check(self) -> WholeCheck:
        """A new check of one register."""
        raise NotImplementedError

    def describe(self, t: Language) -> str:
        """What must hold, in words."""
        raise NotImplementedError

    def compared_with(self) -> set[str]:
        """The policies of the registers that it is compared with."""
        return set()

    @property
    def is_optional(self) -> bool:
        """Whether it is left out while nothing of the other register was accepted; someone else is told then."""
        return False

    def whole_check(self) -> "RepeatingCheck | None":
        """A check over the rows of all systems together, if it is to be made so; None: of each system by itself."""
        return None


class RowCondition:
    """One kind of thing that a row must hold to: its check and its sentence."""

    validity: ClassVar[Text | None] = None  # how long the register holds because of it, where it ends by itself

    def columns(self) -> list[str]:
        """The columns that it speaks of."""
        raise NotImplementedError

    def holds(self, row: Row, around: RegisterContext) -> bool:
        """Whether the row holds to it. What is empty or unreadable is told of its column. Raises `NotYet`."""
        raise NotImplementedError

    def describe(self, t: Language) -> str:
        """What must hold, in words."""
        raise NotImplementedError

    def last_day(self, row: Row, as_of: date) -> date | None:
        """The last day on which a row that holds now still does; None if that does not end by itself."""
        del row, as_of
        return None

    def expected(self, row: Row, around: RegisterContext) -> dict[str, str]:
        """What stands for the names in braces in what a rule says: `{deadline}`, `{expected}`. Raises `NotYet`."""
        del row, around
        return {}

    def compared_with(self) -> set[str]:
        """The policies of the registers that it is compared with."""
        return set()


class IfAny:
    """A check that is asked only where some row is so."""

    def __init__(self, rows: Condition, check: WholeCheck) -> None:
        self._rows = rows
        self._check = check
        self._is_asked = False

    def add_row(self, row: Row, *, passed: bool, as_of: date) -> None:
        """Take one row into account."""
        self._is_asked = self._is_asked or self._rows.holds(row, as_of)
        self._check.add_row(row, passed=passed, as_of=as_of)

    def missing(self, around: RegisterContext) -> Iterable[str]:
        """What is missing, by name. Raises `NotYet`."""
        return self._check.missing(around) if self._is_asked else []


def folded(row: Row, column: str) -> str:
    """A cell as it compares: without case."""
    return str(row.get(column, "")).casefold()


def group(row: Row, columns: Sequence[str]) -> str:
    """The cells of some columns as one name."""
    return "/".join(str(row.get(column, "")) for column in columns)
