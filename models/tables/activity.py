"""The activity log: person, action, subject and moment, written with each change; append-only and hash-chained."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from models.columns import Document, Moment


class Activity(SQLModel, table=True):
    """An entry. `verb`: the name of the action in code (`evidence.file`); `subject`: the key of its object.

    `digest` is the SHA-256 of the entry and of the digest before it (`access/activity/chain.py`).
    """

    id: int | None = Field(default=None, primary_key=True)
    recorded_at: datetime = Field(sa_type=Moment, index=True)
    person: str
    verb: str = Field(index=True)
    subject: str = Field(index=True)
    details: dict[str, Any] = Field(default_factory=dict, sa_type=Document)
    digest: str = ""


class Checkpoint(SQLModel, table=True):
    """A signature (Ed25519) over the log up to an entry: rewriting the log afterwards needs the key too."""

    id: int | None = Field(default=None, primary_key=True)
    entry: int
    entries: int  # number of entries
    digest: str
    signed_at: datetime = Field(sa_type=Moment)
    signature: str  # hexadecimal
    public_key: str  # hexadecimal; compare it with a copy that is stored elsewhere
