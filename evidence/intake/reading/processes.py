"""A pool of processes that read untrusted files, each file within a budget of time and memory by its size.

A process that a file ended is replaced. The files of a person never use all processes at once, so that others do not
wait for them. Reasons: docs/decisions/0014.
"""

import atexit
import io
import json
import logging
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from queue import LifoQueue
from tempfile import TemporaryFile
from threading import Semaphore
from typing import BinaryIO, cast
from weakref import WeakValueDictionary

from evidence.errors import TooCostly
from evidence.formats.values import Unreadable
from evidence.intake.reading.document_text import DocumentText
from evidence.intake.reading.file import FileContent
from evidence.intake.reading.process import DOCUMENT_TEXT, TOO_MUCH_MEMORY
from evidence.intake.reading.spool import Spool
from evidence.judging.policies import register_headings
from evidence.storage.places import available
from locales import Text, text

_HOUSE = Path(__file__).parents[3]
_MB = 1_000_000
_SHARE = 10 * _MB  # bytes of a file for which it may take:
_SECONDS, _MEMORY = 5.0, 150 * _MB
_LEAST_SECONDS, _LEAST_MEMORY = 1.0, 50 * _MB
_MOST_SECONDS, _MOST_MEMORY = 60.0, 600 * _MB
_PATIENCE = 20  # seconds on the clock for each second of processor time, as the cores have other work
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Budget:
    """The budget for reading a file: seconds of a core, bytes of memory."""

    seconds: float
    memory: int


_TEXT_BUDGET = Budget(10.0, 300 * _MB)  # of a document whose text is read


def budget_of(size: int) -> Budget:
    """The budget of a file of `size` bytes: 5 s and 150 MB per 10 MB, at least 1 s and 50 MB."""
    share = size / _SHARE
    return Budget(
        min(max(_SECONDS * share, _LEAST_SECONDS), _MOST_SECONDS),
        min(max(int(_MEMORY * share), _LEAST_MEMORY), _MOST_MEMORY),
    )


class Readers:
    """A pool of processes that read files; each is started when it is first needed."""

    def __init__(self, number: int) -> None:
        self._of_one = max(1, number - 1)
        self._waiting: LifoQueue[_Reader | None] = LifoQueue()
        for _ in range(number):
            self._waiting.put(None)
        self._turns: WeakValueDictionary[str, Semaphore] = WeakValueDictionary()
        atexit.register(self.close)

    def read(
        self, stream: BinaryIO, size: int, whose: str = "", name: str = "", register: str = ""
    ) -> tuple[FileContent, Spool]:
        """Read a file of `size` bytes as the format it appears to be, or as format `name`.

        `whose`: the person who waits for it; `register`: the policy of its register, if known.
        Raises `Unreadable` and `TooCostly`.
        """
        turn = self._turns.setdefault(whose, Semaphore(self._of_one))
        with turn, _descriptor(stream) as source, self._borrow_reader() as reader:
            answer, lines = reader.read(source, budget_of(size), name, register)
        content = cast("FileContent", answer)
        return content, Spool(lines, content.counts, content.first)

    def text(self, stream: BinaryIO, whose: str = "") -> str:
        """The text of a document as Markdown; see `document_text`. Raises `Unreadable` and `TooCostly`."""
        turn = self._turns.setdefault(whose, Semaphore(self._of_one))
        with turn, _descriptor(stream) as source, self._borrow_reader() as reader:
            answer, _ = reader.read(source, _TEXT_BUDGET, DOCUMENT_TEXT, "")
        return cast("DocumentText", answer).text

    def close(self) -> None:
        """End idle processes; busy ones end with their file."""
        while not self._waiting.empty():
            reader = self._waiting.get_nowait()
            if reader is not None:
                reader.end()

    def start(self) -> None:
        """Start all processes, so that no upload waits for it."""
        with ExitStack() as taken:
            for _ in range(self._waiting.qsize()):
                taken.enter_context(self._borrow_reader())

    @contextmanager
    def _borrow_reader(self) -> "Iterator[_Reader]":
        reader = self._waiting.get()
        try:
            reader = _living(reader)
            yield reader
        finally:
            self._waiting.put(reader and _living(reader))


