"""Rows of uploads: received for the background, or answered under a key; found again, ended, removed after a while."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, and_, delete, event, func, insert, select, update
from sqlmodel import Session

from access.activity.record import record
from access.permissions import SYSTEM, Person, limits, may, require
from evidence.errors import KeyReused, MappingNeeded, NotPossible, Unknown
from evidence.intake.program_uploads.upload_context import sender_of, sent_by
from evidence.intake.program_uploads.upload_fields import UploadFields
from evidence.intake.reading.inspection import StagedFile
from evidence.intake.reading.recognition import Recognition, recognition
from evidence.intake.records import evidence_rows
from evidence.intake.submission import Filed
from evidence.intake.verdicts.latest_judgement import latest_runs
from evidence.storage.store import EvidenceStore
from locales import Problem, Text, text
from locales.stored_text import from_stored, to_stored
from models.bulk_changes import table
from models.vocabulary import UploadState

KEPT = timedelta(days=7)  # after an upload ended: so long its key is known and it can be polled
MOST_WAITING = 50  # uploads of a sender, of which each may be as large as one may be
_NOT_PRESENT = text("There is no such upload: it was never received, or it ended more than 7 days ago.")


@dataclass(frozen=True, slots=True)
class UploadFile:
    """A file of an upload: its display name, SHA-256 and size in bytes; `held`: the name under which it waits.

    `format`: the one that a person chose for it, if any.
    """

    name: str
    sha256: str
    size: int
    format: str
    held: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an upload was refused: the HTTP status that a request would have had, and the name of the error."""

    status: int
    kind: str
    message: Text
    proposed_mapping: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class UploadRow:
    """An upload and what became of it. `filed`: once it is judged; `refusal`: if it was refused."""

    id: str
    state: UploadState
    begun: bool  # judging has begun at least once
    uploaded_by: str
    received_at: datetime
    ended_at: datetime | None
    files: list[UploadFile]
    filed: Filed | None = None
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """An upload that is about to be recorded: its fields, its staged files, its key and the digest of both."""

    fields: UploadFields
    files: Sequence[StagedFile]
    request_sha256: str
    key: str | None = None


def receive(session: Session, store: EvidenceStore, person: Person, received: Received, now: datetime) -> str:
    """Record an upload that is judged later; its bytes are on disk before the transaction commits. Gives its id.

    Raises `NotPossible` while too many of the same sender wait, which would keep others waiting and fill the disk.
    """
    require(person, "evidence.file")
    _require_room(session, person)
    identity = uuid.uuid4().hex
    fields = received.fields.model_dump(mode="json")
    row = _row(person, received, now) | {"id": identity, "state": UploadState.WAITING, "fields": fields}
    session.execute(insert(table("upload")), [row])

    def hold_files(_session: Session) -> None:
        for position, file in enumerate(received.files):
            store.hold(file.staged, _held(identity, position))

    event.listen(session, "before_commit", hold_files, once=True)
    record(session, person, "upload.receive", identity, now, sha256=[file.staged.sha256 for file in received.files])
    return identity


def _require_room(session: Session, person: Person) -> None:
    upload = table("upload")
    is_waiting = upload.c.sender == sender_of(person), upload.c.state == UploadState.WAITING
    waiting = session.execute(select(func.count()).select_from(upload).where(*is_waiting)).scalar_one()
    if waiting >= MOST_WAITING:
        raise NotPossible(
            text("{n} of your uploads wait to be judged; send the next when one of them has ended.", n=waiting)
        )


def remember(session: Session, person: Person, received: Received, filed: Filed, now: datetime) -> None:
    """Record under which key evidence was just uploaded. Raises `KeyReused`."""
    require(person, "evidence.file")
    if find_by_key(session, person, received) is None:
        row = _row(person, received, now) | {"id": uuid.uuid4().hex, "state": UploadState.JUDGED, "ended_at": now}
        session.execute(insert(table("upload")), [row | _outcome(filed)])


