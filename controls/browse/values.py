"""Rows that lookups return, as plain values that outlive their session."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from controls.mapping import MappingRow
from controls.statement.version_rows import ClauseRow, NoMeasureRow


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """A catalogue with its current number of controls and clauses."""

    key: str
    title_nl: str
    title_en: str
    short_nl: str
    short_en: str
    edition: str
    position: int
    themes: Mapping[str, Mapping[str, str]]  # its own chapters: key → nl, en
    followed: bool  # whether the organisation follows it; others are for reference
    controls: int
    clauses: int


@dataclass(frozen=True, slots=True)
class Partner:
    """A related control of another catalogue.

    `relation`: of the control that has this partner, to the partner; `source` says what the relation is based on.
    """

    control: str
    catalogue: str
    ref: str
    title_nl: str
    title_en: str
    relation: str
    source_nl: str
    source_en: str
    note_nl: str
    note_en: str


@dataclass(frozen=True, slots=True)
class ControlRow:
    """A control or requirement clause."""

    key: str
    catalogue: str
    ref: str
    position: int
    kind: str
    theme: str
    title_nl: str
    title_en: str
    healthcare: str
    disputed: bool
    attributes: Mapping[str, Sequence[str]]
    retired_at: datetime | None
    partners: tuple[Partner, ...]


@dataclass(frozen=True, slots=True)
class RequirementRow:
    """The definition of an evidence requirement as known at a moment."""

    key: str
    recorded_at: datetime
    measure: str | None
    control: str | None
    kind: str
    scope: str
    applies_to: str | None
    renewal: str  # ISO 8601 duration; empty: the content says until when
    review: str
    formats: Sequence[str]
    policy: str | None
    team: str | None
    title_nl: str
    title_en: str
    judged_nl: str
    judged_en: str
    documented: bool  # documented information required by ISO/IEC 27001, clauses 4 to 10


@dataclass(frozen=True, slots=True)
class PointRow:
    """One point of attention of an auditor: a question, a sample, or a common failure."""

    kind: str
    nl: str
    en: str


@dataclass(frozen=True, slots=True)
class ExplanationRow:
    """Explanation of a control: purpose, addition for healthcare, points of attention, evidence of a small supplier."""

    purpose_nl: str
    purpose_en: str
    adds_nl: str
    adds_en: str
    looks_for: tuple[PointRow, ...]
    shown_nl: str
    shown_en: str


@dataclass(frozen=True, slots=True)
class ControlDetail:
    """A control with its explanation, its mapping rows, and its own evidence requirements."""

    control: ControlRow
    explanation: ExplanationRow | None
    mappings: tuple[MappingRow, ...]
    requirements: tuple[RequirementRow, ...]


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """A promised measure: its clauses, its mapping to controls, and its evidence requirements."""

    key: str
    position: int
    title_nl: str
    title_en: str
    retired_at: datetime | None
    sentence: str  # against the version before: stayed, changed, went or came; empty without one
    clauses: tuple[ClauseRow, ...]
    mappings: tuple[MappingRow, ...]
    requirements: tuple[RequirementRow, ...]


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A version of a statement as published."""

    key: str
    title_nl: str
    title_en: str
    organisation: str
    language: str
    effective: date
    source: str
    sha256: str
    text: str
    replaces: str | None
    loaded_at: datetime | None
    clauses: tuple[ClauseRow, ...]
    no_measure: tuple[NoMeasureRow, ...]  # sentences without a measure, with the reason


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team that delivers evidence."""

    key: str
    title_nl: str
    title_en: str


@dataclass(frozen=True, slots=True)
class SystemRow:
    """A system, in scope or not. `named_in`: the key of the statement that names it."""

    key: str
    title_nl: str
    title_en: str
    position: int
    named_in: str | None


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """The latest version of a period in scope: of a system (`target` empty) or of one of its targets."""

    key: str
    system: str
    target: str
    first_day: date
    last_day: date | None
    recorded_at: datetime
    recorded_by: str
    attributes: tuple[str, ...]
