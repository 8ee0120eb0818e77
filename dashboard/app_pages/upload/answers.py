"""What a person entered for an upload, and recording it as evidence with new targets and addresses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlmodel import Session

from access.permissions import Person
from controls.scope import system_scope, target_addresses
from evidence.intake.delivery_fit import Delivery, Population
from evidence.intake.inspection import Inspection
from evidence.intake.submission import Filed, submit
from evidence.storage.store import EvidenceStore

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
    title: str = ""
    note: str = ""
    population: Population | None = None
    populations: Mapping[str, int] = field(default_factory=dict)  # system → how many of it a register should list
    zones: Mapping[str, str] = field(default_factory=dict)  # file → zone that it was made from
    told: bool = False  # the days are those that the files tell, not the person's


def record_upload(
    session: Session, store: EvidenceStore, person: Person, inspection: Inspection, answers: Answers, now: datetime
) -> Filed:
    """Record new targets and addresses, then the evidence for them, in the caller's transaction."""
    for tested, (choice, system, target) in answers.places.items():
        if choice == ADD:
            system_scope.bring_into_scope(session, person, system, answers.first, now, target=tested)
        if choice == ADDRESS:
            target_addresses.record_address(session, person, system, target, tested, answers.first, now)
    places = {tested: (system, target) for tested, (choice, system, target) in answers.places.items() if choice != ADD}
    delivery = Delivery(
        inspection,
        answers.requirements,
        answers.systems,
        places,
        first_day=None if answers.told else answers.first,
        last_day=None if answers.told else answers.last,
        explicit_end=answers.end,
        title=answers.title,
        note=answers.note,
        population=answers.population,
        populations=answers.populations,
        zones=answers.zones,
    )
    return submit(session, store, person, delivery, now)
