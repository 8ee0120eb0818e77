"""Values that formats return: a run and its results. Formats import nothing of other rooms."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import BinaryIO, ClassVar, NamedTuple, Protocol

from evidence.formats.facts import Facts
from evidence.formats.moments import Moments
from locales import Problem, Text, text

PASS, FAIL, ERROR, SKIPPED, NOT_APPLICABLE, INFORMATIONAL = (
    "pass",
    "fail",
    "error",
    "skipped",
    "not applicable",
    "informational",
)
NOT_EVALUATED = "not evaluated"  # the tool gives no verdict: a warning, an undetermined port

HEAD = 65_536  # bytes by which a format is recognised
LONGEST_CHECK = 400  # characters of a check's name
LONGEST_MESSAGE = 10_000  # characters of a result's message
_MOST_DOUBTS = 10

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(value: str, longest: int) -> str:
    """The text with NUL and lone surrogates replaced, cut at `longest` characters."""
    cut = value[:longest]
    if cut.isascii() and "\0" not in cut:  # nearly every text; an expression looks at each character
        return cut
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", cut)


def unix_moment(seconds: str) -> datetime | None:
    """The moment of Unix seconds; None for no number, and for 0, which means an unknown time."""
    try:
        moment = datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment.timestamp() > 0 else None


class Unreadable(Problem):
    """The file cannot be read as the format it appears to be: what, where (line or record), what was expected."""

    status: ClassVar[int] = 422


class Result(NamedTuple):
    """A result of a test run, as the tool wrote it. `target`: empty when the format names none.

    `severity`: the tool's own word; `rating`: the same on the common scale (`severity_words.py`), empty without one.

    `row`: of a table, the number of the row (line) in the file; 0 where there is none.
    """

    position: int
    check: str
    target: str
    outcome: str
    severity: str = ""
    message: str = ""
    properties: tuple[tuple[str, str], ...] = ()  # properties, cells or an address, for policies; not stored
    row: int = 0
    rating: str = ""


#: makes a result of all its values in a tuple; the constructor of a named tuple takes four times as long
new_result: Callable[[Iterable[object]], Result] = partial(tuple.__new__, Result)


@dataclass(slots=True)
class Run:
    """A run of a tool; all fields are set once its results have been read completely.

    `started_at`, `ended_at`: first and last moment in the file, aware if it names a time zone, else naive (as written);
    None if it has none. `complete`: whether the file shows a finished run. `doubts`: what the file says of the run
    itself by which it may have missed something, each once: a pass then waits for someone else's review.
    """

    format: str
    tool: str
    tool_version: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    complete: bool = True
    remark: Text | None = None  # why it is incomplete, or a remark for the reviewer
    targets: set[str] = field(default_factory=set)
    default_port: int | None = None  # port of a target without one; None: the whole host
    facts: Facts | None = None  # what the file has besides results: scanned ports, columns, ...
    doubts: list[Text] = field(default_factory=list)

    def doubt(self, what: Text) -> None:
        """Note that the run may have missed something, which someone else must look at."""
        if what not in self.doubts and len(self.doubts) < _MOST_DOUBTS:
            self.doubts.append(what)

    def add_moments(self, moments: Moments) -> None:
        """Take over first and last moment, and whether something in the file ended before it began."""
        self.started_at, self.ended_at = moments.first, moments.last
        if moments.reversed is not None:
            began, ended = moments.reversed
            self.doubt(
                text(
                    "The file says that something in it began at {began} and ended at {ended}, which is earlier.",
                    began=f"{began:%Y-%m-%d %H:%M:%S}",
                    ended=f"{ended:%Y-%m-%d %H:%M:%S}",
                )
            )

    @property
    def moments(self) -> list[datetime]:
        """First and last moment, as far as known."""
        return [moment for moment in (self.started_at, self.ended_at) if moment is not None]


class Format(Protocol):
    """The interface of a module of this folder, discovered by `evidence/formats/__init__.py`."""

    NAME: str  # the name in evidence requirements: junit, testssl, nmap, csv
    TITLE: str  # the display name: JUnit XML
    ABOUT: Text  # what is read, what is not, and what shows that the run is complete; for its page
    RECOGNISED_BY: Text  # a sentence: by what in its content a file is recognised
    COMMANDS: tuple[str, ...]  # how the tool is run, for its page; empty for formats of no particular tool

    def recognises(self, head: bytes) -> bool:
        """Whether the first 64 KiB are of this format, by content only."""
        ...

    def read(self, stream: BinaryIO) -> tuple[Run, Iterator[Result]]:
        """Read the run and its results in constant memory. Raises `Unreadable`, also while iterating."""
        ...
