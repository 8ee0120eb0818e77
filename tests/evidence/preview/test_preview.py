"""Previews of evidence: who may see them, drawn once, and what changed in a document's words."""

from datetime import timedelta
from pathlib import Path

import pytest

from access.permissions import BUILT_IN, TEAM_MEMBER, NotAllowed, Person
from controls.statement.differences import ADDED, REMOVED
from demo.files.pdf import document
from evidence.errors import Corrupted, Unknown
from evidence.preview import preview as room
from evidence.preview.document_changes import text_changes
from evidence.preview.preview import preview
from evidence.preview.values import Reason
from models.transaction import reading
from tests.evidence.office import DAY, NOBODY, NOW, Office, tls_file

OLD = "Keys are replaced every two years. We use TLS 1.2. Nobody may export a key."
NEW = "Keys are replaced every year. We use TLS 1.2. Nobody may export a key. The board approves exceptions."


def policy(office: Office, content: bytes, days: int = 0) -> str:
    day = DAY + timedelta(days=days)
    delivery = {"requirements": ("policy",), "systems": (), "first_day": day, "last_day": day}
    return office.deliver(content, at=NOW + timedelta(days=days), **delivery).evidence


def pdf(words: str) -> bytes:
    return document("Policy", "", [words], "foot")


def test_reader_sees_a_page_and_a_stranger_nothing(office: Office) -> None:
    key = policy(office, pdf(OLD))
    with reading(office.engine) as session:
        assert "TLS 1.2" in preview(session, office.store, BUILT_IN, key, 0).text
        with pytest.raises(NotAllowed):
            preview(session, office.store, NOBODY, key, 0)
        other_team = Person("m", frozenset({TEAM_MEMBER}), teams=frozenset({"other"}))
        with pytest.raises(Unknown):
            preview(session, office.store, other_team, key, 0)
        with pytest.raises(Unknown):
            text_changes(session, office.store, other_team, key)
        with pytest.raises(Unknown):
            preview(session, office.store, BUILT_IN, key, 1)


def test_file_is_drawn_once(small_office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    key = policy(small_office, pdf(OLD))
    with reading(small_office.engine) as session:
        first = preview(session, small_office.store, BUILT_IN, key, 0)
        monkeypatch.setattr(room, "previewers", lambda: pytest.fail("drawn again"))
        assert preview(session, small_office.store, BUILT_IN, key, 0) is first


def test_damaged_bytes_are_not_shown(small_office: Office, tmp_path: Path) -> None:
    key = policy(small_office, pdf(OLD))
    (stored,) = small_office.column("evidence_file", "sha256")
    (path,) = [path for path in tmp_path.rglob("*") if path.name == stored[2:] or path.name == stored[4:]]
    path.chmod(0o600)
    path.write_bytes(path.read_bytes().replace(b"TLS 1.2", b"TLS 1.3"))
    with reading(small_office.engine) as session, pytest.raises(Corrupted):
        preview(session, small_office.store, BUILT_IN, key, 0)


def test_test_report_is_a_tree(small_office: Office) -> None:
    scan = small_office.deliver(tls_file("portal.example.nl"), requirements=("tls-scan",), first_day=DAY, last_day=DAY)
    with reading(small_office.engine) as session:
        shown = preview(session, small_office.store, BUILT_IN, scan.evidence, 0)
    assert shown.reason is None
    assert shown.tree[0].inside[0].inside[0].value == "TLS1"


@pytest.mark.parametrize("form", [pdf, str.encode])
def test_changed_words_of_a_document(office: Office, form) -> None:
    first = policy(office, form(f"# P\n\n{OLD}" if form is str.encode else OLD))
    second = policy(office, form(f"# P\n\n{NEW}" if form is str.encode else NEW), days=1)
    with reading(office.engine) as session:
        assert text_changes(session, office.store, BUILT_IN, first) is None
        found = text_changes(session, office.store, BUILT_IN, second)
    assert found.previous == first
    assert not found.is_part
    words = [(part.kind, (part.old or part.new).strip()) for passage in found.passages for part in passage]
    assert (REMOVED, "two years") in words
    assert (ADDED, "year") in words
    assert any(kind == ADDED and "The board approves exceptions." in changed for kind, changed in words)
    assert not any("export a key" in changed for _, changed in words)


def test_test_report_has_no_words_to_compare(small_office: Office) -> None:
    for days in (0, 1):
        delivery = {"first_day": DAY, "last_day": DAY, "at": NOW + timedelta(days=days)}
        scan = small_office.deliver(
            tls_file("portal.example.nl", protocol=f"not offered {days}"), requirements=("tls-scan",), **delivery
        )
    with reading(small_office.engine) as session:
        assert preview(session, small_office.store, BUILT_IN, scan.evidence, 0, 0).reason == Reason.KIND
        assert text_changes(session, small_office.store, BUILT_IN, scan.evidence) is None
