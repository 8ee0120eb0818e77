"""What stands in a cell of a spreadsheet in the place of a value: errors, and signs and words that say nothing."""

import re

#: what spreadsheet programs show for a value that they can't calculate, in English and Dutch
_ERROR = re.compile(r"#(?:[A-Z][A-Z0-9/_]*[!?]|N/A(?: .*)?|N/B|NV|GETTING_DATA|GEGEVENS_OPHALEN|#+)|Err:\d{3}")
#: there is nothing to say: empty, whatever the column
NOTHING = re.compile(
    r"[-_\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}]+|n\.?v\.?t\.?|n/a|n\.a\.|null|\((leeg|blank|empty)\)"
    r"|niet van toepassing|not applicable"
)
#: it is not known: empty where a value is asked for, and no date or number
NOT_KNOWN = re.compile(
    r"[?.\N{HORIZONTAL ELLIPSIS}]+|xxx+|onbekend|unknown|(nog )?niet bekend|not known|n\.b\.|n\.?n\.?b\.?|n\.?t\.?b\.?"
    r"|(nader|nog) te bepalen|t\.?b\.?[da]\.?|to be determined|to ?do"
)


def says_nothing(given: str) -> bool:
    """Whether a cell stands for nobody and nothing, or holds an error of the spreadsheet."""
    word = given.casefold()
    return bool(NOTHING.fullmatch(word) or NOT_KNOWN.fullmatch(word) or has_error(given))


def has_error(given: str) -> bool:
    """Whether a cell holds an error of the spreadsheet, which is never a value."""
    return bool(_ERROR.fullmatch(given))
