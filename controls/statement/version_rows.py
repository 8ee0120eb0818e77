"""Clauses and versions of a statement as plain values."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class ClauseRow:
    """A quoted passage and the measures that it promises."""

    key: str
    section: str
    quote: str
    start: int
    end: int
    measures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoMeasureRow:
    """A quoted passage without a measure, and the reason."""

    quote: str
    start: int
    end: int
    reason_nl: str
    reason_en: str


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version of a statement; it applies from `loaded_at` (None: from the beginning) until it is replaced."""

    key: str
    title_nl: str
    title_en: str
    organisation: str
    language: str
    effective: date
    sha256: str
    replaces: str | None
    loaded_at: datetime | None
    in_effect: bool
    clauses: int
