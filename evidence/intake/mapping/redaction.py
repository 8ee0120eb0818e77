"""Columns of personal data, left out or replaced by references before anything is stored.

Evidence is kept for years and never changed, so what need not be in it must not enter it. The file that is stored is
the one without these columns; what was done is declared with it.
"""

import csv
import hashlib
import hmac
import io
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import PurePath
from tempfile import TemporaryFile
from typing import BinaryIO, cast

from sqlalchemy import insert, select
from sqlmodel import Session

from evidence.errors import Unfitting
from evidence.formats import is_table
from evidence.formats.csv_register import EXTRA
from evidence.formats.facts import TableFacts
from evidence.formats.headings import clean
from evidence.formats.table_head import SHEET
from evidence.intake.reading.inspection import Incoming, InspectedFile, Inspection, inspect
from evidence.judging.personal import REFERENCE, is_personal
from evidence.judging.table_mapping import TableMapping
from evidence.storage.store import EvidenceStore
from locales import text
from models.rows import table

_SETTING = "reference key"
_BLANKS = re.compile(r"\s+")
_LENGTH = 12  # hexadecimal digits of a reference


def reference_key(session: Session, now: datetime) -> bytes:
    """The organisation's own key that references are made with, made at its first use.

    The same person has the same reference in every register; without the key nobody can try names out.
    """
    setting = table("setting")
    query = select(setting.c.value).where(setting.c.key == _SETTING)
    if (found := session.execute(query).scalar_one_or_none()) is None:
        found = secrets.token_hex(32)
        row = {"key": _SETTING, "value": found, "changed_at": now, "changed_by": "Aantoonbaar"}
        session.execute(insert(setting), [row])
    return bytes.fromhex(str(found))


def reference(key: bytes, written: str) -> str:
    """What stands for a person, however often, and whatever the case and blanks of the name."""
    name = _BLANKS.sub(" ", clean(written)).casefold()
    if not name or REFERENCE.fullmatch(name):
        return name
    return f"p-{hmac.new(key, name.encode(), hashlib.sha256).hexdigest()[:_LENGTH]}"


def has_tables(inspection: Inspection) -> bool:
    return any(_is_table(file) for file in inspection.files)


def needs_redaction(inspection: Inspection, mapping: TableMapping | None) -> bool:
    """Whether a table has a column that is to be left out or replaced."""
    wanted = _treated(mapping)
    return any(wanted.keys() & set(_headings(file)) for file in inspection.files if _is_table(file))


def require_redacted(inspection: Inspection, mapping: TableMapping) -> None:
    """Refuse what should not be stored: a column that is to be left out, or of which a name is left.

    Raises `Unfitting`.
    """
    for heading, treatment in mapping.personal.items():
        if treatment == "keep" and is_personal(heading):
            raise Unfitting(
                text('The column "{heading}" holds personal data and can\'t stay as it is.', heading=heading)
            )
    treated = _treated(mapping)
    for file in inspection.files if treated else ():
        there = {name: treated[name] for name in _headings(file) if name in treated} if _is_table(file) else {}
        if "leave out" in there.values() or any(
            _is_left(dict(result.properties), there) for result in file.spool.results()
        ):
            raise Unfitting(
                text(
                    "{file} still holds personal data in {columns}; take these out before it is uploaded.",
                    file=file.name,
                    columns=", ".join(there),
                )
            )


def _is_left(row: Mapping[str, str], there: Mapping[str, str]) -> bool:
    return any(clean(row.get(name, "")) and not REFERENCE.fullmatch(row[name]) for name in there)


@contextmanager
def redacted(
    store: EvidenceStore, inspection: Inspection, mapping: TableMapping | None, key: bytes, whose: str = ""
) -> Iterator[Inspection]:
    """The same files, of which the tables have those columns no more; read anew, and staged until the block ends."""
    if not needs_redaction(inspection, mapping):
        yield inspection
        return
    with redact(store, inspection, mapping, key, whose) as without:
        yield without


def redact(
    store: EvidenceStore, inspection: Inspection, mapping: TableMapping | None, key: bytes, whose: str = ""
) -> Inspection:
    """The files without those columns, as tables of text; other files as they are. Whoever asks discards it."""
    streams: list[tuple[BinaryIO, str]] = []
    try:
        for file in inspection.files:
            if _is_table(file):
                streams.append((_written(file, _treated(mapping), key), f"{PurePath(file.name).stem}.csv"))
            else:
                streams.append((file.staged.open(), file.name))
        return inspect(store, [Incoming(*one) for one in streams], whose=whose)
    finally:
        for stream, _ in streams:
            stream.close()


def _treated(mapping: TableMapping | None) -> dict[str, str]:
    return {name: one for name, one in mapping.personal.items() if one != "keep"} if mapping else {}


def _is_table(file: InspectedFile) -> bool:
    return file.run is not None and is_table(file.format)


def _headings(file: InspectedFile) -> list[str]:
    facts = file.run.facts if file.run else None
    heads = facts.heads if isinstance(facts, TableFacts) else []
    names = [SHEET] if len(heads) > 1 else []
    return list(dict.fromkeys([*names, *(name for head in heads for name in head.columns if name)]))


def _written(file: InspectedFile, treated: Mapping[str, str], key: bytes) -> BinaryIO:
    """The rows of a table as CSV, without what is left out and with references for what is replaced."""
    names = [name for name in _headings(file) if treated.get(name) != "leave out"]
    target = cast("BinaryIO", TemporaryFile())  # noqa: SIM115 - the caller closes it
    lines = io.TextIOWrapper(target, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(lines, delimiter=";")
    writer.writerow(names)
    for result in file.spool.results():
        writer.writerow(_cells(dict(result.properties), names, treated, key))
    lines.detach()
    target.seek(0)
    return target


def _cells(row: Mapping[str, str], names: Sequence[str], treated: Mapping[str, str], key: bytes) -> list[str]:
    """The cells of a row; one that has more cells than there are columns still has."""
    cells = [
        reference(key, row.get(name, "")) if treated.get(name) == "reference" else row.get(name, "") for name in names
    ]
    return [*cells, EXTRA] if EXTRA in row else cells
