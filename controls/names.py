"""What people type: titles, reasons, keys and the names of targets, checked before anything is stored."""

import re
import unicodedata
from typing import Final

from controls.errors import NotPossible
from locales import Text, text

KEY: Final = r"[a-z0-9][a-z0-9-]{0,79}"  # typed or in a file


def plain(value: str, what: Text, longest: int = 200, *, lines: bool = False) -> str:
    """A text without control characters, trimmed, not empty. `lines` allows line ends."""
    given = value.strip()
    if not given:
        raise NotPossible(text("{what} is empty; expected a text.", what=what))
    if len(given) > longest:
        raise NotPossible(text("{what} is longer than {n} characters.", what=what, n=longest))
    if any(unicodedata.category(sign)[0] == "C" and not (lines and sign in "\n\r\t") for sign in given):
        raise NotPossible(text("{what} holds a control character; expected plain text.", what=what))
    return given


def key(value: str) -> str:
    """A key: it stands in addresses and never changes."""
    if not re.fullmatch(KEY, value):
        raise NotPossible(
            text("{key} is no key; expected at most 80 lower-case letters, digits and hyphens.", key=repr(value[:100]))
        )
    return value


def key_of(title: str) -> str:
    """A key from a title: what people would have typed themselves."""
    letters = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:80]
