"""Evidence against the activity log: who handed in which files, what was judged of each cell, and all that it says."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlmodel import Session

from evidence.integrity import facts
from evidence.integrity.facts import Facts
from locales import Text, text
from models.rows import table

_FILED = "evidence.file"
_NOT_JUDGING = ("evidence.open", "evidence.review", "evidence.collect_failed")
_BATCH = 500


@dataclass(slots=True)
class Compared:
    """What was looked at so far. `without_digest`: entries of before the digest: files and verdicts only."""

    entries: int = 0
    without_digest: int = 0
    judgements: set[tuple[str, datetime]] = field(default_factory=set)


def problems(session: Session, seen: Compared, part: int = 0, parts: int = 1) -> Iterator[Text]:
    """Evidence that is not what the log says, or that it does not know. `part` of `parts`: every so many-th entry."""
    entries = session.execute(_page(0, part, parts)).all()
    while entries:
        yield from _compared(session, [one for one in entries if _verdicts(one) is not None], seen)
        entries = session.execute(_page(entries[-1].id, part, parts)).all()
    if parts == 1:
        yield from _unknown(session, seen)


def _page(after: int, part: int, parts: int) -> Select[Any]:
    log = table("activity")
    judging = (log.c.verb.startswith("evidence.", autoescape=True), log.c.verb.not_in(_NOT_JUDGING))
    columns = (log.c[name] for name in ("id", "verb", "person", "subject", "recorded_at", "details"))
    mine = (log.c.id > after, log.c.id % parts == part)
    return select(*columns).where(*judging, *mine).order_by(log.c.id).limit(_BATCH)


def _compared(session: Session, entries: list[Row[Any]], seen: Compared) -> Iterator[Text]:
    found = facts.read(session, {one.subject for one in entries})
    for entry in entries:
        seen.entries += 1
        seen.judgements.add((entry.subject, entry.recorded_at))
        seen.without_digest += not entry.details.get("facts")
        evidence = found.get(entry.subject)
        if evidence is None:
            yield text(
                "Evidence {evidence} is gone: entry {entry} of the activity log says that it was uploaded.",
                evidence=entry.subject,
                entry=str(entry.id),
            )
        else:
            yield from _one(evidence, entry)


def _one(evidence: Facts, entry: Row[Any]) -> Iterator[Text]:
    named = list(_named(evidence, entry))
    yield from named
    logged = entry.details.get("facts")
    if not named and logged and logged != facts.digest(evidence, entry.recorded_at):
        yield text(
            "Evidence {evidence} is not what entry {entry} of the activity log says: its days, its texts, its "
            "runs, or the days and failing checks of its verdicts were changed.",
            evidence=entry.subject,
            entry=str(entry.id),
        )


def _named(evidence: Facts, entry: Row[Any]) -> Iterator[Text]:
    """What the entry says in words, so that a difference can be named."""
    if entry.verb == _FILED:
        row, files = evidence.evidence, [one["sha256"] for one in evidence.files]
        yield from _differs(entry, "uploaded_by", row["uploaded_by"], entry.person)
        yield from _differs(entry, "recorded_at", facts.plain(row["recorded_at"]), facts.plain(entry.recorded_at))
        yield from _differs(entry, "files", ", ".join(files), ", ".join(entry.details.get("sha256", files)))
    judged = [one for one in evidence.coverages if one["judged_at"] == entry.recorded_at]
    verdicts = {(one["requirement"], one["system"], one["target"]): one["verdict"] for one in judged}
    written = {(cell[0], cell[1], cell[2]): cell[3] for cell in _verdicts(entry) or []}
    for cell in sorted(verdicts.keys() | written.keys()):
        where = " ".join(filter(None, ("verdict of", *cell)))
        yield from _differs(entry, where, verdicts.get(cell, "-"), written.get(cell, "-"))


def _verdicts(entry: Row[Any]) -> list[list[str]] | None:
    """What an entry says of each cell: as handed in, or as judged again; None of an entry that judges nothing."""
    found: list[list[str]] | None = entry.details.get("cells" if entry.verb == _FILED else "after")
    return found


def _differs(entry: Row[Any], what: str, found: str, written: str) -> Iterator[Text]:
    if found != written:
        yield text(
            "Evidence {evidence}: {what} is {found}, and the activity log says {written} (entry {entry}).",
            evidence=entry.subject,
            what=what,
            found=found,
            written=written,
            entry=str(entry.id),
        )


def _unknown(session: Session, seen: Compared) -> Iterator[Text]:
    """Evidence and judgements that no entry tells of."""
    coverage, evidence = table("coverage"), table("evidence")
    handed_in = {key for key, _ in seen.judgements}
    strange = {key for key in session.execute(select(evidence.c.id)).scalars() if key not in handed_in}
    judged = select(coverage.c.evidence, coverage.c.judged_at).group_by(coverage.c.evidence, coverage.c.judged_at)
    strange |= {row.evidence for row in session.execute(judged) if tuple(row) not in seen.judgements}
    for key in sorted(strange):
        yield text(
            "Evidence {evidence}: the activity log does not know it, or one of its judgements; it was added "
            "outside the product.",
            evidence=key,
        )


def count(session: Session) -> int:
    """How much evidence there is."""
    return int(session.execute(select(func.count()).select_from(table("evidence"))).scalar_one())
