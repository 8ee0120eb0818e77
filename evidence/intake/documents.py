"""The text of a document that a person uploads to make a statement from it; the document is not kept."""

from typing import BinaryIO

from access.permissions import Person, require
from evidence.intake.reading.readers_and_budgets import readers


def read_document(person: Person, stream: BinaryIO) -> str:
    """Its text as Markdown: Markdown or plain text, an HTML page, DOCX or PDF, read in a process with limits.

    Raises `Unreadable` and `TooCostly`.
    """
    require(person, "controls.load")
    return readers().text(stream, person.account or person.name)
