"""Statements that were published in the product, from its table, beside those in files."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from controls.statement.publishing import PublishedStatement, parse
from models.bulk_changes import present


@dataclass(frozen=True, slots=True)
class Publication:
    """The content of the two files of a statement that was published in the product."""

    key: str
    yaml: str
    text: str

    @property
    def sha256(self) -> str:
        """The digest of both."""
        return hashlib.sha256(f"{self.yaml}\0{self.text}".encode()).hexdigest()


def publications(session: Session) -> list[Publication]:
    """Every statement that was published in the product, by key."""
    rows = present(session, "statement_publication", ["key", "yaml", "text"])
    return sorted((Publication(**row) for row in rows), key=lambda publication: publication.key)


def read_publications(
    publications: Sequence[Publication], in_files: Collection[PublishedStatement]
) -> list[PublishedStatement]:
    """Read them. One that replaces a statement whose file is not loaded any more replaces nothing.

    Raises `WrongFile`.
    """
    read = [parse(each.key, each.yaml, each.text) for each in publications]
    known = {each.content.statement.key for each in (*in_files, *read)}
    return [_replacing_known(each, known) for each in read]


def _replacing_known(published: PublishedStatement, known: Collection[str]) -> PublishedStatement:
    head = published.content.statement
    if head.replaces is None or head.replaces in known:
        return published
    content = published.content.model_copy(update={"statement": head.model_copy(update={"replaces": None})})
    return replace(published, source=replace(published.source, content=content))
