"""Column mappings: which heading of a table is which column of its policy, and which value means which.

The uploader declares them for what the policy does not recognise by itself. A mapping only adds: what the policy
recognises keeps its meaning, so that a mapping hides nothing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Literal, Self

import pandas as pd
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from evidence.formats.tables.added_columns import is_added
from evidence.formats.tables.heading_comparison import plain
from evidence.formats.values import Result
from evidence.judging.personal_data.headings_and_values import identifies_person
from locales import Text


def _without_person(value: str) -> str:
    """Refuse personal data: a mapping is stored for years and quoted in messages."""
    if identifies_person(value):
        raise ValueError("it holds personal data")
    return value


LONGEST_NAME, LONGEST_WORD = 120, 400  # characters
_MOST = 200  # entries
_Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_NAME)]
_Word = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=LONGEST_WORD), AfterValidator(_without_person)
]
#: keys of the columns that hold systems; the names in them may be mapped to keys of systems
SYSTEMS = frozenset(("system", "systems"))
#: the only column that may be fixed for all rows; a register must itself show every other fact
AllRows = Literal["system"]
#: what is done with a column of personal data: it is left out; or a reference stands for each value, for each person
#: inside the texts, or for the person who is its heading; or it stays
Treatment = Literal["leave out", "reference", "in text", "heading", "keep"]
TREATMENTS: tuple[Treatment, ...] = ("leave out", "reference", "in text", "heading", "keep")
#: the order of the parts of a date that is written with numbers alone
DateOrder = Literal["d/m/y", "m/d/y"]
DATE_ORDERS: tuple[DateOrder, ...] = ("d/m/y", "m/d/y")


class Cell(BaseModel):
    """A heading of a wide table: the role or system that it is about, and the key of the column that its cells fill."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    of: _Name
    column: _Name


class Matrix(BaseModel):
    """A wide table: a column for each role, system or course. Each of its cells becomes a row.

    `names`: the key of the column with those names; `headings`: the wide columns; `empty`: what an empty cell means
    (none: there is no row for it, unless `rows_of_empty`: a row without that value).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    names: _Name
    headings: dict[_Name, Cell] = Field(min_length=1, max_length=_MOST)
    empty: _Name | None = None
    rows_of_empty: bool = False

    @model_validator(mode="after")
    def _tells_each_thing_once(self) -> Self:
        """Refuse two headings for the same thing and column: one would hide the other."""
        pairs = [(plain(cell.of), cell.column) for cell in self.headings.values()]
        if len(set(pairs)) < len(pairs):
            raise ValueError("two columns tell the same")
        return self


class TableMapping(BaseModel):
    """The meaning of the headings and values of a table.

    `columns`: the key of a column → its heading in the table; `values`: the key of a column → a value in its
    cells → the policy's value (none: it has no such value, and the row fails); `dates`: the key of a column → the order
    of its dates; `fixed`: `system`, where the table has no column for it → the system of every row; `matrix`: how a
    wide table is read; `personal`: the treatment of headings with personal data before anything was stored; `left_out`:
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
        """Refuse one heading for two columns: any comparison of these would hold."""
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
        """Plain value of a column → the policy's value."""
        return {plain(value): meaning for value, meaning in self.values.get(key, {}).items() if meaning}

    def decided(self, key: str) -> set[str]:
        """The plain values of a column that are mapped, to a value of the policy or to none."""
        return {plain(value) for value in self.values.get(key, {})}

    def without_gaps(self) -> "TableMapping":
        """The mapping without the columns that have no heading."""
        return self.model_copy(update={"columns": {key: name for key, name in self.columns.items() if name}})

    def as_json(self) -> dict[str, object]:
        """The mapping as it is stored and sent; fields with their default are left out."""
        return self.model_dump(exclude_defaults=True)

    def of_keys(self, keys: Iterable[str]) -> "TableMapping":
        """The part of the mapping that is about these columns."""
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
    """Several mappings as one; where two differ, the first counts."""
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
    """The keys of the systems that a table is declared for, and every system's key by its plain key and titles."""

    declared: Sequence[str] = ()
    keys: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ProposedColumn:
    """A column of a policy with its heading in a table, recognised by the policy (`by_itself`) or by a mapping.

    `provided`: it has no heading, and the mapping fills it otherwise (for all rows, or from a wide table). `words`: the
    titles of its allowed values; empty: any value. `may_be_needed`: some rows require it. `is_guess`: nothing
    else in the table can be it, but its heading does not say so.
    """

    key: str
    title: Text
    is_required: bool
    heading: str | None
    by_itself: bool
    provided: bool
    words: dict[str, Text]
    may_be_needed: bool = False
    is_guess: bool = False


@dataclass(frozen=True, slots=True)
class Doubt:
    """A heading that may be any of these columns, by their keys, or none: it is no column until somebody says which."""

    heading: str
    columns: Sequence[str]


@dataclass(frozen=True, slots=True)
class TableProposal:
    """The proposed mapping of a table. `asks`: whether someone must confirm it before the table is judged.

    `rows`: the first rows, with the headings as columns; `doubts`: headings that are proposed to be no column, and may
    be one.
    """

    mapping: TableMapping
    columns: list[ProposedColumn]
    rows: pd.DataFrame
    asks: bool
    doubts: Sequence[Doubt] = ()

    @property
    def missing(self) -> list[ProposedColumn]:
        """The required columns without a heading."""
        return [
            column for column in self.columns if column.is_required and column.heading is None and not column.provided
        ]

    @property
    def perhaps_missing(self) -> list[ProposedColumn]:
        """The columns that some rows require and of which no heading is known, while a heading has no column."""
        if set(self.unused) <= set(self.mapping.personal):
            return []
        headless = [column for column in self.columns if column.heading is None and not column.provided]
        return [column for column in headless if column.may_be_needed]

    @property
    def unused(self) -> list[str]:
        """The headings in the table of which nothing is read."""
        wide = self.mapping.matrix.headings if self.mapping.matrix else {}
        used = {column.heading for column in self.columns} | set(wide) | set(self.mapping.left_out)
        return [name for name in map(str, self.rows) if name not in used and not is_added(name)]


def mapping_of(content: str) -> TableMapping:
    """Parse a mapping in JSON. Raises `ValidationError` of pydantic."""
    return TableMapping.model_validate_json(content)


def kept_mapping(declared: Mapping[str, object]) -> TableMapping:
    """The mapping that was declared with evidence; `NOTHING` without one, or if its format is no longer known."""
    try:
        return TableMapping.model_validate(declared.get("mapping", {}))
    except ValidationError:
        return NOTHING
