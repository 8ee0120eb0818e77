"""Helpful error messages for XML that cannot be parsed, without content of the file."""

import re
import unicodedata
from typing import Any, cast

from lxml import etree

from evidence.formats.values import Unreadable
from locales import text

_CODES = etree.ErrorTypes
_NAMES = {code: name for name, code in vars(_CODES).items() if name.startswith("ERR_")}
_TOO_LARGE = frozenset((_CODES.ERR_RESOURCE_LIMIT, _CODES.ERR_NAME_TOO_LONG))
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_NUMBER = re.compile(r"value (\d+)")
_PICTURES = 0x2400  # start of Unicode's pictures of control characters, which have names


def not_well_formed(
    error: etree.XMLSyntaxError, title: str, encoding: str, piece: bytes, *, at_end: bool
) -> Unreadable:
    """The error for what the parser raised in `piece`. `at_end`: the parser had the whole file."""
    line, code = str(error.lineno or 1), cast("Any", error).code
    if code == _CODES.ERR_INVALID_CHAR:
        return _control_character(error, title, line, piece)
    if code in (_CODES.ERR_INVALID_ENCODING, _CODES.ERR_UNSUPPORTED_ENCODING):
        return wrong_encoding(title, encoding, line)
    if code == _CODES.ERR_DOCUMENT_END:
        return Unreadable(
            text(
                "{format}, line {line}: after the end of the report something follows. "
                "Scan to a new file, or export the report again.",
                format=title,
                line=line,
            )
        )
    if code == _CODES.ERR_RESERVED_XML_NAME:
        return _repeated_declaration(title, line)
    if at_end and ("NOT_FINISHED" in _NAMES.get(code, "") or not piece.rstrip().endswith(b">")):
        return _cut_off(title, line)
    return _other_error(code, error.msg or "", title, line)


def wrong_encoding(title: str, encoding: str, line: str = "1") -> Unreadable:
    """The error for bytes that are not in the stated encoding."""
    return Unreadable(
        text(
            "{format}, line {line}: there are bytes here that are not {encoding}, as which this file is to be read. "
            "Let the tool write UTF-8, and say so in the first line.",
            format=title,
            line=line,
            encoding=encoding[:40],
        )
    )


def _control_character(error: etree.XMLSyntaxError, title: str, line: str, piece: bytes) -> Unreadable:
    """The error for a control character, literal or by number, which XML does not allow."""
    stated, raw = _NUMBER.search(error.msg or ""), _CONTROL.search(piece)
    number = int(stated.group(1)) if stated else raw.group()[0] if raw else None
    return Unreadable(
        text(
            "{format}, line {line}: the control character {character} may not stand in XML. Let the tool write its "
            "report without it; often it comes from coloured output (NO_COLOR=1).",
            format=title,
            line=line,
            character=_character_name(number),
        )
    )


def _repeated_declaration(title: str, line: str) -> Unreadable:
    return Unreadable(
        text(
            "{format}, line {line}: an XML declaration may stand only at the very beginning: a second report was "
            "appended, or something was put before it. Scan to a new file, or export the report again.",
            format=title,
            line=line,
        )
    )


def _character_name(number: int | None) -> str:
    """A character's code point and name, such as U+001B (escape)."""
    if number is None:
        return "-"
    name = unicodedata.name(chr(_PICTURES + number), "") if number <= 0x20 else ""  # noqa: PLR2004 - the last picture
    return f"U+{number:04X}" + (f" ({name.removeprefix('SYMBOL FOR ').lower()})" if name else "")


def _cut_off(title: str, line: str) -> Unreadable:
    return Unreadable(
        text(
            "{format}, line {line}: the file is not finished; it was cut off. Export it again.", format=title, line=line
        )
    )


def _other_error(code: int, message: str, title: str, line: str) -> Unreadable:
    if code in _TOO_LARGE or "too big" in message:
        return Unreadable(
            text("{format}, line {line}: a single value is larger than is read.", format=title, line=line)
        )
    return Unreadable(
        text(
            "{format}, line {line}: this is not well-formed XML ({detail}); expected the file as the tool wrote it.",
            format=title,
            line=line,
            detail=_NAMES.get(code, "").removeprefix("ERR_").replace("_", " ").lower() or "-",
        )
    )
