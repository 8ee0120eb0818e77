"""Uploads of programs on the pages of who sent them: their state, the reason and what to do."""

from datetime import UTC, datetime

import pytest

import settings
from access.permissions import BUILT_IN
from dashboard.components.evidence.sent_uploads import sent_uploads_list, sent_uploads_note
from evidence.intake.program_uploads.sent_uploads import SentUpload
from evidence.intake.program_uploads.upload_rows import Refusal
from locales import Language, text
from locales.stored_text import to_stored
from models.bulk_changes import add
from models.transaction import writing
from models.vocabulary import UploadState
from tests.dashboard.conftest import Pages, words

EN = Language("en")
AT = datetime(2027, 3, 4, 9, tzinfo=UTC)


def sent(state, attempts=0, evidence=None, kind=None):
    refusal = Refusal(422, kind, text("scan.json: line 3 ends early.")) if kind else None
    return SentUpload("u1", state, attempts, "build server (team ops)", AT, None, ["scan.json"], evidence, refusal)


@pytest.mark.parametrize(
    ("upload", "expected"),
    [
        (sent(UploadState.WAITING), ("waiting", "Nothing; it is evaluated by itself")),
        (sent(UploadState.WAITING, 1), ("being evaluated", "Nothing; it is evaluated by itself")),
        (sent(UploadState.WAITING, 3), ("being evaluated", "attempt 3")),
        (sent(UploadState.REFUSED, 1, kind="Unreadable"), ("refused", "line 3 ends early", "send the mended file")),
        (sent(UploadState.REFUSED, 1, kind="MappingNeeded"), ("refused", "say what its columns mean")),
        (sent(UploadState.JUDGED, 1, "e1"), ("recorded", 'href="/evidence-item?id=e1"')),
    ],
)
def test_each_upload_says_its_state_and_what_to_do(upload, expected):
    out = str(sent_uploads_list(EN, [upload]))
    assert all(part in out for part in (*expected, "scan.json", "build server (team ops)"))


def test_note_counts_what_was_refused_and_what_waits():
    note = str(sent_uploads_note(EN, [sent(UploadState.REFUSED, kind="Unreadable"), sent(UploadState.WAITING)]))
    assert "1 upload was refused. 1 upload is still to be evaluated." in note
    assert not sent_uploads_note(EN, [sent(UploadState.JUDGED, 1, "e1")])


def test_pages_of_the_sender_show_what_was_refused(planned):
    row = {
        "id": "a1",
        "sender": "token 1",
        "request_sha256": "",
        "account": Pages.account,
        "uploaded_by": BUILT_IN.name,
        "files": [{"name": "big.xml", "sha256": "", "size": 1, "format": ""}],
        "state": "refused",
        "attempts": 1,
        "is_new": True,
        "warnings": [],
        "fields": {},
        "problem": {
            "status": 422,
            "kind": "Unreadable",
            "message": to_stored(text("It ends early.")),
            "proposed_mapping": None,
        },
    }
    with writing(settings.engine()) as (session, now):
        add(session, "upload", [row | {"received_at": now, "ended_at": now}])
    out = words(Pages("en").open("upload"))
    assert "big.xml" in out and "It ends early." in out
    assert "Sent by the API or a build server" in out
    assert '1 upload was refused. <a href="/upload"' in words(Pages("en").open("evidence"))
    assert "1 upload was refused." in words(Pages("en").open("my_team"))
