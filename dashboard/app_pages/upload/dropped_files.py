"""The files that are dropped now, staged and read once, and the effect of uploading them as last query.

Both are kept in the browser session between reruns of the page; the effect is query again when an answer has changed,
or when facts were recorded since. What was staged is let go of when other files are dropped, when it is saved, and when
the session ends.
"""

import weakref
from collections.abc import Sequence
from io import BytesIO

import streamlit as st

from access.permissions import Person
from dashboard.app_pages.upload.answers import Answers, delivery_of
from dashboard.components.outcomes import SHOWN
from dashboard.shell.page_context import PageContext
from dashboard.shell.streamlit_adapter import UploadedFile
from evidence.errors import StoreUnavailable
from evidence.intake.mapping import redaction
from evidence.intake.reading.inspection import Incoming, Inspection, inspect
from locales import Problem
from models.cannot_write import CannotWrite
from models.transaction import last_fact, trying, writing
from readiness.effect import Outlook, UploadEffect, effect
from settings import engine, store

_KEY = "dropped files"


class DroppedFiles:
    """The inspection of the files with these ids, and the effect that was computed last."""

    def __init__(self, ids: tuple[str, ...], inspection: Inspection) -> None:
        self.ids, self.inspection = ids, inspection
        self.discard = weakref.finalize(self, inspection.discard)
        self._redacted: tuple[object, Inspection] | None = None
        self._query: object = None
        self._effect: UploadEffect | Problem | None = None

    def effect_of(self, context: PageContext, answers: Answers) -> UploadEffect:
        """What uploading them with these answers would change. Raises what saving would raise."""
        query = (answers, context.person, context.today, context.audit_day, context.systems, last_fact(context.session))
        if self._effect is None or self._query != query:
            self._effect, self._query = _effect_or_problem(context, self.inspection_for(answers), answers), query
        if isinstance(self._effect, Problem):
            raise self._effect.with_traceback(None)
        return self._effect

    def inspection_for(self, answers: Answers) -> Inspection:
        """The files without the personal data that the answers leave out or replace; read anew when that changes."""
        if not redaction.needs_redaction(self.inspection, answers.mapping) or answers.mapping is None:
            return self.inspection
        personal = answers.mapping.personal
        if self._redacted is None or self._redacted[0] != personal:
            with writing(engine(), visit=True) as (session, now):
                key = redaction.reference_key(session, now)
            without = redaction.redact(store(), self.inspection, answers.mapping, key)
            weakref.finalize(self, without.discard)
            self._redacted = personal, without
        return self._redacted[1]


def inspected(files: Sequence[UploadedFile], person: Person) -> DroppedFiles:
    """The files staged and read; only the first time that these are dropped. Raises what `inspect` raises."""
    ids = tuple(file.file_id for file in files)
    dropped: DroppedFiles | None = st.session_state.get(_KEY)
    if dropped is not None and dropped.ids == ids:
        return dropped
    discard_files()
    incoming = [Incoming(BytesIO(file.getvalue()), file.name) for file in files]
    dropped = DroppedFiles(ids, inspect(store(), incoming, whose=person.account or person.name))
    st.session_state[_KEY] = dropped
    return dropped


def discard_files() -> None:
    """Remove what is staged of the files that were dropped before."""
    dropped: DroppedFiles | None = st.session_state.pop(_KEY, None)
    if dropped is not None:
        dropped.discard()


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
