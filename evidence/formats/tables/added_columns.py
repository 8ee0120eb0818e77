"""Columns that a table has no heading for: what is said above it, and the rows that head a group of its rows.

They have a name of their own, so that no policy takes them for a column by itself: only a mapping, which a person
confirms, reads them.
"""

ABOVE = "\N{UPWARDS ARROW} "  # followed by the words in front of a fact above the table
GROUP = "\N{DOWNWARDS ARROW WITH TIP RIGHTWARDS}"  # followed by the words in front of the names of groups, if any
OUTER = GROUP + GROUP  # as well, of groups that have groups within them


def is_above(name: str) -> bool:
    """Whether it is a fact above the table, the same for all rows."""
    return name.startswith(ABOVE)


def is_group(name: str) -> bool:
    """Whether it is the name of a group of rows."""
    return name.startswith(GROUP)


def is_outer_group(name: str) -> bool:
    """Whether it is the name of a group of groups."""
    return name.startswith(OUTER)


def is_added(name: str) -> bool:
    """Whether a column has no heading in the table."""
    return is_above(name) or is_group(name)


def words_of(name: str) -> str:
    """The words in the file that an added column is named after; empty if there are none."""
    return name.removeprefix(ABOVE).lstrip(GROUP).strip()
