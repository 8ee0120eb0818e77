"""Media types are determined by content; programs, archives and zip bombs are refused."""

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
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in members:
            zipped.writestr(name, content, **options)
    stream.seek(0)
    return stream


def open_document(kind):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as zipped:
        zipped.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        zipped.writestr("content.xml", "<x/>")
    return stream.getvalue()


def pdf(objects="", trailer=""):
    """A minimal PDF with one page."""
    begin = (
        f"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n{objects}"
    )
    table = "xref\n0 1\n0000000000 65535 f \n"
    return f"{begin}{table}trailer<</Size 3/Root 1 0 R{trailer}>>\nstartxref\n{len(begin)}\n%%EOF\n".encode()


def ole(*streams):
    """An OLE file, as of old Office programs or encrypted documents: a header and a directory."""
    entries = b"".join(name.encode("utf-16-le").ljust(64, b"\0") + bytes(64) for name in ("Root Entry", *streams))
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + entries


PIXEL = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBB", 13, b"IHDR", 1, 1, 8, 0, 0, 0, 0) + b"\0\0\0\0"


@pytest.mark.parametrize(
    ("content", "extension"),
    [
        (pdf(), "pdf"),
        (b"\xef\xbb\xbf\r\n" + pdf(), "pdf"),
        (b"\0mail header\xff\0" + pdf() + b"\r\n\0\0", "pdf"),  # the header stands in the first 1,024 bytes
        (pdf() + pdf("3 0 obj<</Note(changed)>>endobj\n"), "pdf"),  # changes are appended
        (pdf().replace(b"%%EOF", b"% made by a tool\r\n%%EOF"), "pdf"),  # comments stand wherever white space may
        (b"A PDF begins with %PDF-1.7, this text does not.\n", "txt"),
        (b"BMW: two cars\nGIF: none\n", "txt"),
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
def test_type_is_determined_by_content(content, extension):
    stream = io.BytesIO(content)
    assert describe(stream).extension == extension
    assert stream.tell() == 0


@pytest.mark.parametrize(
    ("content", "message"),
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
        (b"%PDF-1.7\n", "PDF is not whole"),
        (pdf()[:-8], "cut off"),
        (pdf() + b"%PDF-1.7 again" * 200, "cut off"),
        (pdf(trailer="/Encrypt 5 0 R"), "PDF is encrypted"),
        (pdf(trailer="/Encrypt<</Filter/Standard/V 4>>"), "without a password"),
        (pdf(objects="%" + "x" * 70_000 + "\n", trailer="/Encrypt 5 0 R"), "PDF is encrypted"),
        (ole("EncryptionInfo", "EncryptedPackage"), "encrypted Office document.*without a password"),
        (ole("WordDocument"), "old Word.*DOCX"),
        (ole("Workbook"), "old Excel.*XLSX"),
        (ole("Book"), "old Excel.*XLSX"),
        (ole("PowerPoint Document"), "old PowerPoint.*PPTX"),
        (ole("__properties_version1.0"), "Outlook message.*PDF"),
        (ole("Something") + "EncryptedPackage".encode("utf-16-le"), "old Office document"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC.*PNG or JPEG"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0avif", "(HEIC|AVIF).*PNG or JPEG"),
        (b"\0\0\0\x1cftypavif\0\0\0\0", "AVIF.*PNG or JPEG"),
        (b"\0\0\0\x18ftypisom\0\0\0\0", "video"),
        (b"RIFF\x24\0\0\0WEBPVP8 ", "WEBP.*PNG or JPEG"),
        (b"II*\0\x08\0\0\0", "TIFF.*PNG or JPEG"),
        (b"MM\0*\0\0\0\x08", "TIFF.*PNG or JPEG"),
        (b"GIF89a\x01\0\x01\0", "GIF.*PNG or JPEG"),
        (b"BMz\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0", "BMP.*PNG or JPEG"),
    ],
)
def test_refused_kinds_of_files(content, message):
    with pytest.raises(Unreadable, match=message):
        describe(io.BytesIO(content))


def test_zip_bomb_is_refused_without_unpacking():
    bomb = archive(("[Content_Types].xml", "x"), ("word/document.xml", bytes(30 << 20)))
    with pytest.raises(Unreadable, match="unpacks"):
        describe(bomb)


def test_zip_with_overlapping_members_is_refused():
    content = bytearray(archive(("[Content_Types].xml", "x"), ("word/document.xml", "y")).getvalue())
    second = content.rfind(b"PK\x01\x02")
    content[second + 42 : second + 46] = struct.pack("<I", 0)
    with pytest.raises(Unreadable):
        describe(io.BytesIO(bytes(content)))


def test_encrypted_document_is_refused():
    content = bytearray(archive(("[Content_Types].xml", "x"), ("word/document.xml", "y")).getvalue())
    first = content.find(b"PK\x01\x02")
    content[first + 8] |= 1
    with pytest.raises(Unreadable, match="encrypted"):
        describe(io.BytesIO(bytes(content)))


@given(
    begin=st.sampled_from([b"", b"PK\x03\x04", b"%PDF-", b"<", b"{", b"\x89PNG\r\n\x1a\n"]),
    rest=st.binary(max_size=200),
)
def test_random_bytes_get_a_type_or_are_refused(begin, rest):
    try:
        assert describe(io.BytesIO(begin + rest)).extension
    except Unreadable as refusal:
        assert str(refusal)  # noqa: PT017


@given(noise=st.lists(st.tuples(st.integers(0, 10**4), st.integers(0, 255)), max_size=6))
def test_damaged_archives_get_a_type_or_are_refused(noise):
    content = bytearray(
        archive(("[Content_Types].xml", "x" * 50), ("word/document.xml", zlib.compress(b"y"))).getvalue()
    )
    for at, value in noise:
        content[at % len(content)] = value
    try:
        describe(io.BytesIO(bytes(content)))
    except Unreadable as refusal:
        assert str(refusal)  # noqa: PT017


@given(st.text("abcé;1\n", min_size=100, max_size=400), st.sampled_from("\0\1\x08\x1b"), st.integers(0, 100))
def test_a_stray_control_character_in_a_text_is_named_with_its_line(content, character, at):
    content = f"{content[:at]}{character}{content[at:]}"
    line = 1 + content.count("\n", 0, at)
    with pytest.raises(Unreadable, match=rf"^Line {line} holds .*U\+{ord(character):04X},"):
        describe(io.BytesIO(content.encode()))


@given(st.binary(min_size=40).map(lambda content: b"\1\2\3\4" + content.replace(b"%PDF", b"")))
def test_other_bytes_are_of_an_unknown_kind_or_refused(content):
    many = b"".join(bytes((byte, byte % 8)) for byte in content)
    with pytest.raises(Unreadable, match="kind that is not known"):
        describe(io.BytesIO(b"\1" + many))
