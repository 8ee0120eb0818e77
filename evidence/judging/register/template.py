"""Templates of a register: a workbook or a CSV file with its columns, one example row, and what each column means.

The example row is the policy's own (`examples`), with an example's reference where a row has its own. A row with such a
reference is never judged as one of the organisation's (`is_example`).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any, cast

import pandas as pd

from evidence.formats.tables.heading_comparison import plain
from evidence.judging.example_row import EXAMPLE
from evidence.judging.policy import TemplateFormat
from evidence.judging.register.cells import YES, words
from evidence.judging.register.description import holds, needed
from evidence.judging.register.rules import Column, Rules
from locales import Language

_ROWS = 2_000  # that are formatted, and offer the allowed words
_LONGEST_LIST = 255  # characters of the allowed words of a cell (ECMA-376 part 1, 18.3.1.32, as Excel limits it)
_WIDEST = 60  # characters of a column
_FORMATS = {"date": "yyyy-mm-dd", "datetime": "yyyy-mm-dd hh:mm:ss"}
_MADE_ON = datetime(2026, 1, 1)  # noqa: DTZ001 - the same template has the same bytes; a workbook knows no zone


@dataclass(frozen=True, slots=True)
class TemplateColumn:
    """One column: its heading, its meaning in a sentence, the words that are allowed, and an example."""

    heading: str
    meaning: str
    allowed: list[str]
    type: str
    example: str

    @property
    def cell(self) -> object:
        """The example as a workbook keeps it: a date as a date, a number as a number."""
        return _CELLS.get(self.type, str)(self.example) if self.example else None


def template(t: Language, rules: Rules, form: TemplateFormat) -> bytes:
    """The template of a register, in the reader's language."""
    columns = [_column(t, rules, column) for column in rules.columns]
    return _csv(columns) if form == "csv" else _workbook(t, columns)


def own_reference(rules: Rules) -> str:
    """The column that tells rows apart and holds a code or text of the organisation's own; empty if there is none."""
    types = {column.key: column.type for column in rules.columns}
    own = [key for key in rules.key if types[key] in ("ref", "text") and key != rules.per]
    return next((key for key in own if types[key] == "ref"), own[0] if own else "")


def _column(t: Language, rules: Rules, column: Column) -> TemplateColumn:
    example = rules.examples.row.get(column.key, "") if rules.examples else ""
    if column.key == own_reference(rules):
        example = t.render(EXAMPLE)
    is_open = column.type == "text" and plain(example) not in words(column)  # its words are some of many
    labels = {} if is_open else _labels(t, column)
    if example and labels:
        example = labels[_key_of(column, example)]
    content = t("one of the allowed words") if labels else holds(t, column)
    meaning = " ".join([_sentence(content), _sentence(needed(t, column)), *_rules(t, rules, column)])
    headings = {f"`{each.key}`": f'"{getattr(each.label, t.code)}"' for each in rules.columns}
    meaning = re.sub(r"`\w+`", lambda named: headings.get(named[0], named[0].strip("`")), meaning)
    return TemplateColumn(getattr(column.label, t.code), meaning, list(labels.values()), column.type, example)


def _labels(t: Language, column: Column) -> dict[str, str]:
    """The allowed words in the reader's language, by the word that the policy knows."""
    if column.type == "bool":
        return {"yes": t("yes"), "no": t("no")}
    dutch = t.code == "nl"
    return {value: spellings[0] if dutch and spellings else value for value, spellings in column.values.items()}  # noqa: PD011 - no frame


def _key_of(column: Column, example: str) -> str:
    """The policy's own word for an allowed word in either language."""
    if column.type == "bool":
        return "yes" if example.casefold() in YES else "no"
    return words(column)[plain(example)]


def _sentence(sentence: str) -> str:
    return f"{sentence[:1].upper()}{sentence[1:].rstrip('.')}." if sentence else ""


def _rules(t: Language, rules: Rules, column: Column) -> list[str]:
    """A sentence with the rules that a row can fail because of this column; empty without one."""
    named = [rule for rule in rules.rules if rule.fails and column.key in rule.must.condition.columns()]
    says = [getattr(rule.says, t.code).replace("{deadline}", "…").replace("{expected}", "…") for rule in named]
    return [t("A row fails for: {reasons}.", reasons="; ".join(says))] if says else []


def _frame(columns: list[TemplateColumn], cell: Callable[[TemplateColumn], object]) -> pd.DataFrame:
    return pd.DataFrame([[cell(column) for column in columns]], columns=[column.heading for column in columns])


def _csv(columns: list[TemplateColumn]) -> bytes:
    """CSV with semicolons and a byte order mark, which Dutch and English Excel open in columns."""
    rows = _frame(columns, lambda column: column.example)
    return rows.to_csv(sep=";", index=False, lineterminator="\r\n").encode("utf-8-sig")


def _workbook(t: Language, columns: list[TemplateColumn]) -> bytes:
    register, explanation = t("Register"), t("Explanation")
    content = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with pd.ExcelWriter(content, engine="xlsxwriter", engine_kwargs={"options": options}) as writer:
        book = cast("Any", writer.book)
        book.set_properties({"created": _MADE_ON})
        _frame(columns, lambda column: column.cell).to_excel(writer, sheet_name=register, index=False)
        _explanation(t, columns).to_excel(writer, sheet_name=explanation, index=False)
        for number, column in enumerate(columns):
            _format(book, writer.sheets[register], number, column)
        writer.sheets[register].freeze_panes(1, 0)
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        for number, width in enumerate((28, 70, 40, 24)):
            writer.sheets[explanation].set_column(number, number, width, wrapped)
    return content.getvalue()


def _explanation(t: Language, columns: list[TemplateColumn]) -> pd.DataFrame:
    rows = [[column.heading, column.meaning, "\n".join(column.allowed), column.example] for column in columns]
    return pd.DataFrame(rows, columns=[t("Heading"), t("What to enter"), t("Allowed words"), t("Example")])


def _format(book: Any, sheet: Any, number: int, column: TemplateColumn) -> None:
    """The width and number format of one column, and a drop-down list of its allowed words."""
    width = min(max(len(column.heading), len(column.example), 12) + 2, _WIDEST)
    form = book.add_format({"num_format": _FORMATS.get(column.type, "@" if column.type != "int" else "0")})
    sheet.set_column(number, number, width, form)
    if column.allowed and len(",".join(column.allowed)) <= _LONGEST_LIST:
        sheet.data_validation(1, number, _ROWS, number, {"validate": "list", "source": column.allowed})
    elif column.type == "date":
        after = {"validate": "date", "criteria": ">", "value": date(1990, 1, 1), "ignore_blank": True}
        sheet.data_validation(1, number, _ROWS, number, after)
    sheet.write_comment(0, number, column.meaning)


_CELLS: dict[str, Callable[[str], object]] = {
    "date": date.fromisoformat,
    "datetime": lambda moment: datetime.fromisoformat(moment).replace(tzinfo=None),
    "int": int,
}
