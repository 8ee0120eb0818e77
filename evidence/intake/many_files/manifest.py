"""Manifests: a CSV, JSON or YAML file that says of other files what they are evidence for.

Fields, in English or Dutch: file (bestand), requirement (bewijseis), system (systeem; several with ; between), day
(dag), last_day (laatste_dag), title (titel). Described in docs/many-files.md.
"""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import Any

import yaml

from evidence.errors import Unfitting
from locales import text

_MOST_BYTES, _MOST_ENTRIES, _LONGEST = 1 << 18, 1_000, 200
_SUFFIXES = (".csv", ".json", ".yaml", ".yml")
_FIELDS: Mapping[str, str] = {
    "file": "file",
    "bestand": "file",
    "requirement": "requirement",
    "bewijseis": "requirement",
    "system": "systems",
    "systems": "systems",
    "systeem": "systems",
    "systemen": "systems",
    "day": "day",
    "dag": "day",
    "first_day": "day",
    "last_day": "last_day",
    "laatste_dag": "last_day",
    "title": "title",
    "titel": "title",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What a manifest says of a file. `requirement`, `systems`: keys or titles, as written; empty: nothing is said."""

    file: str
    requirement: str = ""
    systems: tuple[str, ...] = ()
    day: date | None = None
    last_day: date | None = None
    title: str = ""


def is_manifest(path: str) -> bool:
    """Whether a file is a manifest, by its name: `manifest.csv`, `.json`, `.yaml` or `.yml`."""
    name = PurePosixPath(path.replace("\\", "/").casefold())
    return name.stem == "manifest" and name.suffix in _SUFFIXES


def read_manifest(path: str, data: bytes) -> list[Entry]:
    """Read the entries of a manifest. Raises `Unfitting` with the entry and what was expected."""
    if len(data) > _MOST_BYTES:
        raise Unfitting(
            text(
                "{file}: a manifest is at most {n} kB; divide the files over several uploads.",
                file=path,
                n=_MOST_BYTES >> 10,
            )
        )
    rows = _rows(path, data)
    if len(rows) > _MOST_ENTRIES:
        raise Unfitting(
            text(
                "{file}: a manifest has at most {n} entries; divide the files over several uploads.",
                file=path,
                n=_MOST_ENTRIES,
            )
        )
    entries = [_entry(path, number, row) for number, row in enumerate(rows, 1)]
    _require_once(path, entries)
    return entries


def _rows(path: str, data: bytes) -> Sequence[Any]:
    """The entries as the file has them."""
    try:
        content = data.decode("utf-8-sig")
        if path.casefold().endswith(".csv"):
            return list(_csv_rows(content))
        whole = json.loads(content) if path.casefold().endswith(".json") else _yaml(content)
        json.dumps(whole, ensure_ascii=False).encode()  # half a character, which an escape can write, is no text
    except (ValueError, RecursionError, csv.Error, yaml.YAMLError) as error:
        expected = text("{file}: this can't be read; expected a manifest in CSV, JSON or YAML (UTF-8).", file=path)
        raise Unfitting(expected) from error
    rows = whole.get("files") if isinstance(whole, dict) else whole
    if not isinstance(rows, list):
        raise Unfitting(text("{file}: expected a list of files, or files: with a list.", file=path))
    return rows


class _Loader(yaml.BaseLoader):
    """Reads every value as text or nothing, whatever its tag; no references, which could unfold to far more."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise ValueError
        return super().compose_node(parent, index)


_NULL = "tag:yaml.org,2002:null"
_Loader.add_implicit_resolver(_NULL, re.compile("(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""])
_Loader.add_constructor(_NULL, lambda _loader, _node: None)


def _yaml(content: str) -> Any:
    return yaml.load(content, _Loader)  # noqa: S506 - a base loader makes texts and lists only


def _csv_rows(content: str) -> Iterator[dict[str, Any]]:
    head = content.partition("\n")[0]
    delimiter = max(";,\t", key=head.count)
    for row in csv.DictReader(io.StringIO(content), delimiter=delimiter, strict=True):
        if any(value for value in row.values()):
            yield {str(name): value for name, value in row.items() if value}


def _entry(path: str, number: int, row: Any) -> Entry:
    if not isinstance(row, dict):
        raise Unfitting(text("{file}, entry {n}: expected a file with what it is evidence for.", file=path, n=number))
    values: dict[str, Any] = {}
    for name, value in row.items():
        field = _FIELDS.get(str(name).strip().casefold().replace(" ", "_"))
        if field is None:
            raise Unfitting(
                text(
                    "{file}, entry {n}: {name} is no field; expected file, requirement, system, day, last_day or "
                    "title.",
                    file=path,
                    n=number,
                    name=str(name)[:_LONGEST],
                )
            )
        values[field] = value
    file = _words(values.get("file")).replace("\\", "/").removeprefix("./")
    if not file:
        raise Unfitting(text("{file}, entry {n}: no file is named.", file=path, n=number))
    return Entry(
        file,
        _words(values.get("requirement")),
        _several(values.get("systems")),
        _day(path, number, values.get("day")),
        _day(path, number, values.get("last_day")),
        _words(values.get("title")),
    )


def _words(value: Any) -> str:
    return str(value).strip()[:_LONGEST] if isinstance(value, str | int | float) else ""


def _several(value: Any) -> tuple[str, ...]:
    parts = value if isinstance(value, list) else _words(value).split(";")
    return tuple(name for part in parts if (name := _words(part)))


def _day(path: str, number: int, value: Any) -> date | None:
    if value is None or value == "":
        return None
    try:
        return value if type(value) is date else date.fromisoformat(_words(value))
    except ValueError:
        shown = value.isoformat() if isinstance(value, datetime) else _words(value)[:40]
        problem = text(
            "{file}, entry {n}: {day} is not a day; expected one such as 2027-03-16.", **_at(path, number, shown)
        )
        raise Unfitting(problem) from None


def _at(path: str, number: int, day: str) -> dict[str, Any]:
    return {"file": path, "n": number, "day": day}


def _require_once(path: str, entries: Sequence[Entry]) -> None:
    seen: set[str] = set()
    for entry in entries:
        if entry.file in seen:
            raise Unfitting(text("{file} names {name} twice; keep one of the two.", file=path, name=entry.file))
        seen.add(entry.file)
