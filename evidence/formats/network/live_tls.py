"""The product's own check of TLS at an address (`evidence/collect/live/`).

A record per fact, with the ids and wordings of testssl.sh, so that a requirement or policy that takes a scan of
testssl.sh takes it too (`TAKEN_AS`) and judges it alike. What was not examined has no record.
"""

from collections.abc import Iterator
from typing import BinaryIO

from evidence.formats.network import testssl
from evidence.formats.reading.plain_text import looks_like_text
from evidence.formats.values import Result, Run
from locales import text

NAME = "live_tls"
TITLE = "Aantoonbaar TLS"
ABOUT = text(
    "Aantoonbaar writes this file itself when a live check of TLS is switched on. Its records have the ids of "
    "testssl.sh and are judged by the same policies. What was not examined has no record, so that it waits for a "
    "review; a file without its end is incomplete."
)
RECOGNISED_BY = text("It begins with the name `Aantoonbaar`, as the live check writes it.")
COMMANDS: tuple[str, ...] = ()
TAKEN_AS = testssl.NAME
#: how a file begins; its header has no `Invocation`, by which a scan of testssl.sh is recognised
_BEGIN = '{"Aantoonbaar": "TLS"'


def recognises(head: bytes) -> bool:
    """Whether the file begins as the check writes it."""
    return (looks_like_text(head) or "").startswith(_BEGIN)


def read(stream: BinaryIO) -> tuple[Run, Iterator[Result]]:
    """Read the run and its results; the run is filled while they are read.

    Raises `Unreadable`, also while iterating.
    """
    run, results = testssl.read(stream)
    run.format, run.tool = NAME, "Aantoonbaar"
    return run, results
