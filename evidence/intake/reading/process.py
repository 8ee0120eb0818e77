"""The process that reads untrusted files, within limits enforced by the operating system.

Started by `processes.py` as `python -m evidence.intake.reading.process <socket>`. The first message has the
accepted headings of registers. A request has a budget, the format to read as (empty: recognise it), the register
(empty: any), and the open file. The answer is the content or an error, and the open file of packed results, if any. A
file that exceeds its time ends this process (SIGPROF with its default action); one that exceeds memory or disk is
reported and ends it too.
"""

import errno
import json
import os
import resource
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from typing import BinaryIO

from evidence.formats import formats
from evidence.formats.headings import Headings, best_match
from evidence.formats.table_head import Match
from evidence.formats.values import Unreadable
from evidence.intake.reading.document_text import document_text
from evidence.intake.reading.file import read_file, read_results

#: a format that a request can name: the text of a document, which is then the answer
DOCUMENT_TEXT = "document text"
#: an answer, besides a `FileContent`, an `Unreadable` and an `OSError`
TOO_MUCH_MEMORY = "memory"

_MAY_KEEP = 8 << 20  # bytes by which this process may grow before it is replaced
_LONGEST_REQUEST = 1_000  # bytes
_PAGE = resource.getpagesize()


def main() -> None:
    """Answer requests until the other side closes the connection, or this process has grown."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    formats()  # imports all formats now, so that no file's budget pays for it
    requests = socket.socket(fileno=int(sys.argv[1]))
    answers = Connection(os.dup(requests.fileno()))
    registers = _registers(requests)
    at_first, ends = _address_space(), False
    with suppress(ConnectionError):
        while not ends:
            request, files, _, _ = socket.recv_fds(requests, _LONGEST_REQUEST, 1)
            if not request:
                return
            seconds, memory, name, register = json.loads(request)
            match = best_match([registers[register]] if register else registers.values())
            with _limited(at_first, seconds, memory):
                answer, lines = _answer(name, match, *files)
            ends = answer == TOO_MUCH_MEMORY or _address_space() > at_first + _MAY_KEEP
            answers.send((answer, ends))
            if lines is not None:
                with lines:
                    socket.send_fds(requests, [b"."], [lines.fileno()])


def _registers(requests: socket.socket) -> dict[str, Headings]:
    _, files, _, _ = socket.recv_fds(requests, 1, 1)
    with os.fdopen(files[0], "rb") as stream:
        stream.seek(0)
        return {key: Headings(keys, frozenset(needed)) for key, (keys, needed) in json.load(stream).items()}


@contextmanager
def _limited(at_first: int, seconds: float, memory: int) -> Iterator[None]:
    """Limit processor time (seconds), memory and results (bytes each).

    `at_first`: bytes of this process before it read any file; growth by earlier files counts.
    """
    if at_first:
        _limit(resource.RLIMIT_AS, at_first + memory)
    _limit(resource.RLIMIT_FSIZE, memory)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        for what in (resource.RLIMIT_AS, resource.RLIMIT_FSIZE):
            _limit(what, resource.RLIM_INFINITY)


def _answer(name: str, match: Match, source: int) -> tuple[object, BinaryIO | None]:
    try:
        os.lseek(source, 0, os.SEEK_SET)
        with open(source, "rb") as stream:
            if name == DOCUMENT_TEXT:
                return document_text(stream), None
            return read_results(stream, name, match) if name else read_file(stream, match)
    except Unreadable as problem:
        return problem, None
    except MemoryError:
        return TOO_MUCH_MEMORY, None
    except OSError as problem:  # more results than allowed, or a full disk
        return TOO_MUCH_MEMORY if problem.errno == errno.EFBIG else problem, None


def _limit(what: int, most: int) -> None:
    """Set the soft limit only, so that the next file gets its own."""
    hard = resource.getrlimit(what)[1]
    within = hard if most == resource.RLIM_INFINITY else most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (within, hard))


def _address_space() -> int:
    """Size of the address space in bytes; 0 if the system does not report it."""
    with suppress(OSError), open("/proc/self/statm", "rb") as statistics:  # noqa: PTH123 - read for each file
        return int(statistics.read().split()[0]) * _PAGE
    return 0


if __name__ == "__main__":
    main()
