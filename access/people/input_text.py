"""Text that strangers type or send, made fit to store, show and compare."""

import unicodedata

EMAIL_MAX = 200  # characters


def only_printable(content: str) -> str:
    """The text without control, direction and broken characters: fit for a table, a page and a log."""
    return "".join(sign for sign in content if sign.isprintable())


def normalise_email(email: str) -> str:
    """An e-mail address as it is stored and compared: printable, lower case, at most `EMAIL_MAX` characters."""
    return only_printable(email).strip().lower()[:EMAIL_MAX]


def name_key(name: str) -> str:
    """A name as it is compared: look-alike characters, capitals and spaces make no difference (Unicode NFKC)."""
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).split())
