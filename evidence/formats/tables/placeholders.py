"""Cells of a spreadsheet without a value: errors, and placeholders such as `-` and `unknown`."""

import re

#: what spreadsheet programs show for a value that they can't calculate, in English and Dutch
_ERROR = re.compile(r"#(?:[A-Z][A-Z0-9/_]*[!?]|N/A(?: .*)?|N/B|NV|GETTING_DATA|GEGEVENS_OPHALEN|#+)|Err:\d{3}")
#: placeholders for no value: empty in every column
NOTHING = re.compile(
    r"[-_\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}]+|n\.?v\.?t\.?|n/a|n\.a\.|null|\((leeg|blank|empty)\)"
    r"|niet van toepassing|not applicable"
)
#: that something does not apply, with why: `n.v.t. (eigen medewerker)`; a number in it may be a value
_NOT_APPLICABLE = re.compile(r"(n\.?v\.?t\.?|n/a|niet van toepassing|not applicable)\s*[(:,\N{EN DASH}-]\s*[^\d]*")
#: placeholders for an unknown value: empty in a text, and refused as a date or number
NOT_KNOWN = re.compile(
    r"[?.\N{HORIZONTAL ELLIPSIS}]+|xxx+|onbekend|unknown|(nog )?niet bekend|not known|n\.b\.|n\.?n\.?b\.?|n\.?t\.?b\.?"
    r"|(nader|nog) te bepalen|t\.?b\.?[da]\.?|to be determined|to ?do"
)


def says_nothing(value: str) -> bool:
    """Whether a cell holds a placeholder or an error of the spreadsheet."""
    folded = value.casefold()
    return bool(NOTHING.fullmatch(folded) or NOT_KNOWN.fullmatch(folded) or has_error(value))


def is_not_applicable(value: str) -> bool:
    """Whether a cell says that something does not apply, with a reason and no number."""
    return bool(_NOT_APPLICABLE.fullmatch(value.casefold()))


def has_error(value: str) -> bool:
    """Whether a cell holds an error of the spreadsheet, which is never a value."""
    return bool(_ERROR.fullmatch(value))
