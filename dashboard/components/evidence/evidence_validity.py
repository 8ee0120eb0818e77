"""Until when evidence counts for what it decides today."""

from dataclasses import dataclass
from datetime import date, timedelta

from models.vocabulary import Status
from readiness import Readiness


@dataclass(frozen=True, slots=True)
class Validity:
    """Until when evidence counts for what it decides; `ended`: since when it no longer does."""

    until: date | None
    ended: date | None


def validity(whole: Readiness) -> dict[str, Validity]:
    """Of each evidence that decides something today, by its id: the first day on which something ends."""
    until: dict[str, list[date]] = {}
    ended: dict[str, list[date]] = {}
    for cell in whole.cells:
        if cell.evidence and cell.valid_until:
            until.setdefault(cell.evidence, []).append(cell.valid_until - timedelta(days=1))
        if cell.evidence and cell.status == Status.LAPSED and cell.since:
            ended.setdefault(cell.evidence, []).append(cell.since)
    return {
        key: Validity(min(until.get(key, []), default=None), min(ended.get(key, []), default=None))
        for key in until.keys() | ended.keys()
    }
