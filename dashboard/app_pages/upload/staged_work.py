"""Uploads that are not saved yet, staged on the server, so that a reload or the back button finds them again.

The page's address names the work; only the account that began it gets it. It is discarded when it is saved, when its
owner discards it, after some hours without use, or when the process ends (docs/decisions/0039).
"""

import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any

from dashboard.app_pages.upload.dropped_files import DroppedFiles
from evidence.intake.proposed_requirements.proposal import Proposal
from evidence.intake.proposed_requirements.questions import Choice
from locales import Text

MOST_ROWS = 100  # files that wait at once
_MOST_WORKS = 5  # of one account; the one that was used longest ago goes first
_LONGEST = 8 * 3600  # seconds without use
_works: dict[str, "Work"] = {}
_lock = Lock()


@dataclass(slots=True, eq=False)
class StagedRow:
    """One piece of evidence to be: files that were read, or a file that was refused (`problem`).

    `origin`: the ZIP file that it was in. `doubt`: what its manifest says that can't be. `failure`: why it could not be
    saved the last time. `entered`: the values of its form's fields. `saved`: its id.
    """

    name: str
    files: DroppedFiles | None = None
    problem: Text | None = None
    size: int = 0  # bytes
    origin: str = ""
    proposal: Proposal = field(default_factory=Proposal)
    choice: Choice = field(default_factory=Choice)
    is_ticked: bool = True
    doubt: Text | None = None
    failure: Text | None = None
    entered: dict[str, Any] = field(default_factory=dict)
    saved: str = ""
    id: str = field(default_factory=lambda: uuid.uuid4().hex[:12])

    def discard(self) -> None:
        """Remove what is staged."""
        if self.files is not None:
            self.files.discard()
            self.files = None


@dataclass(slots=True, eq=False)
class Work:
    """The rows that one account has staged at one address. `read`: ids of dropped files that were read."""

    account: str
    begun_at: datetime
    rows: list[StagedRow] = field(default_factory=list)
    read: set[str] = field(default_factory=set)
    version: int = 0  # grows with every change, so that the table is drawn anew
    shows_effect: bool = False
    used_at: float = field(default_factory=time.monotonic)
    id: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def open_rows(self) -> list[StagedRow]:
        """The rows that are not saved yet."""
        return [row for row in self.rows if not row.saved]

    def row(self, identity: str) -> StagedRow | None:
        """The row with this id that is not saved yet."""
        return next((row for row in self.open_rows if row.id == identity), None)

    def same_file(self, row: StagedRow) -> StagedRow | None:
        """An earlier row with a file of the same bytes."""
        digests = set(row.files.inspection.digests) if row.files else set()
        for other in self.open_rows:
            if other is row:
                return None
            if other.files and digests & set(other.files.inspection.digests):
                return other
        return None

    def remove(self, row: StagedRow) -> None:
        row.discard()
        self.rows = [other for other in self.rows if other is not row]
        self.version += 1


def begin_work(account: str, now: datetime) -> Work:
    """New work of an account."""
    work = Work(account, now)
    with _lock:
        _works[work.id] = work
        for old in _surplus(account):
            _discard(old)
    return work


def find_work(account: str, identity: str) -> Work | None:
    """The work with this id, if this account began it and it has not been discarded."""
    with _lock:
        for old in _expired():
            _discard(old)
        work = _works.get(identity)
        if work is None or work.account != account:
            return None
        work.used_at = time.monotonic()
        return work


def unfinished_works(account: str) -> list[Work]:
    """The works of an account with files that are not saved, the newest first."""
    with _lock:
        own = [work for work in _works.values() if work.account == account and work.open_rows]
    return sorted(own, key=lambda work: work.begun_at, reverse=True)


def discard_work(work: Work) -> None:
    """Remove all that is staged for it."""
    with _lock:
        _discard(work)


def _discard(work: Work) -> None:
    _works.pop(work.id, None)
    for row in work.rows:
        row.discard()


def _surplus(account: str) -> list[Work]:
    own = sorted((work for work in _works.values() if work.account == account), key=lambda work: -work.used_at)
    return own[_MOST_WORKS:]


def _expired() -> Iterator[Work]:
    oldest = time.monotonic() - _LONGEST
    return iter([work for work in _works.values() if work.used_at < oldest])