def find_by_key(session: Session, person: Person, received: Received) -> UploadRow | None:
    """The upload that was sent under the same key before, if any. Raises `KeyReused` if it was another one."""
    require(person, "evidence.file")
    if received.key is None:
        return None
    upload = table("upload")
    row = _first(session, upload.c.sender == sender_of(person), upload.c.key == received.key)
    if row is not None and row["request_sha256"] != received.request_sha256:
        raise KeyReused(
            text(
                "Idempotency-Key {key} was used on {moment} for other files or fields; nothing was recorded. Make a "
                "new key for each upload, and send the same key only with the same upload.",
                key=received.key,
                moment=row["received_at"],
            )
        )
    return None if row is None else _upload(session, row)


def read_upload(session: Session, person: Person, upload: str) -> UploadRow:
    """An upload and what became of it, for who sent it and for who may read all evidence. Raises `Unknown`."""
    require(person, "evidence.file", "evidence.read")
    reads_all = may(person, "evidence.read") and limits(person, "evidence.read") is None
    row = _first(session, table("upload").c.id == upload, *([] if reads_all else [sent_by(person)]))
    if row is None:
        raise Unknown(_NOT_PRESENT)
    return _upload(session, row)


# ── In the background ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class WaitingUpload:
    """An upload that is to be judged: by whom it was sent, and how often judging it began."""

    id: str
    account: str
    token: int | None
    uploaded_by: str
    fields: UploadFields
    files: list[UploadFile]
    attempts: int


def next_waiting(session: Session, postponed: Collection[str] = ()) -> WaitingUpload | None:
    """The upload that waits longest, apart from those that are `postponed` (by id); None if none waits."""
    upload = table("upload")
    waiting = select(upload).where(upload.c.state == UploadState.WAITING, upload.c.id.not_in(postponed))
    row = session.execute(waiting.order_by(upload.c.received_at, upload.c.id).limit(1)).mappings().first()
    if row is None:
        return None
    fields = UploadFields.model_validate(row["fields"])
    sender = (row["account"] or "", row["token"], row["uploaded_by"])
    return WaitingUpload(row["id"], *sender, fields, _files(row), row["attempts"])


def count_attempt(session: Session, upload: str, number: int = 1) -> None:
    """Count an attempt at judging before it begins, so that one that ends the process is known; -1 takes it back."""
    row = table("upload")
    session.execute(update(row).where(row.c.id == upload).values(attempts=row.c.attempts + number))


def count_unavailable(session: Session, upload: str, problem: Problem) -> int:
    """Record that something could not be used when an upload was judged, which is no attempt; gives how often that was.

    Its reason is kept with the number, also through a restart, until the upload ends.
    """
    row = table("upload")
    before = session.execute(select(row.c.problem).where(row.c.id == upload)).scalar_one() or {}
    reason = _reason(problem) | {"times": before.get("times", 0) + 1}
    session.execute(update(row).where(row.c.id == upload).values(problem=reason))
    return int(reason["times"])


def end_judged(session: Session, upload: str, filed: Filed, now: datetime) -> None:
    """Record the evidence of an upload, in the transaction that records that evidence."""
    _end(session, upload, {"state": UploadState.JUDGED, "ended_at": now, "problem": None, **_outcome(filed)})


def end_refused(session: Session, upload: WaitingUpload, problem: Problem, now: datetime) -> None:
    """Record why an upload is refused. Its key is free again: sent with it once more, it is tried anew."""
    ended = {"state": UploadState.REFUSED, "ended_at": now, "key": None, "problem": _reason(problem)}
    _end(session, upload.id, ended)
    # What a mapping asks quotes headings, which may name people, and the log keeps what it holds for ever.
    told = {} if isinstance(problem, MappingNeeded) else {"reason": str(problem.message)}
    record(session, SYSTEM, "upload.refuse", upload.id, now, uploaded_by=upload.uploaded_by, **told)


def unneeded_held(session: Session, held: Sequence[str]) -> list[str]:
    """Those of the names of waiting bytes whose upload no longer waits."""
    upload = table("upload")
    waiting = set(session.execute(select(upload.c.id).where(upload.c.state == UploadState.WAITING)).scalars())
    return [name for name in held if name.partition("-")[0] not in waiting]


