"""Examples of a register's policy: rows that pass, fail, or just do either, with why. They are tested as they stand."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import Field

from controls.files.yaml_source import Both, Day, Flag, Given, Key, Shape, Source, one_of
from evidence.judging.page_parts import code, table
from evidence.judging.policy_in_words import ExampleInWords
from evidence.judging.values import FAIL, PASS
from locales import Language, text

REVIEW = "review"
_ENDS = {PASS: text("passes"), FAIL: text("fails"), REVIEW: text("passes; someone else reviews the register")}
Cells = dict[Given, str]  # by column; an empty text: an empty cell


class Example(Shape):
    """A row, or with `rows` a whole register: of each row what differs from the policy's example row.

    `ends`: pass, fail or review; `because`: the rules or columns for which it does not simply pass. `border`: one day,
    one second or one row further it would end otherwise.
    """

    differs: Cells = Field(default_factory=dict)
    rows: list[Cells] = Field(default_factory=list)
    ends: Annotated[str, one_of(_ENDS)]
    because: list[Key | Given] = Field(default_factory=list, alias="for")
    border: Flag = False
    why: Both

    def each_row(self, row: Cells) -> list[Cells]:
        """Its rows in full."""
        return [row | changes for changes in self.rows or [self.differs]]


class Examples(Shape):
    """An example row that passes on a day, and examples that differ from it.

    `others`: the rows of other registers that it is compared with, as they were accepted last, in the same spelling.
    """

    day: Day
    row: Cells
    others: dict[Key, list[Cells]] = Field(default_factory=dict)
    in_scope: list[Given] = Field(default_factory=list)
    table: list[Example]

    def check(self, source: Source[Any], columns: set[str], names: set[str]) -> None:
        """Columns and rules exist; one example passes, one fails, and one is at the border. Raises `WrongFile`."""
        for name in self.row.keys() - columns:
            raise source.wrong(text("{column} is no column of this register.", column=name), "examples", "row")
        for index, example in enumerate(self.table):
            named = [name for cells in [example.differs, *example.rows] for name in cells]
            for name in [*(column for column in named if column not in columns), *(set(example.because) - names)]:
                problem = text("{name} is no column or rule of this register.", name=name)
                raise source.wrong(problem, "examples", "table", index)
        ends = {example.ends for example in self.table}
        if not {PASS, FAIL} <= ends or not any(example.border for example in self.table):
            raise source.wrong(
                text("expected an example that passes, one that fails, and a borderline one."), "examples", "table"
            )


def lines(t: Language, examples: Examples) -> Iterator[str]:
    """The examples on the policy's page."""
    day = examples.day.isoformat()
    yield from ("", f"## {t('Examples')}", t("Judged on {day}. The row from which the others differ:", day=day))
    yield from table([t("Column"), t("Holds")], [[code(column), cell] for column, cell in examples.row.items() if cell])
    yield from table(
        [t("What differs"), t("Outcome"), t("Why")],
        [[_differs(t, example), _ends(t, example), str(getattr(example.why, t.code))] for example in examples.table],
    )


def in_words(t: Language, examples: Examples) -> list[ExampleInWords]:
    """The same examples as values."""
    return [
        ExampleInWords(_differs(t, example), example.ends, example.border, str(getattr(example.why, t.code)))
        for example in examples.table
    ]


def _differs(t: Language, example: Example) -> str:
    rows = [_cells(t, cells) for cells in example.rows or [example.differs]]
    if not example.rows:
        return rows[0] or t("nothing")
    return "; ".join(t("row {n}: {cells}", n=n, cells=cells or t("nothing")) for n, cells in enumerate(rows, 1))


def _cells(t: Language, cells: Cells) -> str:
    return ", ".join(f"{code(column)}: {cell or t('empty')}" for column, cell in cells.items())


def _ends(t: Language, example: Example) -> str:
    ends = t.render(_ENDS[example.ends])
    return t("{ends} (borderline)", ends=ends) if example.border else ends
