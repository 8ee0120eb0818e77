"""Inspects uploaded files: stages, recognises and reads them, without storing anything."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import PurePosixPath
from types import TracebackType
from typing import BinaryIO, Self, cast

from evidence.errors import TooCostly, TooLarge, Unfitting
from evidence.formats import formats
from evidence.formats.findings import only_states
from evidence.formats.media import Media
from evidence.formats.values import HEAD, Run, Unreadable
from evidence.intake.reading.readers_and_budgets import readers
from evidence.intake.reading.run_days import around, days_of
from evidence.intake.reading.spool import Spool
from evidence.storage.store import EvidenceStore, Staged
from locales import text
from models.calendar import Calendar, Span

MOST_FILES = 20
MOST_BYTES = 1 << 30
_LONGEST_NAME = 200
_LONGEST_FORMAT = 40  # characters of the name of a format that is told


@dataclass(frozen=True, slots=True)
class Incoming:
    """An uploaded file, not read yet. Its name is only displayed, never used as a path.

    `format`: the one that it is read as, as a person chose; empty: the one that its content shows.
    """

    stream: BinaryIO
    name: str
    format: str = ""


@dataclass(frozen=True, slots=True)
class StagedFile:
    """A file that is hashed and on disk, not read yet, with its display name. `format`: as of `Incoming`."""

    name: str
    staged: Staged
    format: str = ""


@dataclass(slots=True)
class InspectedFile:
    """A staged file and its content. `problem`: why it cannot be read as the format it appears to be.

    `overruled`: the format that its content shows (empty: none), where a person chose another.
    """

    name: str
    staged: Staged
    media: Media
    format: str = ""  # format of test results or registers; empty for a record
    run: Run | None = None
    problem: Unreadable | None = None
    spool: Spool = field(default_factory=Spool)
    overruled: str | None = None

    @property
    def kind(self) -> str:
        """Its name in requirements: a format (junit, csv) or the extension of its media type (pdf)."""
        return self.format or self.media.extension

    @property
    def counts(self) -> dict[str, int]:
        return dict(self.spool.counts)


@dataclass(slots=True)
class Inspection:
    """The files of a delivery, staged and read; `discard` removes staged files."""

    files: list[InspectedFile] = field(default_factory=list)

    @property
    def runs(self) -> list[Run]:
        return [file.run for file in self.files if file.run is not None]

    @property
    def measuring(self) -> list[InspectedFile]:
        """The files other than VEX documents, which only state; all if there is no other."""
        return [file for file in self.files if not only_states(file.run)] or self.files

    @property
    def tools(self) -> list[str]:
        return sorted({file.run.tool for file in self.measuring if file.run is not None})

    @property
    def targets(self) -> list[str]:
        """The tested targets that the files name, sorted."""
        return sorted({target for run in self.runs for target in run.targets})

    @property
    def named(self) -> dict[str, int | None]:
        """Tested targets, with the port when the target has none; None: the whole host."""
        ports: dict[str, int | None] = {}
        for run in self.runs:
            for target in run.targets:
                ports[target] = ports.get(target) or run.default_port
        return ports

    @property
    def undated(self) -> list[str]:
        """The names of the files without a date."""
        return [file.name for file in self.measuring if file.run is None or not file.run.moments]

    def days(self, calendar: Calendar) -> Span | None:
        """First and last day of the runs; None if a file has no date."""
        runs = (file.run for file in self.measuring)
        return None if self.undated else around(days for run in runs if run and (days := days_of(run, calendar)))

    @property
    def digests(self) -> list[str]:
        """The SHA-256 of each file."""
        return [file.staged.sha256 for file in self.files]

    def discard(self) -> None:
        """Remove everything that is staged."""
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
    """Stage and read files, each of at most `most_bytes`; nothing is left behind when it raises.

    Raises `Unfitting`, `TooLarge`, `TooCostly`, `Unreadable` and `StoreUnavailable`; `Unreadable` also for a file that
    the format chosen for it can't read.

    `whose`: the uploader, of whom not all readers serve files at once. Call `admit` first.
    """
    return read_staged(stage(store, files, most_bytes), whose)


def stage(store: EvidenceStore, files: Sequence[Incoming], most_bytes: int = MOST_BYTES) -> list[StagedFile]:
    """Hash files and write them to disk, without reading what they say. Raises as `inspect`."""
    if not files:
        raise Unfitting(text("There is no file; expected at least one."))
    if len(files) > MOST_FILES:
        raise TooLarge(
            text("There are {n} files; at most {most} belong to one evidence.", n=len(files), most=MOST_FILES)
        )
    _require_known_formats(files)
    staged: list[StagedFile] = []
    try:
        staged.extend(_stage_file(store, incoming, most_bytes) for incoming in files)
        _require_different(staged)
    except BaseException:
        discard(staged)
        raise
    return staged


def read_staged(files: Sequence[StagedFile], whose: str = "") -> Inspection:
    """Recognise and read staged files, which the inspection discards from now on. Raises as `inspect`."""
    inspection = Inspection()
    try:
        for file in files:
            inspection.files.append(_read(file, whose))
    except BaseException:
        inspection.discard()
        discard(files)
        raise
    return inspection


def discard(files: Sequence[StagedFile]) -> None:
    """Remove staged files."""
    for file in files:
        file.staged.discard()


def shown_name(name: str) -> str:
    """A file's display name: without folders, control characters and changes of writing direction."""
    last = PurePosixPath(name.replace("\\", "/")).name
    plain = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C").strip()
    return plain[:_LONGEST_NAME] if plain.strip(".") else "file"


def _stage_file(store: EvidenceStore, incoming: Incoming, most_bytes: int) -> StagedFile:
    name = shown_name(incoming.name)
    head = _head(incoming.stream)
    _require_content(head, name)
    staged = store.stage(cast("BinaryIO", _Rejoined(head, incoming.stream)), most_bytes)
    return StagedFile(name, staged, incoming.format)


def _read(file: StagedFile, whose: str) -> InspectedFile:
    """Read a file within the limits of its size; errors name the file."""
    name, staged = file.name, file.staged
    try:
        with staged.open() as stream:
            content, spool = readers().read(stream, staged.size, whose, file.format)
    except (Unreadable, TooCostly) as trouble:
        raise type(trouble)(text("{name}: {problem}", name=name, problem=trouble.message)) from None
    problem = content.problem and Unreadable(text("{name}: {problem}", name=name, problem=content.problem.message))
    return InspectedFile(
        name, staged, content.media, content.format, content.run, problem, spool, overruled=content.overruled
    )


def _require_known_formats(files: Sequence[Incoming]) -> None:
    for incoming in files:
        if incoming.format and incoming.format not in formats():
            raise Unfitting(
                text(
                    "{format} is no format that is read; expected one of {known}.",
                    format=incoming.format[:_LONGEST_FORMAT],
                    known=", ".join(sorted(formats())),
                )
            )


def _require_content(head: bytes, name: str) -> None:
    """Refuse empty files and files that begin with zero bytes, before reading the rest."""
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
    """A stream that begins with bytes read before."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head, self._rest = BytesIO(head), rest

    def read(self, size: int = -1) -> bytes:
        return self._head.read(size) or self._rest.read(size)


def _require_different(files: Sequence[StagedFile]) -> None:
    seen: dict[str, str] = {}
    for file in files:
        if other := seen.get(file.staged.sha256):
            raise Unfitting(text("{name} and {other} are the same file; leave one out.", name=file.name, other=other))
        seen[file.staged.sha256] = file.name
