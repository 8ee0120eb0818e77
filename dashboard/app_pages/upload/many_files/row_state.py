"""The state of each row of an upload of many files: what it waits for, or what saving it would record."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from dashboard.app_pages.upload.reading import propose_for
from dashboard.app_pages.upload.staged_work import StagedRow, Work
from dashboard.shell.page_context import PageContext
from evidence.intake.proposed_requirements.questions import Question
from evidence.intake.submission import Filed
from locales import Language, Text, text
from models.vocabulary import EvidenceKind, Scope, Verdict

#: Questions that are answered beside the row; the others by the form of one upload.
BESIDE = (Question.REQUIREMENT, Question.SYSTEM, Question.DAY)


@dataclass(frozen=True, slots=True)
class RowState:
    """A row with what saving it would record (`filed`), or why it can't be saved yet (`message`).

    `without_place`: an address that it tests and that is not recorded.
    """

    row: StagedRow
    filed: Filed | None = None
    question: Question | None = None
    message: Text | None = None
    without_place: str = ""

    @property
    def is_ready(self) -> bool:
        return self.filed is not None and self.message is None

    @property
    def fails(self) -> bool:
        """Whether a cell would fail."""
        return self.filed is not None and any(cell.verdict == Verdict.FAIL for cell in self.filed.covered)

    @property
    def waits(self) -> bool:
        """Whether somebody else must accept it before it counts."""
        return self.filed is not None and self.filed.needs_review

    @property
    def number_failing(self) -> int:
        """How many checks fail."""
        return sum(len(cell.failing) for cell in self.filed.covered) if self.filed else 0


def states(t: Language, context: PageContext, work: Work) -> list[RowState]:
    """The state of every row that is not saved; with its progress while rows are judged."""
    rows = work.open_rows
    waiting = [row for row in rows if row.files and not row.files.is_judged(context, row.choice)]
    bar = st.progress(0.0) if len(waiting) > 1 else None
    result = []
    for row in rows:
        if bar is not None and row in waiting:
            number = waiting.index(row)
            bar.progress(number / len(waiting), t("Evaluating: {n} of {total}", n=number + 1, total=len(waiting)))
        result.append(_state(context, row))
    if bar is not None:
        bar.empty()
    return result


def _state(context: PageContext, row: StagedRow) -> RowState:
    if row.files is None:
        return RowState(row, message=row.problem)
    if not row.choice.systems and not row.files.is_judged(context, row.choice) and _without_place(context, row):
        _place(context, row)
    judgement = row.files.judgement_of(context, row.choice)
    if judgement.question == Question.SYSTEM and (tested := _without_place(context, row)):
        unknown = text("{target} is not recorded as an address yet.", target=tested)
        return RowState(row, message=row.failure or row.doubt or unknown, without_place=tested)
    message = row.failure or row.doubt or judgement.message
    return RowState(row, judgement.filed, judgement.question, message)


def _place(context: PageContext, row: StagedRow) -> None:
    """Find the systems of a row again: its address may have been recorded with another file since."""
    chosen = row.choice
    propose_for(context, row, chosen.requirement)
    row.choice = replace(chosen, systems=row.choice.systems)


def _without_place(context: PageContext, row: StagedRow) -> str:
    """The first address that a test names, where evidence is per address: a system alone does not place it."""
    requirement = context.titles.requirements.get(row.choice.requirement)
    if row.files is None or row.proposal.systems or requirement is None or requirement.scope != Scope.TARGET:
        return ""
    return next(iter(row.files.inspection.named), "") if requirement.kind == EvidenceKind.TEST else ""


def in_order(ready: Sequence[RowState]) -> list[RowState]:
    """Failing rows first, then those that wait for a reviewer last; otherwise as they were dropped."""
    return sorted(ready, key=lambda state: (not state.fails, state.waits))
