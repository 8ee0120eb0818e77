"""Judging an upload that was received before: with the permissions of now, and its bytes as they wait."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlmodel import Session

from access.people import accounts, tokens
from access.permissions import NotAllowed, Person
from evidence.intake import submission
from evidence.intake.program_uploads.read_delivery import read_delivery, require_admitted
from evidence.intake.program_uploads.upload_context import UploadContext
from evidence.intake.program_uploads.upload_rows import UploadFile, WaitingUpload, end_judged
from evidence.intake.reading.inspection import StagedFile, discard
from evidence.storage.store import EvidenceStore
from locales import text


def find_sender(session: Session, upload: WaitingUpload, now: datetime) -> Person:
    """Who sent an upload, with their roles and the token's limits of now. Raises `NotAllowed` if either ended."""
    if upload.token is None:
        sender = accounts.find_person(session, upload.account, now)
    else:
        active = tokens.find_by_number(session, upload.token, now)
        sender = active.person if active else None
    if sender is None:
        raise NotAllowed(
            text(
                "The token or account of {person} ended after these files were received, so they were not evaluated "
                "and are not stored; send them again with one that works.",
                person=upload.uploaded_by,
            )
        )
    return sender


def judge_upload(context: UploadContext, upload: WaitingUpload) -> None:
    """Read, judge and record an upload, all or nothing.

    Raises as `submission.submit`, `NotKept` and `Corrupted` for bytes that no longer wait as they were received, and
    `NotAllowed` if the sender's permissions changed while its files were read.
    """
    require_admitted(context, upload.fields, len(upload.files))
    with (
        _staged_again(context.store, upload) as files,
        read_delivery(context, upload.fields, files) as delivery,
        context.writing() as (session, now),
    ):
        if find_sender(session, upload, now) != context.person:
            raise NotAllowed(
                text(
                    "The roles or the token of the sender changed while this was evaluated, so nothing was recorded; "
                    "send it again."
                )
            )
        filed = submission.submit(session, context.store, context.person, delivery, now)
        end_judged(session, upload.id, filed, now)


@contextmanager
def _staged_again(store: EvidenceStore, upload: WaitingUpload) -> Iterator[list[StagedFile]]:
    staged: list[StagedFile] = []
    try:
        staged.extend(_staged(store, file) for file in upload.files)
        yield staged
    finally:
        discard(staged)


def _staged(store: EvidenceStore, file: UploadFile) -> StagedFile:
    return StagedFile(file.name, store.stage_held(file.held, file.sha256, file.size), file.format)
