"""A pool of processes that read untrusted files, each file within a budget of time and memory by its size."""

import json
import logging
import os
import signal
import socket
from functools import cache
from tempfile import TemporaryFile
from typing import BinaryIO, cast

from evidence.errors import TooCostly
from evidence.formats.values import Unreadable
from evidence.intake.reading.document_text import DocumentText
from evidence.intake.reading.file import FileContent
from evidence.intake.reading.process import DOCUMENT_TEXT, TOO_MUCH_MEMORY
from evidence.intake.reading.process_pool import Budget, Pool, Worker, descriptor
from evidence.intake.reading.spool import Spool
from evidence.judging.policies import register_headings
from evidence.storage.backends import available
from locales import Text, text

_MB = 1_000_000
_SHARE = 10 * _MB  # bytes of a file for which it may take:
_SECONDS, _MEMORY = 5.0, 150 * _MB
_LEAST_SECONDS, _LEAST_MEMORY = 1.0, 50 * _MB
_MOST_SECONDS, _MOST_MEMORY = 600.0, 600 * _MB
_TEXT_BUDGET = Budget(10.0, 300 * _MB)  # of a document whose text is read
_log = logging.getLogger(__name__)


def budget_of(size: int) -> Budget:
    """The budget of a file of `size` bytes: 5 s and 150 MB per 10 MB, at least 1 s and 50 MB."""
    share = size / _SHARE
    return Budget(
        min(max(_SECONDS * share, _LEAST_SECONDS), _MOST_SECONDS),
        min(max(int(_MEMORY * share), _LEAST_MEMORY), _MOST_MEMORY),
    )


class Readers(Pool["_Reader"]):
    """A pool of processes that read files."""

    def __init__(self, number: int) -> None:
        super().__init__(number, _Reader)

    def read(
        self, stream: BinaryIO, size: int, whose: str = "", name: str = "", register: str = ""
    ) -> tuple[FileContent, Spool]:
        """Read a file of `size` bytes as the format it appears to be, or as format `name`.

        `whose`: the person who waits for it; `register`: the policy of its register, if known.
        Raises `Unreadable` and `TooCostly`.
        """
        with descriptor(stream) as source, self.borrow(whose) as reader:
            answer, lines = reader.read(source, budget_of(size), name, register)
        content = cast("FileContent", answer)
        return content, Spool(lines, content.counts, content.first)

    def text(self, stream: BinaryIO, whose: str = "") -> str:
        """The text of a document as Markdown; see `document_text`. Raises `Unreadable` and `TooCostly`."""
        with descriptor(stream) as source, self.borrow(whose) as reader:
            answer, _ = reader.read(source, _TEXT_BUDGET, DOCUMENT_TEXT, "")
        return cast("DocumentText", answer).text


class _Reader(Worker):
    """A process that reads results and registers; it gets the accepted headings of registers first."""

    def __init__(self) -> None:
        super().__init__("evidence.intake.reading.process")
        with TemporaryFile() as headings:
            headings.write(_registers())
            headings.flush()
            socket.send_fds(self._requests, [b"."], [headings.fileno()])

    def read(
        self, source: int, budget: Budget, name: str, register: str
    ) -> tuple[FileContent | DocumentText, BinaryIO | None]:
        """Read a file; return its content or text, and packed results. Raises `Unreadable` and `TooCostly`."""
        try:
            answer, lines = self._request(source, budget, name, register)
        except (EOFError, OSError):
            raise self._ended(budget) from None
        finally:
            if self._over:
                self.end()
        if isinstance(answer, Unreadable):
            raise answer
        if isinstance(answer, OSError):
            with available():
                raise answer
        if answer == TOO_MUCH_MEMORY:
            raise _too_costly(text("{n} MB of memory", n=budget.memory // _MB))
        return cast("FileContent | DocumentText", answer), lines

    def _request(self, source: int, budget: Budget, name: str, register: str) -> tuple[object, BinaryIO | None]:
        self.ask(source, budget, name, register)
        answer, self._over = self._answers.recv()
        if not isinstance(answer, FileContent) or answer.run is None:
            return answer, None
        _, files, _, _ = socket.recv_fds(self._requests, 1, 1)
        if not files:
            raise EOFError
        return answer, os.fdopen(files[0], "rb")

    def _ended(self, budget: Budget) -> Exception:
        """The error for a missing answer: the time was up, or reading broke the process."""
        code = self.exit_code()
        if code == -signal.SIGPROF:
            return _too_costly(text("{n} s of processor time", n=budget.seconds))
        _log.error("reading a file ended the process that read it (%s)", code)
        return Unreadable(text("this file can't be read: reading it failed unexpectedly. Export it again."))


def _registers() -> bytes:
    """Accepted headings of registers, encoded for the process."""
    known = register_headings().items()
    return json.dumps({key: (dict(headings.keys), sorted(headings.needed)) for key, headings in known}).encode()


def _too_costly(most: Text) -> TooCostly:
    return TooCostly(
        text(
            "reading this file takes more than {most}, the limit for a file of this size. Upload the tool's "
            "own report, a spreadsheet as CSV, or the file in parts.",
            most=most,
        )
    )


@cache
def readers() -> Readers:
    """The readers of uploads: at least three, of which a person's files use at most two."""
    return Readers(max(3, os.cpu_count() or 1))


@cache
def readers_again() -> Readers:
    """The reader of files accepted before, separate so that it never waits for uploads."""
    return Readers(1)
