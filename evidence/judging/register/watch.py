"""What looks at a whole register while its rows stream by, and what it is measured against."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Protocol

from pydantic import Field

from controls.files.yaml_source import Given
from evidence.judging.values import Row

AtLeastOne = Annotated[list[Given], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Around:
    """What a register is measured against: the systems in scope, and the rows of other registers that were accepted."""

    as_of: date
    in_scope: Sequence[str] = ()
    others: Mapping[str, Sequence[Row]] = field(default_factory=dict)


class NotYet(Exception):
    """Another register is needed, and none was accepted yet."""

    def __init__(self, register: str) -> None:
        super().__init__(register)
        self.register = register


class Watch(Protocol):
    """Looks at rows as they come."""

    def see(self, row: Row, *, passed: bool, as_of: date) -> None: ...

    def lacks(self, around: Around) -> Iterable[str]:
        """What is missing, by name. Raises `NotYet`."""
        ...


def word(row: Row, column: str) -> str:
    return str(row.get(column, "")).casefold()


def group(row: Row, columns: Sequence[str]) -> str:
    return "/".join(str(row.get(column, "")) for column in columns)
