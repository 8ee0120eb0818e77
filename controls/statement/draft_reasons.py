"""Reasons for the sentences of a draft that have no measure: those of a person, and of those that nobody chose."""

from collections.abc import Sequence
from typing import Final

from controls.statement.draft_sentences import DraftSentence, reason_text
from controls.statement.files_of_draft import ReasonedQuotes
from controls.statement.sentences import sentences
from locales import Language, Text, text
from models.vocabulary import SentenceDecision

_NOT_CHOSEN: Final = text("Not recognised as a promise, and not marked as one by who published this version.")


def reasons(published: str, rows: Sequence[DraftSentence]) -> list[ReasonedQuotes]:
    """Reasons for all sentences without a measure; none if a sentence cannot be quoted because it occurs twice.

    A file that gives reasons must account for its whole text; see `no_measure`.
    """
    runs = _runs(published, rows)
    if any(published.count(quote) != 1 for quote in runs):
        return []
    left_out = [row for row in rows if row.decision is SentenceDecision.LEFT_OUT]
    entries = [_entry((published[row.start : row.end],), reason_text(row.reason)) for row in left_out]
    return [*entries, *([_entry(tuple(runs), _NOT_CHOSEN)] if runs else [])]


def _entry(quotes: tuple[str, ...], reason: Text | str) -> ReasonedQuotes:
    nl, en = (Language(code).render(reason) for code in ("nl", "en"))
    return ReasonedQuotes(quotes, nl, en)


def _runs(published: str, rows: Sequence[DraftSentence]) -> list[str]:
    """The passages between the draft's sentences, each from its first sentence to its last."""
    runs: list[tuple[int, int]] = []
    broken = True
    for sentence in sentences(published):
        if any(sentence.start < row.end and row.start < sentence.end for row in rows):
            broken = True
            continue
        runs = [*runs, (sentence.start, sentence.end)] if broken else [*runs[:-1], (runs[-1][0], sentence.end)]
        broken = False
    return [published[start:end] for start, end in runs]
