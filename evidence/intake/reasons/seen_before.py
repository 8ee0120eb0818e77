"""Which evidence the same bytes were handed in as before: by whom, when, and for which days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache

from sqlalchemy import Select, bindparam, select
from sqlmodel import Session

from access.permissions import Person, may, require
from evidence.visible_evidence import visible
from locales import Text, text
from models.calendar import calendar_of
from models.rows import table

_MOST = 20


@dataclass(frozen=True, slots=True)
class SeenBefore:
    """Evidence with a file of the same bytes."""

    evidence: str
    title: str
    recorded_at: datetime
    uploaded_by: str
    first_day: date
    last_day: date


def is_seen(session: Session, digests: Sequence[str]) -> bool:
    """Whether any evidence has a file of these bytes, whoever may read it."""
    return session.execute(_first_with(), {"digests": list(digests)}).first() is not None


@cache
def _first_with() -> Select[tuple[str]]:
    file = table("evidence_file")
    return select(file.c.evidence).where(file.c.sha256.in_(bindparam("digests", expanding=True))).limit(1)


def seen_before(session: Session, person: Person, digests: Sequence[str], but: str = "") -> list[SeenBefore]:
    """The evidence with a file of these bytes that the person may read or hand in, newest first; `but` is left out."""
    require(person, "evidence.read", "evidence.file")
    permission = "evidence.read" if may(person, "evidence.read") else "evidence.file"
    row, file = table("evidence"), table("evidence_file")
    own = select(file.c.evidence).where(file.c.sha256.in_(digests))
    columns = [row.c.id.label("evidence"), *(row.c[name] for name in SeenBefore.__dataclass_fields__ if name in row.c)]
    query = select(*columns).where(row.c.id.in_(own), row.c.id != but, *visible(session, person, permission))
    found = session.execute(query.order_by(row.c.recorded_at.desc()).limit(_MOST)).mappings()
    return [SeenBefore(**one) for one in found]


def reason_of_same_bytes(session: Session, person: Person, digests: Sequence[str]) -> Text | None:
    """Why bytes that came before wait for a review; it names only evidence that they may know of."""
    require(person, "evidence.read", "evidence.file")
    if not is_seen(session, digests):  # most often; it costs less than what they may know of
        return None
    if not (found := seen_before(session, person, digests)):
        return text("The same file was uploaded before, as other evidence.")
    return text(
        "The same file was uploaded on {day} by {person}, as other evidence ({title}).",
        day=calendar_of(session).day_of(found[0].recorded_at),
        person=found[0].uploaded_by,
        title=found[0].title,
    )
