"""Uploads that were received to be judged in the background, for who sent them: what waits, was refused, was judged."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import RowMapping, case, or_, select
from sqlmodel import Session

from access.permissions import Person, require
from evidence.intake.program_uploads.upload_context import sent_by
from evidence.intake.program_uploads.upload_rows import Refusal, refusal_of
from models.bulk_changes import table
from models.vocabulary import UploadState

MOST: Final = 100  # uploads of one list
_NEWEST: Final = 20  # of those that were judged
_ORDER: Final = {UploadState.WAITING: 0, UploadState.REFUSED: 1, UploadState.JUDGED: 2}


@dataclass(frozen=True, slots=True)
class SentUpload:
    """An upload that was received, and what became of it. `attempts`: how often judging it began.

    `files`: their names; `evidence`: its id, once it is judged; `refusal`: why it was refused.
    """

    id: str
    state: UploadState
    attempts: int
    uploaded_by: str
    received_at: datetime
    ended_at: datetime | None
    files: list[str]
    evidence: str | None
    refusal: Refusal | None


def sent_uploads(session: Session, person: Person) -> list[SentUpload]:
    """Uploads of the person, of their tokens, and of tokens of their teams or that they made; for a token, its own.

    What waits comes first, then what was refused, then the newest that were judged; each until seven days after its
    end.
    """
    require(person, "evidence.file", "evidence.read")
    upload = table("upload")
    in_background = or_(upload.c.state != UploadState.JUDGED, upload.c.attempts > 0)
    order = case(_ORDER, value=upload.c.state)
    query = select(upload).where(in_background, sent_by(person)).order_by(order, upload.c.received_at.desc())
    return list(_shown(session.execute(query.limit(MOST)).mappings()))


def _shown(rows: Iterable[RowMapping]) -> Iterable[SentUpload]:
    judged = 0
    for row in rows:
        judged += row["state"] == UploadState.JUDGED
        if judged <= _NEWEST:
            yield _sent(row)


def _sent(row: RowMapping) -> SentUpload:
    plain: dict[str, Any] = {
        name: row[name] for name in ("id", "attempts", "uploaded_by", "received_at", "ended_at", "evidence")
    }
    refused = row["state"] == UploadState.REFUSED and row["problem"]
    refusal = refusal_of(row["problem"]) if refused else None
    names = [file["name"] for file in row["files"]]
    return SentUpload(**plain, state=UploadState(row["state"]), files=names, refusal=refusal)
