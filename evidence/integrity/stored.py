"""The store against the database: each file's bytes against their digest, rows without bytes, bytes without a row."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlmodel import Session

from evidence.errors import Corrupted, NotKept, StoreUnavailable
from evidence.storage.store import EvidenceStore
from locales import Text, text
from models.rows import table

_BATCH = 1_000
_A_DAY = 1 << 30  # bytes: at most about so many are read again in one day
_FEWEST_PARTS = 28


@dataclass(slots=True)
class Read:
    """What was read so far. `orphans`: kept, and no row names them; a transaction that failed leaves such bytes."""

    files: int = 0
    size: int = 0
    orphans: list[str] = field(default_factory=list)


def parts(session: Session) -> int:
    """In how many days the whole store is read again, a part a day."""
    size = select(func.coalesce(func.sum(table("evidence_file").c.size), 0))
    return max(_FEWEST_PARTS, -(-int(session.execute(size).scalar_one()) // _A_DAY))


def problems(session: Session, store: EvidenceStore, seen: Read, part: int = 0, parts: int = 1) -> Iterator[Text]:
    """Files whose bytes are missing or are not what was handed in; `part` of `parts` of them, by their digest."""
    for sha256, size in named(session):
        if int(sha256[:8], 16) % parts != part:
            continue
        seen.files, seen.size = seen.files + 1, seen.size + size
        try:
            store.verify(sha256)
        except (NotKept, Corrupted) as problem:
            yield text(
                "{problem} Evidence {evidence} names it.", problem=problem.message, evidence=_who(session, sha256)
            )
        except StoreUnavailable as problem:
            yield problem.message
    if parts == 1:
        seen.orphans = list(_orphans(session, store))


def named(session: Session) -> Iterator[tuple[str, int]]:
    """The digest and size of every file that a row names, each once, in order."""
    file = table("evidence_file")
    page = select(file.c.sha256, func.max(file.c.size)).group_by(file.c.sha256).order_by(file.c.sha256).limit(_BATCH)
    rows = session.execute(page).all()
    while rows:
        yield from ((row[0], row[1]) for row in rows)
        rows = session.execute(page.where(file.c.sha256 > rows[-1][0])).all()


def _orphans(session: Session, store: EvidenceStore) -> Iterator[str]:
    """Kept names that no row has; both come in order."""
    rows = named(session)
    row = next(rows, None)
    for kept in store.digests():
        while row is not None and row[0] < kept:
            row = next(rows, None)
        if row is None or row[0] != kept:
            yield kept


def _who(session: Session, sha256: str) -> str:
    file = table("evidence_file")
    naming = select(file.c.evidence).where(file.c.sha256 == sha256).order_by(file.c.evidence).limit(1)
    return str(session.execute(naming).scalar_one())
