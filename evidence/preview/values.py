"""A preview of a file, and how it travels between processes: as JSON, never as Python objects."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Final

from pydantic import ConfigDict, TypeAdapter

from locales import Text, text

#: for the page number: the words of the whole file, without a picture
WORDS: Final = 0


class Reason(StrEnum):
    """Why a file has no preview."""

    KIND = "kind"
    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"
    COSTLY = "costly"


REASONS: Final[dict[Reason, Text]] = {
    Reason.KIND: text("Files of this kind are not shown here; download the file to read it."),
    Reason.ENCRYPTED: text("This file needs a password, so it can't be shown; download it, or ask for one without."),
    Reason.DAMAGED: text("This file can't be shown, as a part of it can't be read; download it to look at it."),
    Reason.COSTLY: text("Showing this file takes too much time or memory; download it to read it."),
}


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a JSON or XML file: its name, its own value or attributes, and the parts inside it."""

    name: str
    value: str = ""
    inside: tuple["Node", ...] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """The first rows of a table; of a workbook with the name of its sheet. `is_part`: there are more."""

    sheet: str
    rows: tuple[tuple[str, ...], ...]
    is_part: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """What is shown of a file; with a `reason`, nothing.

    `picture`: the page (counted from 1) of `pages`, or the image, as PNG or JPEG. `text`: its words, of a PDF those of
    the page. `is_part`: the file holds more than `text`, `tables` or `tree` show.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    page: int = 1
    pages: int = 1
    picture: bytes = b""
    text: str = ""
    tables: tuple[Rows, ...] = ()
    tree: tuple[Node, ...] = ()
    is_part: bool = False
    reason: Reason | None = None

    @property
    def picture_type(self) -> str:
        """The media type of the picture."""
        return "image/png" if self.picture.startswith(b"\x89PNG") else "image/jpeg"


_ADAPTER: Final = TypeAdapter(Preview)


def encode(preview: Preview) -> bytes:
    """The preview as JSON; its picture in Base64."""
    return _ADAPTER.dump_json(preview)


def decode(data: bytes) -> Preview:
    """The preview of `encode`. Raises `pydantic.ValidationError`."""
    return _ADAPTER.validate_json(data)
