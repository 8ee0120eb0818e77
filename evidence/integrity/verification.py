"""Verification of database, evidence store and activity log: completely (`make verify`), and a part every day."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from access.activity import chain, checkpoint_file, login_log_seal
from access.activity.signing_key import existing_key
from evidence.integrity import database, decisions, evidence, findings, stored_files
from evidence.integrity.evidence import EvidenceComparison
from evidence.integrity.stored_files import StoreReading
from evidence.storage.store import EvidenceStore
from locales import Problem, Text, text


@dataclass(slots=True)
class Verified:
    """Outcome of a verification: what was verified, and all problems.

    `log`: None when the chain is broken. `key`: the public signing key, hexadecimal; empty if there is none.
    """

    key: str = ""
    log: chain.Verified | None = None
    compared: EvidenceComparison = field(default_factory=EvidenceComparison)
    read: StoreReading = field(default_factory=StoreReading)
    database: list[Text] = field(default_factory=list)
    chained: list[Text] = field(default_factory=list)
    recorded: list[Text] = field(default_factory=list)
    stored: list[Text] = field(default_factory=list)

    @property
    def problems(self) -> list[Text]:
        return [*self.database, *self.chained, *self.recorded, *self.stored]


def verify(session: Session, store: EvidenceStore, log_key: Path) -> Verified:
    """Verify everything. Creates nothing: a missing signing key is reported as a problem."""
    verified = Verified()
    verified.database += _texts(database.problems(session))
    _verify_log(session, log_key, verified)
    verified.recorded += _texts(decisions.problems(session))
    verified.recorded += _texts(evidence.problems(session, verified.compared))
    verified.recorded += _texts(findings.problems(session))
    verified.stored += _texts(stored_files.problems(session, store, verified.read))
    return verified


def verify_part(session: Session, store: EvidenceStore, log_key: Path, day: date) -> Verified:
    """Verify the log and the decisions, and the part of the evidence and its files that belongs to this day."""
    verified, parts = Verified(), stored_files.parts(session)
    part = day.toordinal() % parts
    _verify_log(session, log_key, verified)
    verified.recorded += _texts(decisions.problems(session))
    verified.recorded += _texts(evidence.problems(session, verified.compared, part, parts))
    verified.stored += _texts(stored_files.problems(session, store, verified.read, part, parts))
    return verified


def _verify_log(session: Session, log_key: Path, verified: Verified) -> None:
    """Verify the chain with the signing key and the checkpoint file, and the digest of the sign-in attempts."""
    try:
        last_checkpoint = checkpoint_file.read(log_key)
        if log_key.exists():
            verified.key = existing_key(log_key).public_key().public_bytes_raw().hex()
        verified.log = chain.verify(session, verified.key or None, last_checkpoint)
        if verified.log.checkpoints and not verified.key:
            verified.chained.append(
                text("The key that signs the activity log is not there: expected {path}.", path=log_key)
            )
    except Problem as problem:
        verified.chained.append(problem.message)
    except DBAPIError as error:
        verified.chained.append(_unreadable(error))
    verified.chained += _texts(login_log_seal.find_problems(session))


def _texts(problems: Iterator[Text]) -> list[Text]:
    """Collect problems, also when reading rows fails: tampered rows can hold anything."""
    texts: list[Text] = []
    try:
        texts += problems
    except (DBAPIError, ValueError, TypeError, KeyError, AttributeError) as error:
        texts.append(_unreadable(error))
    return texts


def _unreadable(error: Exception) -> Text:
    reason = str(error.orig).strip() if isinstance(error, DBAPIError) else type(error).__name__
    return text("The database cannot be read completely: {reason}.", reason=reason)
