"""What a format gives back: a run and its results. Values only; formats import nothing of ours but this room."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import BinaryIO, ClassVar, NamedTuple, Protocol

from evidence.formats.facts import Facts
from locales import Problem, Text

PASS, FAIL, ERROR, SKIPPED, NOT_APPLICABLE, INFORMATIONAL = (
    "pass",
    "fail",
    "error",
    "skipped",
    "not applicable",
    "informational",
)
NOT_EVALUATED = "not evaluated"  # the tool gives no verdict here: a warning of its own, an undetermined port

HEAD = 65_536  # bytes; a format is recognised by the first so many
LONGEST_CHECK = 400  # characters of a check's name
LONGEST_MESSAGE = 10_000  # characters of a result's message that are kept

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(value: str, longest: int) -> str:
    """The text without what no database or page can hold (NUL, lone surrogates), cut at `longest`."""
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", value[:longest])


def unix_moment(seconds: str) -> datetime | None:
    """The moment so many seconds after 1970 began; None for no number, and for 0: the tool did not know the time."""
    try:
        moment = datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment.timestamp() > 0 else None


class Unreadable(Problem):
    """A file that can't be read as what it seems to be: says what, where (line or record) and what was expected."""

    status: ClassVar[int] = 422


class Result(NamedTuple):
    """One line of a test run, as the tool wrote it. `target` is empty where the format names none.

    `row`: of a table, the number of the row (line) in the file; 0 where there is none.
    """

    position: int
    check: str
    target: str
    outcome: str
    severity: str = ""
    message: str = ""
    properties: tuple[
        tuple[str, str], ...
    ] = ()  # a case's properties, a row's cells, an address; for policies, not stored
    row: int = 0


@dataclass(slots=True)
class Run:
    """What the file says of the run; complete once its results have been read to the end.

    `started_at` and `ended_at` are the first and the last moment that the file tells: aware if it names a zone, naive
    (as written, never shifted) if it does not; None where it tells none.
    """

    format: str
    tool: str
    tool_version: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    complete: bool = True
    remark: Text | None = None  # why it is incomplete, or what a reviewer should know
    targets: set[str] = field(default_factory=set)
    default_port: int | None = None  # which port a target means that names none; None: its host as a whole
    facts: Facts | None = None  # what the file says beside its results: scanned ports, columns, ...

    @property
    def moments(self) -> list[datetime]:
        """The first and the last moment, as far as the file tells them."""
        return [moment for moment in (self.started_at, self.ended_at) if moment is not None]


class Format(Protocol):
    """A module of this folder. Found by being there (`evidence/formats/__init__.py`)."""

    NAME: str  # junit, testssl, nmap, csv: as evidence requirements name it
    TITLE: str  # JUnit XML

    def recognises(self, head: bytes) -> bool:
        """Whether the first 64 KiB look like this format; by content, never by file name."""
        ...

    def read(self, stream: BinaryIO) -> tuple[Run, Iterator[Result]]:
        """The run, filled while its results are read. Constant memory. Raises `Unreadable`, also while iterating."""
        ...
