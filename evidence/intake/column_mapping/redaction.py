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
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache, partial
from pathlib import PurePath
from tempfile import TemporaryFile
from typing import BinaryIO, cast

from sqlalchemy import insert, select
from sqlmodel import Session

from evidence.errors import Unfitting
from evidence.formats import is_table
from evidence.formats.facts import TableFacts
from evidence.formats.tables.added_columns import is_added
from evidence.formats.tables.csv_register import EXTRA
from evidence.formats.tables.csv_register import NAME as CSV
from evidence.formats.tables.heading_comparison import clean, plain
from evidence.formats.tables.placeholders import says_nothing
from evidence.formats.tables.row_marks import MARKS, ROW, is_total, marks_of
from evidence.formats.tables.table_head import SHEET
from evidence.formats.values import Result
from evidence.intake.reading.inspection import Incoming, InspectedFile, Inspection, inspect
from evidence.judging.example_row import is_example
from evidence.judging.personal_data.headings_and_values import REFERENCE, is_of_people, is_personal
from evidence.judging.personal_data.in_text import Tally, may_identify, signs, without_people
from evidence.judging.personal_data.person_names import is_first_name, is_name
from evidence.judging.policies import register_headings
from evidence.judging.recognised_headings import recognised
from evidence.judging.table_mapping import Matrix, TableMapping
from evidence.storage.store import EvidenceStore
from locales import text
from models.bulk_changes import table

_SETTING = "reference key"
_BLANKS = re.compile(r"\s+")
_TOTAL = "Totaal"  # replaces a line of totals, whose label may be in a column that is left out
_LENGTH = 12  # hexadecimal digits of a reference


def reference_key(session: Session, now: datetime) -> bytes:
    """The organisation's key for making references, created at its first use.

    One person has the same reference in every register; without the key nobody can test names against references.
    """
    setting = table("setting")
    query = select(setting.c.value).where(setting.c.key == _SETTING)
    if (value := session.execute(query).scalar_one_or_none()) is None:
        value = secrets.token_hex(32)
        row = {"key": _SETTING, "value": value, "changed_at": now, "changed_by": "Aantoonbaar"}
        session.execute(insert(setting), [row])
    return bytes.fromhex(str(value))


def reference(key: bytes, written: str) -> str:
    """The reference of a person, the same for every case, spacing and encoding of the name.

    A placeholder, a spreadsheet error and the example of a template are not replaced, so that they fail.
    """
    if _is_nobody(written):
        return clean(written)
    name = _name(written)
    if REFERENCE.fullmatch(name):
        return name
    return f"p-{hmac.new(key, name.encode(), hashlib.sha256).hexdigest()[:_LENGTH]}"


@lru_cache(maxsize=4_096)
def _name(written: str) -> str:
    """A name for comparisons."""
    return _BLANKS.sub(" ", unicodedata.normalize("NFKC", clean(written))).casefold()


@lru_cache(maxsize=4_096)
def _is_nobody(written: str) -> bool:
    cell = clean(written)
    return not cell or says_nothing(cell) or is_example(cell)


def has_tables(inspection: Inspection) -> bool:
    return any(_is_table(file) for file in inspection.files)


def needs_redaction(inspection: Inspection, mapping: TableMapping | None) -> bool:
    """Whether a table has a column that is to be left out or replaced."""
    wanted = _treated(mapping)
    if any(map(REFERENCE.fullmatch, wanted)):  # the headings that these stand for are not known without the key
        return has_tables(inspection)
    return any(wanted.keys() & set(_headings(file)) for file in inspection.files if _is_table(file))


def names_people(mapping: TableMapping) -> bool:
    """Whether headings in a mapping are names of people."""
    return any(_is_name_of_person(*entry) for entry in mapping.personal.items())


def without_names(mapping: TableMapping, key: bytes) -> TableMapping:
    """A mapping with references for headings that are names of people, as the mapping and the files are stored."""
    names = {
        name: reference(key, name)
        for name, treatment in mapping.personal.items()
        if _is_name_of_person(name, treatment)
    }
    personal = {names.get(name, name): treatment for name, treatment in mapping.personal.items()}
    columns = {column: names.get(name or "", name) for column, name in mapping.columns.items()}
    left_out = [names.get(name, name) for name in mapping.left_out]
    wide = mapping.matrix and _without_names(mapping.matrix, names)
    return mapping.model_copy(update={"personal": personal, "columns": columns, "left_out": left_out, "matrix": wide})


