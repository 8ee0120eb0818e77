"""The activity log: who did what, to what, when; written in the transaction of the change, never changed."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from models.columns import Document, Moment


class Activity(SQLModel, table=True):
    """One entry; `verb` is the verb's name in code (`evidence.file`), `subject` the key of what it was done to."""

    id: int | None = Field(default=None, primary_key=True)
    recorded_at: datetime = Field(sa_type=Moment, index=True)
    person: str
    verb: str = Field(index=True)
    subject: str = Field(index=True)
    details: dict[str, Any] = Field(default_factory=dict, sa_type=Document)