class _Reader:
    """A reading process and the connection to it."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", "evidence.intake.reading.process", str(theirs.fileno())],
                cwd=_HOUSE,
                env={name: value for name, value in os.environ.items() if not name.startswith("AANTOONBAAR_")},
                stdin=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                process_group=0,  # interrupting the product at a terminal does not interrupt a file
            )
        self._requests = ours
        self._answers = Connection(os.dup(ours.fileno()))
        self._answered = select.poll()  # made once, as `Connection.poll` makes one at each call
        self._answered.register(self._answers.fileno(), select.POLLIN)
        self._over = False
        with TemporaryFile() as headings:
            headings.write(_registers())
            headings.flush()
            socket.send_fds(self._requests, [b"."], [headings.fileno()])

    def is_over(self) -> bool:
        """Whether the process can read no more files."""
        return self._over or self._process.poll() is not None

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
        self._over = True  # until it has answered
        request = json.dumps((budget.seconds, budget.memory, name, register)).encode()
        socket.send_fds(self._requests, [request], [source])
        if not self._answered.poll(1000 * _PATIENCE * budget.seconds):
            raise EOFError
        answer, self._over = self._answers.recv()
        if not isinstance(answer, FileContent) or answer.run is None:
            return answer, None
        _, files, _, _ = socket.recv_fds(self._requests, 1, 1)
        if not files:
            raise EOFError
        return answer, os.fdopen(files[0], "rb")

    def end(self) -> None:
        self._over = True
        self._requests.close()
        self._answers.close()
        self._process.kill()
        self._process.wait()

    def _ended(self, budget: Budget) -> Exception:
        """The error for a missing answer: the time was up, or reading broke the process."""
        try:
            code = self._process.wait(1)
        except subprocess.TimeoutExpired:
            code = -signal.SIGPROF  # no end and no answer
        if code == -signal.SIGPROF:
            return _too_costly(text("{n} seconds of processor time", n=budget.seconds))
        _log.error("reading a file ended the process that read it (%s)", code)
        return Unreadable(text("this file can't be read: reading it failed unexpectedly. Export it again."))


def _registers() -> bytes:
    """Accepted headings of registers, encoded for the process."""
    known = register_headings().items()
    return json.dumps({key: (dict(headings.keys), sorted(headings.needed)) for key, headings in known}).encode()


def _living(reader: _Reader | None) -> _Reader:
    """The reader, or a new one if it can read no more."""
    if reader is not None and not reader.is_over():
        return reader
    if reader is not None:
        reader.end()
    return _Reader()


def _too_costly(most: Text) -> TooCostly:
    return TooCostly(
        text(
            "reading this file takes more than {most}, the limit for a file of this size. Upload the tool's "
            "own report, a spreadsheet as CSV, or the file in parts.",
            most=most,
        )
    )


@contextmanager
def _descriptor(stream: BinaryIO) -> Iterator[int]:
    """The file descriptor of a stream; streams without one are copied to a file."""
    number = _number(stream)
    if number is not None:
        yield number
        return
    with TemporaryFile() as copy:
        stream.seek(0)
        shutil.copyfileobj(stream, copy)
        copy.flush()
        yield copy.fileno()


def _number(stream: BinaryIO) -> int | None:
    try:
        return stream.fileno()
    except (AttributeError, io.UnsupportedOperation):
        return None


@cache
def readers() -> Readers:
    """The readers of uploads: at least three, of which a person's files use at most two."""
    return Readers(max(3, os.cpu_count() or 1))


@cache
def readers_again() -> Readers:
    """The reader of files accepted before, separate so that it never waits for uploads."""
    return Readers(1)
