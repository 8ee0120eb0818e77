"""The name of a heading in messages and on screen, also of the columns that no heading of the table stands for."""

from evidence.formats.tables.added_columns import is_above, is_group, is_outer_group, words_of
from evidence.formats.tables.table_head import SHEET
from locales import Text, text


def shown_heading(name: str, longest: int | None = None) -> Text | str:
    """A heading as a person knows it; of at most so many characters."""
    words = words_of(name)[:longest]
    if name == SHEET:
        return text("the name of the sheet")
    if is_above(name):
        return text("{words} (above the table)", words=words)
    if is_group(name) and words:
        return text("{words} (heading of a group of rows)", words=words)
    if is_group(name):
        return (
            text("the heading of a larger group of rows")
            if is_outer_group(name)
            else text("the heading of a group of rows")
        )
    return name[:longest]
