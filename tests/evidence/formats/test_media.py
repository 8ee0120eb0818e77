"""Records are told by their content, and what runs, hides or explodes is refused."""

import io
import struct
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.formats.media import describe
from evidence.formats.values import Unreadable


def archive(*members, **options):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as found:
        for name, content in members:
            found.writestr(name, content, **options)
    stream.seek(0)
    return stream


def open_document(kind):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as found:
        found.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        found.writestr("content.xml", "<x/>")
    return stream.getvalue()


PIXEL = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBB", 13, b"IHDR", 1, 1, 8, 0, 0, 0, 0) + b"\0\0\0\0"


@pytest.mark.parametrize(
    ("content", "extension"),
    [
        (b"%PDF-1.7\n...", "pdf"),
        (PIXEL, "png"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(20), "jpg"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "svg"),
        (b"<?xml version='1.0'?>\n<anything/>", "xml"),
        (b"# Policy\n\nText, and more.\n", "md"),
        (b"Minutes of 3 March\n\nPresent: two people.", "txt"),
        ("Notulen van drie maart\nAfgesproken: coördinatie".encode("cp1252"), "txt"),
        (b"a;b;c\n1;2;3\n", "csv"),
        (b'{"a": 1}', "json"),
        (b"[]", "json"),
        (archive(("[Content_Types].xml", "x"), ("word/document.xml", "y")).getvalue(), "docx"),
        (archive(("[Content_Types].xml", "x"), ("xl/workbook.xml", "y")).getvalue(), "xlsx"),
        (open_document("text"), "odt"),
        (open_document("spreadsheet"), "ods"),
    ],
)
def test_a_type_is_told_by_content(content, extension):
    stream = io.BytesIO(content)
    assert describe(stream).extension == extension
    assert stream.tell() == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"MZ\x90\0", "Windows program"),
        (b"\x7fELF\x02", "Linux program"),
        (b"#!/bin/sh\nrm", "script"),
        (b"<!DOCTYPE html><html></html>", "web page"),
        (b"<html><script>1</script></html>", "web page"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "entities"),
        (bytes(5_000), "not known"),
        (b"\x1f\x8b\x08\0", "archive"),
        (archive(("a.txt", "x")).getvalue(), "archive"),
        (archive(("[Content_Types].xml", ""), ("word/document.xml", ""), ("word/x.zip", "")).getvalue(), "archive"),
        (archive(("[Content_Types].xml", ""), ("word/vbaProject.bin", "")).getvalue(), "macros"),
        (archive(("[Content_Types].xml", "x"), ("word/document.xml", "y")).getvalue()[:-30], "damaged"),
        (b"PK\x03\x04" + bytes(60), "damaged"),
    ],
)
def test_what_is_no_record_is_refused(content, said):
    with pytest.raises(Unreadable, match=said):
        describe(io.BytesIO(content))


def test_a_zip_bomb_is_refused_without_inflating():
    bomb = archive(("[Content_Types].xml", "x"), ("word/document.xml", bytes(30 << 20)))
    with pytest.raises(Unreadable, match="unpacks"):
        describe(bomb)


def test_a_zip_whose_members_overlap_is_refused():
    content = bytearray(archive(("[Content_Types].xml", "x"), ("word/document.xml", "y")).getvalue())
    second = content.rfind(b"PK\x01\x02")
    content[second + 42 : second + 46] = struct.pack("<I", 0)
    with pytest.raises(Unreadable):
        describe(io.BytesIO(bytes(content)))


def test_an_encrypted_document_is_refused():
    content = bytearray(archive(("[Content_Types].xml", "x"), ("word/document.xml", "y")).getvalue())
    first = content.find(b"PK\x01\x02")
    content[first + 8] |= 1
    with pytest.raises(Unreadable, match="encrypted"):
        describe(io.BytesIO(bytes(content)))


@given(
    begin=st.sampled_from([b"", b"PK\x03\x04", b"%PDF-", b"<", b"{", b"\x89PNG\r\n\x1a\n"]),
    rest=st.binary(max_size=200),
)
def test_random_bytes_are_told_or_refused(begin, rest):
    try:
        assert describe(io.BytesIO(begin + rest)).extension
    except Unreadable as refusal:
        assert str(refusal)  # noqa: PT017


@given(noise=st.lists(st.tuples(st.integers(0, 10**4), st.integers(0, 255)), max_size=6))
def test_damaged_archives_are_told_or_refused(noise):
    content = bytearray(
        archive(("[Content_Types].xml", "x" * 50), ("word/document.xml", zlib.compress(b"y"))).getvalue()
    )
    for at, value in noise:
        content[at % len(content)] = value
    try:
        describe(io.BytesIO(bytes(content)))
    except Unreadable as refusal:
        assert str(refusal)  # noqa: PT017
