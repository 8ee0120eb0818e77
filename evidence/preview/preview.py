"""The verb for looking at a file of evidence: a page as a picture, or its first part."""

from functools import lru_cache
from typing import Final

from sqlmodel import Session

from access.permissions import Person
from evidence.library.evidence_items import file
from evidence.preview.previewers import previewers
from evidence.preview.values import Preview
from evidence.storage.store import EvidenceStore

_KEPT: Final = 32  # previews, each well under a megabyte


def preview(
    session: Session, store: EvidenceStore, person: Person, evidence: str, position: int, page: int = 1
) -> Preview:
    """What is shown of a file of evidence; with a reason if nothing is.

    `position`: of the file, from 0; `page`: of a PDF, from 1, or `values.WORDS`. Raises `NotAllowed`, `Unknown`,
    `NotKept`, `Corrupted` and `StoreUnavailable`.
    """
    row = file(session, person, evidence, position)
    return _drawn(store, row.sha256, row.media_type, page, person.account or person.name)


@lru_cache(_KEPT)
def _drawn(store: EvidenceStore, sha256: str, media_type: str, page: int, whose: str) -> Preview:
    """The same bytes always give the same preview, so it is drawn once."""
    with store.open_verified(sha256) as stream:
        return previewers().preview(stream, media_type, page, whose)
