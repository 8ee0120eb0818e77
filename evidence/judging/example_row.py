"""The reference of a template's example row, which is never taken as a row of the organisation."""

from evidence.formats.tables.heading_comparison import plain
from locales import LANGUAGES, Language, text

EXAMPLE = text("EXAMPLE-1")
_EXAMPLES = frozenset(plain(Language(code).render(EXAMPLE)) for code in LANGUAGES)


def is_example(cell: str) -> bool:
    """Whether a cell holds the reference of a template's example row, in either language."""
    return plain(cell) in _EXAMPLES