def remove_ended(session: Session, now: datetime) -> None:
    """Remove what is known about uploads that ended a while ago. Their evidence stays."""
    upload = table("upload")
    session.execute(delete(upload).where(upload.c.state != UploadState.WAITING, upload.c.ended_at < now - KEPT))


# ── Rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _row(person: Person, received: Received, now: datetime) -> dict[str, Any]:
    files = [
        {"name": file.name, "sha256": file.staged.sha256, "size": file.staged.size, "format": file.format}
        for file in received.files
    ]
    return {
        "sender": sender_of(person),
        "key": received.key,
        "request_sha256": received.request_sha256,
        "account": person.account or None,
        "token": person.token,
        "uploaded_by": person.name,
        "fields": {},
        "files": files,
        "attempts": 0,
        "received_at": now,
        "is_new": True,
        "warnings": [],
    }


def _outcome(filed: Filed) -> dict[str, Any]:
    warnings = [to_stored(warning) for warning in filed.warnings]
    return {"evidence": filed.evidence, "is_new": filed.is_new, "warnings": warnings}


def _reason(problem: Problem) -> dict[str, Any]:
    return {
        "status": problem.status,
        "kind": type(problem).__name__,
        "message": to_stored(problem.message),
        "proposed_mapping": problem.proposed_mapping if isinstance(problem, MappingNeeded) else None,
    }


def _end(session: Session, upload: str, values: dict[str, Any]) -> None:
    """Record the end of an upload. Its fields are no longer needed: a mapping may name people."""
    row = table("upload")
    session.execute(update(row).where(row.c.id == upload).values(values | {"fields": {}}))


def _first(session: Session, *conditions: ColumnElement[bool]) -> RowMapping | None:
    return session.execute(select(table("upload")).where(*conditions)).mappings().first()


def _upload(session: Session, row: RowMapping) -> UploadRow:
    times = (row["received_at"], row["ended_at"])
    filed = _filed(session, row) if row["evidence"] else None
    begun, state = row["attempts"] > 0, UploadState(row["state"])
    refusal = refusal_of(row["problem"]) if state == UploadState.REFUSED and row["problem"] else None
    return UploadRow(row["id"], state, begun, row["uploaded_by"], *times, _files(row), filed, refusal)


def _files(row: RowMapping) -> list[UploadFile]:
    return [UploadFile(**file, held=_held(row["id"], position)) for position, file in enumerate(row["files"])]


def _held(upload: str, position: int) -> str:
    return f"{upload}-{position}"


def _filed(session: Session, row: RowMapping) -> Filed:
    """What became of the upload, with the verdicts as they are now."""
    declared = evidence_rows.read_declarations(session, row["evidence"])
    return Filed(
        row["evidence"],
        is_new=row["is_new"],
        covered=evidence_rows.covered_cells(session, row["evidence"]),
        counts=evidence_rows.counts(session, row["evidence"]),
        warnings=_texts(row["warnings"]),
        recognised=_recognised(session, row["evidence"], declared["declared"].get("formats", {})),
        **declared,
    )


def _recognised(session: Session, evidence: str, chosen: Mapping[str, Sequence[str]]) -> list[Recognition]:
    """The format of each file that was read. `chosen`: by file, the format that a person chose and that it shows."""
    run, file = table("test_run"), table("evidence_file")
    joined = run.join(file, and_(file.c.evidence == run.c.evidence, file.c.position == run.c.file))
    query = (
        select(file.c.name, run.c.format).select_from(joined).where(run.c.evidence == evidence, latest_runs(evidence))
    )
    overruled = {name: shown for name, (_, shown) in chosen.items()}
    rows = session.execute(query.order_by(run.c.file)).all()
    return [recognition(name, format_name, overruled.get(name)) for name, format_name in rows]


def _texts(stored: Sequence[str]) -> list[Text]:
    return [warning for encoded in stored if (warning := from_stored(encoded))]


def refusal_of(problem: dict[str, Any]) -> Refusal:
    """Why an upload was refused, as it was recorded."""
    message = from_stored(problem["message"]) or text("The upload was refused.")
    return Refusal(problem["status"], problem["kind"], message, problem["proposed_mapping"])
