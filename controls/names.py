"""Checks of typed text (titles, reasons, keys, names of targets) before it is stored."""

import re
import unicodedata
from typing import Final

from controls.errors import NotPossible
from locales import Text, text

KEY: Final = r"[a-z0-9][a-z0-9-]{0,79}"  # a regular expression


def plain(value: str, what: Text, longest: int = 200, *, lines: bool = False) -> str:
    """Return the text trimmed. Raises `NotPossible` if it is empty, too long or has control characters.

    `what`: the name of the field, for the message. `longest`: in characters. `lines`: allow line ends and tabs.
    """
    trimmed = value.strip()
    if not trimmed:
        raise NotPossible(text("{what} is empty; expected a text.", what=what))
    if len(trimmed) > longest:
        raise NotPossible(text("{what} is longer than {n} characters; shorten it.", what=what, n=longest))
    if any(
        unicodedata.category(character)[0] == "C" and not (lines and character in "\n\r\t") for character in trimmed
    ):
        raise NotPossible(text("{what} contains a control character; expected plain text.", what=what))
    return trimmed


def key(value: str) -> str:
    """Return a key as typed; it appears in URLs and never changes. Raises `NotPossible` if it is not a valid key."""
    if not re.fullmatch(KEY, value):
        raise NotPossible(
            text(
                "{key} is not a valid key; expected at most 80 lower-case letters, digits and hyphens.",
                key=repr(value[:100]),
            )
        )
    return value


def key_of(title: str) -> str:
    """Make a key from a title: ASCII lower case, hyphens between words, at most 80 characters."""
    letters = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:80]
