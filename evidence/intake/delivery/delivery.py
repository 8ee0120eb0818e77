"""A delivery: inspected files with what the uploader declares about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from evidence.intake.reading.inspection import Inspection
from evidence.judging.table_mapping import TableMapping


@dataclass(frozen=True, slots=True)
class Population:
    """The number of items that a register should list, its source, and the day of the count."""

    number: int
    source: str
    on: date


@dataclass(frozen=True, slots=True)
class ScopeAddition:
    """A tested address that comes into scope with a delivery, from a day on.

    It becomes a new target of the system (`is_new_target`), or another address of `target`.
    """

    tested: str
    system: str
    target: str
    first_day: date
    is_new_target: bool = False


@dataclass(frozen=True, slots=True)
class Delivery:
    """Inspected files and what they are evidence for. Without days, those of the files apply."""

    inspection: Inspection
    requirements: Sequence[str]
    systems: Sequence[str] = ()
    targets: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # tested target → system, target in scope
    first_day: date | None = None
    last_day: date | None = None
    explicit_end: date | None = None
    title: str = ""
    note: str = ""
    population: Population | None = None
    populations: Mapping[str, int] = field(default_factory=dict)  # by system, for a register of several systems
    zones: Mapping[str, str] = field(default_factory=dict)  # file name → network zone from which it was made
    tool: str = ""
    mapping: TableMapping | None = None  # of the tables; None: the remembered or proposed one
    additions: Sequence[ScopeAddition] = ()  # added to the scope before the evidence is recorded