def _without_names(wide: Matrix, names: Mapping[str, str]) -> Matrix:
    alike = {plain(name): stands for name, stands in names.items()}
    headings = {
        names.get(name, name): cell.model_copy(update={"of": alike.get(plain(cell.of), cell.of)})
        for name, cell in wide.headings.items()
    }
    return wide.model_copy(update={"headings": headings})


def _is_name_of_person(heading: str, treatment: str) -> bool:
    is_person = treatment == "heading" or (treatment == "leave out" and (is_name(heading) or is_first_name(heading)))
    return is_person and not REFERENCE.fullmatch(heading)


def require_redacted(inspection: Inspection, mapping: TableMapping) -> None:
    """Refuse files that still hold a column to leave out, or a name in a column to replace.

    Raises `Unfitting`.
    """
    for heading, treatment in mapping.personal.items():
        if treatment == "keep" and is_personal(heading):
            raise Unfitting(
                text(
                    'The column "{heading}" holds personal data and can\'t stay as it is; leave it out, or replace its '
                    "values by references.",
                    heading=heading,
                )
            )
    treated = _treated(mapping)
    for file in inspection.files if treated else ():
        there = {name: treated[name] for name in _headings(file) if name in treated} if _is_table(file) else {}
        names = [
            name for name, treatment in there.items() if treatment == "leave out" or _is_name_of_person(name, treatment)
        ]
        if names or any(_is_left(result, there) for result in file.spool.results()):
            raise Unfitting(
                text(
                    "{file} still holds personal data in {columns}; take these out before it is uploaded.",
                    file=file.name,
                    columns=", ".join(there),
                )
            )


def _is_left(result: Result, there: Mapping[str, str]) -> bool:
    if is_total(result):
        return False
    return any(
        not (_is_nobody(cell) or REFERENCE.fullmatch(cell)) if there[name] == "reference" else signs(cell).is_sure
        for name, cell in result.properties
        if there.get(name) in ("reference", "in text")
    )


@contextmanager
def redacted(
    store: EvidenceStore, inspection: Inspection, mapping: TableMapping | None, key: bytes, whose: str = ""
) -> Iterator[Inspection]:
    """The files with redacted tables, read again, and staged until the block ends."""
    if not needs_redaction(inspection, mapping):
        yield inspection
        return
    with redact(store, inspection, mapping, key, whose) as without:
        yield without


def redact(
    store: EvidenceStore, inspection: Inspection, mapping: TableMapping | None, key: bytes, whose: str = ""
) -> Inspection:
    """The files with redacted tables as CSV; other files unchanged. The caller discards the inspection."""
    streams: list[Incoming] = []
    try:
        for file in inspection.files:
            if mapping and _is_table(file):
                chosen = CSV if file.overruled is not None else ""
                streams.append(Incoming(_written(file, mapping, key), f"{PurePath(file.name).stem}.csv", chosen))
            else:
                streams.append(Incoming(file.staged.open(), file.name, _chosen(file)))
        without = inspect(store, streams, whose=whose)
        for before, after in zip(inspection.files, without.files, strict=True):
            _keep_sheets(before, after)
            after.overruled = before.overruled
        return without
    finally:
        for incoming in streams:
            incoming.stream.close()


def _chosen(file: InspectedFile) -> str:
    """The format that a person chose for a file; empty if its content shows it."""
    return file.format if file.overruled is not None else ""


def _treated(mapping: TableMapping | None) -> dict[str, str]:
    return {name: treatment for name, treatment in mapping.personal.items() if treatment != "keep"} if mapping else {}


def _is_table(file: InspectedFile) -> bool:
    return file.run is not None and is_table(file.format)


def _facts(file: InspectedFile) -> TableFacts:
    facts = file.run.facts if file.run else None
    return facts if isinstance(facts, TableFacts) else TableFacts([])


def _keep_sheets(before: InspectedFile, after: InspectedFile) -> None:
    """Keep the sheets that were not read, which are named and refused where hidden, and the row of the header."""
    if after.run is not None and isinstance(after.run.facts, TableFacts):
        sheets, facts = _facts(before), after.run.facts
        heads = facts.heads
        if len(sheets.heads) == len(heads) == 1:
            heads = [replace(sheets.heads[0], columns=heads[0].columns)]
        after.run.facts = replace(facts, heads=heads, others=sheets.others, hidden=sheets.hidden)


def _headings(file: InspectedFile) -> list[str]:
    """All headings of the tables; a repeated one is there twice, since it is refused later."""
    heads = _facts(file).heads
    names = [SHEET] if len(heads) > 1 else []
    for head in heads:
        names += (Counter(filter(None, head.columns)) - Counter(names)).elements()
    return names


