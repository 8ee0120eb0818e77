"""Processes that read untrusted files: one process with its connection, and a pool of them.

A process that a file ended is replaced. The files of a person never use all processes at once, so that others do not
wait for them. Reasons: docs/decisions/0014.
"""

import atexit
import io
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from queue import LifoQueue
from tempfile import TemporaryFile
from threading import Semaphore
from typing import BinaryIO, Generic, TypeVar
from weakref import WeakValueDictionary

_HOUSE = Path(__file__).parents[3]
_PATIENCE = 20  # seconds on the clock for each second of processor time, as the cores have other work


@dataclass(frozen=True, slots=True)
class Budget:
    """The budget for reading a file: seconds of a core, bytes of memory."""

    seconds: float
    memory: int


class Worker:
    """A process that reads files, and the connection to it. `module`: what it runs, with the socket as its argument."""

    def __init__(self, module: str) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", module, str(theirs.fileno())],
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

    def is_over(self) -> bool:
        """Whether the process can read no more files."""
        return self._over or self._process.poll() is not None

    def ask(self, source: int, budget: Budget, *arguments: object) -> None:
        """Send a request with an open file, and wait until its answer begins. Raises `EOFError` and `OSError`."""
        self._over = True  # until it has answered
        request = json.dumps((budget.seconds, budget.memory, *arguments)).encode()
        socket.send_fds(self._requests, [request], [source])
        if not self._answered.poll(1000 * _PATIENCE * budget.seconds):
            raise EOFError

    def end(self) -> None:
        self._over = True
        self._requests.close()
        self._answers.close()
        self._process.kill()
        self._process.wait()

    def exit_code(self) -> int:
        """Why there is no answer: -SIGPROF if the time was up, else how reading broke the process."""
        try:
            return self._process.wait(1)
        except subprocess.TimeoutExpired:
            return -signal.SIGPROF  # no end and no answer


AnyWorker = TypeVar("AnyWorker", bound=Worker)


class Pool(Generic[AnyWorker]):
    """A pool of processes; each is started when it is first needed."""

    def __init__(self, number: int, begin: Callable[[], AnyWorker]) -> None:
        self._begin = begin
        self._of_one = max(1, number - 1)
        self._waiting: LifoQueue[AnyWorker | None] = LifoQueue()
        for _ in range(number):
            self._waiting.put(None)
        self._turns: WeakValueDictionary[str, Semaphore] = WeakValueDictionary()
        atexit.register(self.close)

    @contextmanager
    def borrow(self, whose: str = "") -> Iterator[AnyWorker]:
        """A process for one file. `whose`: the person who waits for it."""
        turn = self._turns.setdefault(whose, Semaphore(self._of_one))
        with turn, self._borrow_reader() as reader:
            yield reader

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
    def _borrow_reader(self) -> Iterator[AnyWorker]:
        reader = self._waiting.get()
        try:
            reader = self._living(reader)
            yield reader
        finally:
            self._waiting.put(reader and self._living(reader))

    def _living(self, reader: AnyWorker | None) -> AnyWorker:
        """The process, or a new one if it can read no more."""
        if reader is not None and not reader.is_over():
            return reader
        if reader is not None:
            reader.end()
        return self._begin()


@contextmanager
def descriptor(stream: BinaryIO) -> Iterator[int]:
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
