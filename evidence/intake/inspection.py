"""The first step of the one way in: stage the files, recognise them, read what they say. Nothing permanent happens."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import PurePosixPath
from types import TracebackType
from typing import BinaryIO, Self, cast

from evidence.errors import TooCostly, TooLarge, Unfitting
from evidence.formats.media import Media
from evidence.formats.values import HEAD, Run, Unreadable
from evidence.intake.reading.processes import readers
from evidence.intake.reading.spool import Spool
from evidence.intake.represented_days import around, days_of
from evidence.storage.store import EvidenceStore, Staged
from locales import text
from models.calendar import Calendar, Span

MOST_FILES = 20
MOST_BYTES = 256 << 20
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file on its way in. Its name is only ever shown."""

    stream: BinaryIO
    name: str


@dataclass(slots=True)
class InspectedFile:
    """One staged file and what was read from it. `problem`: why it can't be read as the format that it seems to be."""

    name: str
    staged: Staged
    media: Media
    format: str = ""  # of test results and registers; empty for a record
    run: Run | None = None
    problem: Unreadable | None = None
    spool: Spool = field(default_factory=Spool)

    @property
    def kind(self) -> str:
        """What requirements call it: a format (junit, csv) or the usual extension of its type (pdf)."""
        return self.format or self.media.extension

    @property
    def counts(self) -> dict[str, int]:
        return dict(self.spool.counts)


@dataclass(slots=True)
class Inspection:
    """The files of one delivery, staged and read. Discard it when it is not filed."""

    files: list[InspectedFile] = field(default_factory=list)

    @property
    def runs(self) -> list[Run]:
        return [file.run for file in self.files if file.run is not None]

    @property
    def tools(self) -> list[str]:
        return sorted({run.tool for run in self.runs})

    @property
    def targets(self) -> list[str]:
        """The targets that the files say they tested."""
        return sorted({target for run in self.runs for target in run.targets})

    @property
    def named(self) -> dict[str, int | None]:
        """The same, each with the port that is meant where it names none; None: the host as a whole."""
        ports: dict[str, int | None] = {}
        for run in self.runs:
            for target in run.targets:
                ports[target] = ports.get(target) or run.default_port
        return ports

    @property
    def undated(self) -> list[str]:
        """The files that do not say on which day they were made."""
        return [file.name for file in self.files if file.run is None or not file.run.moments]

    def days(self, calendar: Calendar) -> Span | None:
        """From the first to the last day on which the runs were made, if every file says."""
        return None if self.undated else around(days for run in self.runs if (days := days_of(run, calendar)))

    @property
    def digests(self) -> list[str]:
        """The SHA-256 of each file."""
        return [file.staged.sha256 for file in self.files]

    def discard(self) -> None:
        """Let go of everything that is staged."""
        for file in self.files:
            file.staged.discard()
            file.spool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self.discard()


def inspect(
    store: EvidenceStore, files: Sequence[Incoming], most_bytes: int = MOST_BYTES, whose: str = ""
) -> Inspection:
    """Stage and read files; raises, with nothing left behind, if one is of no type that is accepted.

    `whose`: the person who hands them in, who leaves a reader to others. Ask `admit` first whether they may.
    """
    if not files:
        raise Unfitting(text("There is no file; expected at least one."))
    if len(files) > MOST_FILES:
        raise TooLarge(
            text("There are {n} files; at most {most} belong to one evidence.", n=len(files), most=MOST_FILES)
        )
    inspection = Inspection()
    try:
        for incoming in files:
            inspection.files.append(_inspected(store, incoming, most_bytes, whose))
        _are_different(inspection.files)
    except BaseException:
        inspection.discard()
        raise
    return inspection


def shown_name(name: str) -> str:
    """A file's name for people: without folders, control characters and what pretends another direction of writing."""
    last = PurePosixPath(name.replace("\\", "/")).name
    plain = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C").strip()
    return plain[:_LONGEST_NAME] if plain.strip(".") else "file"


def _inspected(store: EvidenceStore, incoming: Incoming, most_bytes: int, whose: str) -> InspectedFile:
    name = shown_name(incoming.name)
    head = _head(incoming.stream)
    _is_something(head, name)
    staged = store.stage(cast("BinaryIO", _Rejoined(head, incoming.stream)), most_bytes)
    try:
        return _read(name, staged, whose)
    except BaseException:
        staged.discard()
        raise


def _read(name: str, staged: Staged, whose: str) -> InspectedFile:
    """What the file is and says, read within the limits of its size; messages name the file."""
    try:
        with staged.open() as stream:
            found, spool = readers().read(stream, staged.size, whose)
    except (Unreadable, TooCostly) as trouble:
        raise type(trouble)(text("{name}: {problem}", name=name, problem=trouble.message)) from None
    problem = found.problem and Unreadable(text("{name}: {problem}", name=name, problem=found.problem.message))
    return InspectedFile(name, staged, found.media, found.format, found.run, problem, spool)


def _is_something(head: bytes, name: str) -> None:
    """Refuse what is nothing from its first bytes on, before the rest is taken in."""
    if not head:
        raise Unreadable(text("{name} is empty; expected a file with content.", name=name))
    if not head.strip(b"\0"):
        raise Unreadable(
            text("{name} begins with nothing but zero bytes; expected a document or test results.", name=name)
        )


def _head(stream: BinaryIO) -> bytes:
    parts, missing = [], HEAD
    while missing and (data := stream.read(missing)):
        parts.append(data)
        missing -= len(data)
    return b"".join(parts)


class _Rejoined:
    """A stream with its head put back."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head, self._rest = BytesIO(head), rest

    def read(self, size: int = -1) -> bytes:
        return self._head.read(size) or self._rest.read(size)


def _are_different(files: Sequence[InspectedFile]) -> None:
    seen: dict[str, str] = {}
    for file in files:
        if other := seen.get(file.staged.sha256):
            raise Unfitting(text("{name} and {other} are the same file; leave one out.", name=file.name, other=other))
        seen[file.staged.sha256] = file.name
