"""What people type: titles, reasons, keys and the names of targets, checked before anything is stored."""

import re
import unicodedata
from typing import Final

from controls import address
from controls.problems import NotPossible
from locales import Text, text

KEY: Final = r"[a-z0-9][a-z0-9-]{0,79}"  # typed or in a file
_LONGEST_TARGET: Final = 253  # a host name's longest (RFC 1035)
_LONGEST_WEB_ADDRESS: Final = 2000


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


def target_name(value: str) -> str:
    """An address in its one form (`controls/address.py`), or a component's own name."""
    longest = _LONGEST_WEB_ADDRESS if address.is_web_address(value) else _LONGEST_TARGET
    given = plain(value, text("The target"), longest)
    if address.is_web_address(given) or address.has_port(given):
        return str(address.read(given))
    found = address.find(given)
    return given if found is None else str(found)
