"""The activity log: who did what, to what, when; written in the transaction of the change, never changed, chained."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from models.columns import Document, Moment


class Activity(SQLModel, table=True):
    """One entry; `verb` is the verb's name in code (`evidence.file`), `subject` the key of what it was done to.

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
    """A signature (Ed25519) over the log up to an entry: whoever rewrites it afterwards needs the key as well."""

    id: int | None = Field(default=None, primary_key=True)
    entry: int
    entries: int  # how many there were
    digest: str
    signed_at: datetime = Field(sa_type=Moment)
    signature: str  # hexadecimal
    public_key: str  # hexadecimal; compare it with the one that was kept elsewhere
