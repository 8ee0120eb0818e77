"""Mappings: what a person says of a table that its policy does not recognise by itself.

Which heading is which column, and which word of theirs is which of the policy's. A mapping only adds: what the policy
recognises by itself stays what it is, so that nothing is hidden by one.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Literal, Self

import pandas as pd
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from evidence.formats.headings import plain
from evidence.formats.values import Result
from evidence.judging.personal import identifies_person
from locales import Text


def _without_person(value: str) -> str:
    """A mapping is kept for years and told in messages."""
    if identifies_person(value):
        raise ValueError("it holds personal data")
    return value


_Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
_Word = Annotated[str, StringConstraints(strip_whitespace=True, max_length=400), AfterValidator(_without_person)]
_MOST = 200  # entries
#: keys of columns with systems: what they are called there may be mapped to the keys of systems
SYSTEMS = frozenset(("system", "systems"))
#: what alone may be said of all rows: which system they are of; anything else is what a register must show
AllRows = Literal["system"]
#: what is done with a column of personal data: it is left out, or a reference stands for each person; or it stays
Treatment = Literal["leave out", "reference", "keep"]
TREATMENTS: tuple[Treatment, ...] = ("leave out", "reference", "keep")
#: the order of the parts of a date that is written with numbers alone
DateOrder = Literal["d/m/y", "m/d/y"]
DATE_ORDERS: tuple[DateOrder, ...] = ("d/m/y", "m/d/y")


class Cell(BaseModel):
    """Of which thing a column of a wide table tells something, and what: the key of a column."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    of: _Name
    column: _Name


class Matrix(BaseModel):
    """A wide table: a column for each role or system. Each of its cells becomes a row.

    `names`: the key of the column with those names; `headings`: the wide columns; `empty`: what an empty cell means
    (none: there is no row for it).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    names: _Name
    headings: dict[_Name, Cell] = Field(min_length=1, max_length=_MOST)
    empty: _Name | None = None

    @model_validator(mode="after")
    def _tells_each_thing_once(self) -> Self:
        """Of two columns that tell the same, one would hide the other."""
        told = [(plain(cell.of), cell.column) for cell in self.headings.values()]
        if len(set(told)) < len(told):
            raise ValueError("two columns tell the same")
        return self


class TableMapping(BaseModel):
    """What the headings and values of a table mean.

    `columns`: the key of a column → the heading under which it stands; `values`: the key of a column → what stands in
    its cells → the policy's word (none: no word, the row fails); `dates`: the key of a column → the order of its dates;
    `fixed`: `system`, where the table has no column for it → the system of every row; `matrix`: how a
    wide table is read; `personal`: what was done with headings of personal data before anything was stored; `left_out`:
    headings that are no column, though they look like one.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    columns: dict[_Name, _Name | None] = Field(default_factory=dict, max_length=_MOST)
    values: dict[_Name, dict[_Word, _Word | None]] = Field(default_factory=dict, max_length=_MOST)
    dates: dict[_Name, DateOrder] = Field(default_factory=dict, max_length=_MOST)
    fixed: dict[AllRows, _Name] = Field(default_factory=dict)
    matrix: Matrix | None = None
    personal: dict[_Name, Treatment] = Field(default_factory=dict, max_length=_MOST)
    left_out: list[_Name] = Field(default_factory=list, max_length=_MOST)

    @model_validator(mode="after")
    def _has_each_heading_once(self) -> Self:
        """One heading as two columns would make any comparison of these hold."""
        names = [plain(name) for name in self.columns.values() if name]
        names += [plain(name) for name in (self.matrix.headings if self.matrix else ())]
        if len(set(names)) < len(names):
            raise ValueError("two columns have the same heading")
        return self

    def headings(self) -> dict[str, str]:
        """Plain heading → the key of its column."""
        return {plain(name): key for key, name in self.columns.items() if name}

    def provided(self) -> set[str]:
        """The keys of columns that have no heading of their own: what is fixed, and what a wide table tells."""
        wide = {self.matrix.names, *(cell.column for cell in self.matrix.headings.values())} if self.matrix else set()
        return {*self.fixed, *wide}

    def words(self, key: str) -> dict[str, str]:
        """What stands in a column, as it compares → the policy's word."""
        return {plain(value): word for value, word in self.values.get(key, {}).items() if word}

    def decided(self, key: str) -> set[str]:
        """The values of a column of which it was said what they are, or that they are nothing, as they compare."""
        return {plain(value) for value in self.values.get(key, {})}

    def without_gaps(self) -> "TableMapping":
        """The same without the columns of which no heading is known."""
        return self.model_copy(update={"columns": {key: name for key, name in self.columns.items() if name}})

    def as_json(self) -> dict[str, object]:
        """As it is kept and sent; what it does not speak of is left out."""
        return self.model_dump(exclude_defaults=True)

    def of_keys(self, keys: Iterable[str]) -> "TableMapping":
        """What it says of these columns."""
        own = set(keys)
        return TableMapping(
            columns={key: name for key, name in self.columns.items() if key in own},
            values={key: words for key, words in self.values.items() if key in own},
            dates={key: order for key, order in self.dates.items() if key in own},
            fixed={key: value for key, value in self.fixed.items() if key in own},
            matrix=self.matrix if self.matrix and self.matrix.names in own else None,
            personal=self.personal,
            left_out=self.left_out,
        )


