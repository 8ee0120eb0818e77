"""Compares evidence with the activity log: who uploaded which files, the verdicts, and the digest of all rows."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlmodel import Session

from evidence.integrity import facts
from evidence.integrity.facts import Facts
from locales import Text, text
from models.bulk_changes import table

_FILED = "evidence.file"
_NOT_JUDGING = ("evidence.open", "evidence.review", "evidence.collect_failed")
_BATCH = 500


@dataclass(slots=True)
class EvidenceComparison:
    """What was compared so far.

    `without_digest`: entries from before the digest, compared by files and verdicts only.
    """

    entries: int = 0
    without_digest: int = 0
    judgements: set[tuple[str, datetime]] = field(default_factory=set)


def problems(session: Session, seen: EvidenceComparison, part: int = 0, parts: int = 1) -> Iterator[Text]:
    """Yield a problem for evidence that differs from the log or is not in it.

    `part` of `parts`: only entries whose id modulo `parts` is `part`; evidence without entries only if `parts` is 1.
    """
    entries = session.execute(_page(0, part, parts)).all()
    while entries:
        yield from _compare(session, [entry for entry in entries if _verdicts(entry) is not None], seen)
        entries = session.execute(_page(entries[-1].id, part, parts)).all()
    if parts == 1:
        yield from _find_unknown(session, seen)


def _page(after: int, part: int, parts: int) -> Select[Any]:
    log = table("activity")
    judging = (log.c.verb.startswith("evidence.", autoescape=True), log.c.verb.not_in(_NOT_JUDGING))
    columns = (log.c[name] for name in ("id", "verb", "person", "subject", "recorded_at", "details"))
    mine = (log.c.id > after, log.c.id % parts == part)
    return select(*columns).where(*judging, *mine).order_by(log.c.id).limit(_BATCH)


def _compare(session: Session, entries: list[Row[Any]], seen: EvidenceComparison) -> Iterator[Text]:
    evidence_by_id = facts.read(session, {entry.subject for entry in entries})
    for entry in entries:
        seen.entries += 1
        seen.judgements.add((entry.subject, entry.recorded_at))
        seen.without_digest += not entry.details.get("facts")
        evidence = evidence_by_id.get(entry.subject)
        if evidence is None:
            yield text(
                "Evidence {evidence} is gone: entry {entry} of the activity log says that it was uploaded.",
                evidence=entry.subject,
                entry=str(entry.id),
            )
        else:
            yield from _compare_entry(evidence, entry)


def _compare_entry(evidence: Facts, entry: Row[Any]) -> Iterator[Text]:
    differences = list(_find_differences(evidence, entry))
    yield from differences
    logged = entry.details.get("facts")
    if not differences and logged and logged != facts.digest(evidence, entry.recorded_at):
        yield text(
            "Evidence {evidence} is not what entry {entry} of the activity log says: its days, its texts, its "
            "runs, or the days and failing checks of its verdicts were changed.",
            evidence=entry.subject,
            entry=str(entry.id),
        )


def _find_differences(evidence: Facts, entry: Row[Any]) -> Iterator[Text]:
    """Yield differences with what the entry says itself: uploader, moment, files and verdicts."""
    if entry.verb == _FILED:
        row, files = evidence.evidence, [evidence_file["sha256"] for evidence_file in evidence.files]
        yield from _differs(entry, "uploaded_by", row["uploaded_by"], entry.person)
        yield from _differs(entry, "recorded_at", facts.plain(row["recorded_at"]), facts.plain(entry.recorded_at))
        yield from _differs(entry, "files", ", ".join(files), ", ".join(entry.details.get("sha256", files)))
    judged = [coverage for coverage in evidence.coverages if coverage["judged_at"] == entry.recorded_at]
    verdicts = {(row["requirement"], row["system"], row["target"]): row["verdict"] for row in judged}
    written = {(cell[0], cell[1], cell[2]): cell[3] for cell in _verdicts(entry) or []}
    for cell in sorted(verdicts.keys() | written.keys()):
        where = " ".join(filter(None, ("verdict of", *cell)))
        yield from _differs(entry, where, verdicts.get(cell, "-"), written.get(cell, "-"))


def _verdicts(entry: Row[Any]) -> list[list[str]] | None:
    """Requirement, system, target and verdict of each cell in an entry; None if the entry judges nothing."""
    verdicts: list[list[str]] | None = entry.details.get("cells" if entry.verb == _FILED else "after")
    return verdicts


def _differs(entry: Row[Any], what: str, actual: str, written: str) -> Iterator[Text]:
    if actual != written:
        yield text(
            "Evidence {evidence}: {what} is {actual}, and the activity log says {written} (entry {entry}).",
            evidence=entry.subject,
            what=what,
            actual=actual,
            written=written,
            entry=str(entry.id),
        )


def _find_unknown(session: Session, seen: EvidenceComparison) -> Iterator[Text]:
    """Yield evidence and judgements that have no entry."""
    coverage, evidence = table("coverage"), table("evidence")
    uploaded = {key for key, _ in seen.judgements}
    unknown = {key for key in session.execute(select(evidence.c.id)).scalars() if key not in uploaded}
    judged = select(coverage.c.evidence, coverage.c.judged_at).group_by(coverage.c.evidence, coverage.c.judged_at)
    unknown |= {row.evidence for row in session.execute(judged) if tuple(row) not in seen.judgements}
    for key in sorted(unknown):
        yield text(
            "Evidence {evidence}: the activity log does not know it, or one of its judgements; it was added "
            "outside the product.",
            evidence=key,
        )


def count(session: Session) -> int:
    """The number of evidence items."""
    return int(session.execute(select(func.count()).select_from(table("evidence"))).scalar_one())
