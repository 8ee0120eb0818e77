"""Hostile workbooks take time and memory in proportion to their size, or are refused with a message."""

import io
import struct
import time
import tracemalloc
import zipfile

import pytest

from evidence.formats import formats, read_file
from evidence.formats.tables.heading_comparison import best_match
from evidence.formats.values import Unreadable
from evidence.judging.policies import register_headings
from tests.evidence.formats.workbooks import HEADER, cell, packed, parts, row, sheet, table, workbook

HEAD = row(1, *HEADER)
FULL = "<row>" + "<c><v>1</v></c>" * 200 + "</row>"
STRING = "<si><t>" + "x" * 30_000 + "</t></si>"


def body(*rows):
    return workbook(sheet(HEAD, *rows))


def strings(content, *rows):
    return workbook(sheet(HEAD, *rows), shared=f"<sst>{content}</sst>")


def read(content):
    """How many rows there are, read with what registers know of headers."""
    _, results = read_file(formats()["xlsx"], io.BytesIO(content), best_match(register_headings().values()))
    return sum(1 for _ in results)


COSTLY = {
    "many cells in a row": lambda: body("<row>" + "<c/>" * 5_000_000 + "</row>"),
    "many rows of many cells": lambda: body(("<row>" + "<c/>" * 16_000 + "</row>") * 300),
    "empty rows": lambda: body("<row/>" * 2_000_000),
    "full rows": lambda: body(FULL * 10_000),
    "deep": lambda: workbook(sheet()[:-30] + "<a>" * 2_000_000),
    "a long attribute": lambda: body('<row r="' + "1" * (8 << 20) + '"/>'),
    "many attributes": lambda: body("<row " + " ".join(f'a{n}=""' for n in range(500_000)) + "/>"),
    "many names": lambda: body(*(f"<a{n}/>" for n in range(500_000))),
    "a long text": lambda: body('<row><c t="str"><v>' + "x" * (8 << 20) + "</v></c></row>"),
    "a text in pieces": lambda: body('<row><c t="str"><v>' + "x<a/>" * 1_000_000 + "</v></c></row>"),
    "a long comment": lambda: body("<!--" + "x" * (8 << 20) + "-->"),
    "blanks": lambda: body(" " * (300 << 20)),
    "empty strings": lambda: strings("<si/>" * 2_000_000),
    "short strings": lambda: strings("<si><t>ab</t></si>" * 600_000),
    "a long string everywhere": lambda: strings(STRING, ("<row>" + '<c t="s"><v>0</v></c>' * 100 + "</row>") * 3_000),
    "many sheets": lambda: workbook(*[table(HEADER)] * 900),
    "sheets without end": lambda: packed(
        parts() | {"xl/workbook.xml": "<workbook><sheets>" + "<sheet/>" * 2_000_000 + "</sheets></workbook>"}
    ),
    "relations without end": lambda: packed(
        parts() | {"_rels/.rels": "<x>" + "".join(f'<Relationship Id="{n}"/>' for n in range(200_000)) + "</x>"}
    ),
    "styles without end": lambda: workbook(
        table(HEADER), styles="<x><cellXfs>" + "<xf/>" * 2_000_000 + "</cellXfs></x>"
    ),
}


#: of these a parser or a reader would keep much
KEPT = ["many cells in a row", "deep", "a long attribute", "many attributes", "many names", "a long text"]
KEPT += ["a text in pieces", "a long comment", "a long string everywhere", "many sheets", "relations without end"]


@pytest.mark.parametrize("case", COSTLY)
def test_a_costly_workbook_is_refused_soon(case):
    content = COSTLY[case]()
    began = time.process_time()
    with pytest.raises(Unreadable) as refusal:
        read(content)
    assert time.process_time() - began < 3  # under a second, on a machine that does nothing else
    assert str(refusal.value)


@pytest.mark.parametrize("case", KEPT)
def test_a_costly_workbook_takes_little_memory(case):
    content = COSTLY[case]()
    tracemalloc.start()
    try:
        with pytest.raises(Unreadable):
            read(content)
        assert tracemalloc.get_traced_memory()[1] < 20 << 20
    finally:
        tracemalloc.stop()


def test_filled_cell_in_the_last_row_and_column_is_refused_and_an_empty_one_ignored():
    far = cell("XFD1048576", "x")
    with pytest.raises(Unreadable, match=r"row 1048576: there are more than 200 columns"):
        read(body(f'<row r="1048576">{far}</row>'))
    assert read(body('<row r="1048576"><c r="XFD1048576"/></row>', row(3, "a", "b"))) == 1


@pytest.mark.parametrize("place", ["AAAA1", "é1", "-1", "A" * 100_000])
def test_cell_without_a_column_is_refused_as_damaged(place):
    with pytest.raises(Unreadable, match="damaged"):
        read(body(f'<row><c r="{place}"><v>1</v></c></row>'))


def test_two_parts_of_one_name_are_refused():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, part in [*parts(table(HEADER, ("a", "b"))).items(), ("XL/Sheet1.xml", table(HEADER))]:
            archive.writestr(name, part)
    with pytest.raises(Unreadable, match="two parts of one name"):
        read(content.getvalue())


def test_a_directory_of_many_parts_is_refused_before_it_is_read():
    content = packed({f"xl/{number}.xml": "" for number in range(30_000)})
    tracemalloc.start()
    try:
        with pytest.raises(Unreadable, match="damaged"):
            read(content)
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


def test_an_encrypted_part_is_named():
    content = bytearray(workbook(table(HEADER)))
    at = content.index(b"PK\x01\x02")
    content[at + 8 : at + 10] = struct.pack("<H", 1)
    with pytest.raises(Unreadable, match="encrypted"):
        read(bytes(content))


def test_unknown_compression_is_refused_as_damaged():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_LZMA) as archive:
        for name, part in parts(table(HEADER)).items():
            archive.writestr(name, part)
    with pytest.raises(Unreadable, match="damaged"):
        read(content.getvalue())


@pytest.mark.parametrize("step", [1, 7])
def test_a_workbook_cut_off_anywhere_or_with_any_byte_changed_is_read_or_refused(step):
    whole = workbook(table(HEADER, ("a", "b")))
    for at in range(step, len(whole), step * 13):
        for content in (whole[:at], whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]):
            try:
                assert read(content) <= 1
            except Unreadable as refusal:
                assert str(refusal)  # noqa: PT017
