"""ZIP files: what is unpacked, what is refused, and that one file in them holds up no other."""

import io
import struct
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.errors import TooLarge, Unfitting
from evidence.intake.many_files.archive import MOST_PARTS, is_archive, unpack
from evidence.intake.many_files.batch_rows import close, parts_of
from evidence.intake.reading.inspection import Incoming


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> io.BytesIO:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    target.seek(0)
    return target


def content(parts):
    """The bytes or the problem of each part; their streams are closed."""
    parts = list(parts)
    read = [part.stream.read() if part.stream else str(part.problem) for part in parts]
    close(parts)
    return read


def test_files_are_unpacked_in_order_without_folders_and_files_of_computers():
    files = {"b.txt": b"b", "sub/a.txt": b"a", "sub/": b"", "__MACOSX/._a": b"x", ".DS_Store": b"x"}
    parts = list(unpack(zipped(files), "all.zip"))
    assert content(parts) == [b"b", b"a"]
    assert [part.path for part in parts] == ["b.txt", "sub/a.txt"]
    assert {part.origin for part in parts} == {"all.zip"}
    assert [part.size for part in parts] == [1, 1]


def test_documents_are_no_archives():
    assert is_archive(zipped({"a.txt": b"a"}))
    assert not is_archive(zipped({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"}))
    assert not is_archive(zipped({"mimetype": b"application/vnd.oasis.opendocument.text"}, zipfile.ZIP_STORED))
    assert not is_archive(io.BytesIO(b"PK\x03\x04 damaged"))
    assert not is_archive(io.BytesIO(b""))


def test_names_that_lead_elsewhere_are_only_shown():
    files = zipped({"../../etc/passwd": b"a", "/root/x": b"b", "C:\\x": b"c"})
    assert content(unpack(files, "all.zip")) == [b"a", b"b", b"c"]


def test_file_that_unpacks_to_far_more_is_refused_and_others_are_not():
    bomb, good = content(unpack(zipped({"bomb.txt": b"0" * (8 << 20), "good.txt": b"good"}), "all.zip"))
    assert "far more" in bomb
    assert good == b"good"


def test_encrypted_file_is_refused_with_what_to_do():
    data = bytearray(zipped({"a.txt": b"secret", "b.txt": b"open"}, zipfile.ZIP_STORED).getvalue())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # the flag of the first file, in both its headers
        data[data.index(mark) + at] |= 1
    closed, opened = content(unpack(io.BytesIO(bytes(data)), "all.zip"))
    assert "without a password" in closed
    assert opened == b"open"


def test_damaged_file_is_refused_and_others_are_not():
    data = zipped({"a.txt": b"first file", "b.txt": b"second"}, zipfile.ZIP_STORED).getvalue()
    changed = io.BytesIO(data.replace(b"first file", b"other file", 1))
    damaged, whole = content(unpack(changed, "all.zip"))
    assert "pack it again" in damaged
    assert whole == b"second"


def test_overlapping_files_are_refused():
    data = bytearray(zipped({"a.txt": b"0" * 4000, "b.txt": b"1" * 4000}, zipfile.ZIP_STORED).getvalue())
    second = data.rindex(b"PK\x01\x02")
    data[second + 42 : second + 46] = (10).to_bytes(4, "little")  # where it begins
    with pytest.raises(Unfitting, match="overlap"):
        list(unpack(io.BytesIO(bytes(data)), "all.zip"))


def test_too_many_files_are_refused():
    with pytest.raises(TooLarge, match=str(MOST_PARTS)):
        list(unpack(zipped({f"{at}.txt": b"x" for at in range(MOST_PARTS + 1)}), "all.zip"))


def test_too_many_files_in_several_archives_are_refused_before_all_are_unpacked():
    half = zipped({f"{at}.txt": b"x" for at in range(MOST_PARTS // 2)}).getvalue()
    archives = [Incoming(io.BytesIO(half), f"{at}.zip") for at in range(20)]
    read = []

    def one_by_one():
        for archive in archives:
            read.append(archive)
            yield archive

    with pytest.raises(TooLarge, match=str(MOST_PARTS)):
        parts_of(one_by_one())
    assert len(read) == 3


def test_several_archives_unpack_to_no_more_than_one_may(monkeypatch):
    monkeypatch.setattr("evidence.intake.many_files.batch_rows.MOST_UNPACKED", 1_000)
    archives = [Incoming(zipped({"a.txt": bytes([65 + at]) * 400}), f"{at}.zip") for at in range(3)]
    first, second, third = content(parts_of(archives))
    assert (first, second) == (b"A" * 400, b"B" * 400)
    assert "more than the maximum" in third


def with_large_end(entries: int) -> bytes:
    """A ZIP file whose ZIP64 end counts many more entries in its directory than its other end."""
    entry = struct.pack("<4s4B4HL2L5H2L", b"PK\x01\x02", *[0] * 11, 1, 0, 0, 0, 0, 0, 0) + b"a"
    directory = entry * entries
    large = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, entries, entries, len(directory), 4)
    place = struct.pack("<4sLQL", b"PK\x06\x07", 0, 4 + len(directory), 1)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(entry), 4, 0)
    return b"PK\x03\x04" + directory + large + place + end


def test_directory_that_a_second_end_makes_large_is_not_read():
    assert is_archive(io.BytesIO(with_large_end(5)))
    assert not is_archive(io.BytesIO(with_large_end(20_001)))
    assert not is_archive(io.BytesIO(with_large_end(5).replace(b"PK\x06\x06", b"PK\x00\x00")))


def test_empty_archive_is_refused():
    with pytest.raises(Unfitting, match="no file"):
        list(unpack(zipped({}), "all.zip"))


def test_archive_in_an_archive_stays_packed():
    inner = zipped({"a.txt": b"a"}).getvalue()
    parts = parts_of([Incoming(zipped({"inner.zip": inner}), "outer.zip")])
    assert content(parts) == [inner]  # which is refused when it is read, as any archive


def test_refused_archive_is_a_row_and_other_files_are_read():
    parts = parts_of([Incoming(zipped({}), "empty.zip"), Incoming(io.BytesIO(b"x"), "x.txt")])
    assert [(part.path, part.problem is None) for part in parts] == [("x.txt", True), ("empty.zip", False)]
    close(parts)


@given(st.binary(max_size=400))
def test_any_bytes_are_unpacked_or_refused(data):
    for begin in (b"", b"PK\x03\x04", zipped({"a": b"abc"}).getvalue()[:60]):
        stream = io.BytesIO(begin + data)
        if is_archive(stream):
            with suppress(TooLarge, Unfitting):
                close(unpack(stream, "x.zip"))
        assert stream.tell() >= 0
