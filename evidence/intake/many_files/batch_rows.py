"""Makes a row of each file that was handed over: ZIP files unpacked, and what manifests say of each."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import BinaryIO

from evidence.errors import EvidenceProblem, TooLarge
from evidence.intake.many_files.archive import MOST_PARTS, MOST_UNPACKED, is_archive, unpack
from evidence.intake.many_files.batch_file import Part, is_left_out
from evidence.intake.many_files.manifest import Entry, is_manifest, read_manifest
from evidence.intake.reading.inspection import Incoming
from locales import Text, text

_MOST_OF_MANIFEST = (1 << 18) + 1  # bytes that are read of it; one more than it may have


def parts_of(files: Iterable[Incoming]) -> list[Part]:
    """The files in order, those of ZIP files in their place; a ZIP file or manifest that is refused has a problem.

    The caller closes the streams. Raises `TooLarge` for too many files.
    """
    loose: list[Part] = []
    unpacked: list[Part] = []
    for file in files:
        if is_left_out(file.name):
            continue
        if is_archive(file.stream):
            unpacked += _of_archive(file, MOST_UNPACKED - sum(part.size for part in unpacked if part.stream))
        else:
            loose.append(Part(file.name, file.stream, _size(file.stream)))
        _require_few([*loose, *unpacked])
    parts = [*_told(loose, ""), *unpacked]
    _require_few(parts)
    return parts


def _require_few(parts: Sequence[Part]) -> None:
    """Refuse too many files while they are unpacked: each is open until it is read."""
    if len(parts) > MOST_PARTS:
        close(parts)
        raise TooLarge(text("There are more than {most} files; hand in fewer at once.", most=MOST_PARTS))


def close(parts: Iterable[Part]) -> None:
    """Close the streams of parts."""
    for part in parts:
        if part.stream is not None:
            part.stream.close()


def _of_archive(file: Incoming, most: int) -> list[Part]:
    try:
        parts = list(unpack(file.stream, file.name, most))
    except EvidenceProblem as problem:
        return [Part(file.name, None, _size(file.stream), problem=problem.message)]
    return _told(parts, file.name)


def _told(parts: Sequence[Part], origin: str) -> list[Part]:
    """The files with what their manifest says, which is no row itself unless it is refused."""
    manifests = [part for part in parts if part.stream is not None and is_manifest(part.path)]
    if not manifests:
        return list(parts)
    others = [part for part in parts if part not in manifests]
    entries: list[Entry] = []
    for manifest in manifests:
        assert manifest.stream is not None  # noqa: S101 - as it was chosen above
        try:
            entries += read_manifest(manifest.path, manifest.stream.read(_MOST_OF_MANIFEST))
        except EvidenceProblem as problem:
            others.append(replace(manifest, stream=None, problem=problem.message))
        finally:
            manifest.stream.close()
    refused = [(entry.file, reason) for entry in entries if (reason := _assign(entry, others)) is not None]
    return [*others, *(Part(file, None, 0, origin, reason) for file, reason in refused)]


def _assign(entry: Entry, parts: Sequence[Part]) -> Text | None:
    """Give an entry to the file that it names: its path, or the end of it if only one file has that; or say why not."""
    named = [part for part in parts if _plain(part.path) == entry.file]
    named = named or [part for part in parts if _plain(part.path).endswith(f"/{entry.file}")]
    if len(named) != 1:
        return text("The manifest names {file}, and there is not exactly one such file.", file=entry.file)
    if named[0].entry is not None:
        return text("The manifest names {file}, of which another entry says something already.", file=entry.file)
    named[0].entry = entry
    return None


def _plain(path: str) -> str:
    return path.replace("\\", "/").removeprefix("./")


def _size(stream: BinaryIO) -> int:
    size = stream.seek(0, 2)
    stream.seek(0)
    return size
