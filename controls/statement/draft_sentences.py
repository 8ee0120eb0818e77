"""The sentences of a draft: places in its text with the measures, and what a person decided about each."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from controls.errors import NotPossible, Unknown
from controls.names import plain
from controls.statement.known_measures import read_lexicon
from controls.statement.proposed_promises import Proposals, proposed_measure
from controls.statement.sentences import Sentence, context_at, sentences
from locales import Text, text
from models.vocabulary import SentenceDecision

MOST_MEASURES: Final = 3  # of one sentence
_LONGEST_REASON: Final = 500  # characters
_SHOWN: Final = 60  # characters of a sentence in a message

#: reasons that people often have; another one is typed
REASONS: Final = {
    "no-promise": text("Tells or explains something; promises nothing."),
    "not-checkable": text("Too general to check."),
    "elsewhere": text("Promised in another sentence."),
    "for-users": text("Says what users must do themselves."),
}


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """Characters `start` to `end` of the text and the keys of the measures; `reason`: why it was left out.

    A reason is a key of `REASONS` or typed text.
    """

    start: int
    end: int
    measures: tuple[str, ...] = ()
    decision: SentenceDecision = SentenceDecision.UNDECIDED
    reason: str = ""


def proposed_sentences(proposals: Proposals) -> tuple[DraftSentence, ...]:
    """The proposals as undecided sentences, each with its best measure, if any; of two that overlap, the first."""
    rows: list[DraftSentence] = []
    for proposal in proposals.proposals:
        start = proposals.text.index(proposal.quote)
        measures = (proposal.measure,) if proposal.measure else ()
        if not rows or start >= rows[-1].end:
            rows.append(DraftSentence(start, start + len(proposal.quote), measures))
    return tuple(rows)


def decided(row: DraftSentence, measures: Iterable[str], decision: SentenceDecision, reason: str = "") -> DraftSentence:
    """The sentence with another decision; only a sentence that is left out has a reason."""
    kept = reason.strip() if decision is SentenceDecision.LEFT_OUT else ""
    return replace(row, measures=tuple(dict.fromkeys(measures)), decision=decision, reason=kept)


def split(
    published: str, language: str, rows: Sequence[DraftSentence], index: int, second: str
) -> tuple[DraftSentence, ...]:
    """Split a sentence where the words `second` begin. Raises `NotPossible`.

    Both parts are undecided, each with the measure that its own words propose, and with those that a person chose.
    """
    row = rows[index]
    quote, words = published[row.start : row.end], second.strip()
    at = quote.find(words) if words else -1
    if at <= 0 or not quote[:at].strip():
        raise NotPossible(
            text(
                "{words} is not in the middle of sentence {n}; copy the words with which its second part begins.",
                words=repr(words[:_SHOWN]),
                n=index + 1,
            )
        )
    places = (row.start, row.start + len(quote[:at].rstrip())), (row.start + at, row.end)
    parts = (_proposed_again(published, language, start, end, row) for start, end in places)
    return (*rows[:index], *parts, *rows[index + 1 :])


def merge(published: str, language: str, rows: Sequence[DraftSentence], index: int) -> tuple[DraftSentence, ...]:
    """Join a sentence with what follows it in the text, proposed or not. Raises `NotPossible` at the end.

    What follows is the rest of a sentence that was split, else the next sentence. The whole is undecided, with the
    measure that its words propose, and with those that a person chose.
    """
    row = rows[index]
    following = next((each for each in sentences(published) if each.end > row.end), None)
    if following is None:
        raise NotPossible(
            text("Sentence {n} is the last one of the text; join it with the one before it instead.", n=index + 1)
        )
    proposed = next((each for each in rows[index + 1 :] if each.start < following.end), None)
    end = proposed.end if proposed else following.end
    joined = _proposed_again(published, language, row.start, end, row, *([proposed] if proposed else []))
    return (*rows[:index], joined, *(each for each in rows[index + 1 :] if each.start >= joined.end))


def _proposed_again(published: str, language: str, start: int, end: int, *before: DraftSentence) -> DraftSentence:
    """A passage that was cut differently `before`: with what its own words propose, and what a person chose."""
    every = sentences(published)

    def proposed(first: int, last: int) -> str:
        return proposed_measure(published[first:last], language, context_at(every, first))

    chosen = (key for row in before for key in row.measures if key != proposed(row.start, row.end))
    own = proposed(start, end)
    measures = tuple(dict.fromkeys([*([own] if own else []), *chosen]))
    return DraftSentence(start, end, measures[:MOST_MEASURES])


def add(rows: Sequence[DraftSentence], start: int, end: int) -> tuple[DraftSentence, ...]:
    """Add a sentence that was not proposed, undecided and without a measure."""
    return tuple(sorted((*rows, DraftSentence(start, end)), key=lambda row: row.start))


def other_sentences(published: str, rows: Sequence[DraftSentence]) -> list[Sentence]:
    """The sentences of the text that overlap none of the draft's."""
    return [
        each for each in sentences(published) if not any(each.start < row.end and row.start < each.end for row in rows)
    ]


def check_sentences(
    published: str, language: str, rows: Sequence[DraftSentence], own_measures: Collection[str] = ()
) -> None:
    """Refuse places outside the text or that overlap, quotes that occur twice, and unknown measures.

    `own_measures`: keys of the draft's own. Raises `NotPossible` and `Unknown`, each with the number of the sentence.
    """
    known = {*own_measures, *(measure.key for measure in read_lexicon(language).measures)}
    last = 0
    for number, row in enumerate(rows, start=1):
        quote = published[row.start : row.end] if 0 <= row.start < row.end <= len(published) else ""
        if not quote or quote != quote.strip():
            raise NotPossible(text("Sentence {n} is not a passage of the text.", n=number))
        if row.start < last:
            raise NotPossible(text("Sentence {n} overlaps the one before it, or comes before it.", n=number))
        last = row.end
        _check_quote(published, quote, number)
        _check_decision(row, number, known)


def _check_quote(published: str, quote: str, number: int) -> None:
    if published.count(quote) > 1:
        message = text(
            "Sentence {n} occurs more than once in the text ({quote}); join it with the next one.",
            n=number,
            quote=repr(quote[:_SHOWN]),
        )
        raise NotPossible(message)


def _check_decision(row: DraftSentence, number: int, known: set[str]) -> None:
    if missing := sorted(set(row.measures) - known):
        raise Unknown(text("There is no measure {measure}.", measure=missing[0]))
    if len(row.measures) > MOST_MEASURES:
        raise NotPossible(
            text("Sentence {n} has more than {most} measures; leave some out.", n=number, most=MOST_MEASURES)
        )
    if row.decision is SentenceDecision.CONFIRMED and not row.measures:
        raise NotPossible(text("Sentence {n} has no measure. Choose one, or leave the sentence out.", n=number))
    if row.decision is SentenceDecision.LEFT_OUT:
        if not row.reason:
            raise NotPossible(text("Sentence {n} is left out without a reason; choose one.", n=number))
        plain(row.reason, text("The reason of sentence {n}", n=number), _LONGEST_REASON)


def reason_text(reason: str) -> Text | str:
    """The reason in words: a usual one can be translated."""
    return REASONS.get(reason, reason)
