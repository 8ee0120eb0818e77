"""Compares the evidence store with the database: bytes with their digest, rows without bytes, bytes without a row."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlmodel import Session

from evidence.errors import Corrupted, NotKept, StoreUnavailable
from evidence.storage.store import EvidenceStore
from locales import Text, text
from models.bulk_changes import table

_BATCH = 1_000
_BYTES_A_DAY = 1 << 30  # bytes to read in a day, at most about
_FEWEST_PARTS = 28


@dataclass(slots=True)
class StoreReading:
    """What was read so far: files, bytes. `orphans`: digests without a row, as a failed transaction leaves them."""

    files: int = 0
    size: int = 0
    orphans: list[str] = field(default_factory=list)


def parts(session: Session) -> int:
    """The number of parts, and so of days, in which the whole store is read."""
    size = select(func.coalesce(func.sum(table("evidence_file").c.size), 0))
    return max(_FEWEST_PARTS, -(-int(session.execute(size).scalar_one()) // _BYTES_A_DAY))


def problems(
    session: Session, store: EvidenceStore, seen: StoreReading, part: int = 0, parts: int = 1
) -> Iterator[Text]:
    """Yield a problem for files whose bytes are missing or changed. `part` of `parts`: only these, by their digest."""
    for sha256, size in stored_digests(session):
        if int(sha256[:8], 16) % parts != part:
            continue
        seen.files, seen.size = seen.files + 1, seen.size + size
        try:
            store.verify(sha256)
        except (NotKept, Corrupted) as problem:
            yield text(
                "{problem} Evidence {evidence} names it.",
                problem=problem.message,
                evidence=_evidence_of(session, sha256),
            )
        except StoreUnavailable as problem:
            yield problem.message
    if parts == 1:
        seen.orphans = list(_find_orphans(session, store))


def stored_digests(session: Session) -> Iterator[tuple[str, int]]:
    """Digest and size in bytes of every file in the database, once each, in order of digest."""
    file = table("evidence_file")
    page = select(file.c.sha256, func.max(file.c.size)).group_by(file.c.sha256).order_by(file.c.sha256).limit(_BATCH)
    rows = session.execute(page).all()
    while rows:
        yield from ((row[0], row[1]) for row in rows)
        rows = session.execute(page.where(file.c.sha256 > rows[-1][0])).all()


def _find_orphans(session: Session, store: EvidenceStore) -> Iterator[str]:
    """Digests in the store without a row; both lists are sorted."""
    rows = stored_digests(session)
    row = next(rows, None)
    for digest in store.digests():
        while row is not None and row[0] < digest:
            row = next(rows, None)
        if row is None or row[0] != digest:
            yield digest


def _evidence_of(session: Session, sha256: str) -> str:
    file = table("evidence_file")
    naming = select(file.c.evidence).where(file.c.sha256 == sha256).order_by(file.c.evidence).limit(1)
    return str(session.execute(naming).scalar_one())
