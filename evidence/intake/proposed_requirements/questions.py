"""What only a person can say of uploaded files before they can be saved, and the delivery that their choice makes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from controls.browse.values import RequirementRow
from evidence.intake.delivery.delivery import Delivery
from evidence.intake.proposed_requirements.proposal import Proposal
from evidence.intake.reading.inspection import Inspection
from evidence.judging.policies import policies
from evidence.judging.policy import Policy
from locales import Language, Text, text
from models.vocabulary import EvidenceKind, Scope

_ANY_LANGUAGE = Language("en")  # whether something is counted does not depend on it


class Question(StrEnum):
    """What is still to be said. The last four are asked by the form of one upload, or in the API's fields."""

    REQUIREMENT = "requirement"
    SYSTEM = "system"
    DAY = "day"
    END = "end"
    POPULATION = "population"
    ZONE = "zone"
    MAPPING = "mapping"


@dataclass(frozen=True, slots=True)
class Choice:
    """What files are taken to be evidence for. Without days, those of the files apply."""

    requirement: str = ""
    systems: tuple[str, ...] = ()
    first_day: date | None = None
    last_day: date | None = None
    title: str = ""


def choice_of(proposal: Proposal) -> Choice:
    """The choice that a proposal makes; a day of the file itself is not declared."""
    if proposal.days_from == "file":
        return Choice(proposal.requirement, proposal.systems)
    return Choice(proposal.requirement, proposal.systems, proposal.first_day, proposal.last_day)


def delivery_of_choice(inspection: Inspection, choice: Choice) -> Delivery:
    """The delivery of files with what was chosen for them."""
    return Delivery(
        inspection,
        [choice.requirement],
        choice.systems,
        first_day=choice.first_day,
        last_day=choice.last_day,
        title=choice.title,
    )


def judging_policies(
    inspection: Inspection, requirements: Sequence[RequirementRow]
) -> Mapping[str, Sequence[Policy[Any]]]:
    """The policies that will evaluate each file, by file name."""
    named = [
        policies()[policy.policy]
        for policy in requirements
        if policy.policy in policies() and policy.kind != EvidenceKind.RECORD
    ]
    return {
        file.name: list(
            {
                judging.id: judging
                for judging in (policy.judging(file.format) for policy in named if file.format in policy.formats)
            }.values()
        )
        for file in inspection.files
        if file.run is not None
    }


def open_question(
    inspection: Inspection, requirement: RequirementRow | None, choice: Choice
) -> tuple[Question, Text] | None:
    """The first thing that is still to be said, and how to ask it; None if nothing is known to be missing."""
    if requirement is None:
        return Question.REQUIREMENT, _which(inspection)
    if requirement.scope != Scope.ORGANISATION and not choice.systems:
        return Question.SYSTEM, text("Choose the system that this file is about.")
    if choice.first_day is None and inspection.undated:
        return Question.DAY, text("This file has no date. Enter the day that it represents.")
    return _question_of_form(inspection, requirement)


def _which(inspection: Inspection) -> Text:
    """How to ask for the requirement; of a broken report with what is wrong, as it can only be a document."""
    problem = next((file.problem for file in inspection.files if file.problem is not None), None)
    if problem is None:
        return text("Choose what this file is evidence for.")
    return text("{problem} As it is, this file can only be a document.", problem=problem.message)


def _question_of_form(inspection: Inspection, requirement: RequirementRow) -> tuple[Question, Text] | None:
    """What only the form of one upload asks: an end, a count, a zone."""
    if not requirement.renewal and requirement.kind == EvidenceKind.RECORD:
        return Question.END, text("Its content states until when it is valid. Enter that day.")
    judging = [policy for some in judging_policies(inspection, [requirement]).values() for policy in some]
    if any(policy.counted(_ANY_LANGUAGE) for policy in judging):
        return Question.POPULATION, text("Enter how many items it should list, and according to which source.")
    if any(policy.scan_zones() for policy in judging):
        return Question.ZONE, text("Choose the zone of the network from which this scan was made.")
    return None
