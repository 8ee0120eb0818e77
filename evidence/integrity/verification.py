"""`make verify`: database against store against activity log, all of it; and a part of it every day."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from access.activity import chain, checkpoint_file, login_log_seal
from access.activity.signing_key import existing_key
from evidence.integrity import database, decisions, evidence, stored
from evidence.integrity.evidence import Compared
from evidence.integrity.stored import Read
from evidence.storage.store import EvidenceStore
from locales import Problem, Text, text


@dataclass(slots=True)
class Verified:
    """What was verified, and every problem found.

    `log`: None where the chain is broken. `key`: the signing key's public half; empty if there is none.
    """

    key: str = ""
    log: chain.Verified | None = None
    compared: Compared = field(default_factory=Compared)
    read: Read = field(default_factory=Read)
    database: list[Text] = field(default_factory=list)
    chained: list[Text] = field(default_factory=list)
    recorded: list[Text] = field(default_factory=list)
    stored: list[Text] = field(default_factory=list)

    @property
    def problems(self) -> list[Text]:
        return [*self.database, *self.chained, *self.recorded, *self.stored]


def verify(session: Session, store: EvidenceStore, log_key: Path) -> Verified:
    """Verify everything. Nothing is made: a missing signing key is a problem that is reported."""
    found = Verified()
    found.database += _texts(database.problems(session))
    _verify_log(session, log_key, found)
    found.recorded += _texts(decisions.problems(session))
    found.recorded += _texts(evidence.problems(session, found.compared))
    found.stored += _texts(stored.problems(session, store, found.read))
    return found


def verify_part(session: Session, store: EvidenceStore, log_key: Path, day: date) -> Verified:
    """The log and the decisions; of evidence and its files the part of this day, so that every part has its turn."""
    found, parts = Verified(), stored.parts(session)
    part = day.toordinal() % parts
    _verify_log(session, log_key, found)
    found.recorded += _texts(decisions.problems(session))
    found.recorded += _texts(evidence.problems(session, found.compared, part, parts))
    found.stored += _texts(stored.problems(session, store, found.read, part, parts))
    return found


def _verify_log(session: Session, log_key: Path, found: Verified) -> None:
    """The chain with the key that is there, and the checkpoint beside it; and the sign-in attempts' own digest."""
    try:
        kept = checkpoint_file.read(log_key)
        if log_key.exists():
            found.key = existing_key(log_key).public_key().public_bytes_raw().hex()
        found.log = chain.verify(session, found.key or None, kept)
        if found.log.checkpoints and not found.key:
            found.chained.append(
                text("The key that signs the activity log is not there: expected {path}.", path=log_key)
            )
    except Problem as problem:
        found.chained.append(problem.message)
    except DBAPIError as error:
        found.chained.append(_unreadable(error))
    found.chained += _texts(login_log_seal.find_problems(session))


def _texts(problems: Iterator[Text]) -> list[Text]:
    """The problems, and that the looking itself could not go on: rows can hold anything if someone wrote them."""
    found: list[Text] = []
    try:
        found += problems
    except (DBAPIError, ValueError, TypeError, KeyError, AttributeError) as error:
        found.append(_unreadable(error))
    return found


def _unreadable(error: Exception) -> Text:
    reason = str(error.orig).strip() if isinstance(error, DBAPIError) else type(error).__name__
    return text("The database cannot be read to its end: {reason}.", reason=reason)
