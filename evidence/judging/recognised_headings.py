"""Which column of a register a heading is by itself, without a mapping."""

from evidence.formats.tables.heading_comparison import Headings, loose_forms, plain
from evidence.judging.personal_data.headings_and_values import is_personal


def recognised(headings: Headings, name: str) -> str | None:
    """The key of the column that a heading is by itself; None if only a mapping can tell."""
    return headings.keys.get(plain(name)) or loosely_recognised(headings, name)


def loosely_recognised(headings: Headings, name: str) -> str | None:
    """The key of a column whose name is written with more around it; not of one that names people."""
    if is_personal(name):
        return None
    return next((headings.keys[form] for form in loose_forms(name) if form in headings.keys), None)
