"""The state of each row of an upload of many files: what it waits for, or what saving it would record."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard.app_pages.upload.staged_work import StagedRow, Work
from dashboard.shell.page_context import PageContext
from evidence.intake.proposals.questions import Question
from evidence.intake.submission import Filed
from locales import Language, Text
from models.vocabulary import Verdict

#: Questions that are answered beside the row; the others by the form of one upload.
BESIDE = (Question.REQUIREMENT, Question.SYSTEM, Question.DAY)


@dataclass(frozen=True, slots=True)
class RowState:
    """A row with what saving it would record (`filed`), or why it can't be saved yet (`message`)."""

    row: StagedRow
    filed: Filed | None = None
    question: Question | None = None
    message: Text | None = None

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
    judgement = row.files.judgement_of(context, row.choice)
    message = row.failure or row.doubt or judgement.message
    return RowState(row, judgement.filed, judgement.question, message)


def in_order(ready: Sequence[RowState]) -> list[RowState]:
    """Failing rows first, then those that wait for a reviewer last; otherwise as they were dropped."""
    return sorted(ready, key=lambda state: (not state.fails, state.waits))
