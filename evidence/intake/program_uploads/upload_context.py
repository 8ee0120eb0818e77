"""What carrying out an upload works with, in a request and in the background."""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from sqlalchemy import ColumnElement, and_, or_, select
from sqlmodel import Session

from access.permissions import Person
from evidence.storage.store import EvidenceStore
from models.bulk_changes import table


class UploadContext(Protocol):
    """The evidence store, the person, and transactions: files are read between them, not within."""

    @property
    def store(self) -> EvidenceStore: ...

    @property
    def person(self) -> Person: ...

    def reading(self) -> AbstractContextManager[tuple[Session, datetime]]:
        """A session that reads, and the present."""
        ...

    def writing(self, *, visit: bool = False) -> AbstractContextManager[tuple[Session, datetime]]:
        """A session of one transaction that is committed at the end, and its moment."""
        ...


def whose(person: Person) -> str:
    """The name under which readers count a person's files."""
    return person.account or person.name


def can_be_found_later(person: Person) -> bool:
    """Whether the sender's permissions can be read again later: they have an account or a token."""
    return bool(person.account) or person.token is not None


def sender_of(person: Person) -> str:
    """Under whose name a person's uploads and keys are kept: the token, the account, or who has neither."""
    if person.token is not None:
        return f"token {person.token}"
    return f"account {person.account}" if person.account else f"name {person.name}"


def sent_by(person: Person) -> ColumnElement[bool]:
    """The condition that a person sent an upload, or a token of theirs or of their teams; a token sees its own."""
    upload, token = table("upload"), table("api_token")
    own = upload.c.sender == sender_of(person)
    if person.token is not None or not person.account:
        return own
    theirs = or_(token.c.team.in_(person.teams), and_(token.c.team.is_not(None), token.c.issued_by == person.name))
    return or_(own, upload.c.account == person.account, upload.c.token.in_(select(token.c.id).where(theirs)))
