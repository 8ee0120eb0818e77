"""Manifests: their three forms, what is refused, and how entries find their files and become choices."""

import io
import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.errors import Unfitting
from evidence.intake import submission
from evidence.intake.many_files.batch_rows import close, parts_of
from evidence.intake.many_files.manifest import Entry, is_manifest, read_manifest
from evidence.intake.many_files.manifest_choice import proposed_choice
from evidence.intake.submission import Incoming
from models.transaction import reading
from tests.evidence.intake.many_files.test_archive import zipped
from tests.evidence.office import BUILD_SERVER, JUNIT, NOW, TEXT, Office

WANTED = [
    Entry("tests/roles.xml", "role-tests", ("portal", "website")),
    Entry("policy.md", "policy", (), date(2027, 2, 1), None, "Our policy"),
]
FORMS = {
    "manifest.csv": (
        b"file,requirement,system,day,title\n"
        b"tests/roles.xml,role-tests,portal; website,,\npolicy.md,policy,,2027-02-01,Our policy\n"
    ),
    "manifest.json": json.dumps(
        {
            "files": [
                {"file": "tests/roles.xml", "requirement": "role-tests", "systems": ["portal", "website"]},
                {"file": "policy.md", "requirement": "policy", "day": "2027-02-01", "title": "Our policy"},
            ]
        }
    ).encode(),
    "manifest.yaml": (
        b"- bestand: tests/roles.xml\n  bewijseis: role-tests\n  systeem: portal; website\n"
        b"- bestand: ./policy.md\n  bewijseis: policy\n  dag: 2027-02-01\n  titel: Our policy\n"
    ),
}


@pytest.mark.parametrize("name", FORMS)
def test_three_forms_say_the_same(name):
    assert is_manifest(f"folder/{name}")
    assert read_manifest(name, FORMS[name]) == WANTED


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("manifest.csv", b"file,colour\na.txt,red\n", "colour"),
        ("manifest.csv", b"file,day\na.txt,yesterday\n", "yesterday"),
        ("manifest.csv", b"requirement\npolicy\n", "no file is named"),
        ("manifest.csv", b"file\na.txt\na.txt\n", "twice"),
        ("manifest.csv", b"\xff\xfe\x00", "can't be read"),
        ("manifest.json", b"{", "can't be read"),
        ("manifest.json", b'"words"', "a list of files"),
        ("manifest.json", b"[1]", "entry 1"),
        ("manifest.yaml", b"a: &x [1]\nfiles: [*x, *x]\n", "can't be read"),
        ("manifest.yaml", b"files: [", "can't be read"),
        ("manifest.yaml", b"- {file: a.md, day: !!timestamp x}", "x is not a day"),
        ("manifest.yaml", b"- {file: a.md, day: !!bool x}", "x is not a day"),
        ("manifest.yaml", b"- {file: a.md, day: 2027-02-01 10:00:00}", "10:00:00 is not a day"),
        ("manifest.yaml", b'- {file: a.md, title: "\\ud800"}', "can't be read"),
        ("manifest.json", b'[{"file": "\\ud800"}]', "can't be read"),
        ("manifest.json", b'[{"file": "a.md", "\\udfff": "x"}]', "can't be read"),
        ("manifest.csv", b"file\n" + b"a" * (1 << 18), "at most 256 kB"),
    ],
)
def test_wrong_manifest_says_where_and_what_is_expected(name, data, told):
    with pytest.raises(Unfitting, match=told):
        read_manifest(name, data)


@pytest.mark.parametrize("nothing", [b"~", b"null", b"", b"!!int ''"])
def test_yaml_value_that_says_nothing_is_left_out(nothing):
    assert read_manifest("manifest.yaml", b"- {file: a.md, day: %s, title: %s}" % (nothing, nothing)) == [Entry("a.md")]


@pytest.mark.parametrize("number", [b"0x" + b"f" * 6_000, b"1" + b":1" * 4_000, b"0b" + b"1" * 20_000])
def test_yaml_number_is_a_text(number):
    assert read_manifest("manifest.yaml", b"- {file: a.md, title: %s}" % number)[0].title == number[:200].decode()


@given(st.binary(max_size=300), st.sampled_from(list(FORMS)))
def test_any_manifest_is_read_or_refused(data, name):
    try:
        entries = read_manifest(name, data)
    except Unfitting:
        return
    assert all(entry.file for entry in entries)


def test_entries_find_their_files_in_folders_and_archives():
    files = {"tests/roles.xml": JUNIT, "policy.md": TEXT, "manifest.csv": FORMS["manifest.csv"]}
    for incoming in (
        [Incoming(zipped(files), "all.zip")],
        [Incoming(io.BytesIO(data), f"folder/{name}") for name, data in files.items()],
    ):
        parts = parts_of(incoming)
        close(parts)
        assert [part.entry for part in parts] == WANTED


def test_file_that_is_not_there_or_not_the_only_one_is_told():
    files = {"a/x.txt": b"1", "b/x.txt": b"2", "manifest.csv": b"file\nx.txt\nmissing.txt\na/x.txt\n"}
    parts = parts_of([Incoming(zipped(files), "all.zip")])
    close(parts)
    assert [part.path for part in parts if part.problem] == ["x.txt", "missing.txt"]
    assert [part.path for part in parts if part.entry] == ["a/x.txt"]


def test_second_entry_for_a_file_is_told_and_not_followed():
    files = {"a/x.txt": b"1", "manifest.csv": b"file,title\na/x.txt,First\nx.txt,Second\n"}
    parts = parts_of([Incoming(zipped({**files, "b/manifest.csv": b"file,title\nx.txt,Third\n"}), "all.zip")])
    close(parts)
    assert [part.entry.title for part in parts if part.entry] == ["First"]
    assert ["another entry" in str(part.problem) for part in parts if part.problem] == [True, True]


def test_wrong_manifest_is_a_row_and_the_files_are_read():
    parts = parts_of([Incoming(io.BytesIO(b"colour\nred\n"), "manifest.csv"), Incoming(io.BytesIO(b"x"), "x.txt")])
    assert [(part.path, part.problem is None) for part in parts] == [("x.txt", True), ("manifest.csv", False)]


def chosen(office: Office, data: bytes, name: str, entry: Entry):
    files = [Incoming(io.BytesIO(data), name)]
    with submission.inspect(office.store, files) as inspection, reading(office.engine) as session:
        return proposed_choice(session, BUILD_SERVER, inspection, NOW, entry)


def test_manifest_decides_and_the_rest_is_proposed(small_office: Office) -> None:
    answer = chosen(small_office, TEXT, "policy.md", WANTED[1])
    assert (answer.choice.requirement, answer.choice.first_day, answer.choice.title) == (
        "policy",
        date(2027, 2, 1),
        "Our policy",
    )
    answer = chosen(small_office, JUNIT, "portal.xml", Entry("portal.xml", "no-policy"))
    assert (answer.choice.requirement, answer.choice.systems, answer.doubt) == ("no-policy", ("portal",), None)


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        (Entry("a.xml", "nothing"), "nothing"),
        (Entry("a.xml", "role-tests", ("mars",)), "mars"),
        (Entry("a.xml", "tls-scan"), "does not accept"),
    ],
)
def test_what_a_manifest_says_and_can_not_be_is_told(small_office: Office, entry, told) -> None:
    assert told in str(chosen(small_office, JUNIT, "a.xml", entry).doubt)
