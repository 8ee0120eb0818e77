"""What a person confirmed about a delivery, and handing it in: targets that were new come into scope with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlmodel import Session

from access.permissions import Person
from controls import scope
from evidence.fit import Delivery, Population
from evidence.inspection import Inspection
from evidence.intake import Filed, file
from evidence.store import EvidenceStore

ADD = "add"  # the tested address becomes a target of the system
IS = "is"  # the tested address is a target in scope under another name

Place = tuple[str, str, str]  # add or is, system, target


@dataclass(frozen=True, slots=True)
class Answers:
    """The form, as filled in."""

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


def hand_in(
    session: Session, store: EvidenceStore, person: Person, inspection: Inspection, answers: Answers, now: datetime
) -> Filed:
    """One transaction: the new targets, then the evidence for them."""
    for tested, (what, system, _) in answers.places.items():
        if what == ADD:
            scope.bring_into_scope(session, person, system, answers.first, now, target=tested)
    same = {tested: (system, target) for tested, (what, system, target) in answers.places.items() if what == IS}
    delivery = Delivery(
        inspection,
        answers.requirements,
        answers.systems,
        same,
        first_day=answers.first,
        last_day=answers.last,
        explicit_end=answers.end,
        title=answers.title,
        note=answers.note,
        population=answers.population,
        populations=answers.populations,
        zones=answers.zones,
    )
    return file(session, store, person, delivery, now)
