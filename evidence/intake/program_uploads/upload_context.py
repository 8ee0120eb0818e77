"""What carrying out an upload works with, in a request and in the background."""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from sqlmodel import Session

from access.permissions import Person
from evidence.storage.store import EvidenceStore


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
