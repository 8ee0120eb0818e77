"""The process that reads untrusted files, within limits enforced by the operating system.

Started by `process_pool.py` as `python -m evidence.intake.reading.process <socket>`. The first message has the
accepted headings of registers. A request has a budget, the format to read as (empty: recognise it), the register
(empty: any), and the open file. The answer is the content or an error, and the open file of packed results, if any. A
file that exceeds its time ends this process (SIGPROF with its default action); one that exceeds memory or disk is
reported and ends it too.
"""

import errno
import gc
import json
import os
import socket
import sys
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import BinaryIO

from evidence.formats import formats
from evidence.formats.tables.heading_comparison import Headings, best_match
from evidence.formats.tables.table_head import Match
from evidence.formats.values import Unreadable
from evidence.intake.reading.document_text import document_text
from evidence.intake.reading.file import read_file, read_results
from evidence.intake.reading.process_limits import address_space, limited, without_core_dumps

#: a format that a request can name: the text of a document, which is then the answer
DOCUMENT_TEXT = "document text"
#: an answer, besides a `FileContent`, an `Unreadable` and an `OSError`
TOO_MUCH_MEMORY = "memory"

_MAY_KEEP = 8 << 20  # bytes by which this process may grow before it is replaced
_LONGEST_REQUEST = 1_000  # bytes


def main() -> None:
    """Answer requests until the other side closes the connection, or this process has grown."""
    without_core_dumps()
    formats()  # imports all formats now, so that no file's budget pays for it
    gc.freeze()  # nor for searching all of that for garbage
    requests = socket.socket(fileno=int(sys.argv[1]))
    answers = Connection(os.dup(requests.fileno()))
    registers = _registers(requests)
    at_first, ends = address_space(), False
    with suppress(ConnectionError):
        while not ends:
            request, files, _, _ = socket.recv_fds(requests, _LONGEST_REQUEST, 1)
            if not request:
                return
            seconds, memory, name, register = json.loads(request)
            match = best_match([registers[register]] if register else registers.values())
            with limited(at_first, seconds, memory):
                answer, lines = _answer(name, match, *files)
            ends = answer == TOO_MUCH_MEMORY or address_space() > at_first + _MAY_KEEP
            answers.send((answer, ends))
            if lines is not None:
                with lines:
                    socket.send_fds(requests, [b"."], [lines.fileno()])


def _registers(requests: socket.socket) -> dict[str, Headings]:
    _, files, _, _ = socket.recv_fds(requests, 1, 1)
    with os.fdopen(files[0], "rb") as stream:
        stream.seek(0)
        return {key: Headings(keys, frozenset(needed)) for key, (keys, needed) in json.load(stream).items()}


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


if __name__ == "__main__":
    main()
