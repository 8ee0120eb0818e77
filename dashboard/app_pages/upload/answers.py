"""What a person entered for an upload, and the delivery that it makes of the files."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from evidence.intake.delivery.delivery import Delivery, Population, ScopeAddition
from evidence.intake.reading.inspection import Inspection
from evidence.judging.table_mapping import TableMapping

ADD = "add"  # the tested address becomes a target of the system
ADDRESS = "address"  # … becomes a new address of the target
IS = "is"  # … is the target's, of this file only

Place = tuple[str, str, str]  # one of these, system, target


@dataclass(frozen=True, slots=True)
class Answers:
    """The values of the upload form."""

    first: date
    last: date
    requirements: tuple[str, ...]
    systems: tuple[str, ...] = ()
    end: date | None = None
    places: Mapping[str, Place] = field(default_factory=dict)  # tested address → what it is
    without_place: tuple[str, ...] = ()  # tested addresses of which nobody said yet what they are
    title: str = ""
    note: str = ""
    population: Population | None = None
    populations: Mapping[str, int] = field(default_factory=dict)  # system → how many of it a register should list
    zones: Mapping[str, str] = field(default_factory=dict)  # file → zone that it was made from
    days_from_files: bool = False  # the days are those of the files, not the person's
    mapping: TableMapping | None = None  # what the headings and words of a table mean
    unanswered: str = ""  # what the mapping still lacks, in the person's language


def delivery_of(inspection: Inspection, answers: Answers) -> Delivery:
    """The delivery that the answers make of dropped files, with the targets and addresses that it adds to the scope."""
    places = {tested: (system, target) for tested, (choice, system, target) in answers.places.items() if choice != ADD}
    additions = [
        ScopeAddition(tested, system, target, answers.first, is_new_target=choice == ADD)
        for tested, (choice, system, target) in answers.places.items()
        if choice in (ADD, ADDRESS)
    ]
    return Delivery(
        inspection,
        answers.requirements,
        answers.systems,
        places,
        first_day=None if answers.days_from_files else answers.first,
        last_day=None if answers.days_from_files else answers.last,
        explicit_end=answers.end,
        title=answers.title,
        note=answers.note,
        population=answers.population,
        populations=answers.populations,
        zones=answers.zones,
        mapping=answers.mapping,
        additions=additions,
    )
