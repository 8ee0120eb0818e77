"""Known formats that are not supported: they are recognised by content, so that the error names them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, NoReturn

from evidence.formats.reading.plain_text import looks_like_text
from evidence.formats.reading.xml_stream import prolog
from evidence.formats.values import Result, Run, Unreadable
from locales import text

_INSPECTED = 16_384  # characters of JSON by which a format is recognised
#: by XML root element: the format, and a text that must occur in the head if the root is not specific enough
_ROOTS = {
    "testrun": ("Eclipse JUnit XML", ""),
    "testng-results": ("TestNG XML", ""),
    "robot": ("Robot Framework XML", ""),
    "document": ("SSLyze XML", "sslyze"),
}
#: formats of JSON, with fragments that must all occur
_NAMES = (
    ("SPDX JSON", ('"spdxVersion"',)),
    ("Grype JSON", ('"matches"', '"vulnerability"', '"artifact"')),
)


@dataclass(frozen=True, slots=True)
class UnsupportedFormat:
    """A known format that is not supported. `root`: the XML root element, if any."""

    NAME: str
    root: str = ""

    @property
    def TITLE(self) -> str:  # noqa: N802 - as in `Format`
        return self.NAME

    def recognises(self, head: bytes) -> bool:
        """Whether a file is of this format."""
        return unsupported_format(head) == self

    def read(self, stream: BinaryIO) -> tuple[Run, Iterator[Result]]:
        """Raise `Unreadable`, always."""
        del stream
        self._refuse()

    def _refuse(self) -> NoReturn:
        if self.root:
            raise Unreadable(
                text(
                    "This is {format} (root element {root}), which is not read yet; let the tool write a format that "
                    "is asked, such as JUnit XML (root element testsuites).",
                    format=self.NAME,
                    root=self.root,
                )
            )
        raise Unreadable(
            text("This is {format}, which is not read yet; upload one of the accepted formats.", format=self.NAME)
        )


def unsupported_format(head: bytes) -> UnsupportedFormat | None:
    """The known but unsupported format of a file, by its first 64 KiB; None for others."""
    beginning = prolog(head)
    if beginning is not None:
        name, beside = _ROOTS.get(beginning.root, ("", ""))
        return UnsupportedFormat(name, beginning.root) if name and beside.encode() in head.lower() else None
    begin = (looks_like_text(head) or "").lstrip("\ufeff \t\r\n")[:_INSPECTED]
    if not begin.startswith(("{", "[")):
        return None
    return next(
        (UnsupportedFormat(name) for name, words in _NAMES if all(fragment in begin for fragment in words)), None
    )
