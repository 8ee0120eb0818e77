"""Judges files that are to be uploaded, each as a piece of evidence by itself, before anything is saved."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session

from access.permissions import Person, require
from controls.browse.lookup import requirements_on
from evidence.errors import MappingNeeded, StoreUnavailable
from evidence.intake.proposed_requirements.questions import Choice, Question, delivery_of_choice, open_question
from evidence.intake.reading.inspection import Inspection
from evidence.intake.submission import Filed
from evidence.storage.store import EvidenceStore
from locales import Problem, Text
from models.cannot_write import CannotWrite
from readiness.effects.upload_effect import effect


@dataclass(frozen=True, slots=True)
class RowJudgement:
    """What saving a row would record (`filed`), or why it can't be saved yet (`message`).

    `question`: what a person must say first, if that is why. `proposed_mapping`: what the headings of a table may mean.
    """

    filed: Filed | None = None
    question: Question | None = None
    message: Text | None = None
    proposed_mapping: dict[str, Any] = field(default_factory=dict)


def judge_row(
    session: Session, store: EvidenceStore, person: Person, inspection: Inspection, choice: Choice, now: datetime
) -> RowJudgement:
    """Judge files as saving them would, in a transaction that is undone (`models.transaction.trying`).

    Raises `CannotWrite` and `StoreUnavailable`, which pass by themselves; every other problem is the row's.
    """
    require(person, "evidence.file")
    requirement = next((row for row in requirements_on(session, now) if row.key == choice.requirement), None)
    if missing := open_question(inspection, requirement, choice):
        return RowJudgement(question=missing[0], message=missing[1])
    try:
        return RowJudgement(effect(session, store, person, delivery_of_choice(inspection, choice), None, now).filed)
    except (CannotWrite, StoreUnavailable):
        raise
    except MappingNeeded as problem:
        return RowJudgement(None, Question.MAPPING, problem.message, problem.proposed_mapping)
    except Problem as problem:
        return RowJudgement(message=problem.message)
