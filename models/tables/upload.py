"""Uploads through the API that are judged later, or that may be sent again under the same key."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import Document, Identifier, Moment


class Upload(SQLModel, table=True):
    """An upload with what became of it; removed some days after it ended, while its evidence stays.

    `sender`: the token or account that sent it, within which `key` (the Idempotency-Key) is unique; `request_sha256`:
    of files and fields, to recognise another request under the same key. `fields`: those of the form; `files`: name,
    SHA-256 and size of each. Until it is judged, its bytes wait in the evidence store (`EvidenceStore.hold`).
    """

    __table_args__ = (UniqueConstraint("sender", "key"), Index("ix_upload_state", "state", "received_at"))

    id: str = Field(primary_key=True, sa_type=Identifier)
    sender: str
    key: str | None = None
    request_sha256: str
    account: str | None = Field(default=None, foreign_key="account.id")
    token: int | None = Field(default=None, foreign_key="api_token.id")
    uploaded_by: str
    fields: dict[str, Any] = Field(default_factory=dict, sa_type=Document)
    files: list[dict[str, Any]] = Field(default_factory=list, sa_type=Document)
    state: str  # UploadState
    attempts: int = 0  # how often judging began
    received_at: datetime = Field(sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
    evidence: str | None = Field(default=None, foreign_key="evidence.id", sa_type=Identifier)
    is_new: bool = True  # false: the same was recorded before
    warnings: list[str] = Field(default_factory=list, sa_type=Document)
    problem: dict[str, Any] | None = Field(
        default=None, sa_type=Document, nullable=True
    )  # why it was refused, or waits again
