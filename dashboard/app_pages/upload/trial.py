"""The effect of saving, computed before saving in a transaction that is undone."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO

from sqlmodel import Session

from access.permissions import REVIEWER, Person
from dashboard.app_pages.upload.answers import Answers, record_upload
from dashboard.components.outcomes import SHOWN
from evidence.decisions import review
from evidence.intake.inspection import Inspection
from evidence.intake.submission import Filed
from evidence.library.results import WORSE, ResultFilters, ResultRow, results
from evidence.storage.store import EvidenceStore, Staged, Stored
from models.transaction import writing
from readiness import Readiness, readiness
from settings import engine, store


class _Unkept(EvidenceStore):
    """A store that keeps nothing, but reads what was stored before."""

    def __init__(self, store: EvidenceStore) -> None:
        self._kept = store

    def keep(self, staged: Staged) -> Stored:
        return Stored(staged.sha256, staged.size)

    def open_verified(self, sha256: str) -> BinaryIO:
        return self._kept.open_verified(sha256)


class _Undone(Exception):
    """Raised to undo the transaction."""


@dataclass(frozen=True, slots=True)
class Look:
    """Readiness today and, with an audit planned, on its day."""

    today: Readiness
    audit: Readiness | None


@dataclass(frozen=True, slots=True)
class Trial:
    """Before saving, after it, and after someone else accepts it (the same where acceptance is automatic).

    `judged`: some of its results with what the policy makes of them, those that it calls wrong first.
    """

    filed: Filed
    before: Look
    saved: Look
    accepted: Look
    judged: list[ResultRow]


def try_upload(
    person: Person, inspection: Inspection, answers: Answers, days: tuple[date, date | None], systems: tuple[str, ...]
) -> Trial:
    """Record, review and undo, with readiness at each stage. Raises what recording would raise."""
    trials: list[Trial] = []
    with suppress(_Undone), writing(engine()) as (session, now):
        before = _look(session, person, days, now, systems)
        filed = record_upload(session, _Unkept(store()), person, inspection, answers, now)
        saved = _look(session, person, days, now, systems)
        judged = _judged(session, person, filed.evidence)
        reviewer = Person("someone else", frozenset({REVIEWER}))
        review.review(session, reviewer, filed.evidence, "accepted", "", now)
        trials.append(Trial(filed, before, saved, _look(session, person, days, now, systems), judged))
        raise _Undone
    return trials[0]


def _judged(session: Session, person: Person, evidence: str) -> list[ResultRow]:
    """Some results: those that fail the policy, then the tool's failures, then the first ones."""
    filters = [*(ResultFilters(level=level) for level in WORSE), ResultFilters(failing=True), ResultFilters()]
    rows = [row for chosen in filters for row in results(session, person, evidence, chosen, 1, SHOWN).rows]
    return list({(row.file, row.position): row for row in rows}.values())[:SHOWN]


def _look(
    session: Session, person: Person, days: tuple[date, date | None], now: datetime, systems: tuple[str, ...]
) -> Look:
    session.flush()
    today, audit = days
    return Look(
        readiness(session, person, today, now, systems),
        readiness(session, person, audit, now, systems) if audit else None,
    )
