"""The process in which files of strangers are read, within limits that its operating system holds it to.

Started by `processes.py` as `python -m evidence.intake.reading.process <socket>`. The first message brings what the
columns of registers may be called. Each request is a budget, the format to read as (empty: recognise it), the register
that it is (empty: any), and the open file; an answer is what the file says, or the refusal, and where there are results
the open file that they are packed in. A file that takes more time than its budget ends this process (SIGPROF, whose
action nobody changed); one that takes more memory or disk gets an error, is told, and ends it too.
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
from evidence.intake.reading.file import read_file, read_results

#: An answer, beside a `FileContent`, an `Unreadable` and an `OSError`.
TOO_MUCH_MEMORY = "memory"

_MAY_KEEP = 8 << 20  # bytes by which this process may have grown; it begins anew beyond that
_LONGEST_REQUEST = 1_000  # bytes
_PAGE = resource.getpagesize()


def main() -> None:
    """Answer requests until the other side closes the connection, or this process has grown."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    formats()  # all of them are imported now, which then counts for no file
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
    with os.fdopen(files[0], "rb") as told:
        told.seek(0)
        return {key: Headings(keys, frozenset(needed)) for key, (keys, needed) in json.load(told).items()}


@contextmanager
def _limited(at_first: int, seconds: float, memory: int) -> Iterator[None]:
    """So many seconds of processor time, and so many bytes of memory and of results.

    `at_first`: the bytes that this process had before it read anything; what it kept of other files counts.
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
            return read_results(stream, name, match) if name else read_file(stream, match)
    except Unreadable as problem:
        return problem, None
    except MemoryError:
        return TOO_MUCH_MEMORY, None
    except OSError as problem:  # more results than may be written, or than the disk takes
        return TOO_MUCH_MEMORY if problem.errno == errno.EFBIG else problem, None


def _limit(what: int, most: int) -> None:
    """The soft limit only, so that the next file gets its own."""
    hard = resource.getrlimit(what)[1]
    within = hard if most == resource.RLIM_INFINITY else most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (within, hard))


def _address_space() -> int:
    """Bytes that this process has; 0 where the system does not tell."""
    with suppress(OSError), open("/proc/self/statm", "rb") as told:  # noqa: PTH123 - asked for each file
        return int(told.read().split()[0]) * _PAGE
    return 0


if __name__ == "__main__":
    main()