@dataclass(frozen=True, slots=True)
class _Replacing:
    """Columns in which each person is replaced, and columns in which those persons are replaced as well.

    `texts`: columns in whose texts people are replaced; `bsns`: those of them with BSN.
    """

    replaced: frozenset[str]
    texts: frozenset[str]
    bsns: frozenset[str]
    others: frozenset[str]
    people: frozenset[str]  # the names in the replaced columns, as they compare
    key: bytes

    def cell(self, heading: str, cell: str) -> str:
        """The cell as it is stored."""
        if heading in self.texts:
            return without_people(cell, partial(reference, self.key), has_bsn=heading in self.bsns)
        is_same = heading in self.others and _name(cell) in self.people
        return reference(self.key, cell) if is_same or heading in self.replaced else cell


def _replacing(file: InspectedFile, mapping: TableMapping, key: bytes) -> _Replacing:
    """A person replaced in one column is replaced in all columns of people: comparing these must give the same."""
    treated = _treatments(file, mapping, key)
    replaced = frozenset(name for name, treatment in treated.items() if treatment == "reference")
    texts = frozenset(name for name, treatment in treated.items() if treatment == "in text")
    others = frozenset(_of_people(file, mapping)) - replaced - texts
    cells = (cell for result in file.spool.results() for name, cell in result.properties if name in replaced)
    people = frozenset(map(_name, cells)) if others else frozenset[str]()
    return _Replacing(replaced, texts, _with_bsn(file, texts), others, people, key)


def _with_bsn(file: InspectedFile, headings: frozenset[str]) -> frozenset[str]:
    """The columns whose numbers of nine digits are BSN."""
    tallies = {name: Tally(may_name=False) for name in headings}
    for result in file.spool.results() if headings else ():
        for name, cell in result.properties:
            if name in tallies and may_identify(cell):
                tallies[name].add(cell)
    return frozenset(name for name, tally in tallies.items() if tally.has_bsn)


def _treatments(file: InspectedFile, mapping: TableMapping, key: bytes) -> dict[str, str]:
    """The treatment of each heading of a file, by its own name or by the reference of the person that it names."""
    wanted = _treated(mapping)
    by_reference = any(map(REFERENCE.fullmatch, wanted))
    treatments = {
        name: wanted.get(name) or (wanted.get(reference(key, name)) if by_reference else None)
        for name in _headings(file)
    }
    return {name: treatment for name, treatment in treatments.items() if treatment}


def _of_people(file: InspectedFile, mapping: TableMapping) -> Iterator[str]:
    """The headings that a register or the mapping reads as references of people."""
    mapped = mapping.headings()
    for name in _headings(file):
        keys = {recognised(headings, name) for headings in register_headings().values()} | {mapped.get(plain(name))}
        if any(key and is_of_people(key) for key in keys):
            yield name


def _written(file: InspectedFile, mapping: TableMapping, key: bytes) -> BinaryIO:
    """A table as CSV, without the columns to leave out and with references in the columns to replace."""
    treated = _treatments(file, mapping, key)
    read = {*mapping.columns.values(), *mapping.left_out}  # what stands above a table is kept where it is read
    names = [
        name for name in _headings(file) if treated.get(name) != "leave out" and (name in read or not is_added(name))
    ]
    noted = [ROW, MARKS] if _facts(file).has_marks else [ROW]
    replacing = _replacing(file, mapping, key)
    target = cast("BinaryIO", TemporaryFile())  # noqa: SIM115 - the caller closes it
    lines = io.TextIOWrapper(target, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(lines, delimiter=";")
    shown = [reference(key, name) if treated.get(name) == "heading" else name for name in names]
    writer.writerow([*noted, *shown])
    for result in file.spool.results():
        own = [str(result.row), *([marks_of(result)] if MARKS in noted else ())]
        writer.writerow([*own, *_cells(result, names, replacing)])
    lines.detach()
    target.seek(0)
    return target


def _cells(result: Result, names: Sequence[str], replacing: _Replacing) -> list[str]:
    """The cells of a row; a row with too many cells stays so, and a line of totals is not changed."""
    row = dict(result.properties)
    if is_total(result):
        return [row.get(SHEET, ""), _TOTAL] if names[:1] == [SHEET] else [_TOTAL]
    cells = [replacing.cell(name, row.get(name, "")) for name in names]
    return [*cells, EXTRA] if EXTRA in row else cells
