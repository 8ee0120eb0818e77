"""Files of one piece of evidence, staged and read once, and the effect of uploading them as last asked.

The effect is asked again when an answer has changed, or when facts were recorded since.
"""

import weakref

from dashboard.app_pages.upload.answers import Answers, delivery_of
from dashboard.components.evidence.outcomes import SHOWN
from dashboard.shell.page_context import PageContext
from evidence.errors import StoreUnavailable
from evidence.intake.column_mapping import redaction
from evidence.intake.column_mapping.remembered_mappings import remembered_mapping
from evidence.intake.proposed_requirements.questions import Choice
from evidence.intake.reading.inspection import Inspection
from evidence.judging.table_mapping import TableMapping
from locales import Problem
from models.cannot_write import CannotWrite
from models.transaction import last_fact, trying, writing
from readiness.effects.upload_effect import Outlook, UploadEffect, effect
from readiness.effects.upload_rows import RowJudgement, judge_row
from settings import engine, store


class DroppedFiles:
    """An inspection, the effect of the answers that were given last, and the judgement of the choice made last."""

    def __init__(self, inspection: Inspection) -> None:
        self.inspection = inspection
        self.discard = weakref.finalize(self, inspection.discard)
        self._redacted: tuple[object, Inspection] | None = None
        self._query: object = None
        self._effect: UploadEffect | Problem | None = None
        self._row: tuple[object, RowJudgement] | None = None

    def effect_of(self, context: PageContext, answers: Answers) -> UploadEffect:
        """What uploading them with these answers would change. Raises what saving would raise."""
        query = (answers, context.person, context.today, context.audit_day, context.systems, last_fact(context.session))
        if self._effect is None or self._query != query:
            inspection = self.inspection_for(answers.mapping)
            self._effect, self._query = _effect_or_problem(context, inspection, answers), query
        if isinstance(self._effect, Problem):
            raise self._effect.with_traceback(None)
        return self._effect

    def judgement_of(self, context: PageContext, choice: Choice) -> RowJudgement:
        """What saving them with this choice would record, or why it can't be saved yet."""
        query = (choice, context.person, last_fact(context.session))
        if self._row is None or self._row[0] != query:
            inspection = self.inspection_for_choice(context, choice)
            with trying(engine()) as (session, now):
                self._row = query, judge_row(session, store(), context.person, inspection, choice, now)
        return self._row[1]

    def is_judged(self, context: PageContext, choice: Choice) -> bool:
        """Whether `judgement_of` answers at once."""
        return self._row is not None and self._row[0] == (choice, context.person, last_fact(context.session))

    def inspection_for_choice(self, context: PageContext, choice: Choice) -> Inspection:
        """The files without the personal data that is left out or replaced as it was for this evidence before."""
        if not redaction.has_tables(self.inspection):
            return self.inspection
        cells = [(choice.requirement, system, "") for system in ("", *choice.systems)]
        return self.inspection_for(remembered_mapping(context.session, cells))

    def inspection_for(self, mapping: TableMapping | None) -> Inspection:
        """The files without the personal data that a mapping leaves out or replaces; read anew when that changes."""
        if mapping is None or not redaction.needs_redaction(self.inspection, mapping):
            return self.inspection
        personal = mapping.personal
        if self._redacted is None or self._redacted[0] != personal:
            with writing(engine(), visit=True) as (session, now):
                key = redaction.reference_key(session, now)
            without = redaction.redact(store(), self.inspection, mapping, key)
            weakref.finalize(self, without.discard)
            self._redacted = personal, without
        return self._redacted[1]


def _effect_or_problem(context: PageContext, inspection: Inspection, answers: Answers) -> UploadEffect | Problem:
    """A problem is stored too, unless it can pass by itself."""
    try:
        return _effect(context, inspection, answers)
    except (CannotWrite, StoreUnavailable):
        raise
    except Problem as problem:
        return problem


def _effect(context: PageContext, inspection: Inspection, answers: Answers) -> UploadEffect:
    before = Outlook(context.current(), context.then(), context.systems)
    with trying(engine()) as (session, now):
        upload_effect = effect(session, store(), context.person, delivery_of(inspection, answers), before, now, SHOWN)
    return upload_effect.compact()
