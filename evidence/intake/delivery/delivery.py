"""A delivery: inspected files with what their uploader says of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from evidence.intake.reading.inspection import Inspection
from evidence.judging.table_mapping import TableMapping


@dataclass(frozen=True, slots=True)
class Population:
    """How many a register should list, by which source, on which day."""

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
    """Inspected files and what they are for. Days that are left out are the files' own."""

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
    populations: Mapping[str, int] = field(default_factory=dict)  # of a register of several systems: how many in each
    zones: Mapping[str, str] = field(default_factory=dict)  # file → zone of the network that it was made from
    tool: str = ""
    mapping: TableMapping | None = None  # of the tables; none: one that is remembered, or a proposal that is asked
    additions: Sequence[ScopeAddition] = ()  # what comes into scope before the evidence for it is recorded