NOTHING = TableMapping()


def merged(mappings: Iterable[TableMapping]) -> TableMapping:
    """What several mappings say together; of two that differ, what the first says."""
    columns: dict[str, str | None] = {}
    words: dict[str, dict[str, str | None]] = {}
    dates: dict[str, DateOrder] = {}
    fixed: dict[AllRows, str] = {}
    matrix: Matrix | None = None
    personal: dict[str, Treatment] = {}
    left_out: dict[str, None] = {}
    for mapping in mappings:
        columns |= {key: name for key, name in mapping.columns.items() if not columns.get(key)}
        for key, meant in mapping.values.items():  # noqa: PD011 - no data frame
            words[key] = {**meant, **words.get(key, {})}
        dates, fixed = {**mapping.dates, **dates}, {**mapping.fixed, **fixed}
        matrix, personal = matrix or mapping.matrix, {**mapping.personal, **personal}
        left_out |= dict.fromkeys(mapping.left_out)
    return TableMapping(
        columns=columns,
        values=words,
        dates=dates,
        fixed=fixed,
        matrix=matrix,
        personal=personal,
        left_out=list(left_out),
    )


#: The rows of a table, each time from the first.
Rows = Callable[[], Iterable[Result]]


@dataclass(frozen=True, slots=True)
class Systems:
    """The systems that a table is handed in for, by key; and the key of every system, by its key and plain titles."""

    asked: Sequence[str] = ()
    keys: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProposedColumn:
    """A column of a policy with its heading in a table, which the policy recognises (`by_itself`) or a mapping says.

    `provided`: it has no heading, and the mapping says it otherwise (for all rows, or by a wide table). `words`: what
    may stand in it, in the reader's language; empty: anything.
    """

    key: str
    title: Text
    is_required: bool
    heading: str | None
    by_itself: bool
    provided: bool
    words: dict[str, Text]


@dataclass(frozen=True, slots=True)
class TableProposal:
    """What a table is proposed to mean. `asks`: whether somebody must confirm it before it is judged.

    `rows`: the first rows, a column a heading.
    """

    mapping: TableMapping
    columns: list[ProposedColumn]
    rows: pd.DataFrame
    asks: bool

    @property
    def missing(self) -> list[ProposedColumn]:
        """The columns that are required, and of which no heading is known."""
        return [
            column for column in self.columns if column.is_required and column.heading is None and not column.provided
        ]


def mapping_of(content: str) -> TableMapping:
    """A mapping as JSON. Raises `ValidationError` of pydantic."""
    return TableMapping.model_validate_json(content)


def kept_mapping(declared: Mapping[str, object]) -> TableMapping:
    """The mapping that was declared with evidence; nothing if none was, or one that is no longer understood."""
    try:
        return TableMapping.model_validate(declared.get("mapping", {}))
    except ValidationError:
        return NOTHING
