"""Sentences of a statement without a measure, each with the reason that the statement's file gives.

A file that gives reasons accounts for its whole text: every sentence has a measure or a reason. A file without reasons
loads too, as older files do; its page shows which sentences have neither.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from controls.files.statement_file import StatementFile
from controls.files.yaml_source import Source
from controls.files.yaml_tree import Where
from controls.statement.sentences import sentences
from controls.statement.version_rows import NoMeasureRow
from locales import text

Place = tuple[int, int]  # first and last offset in the text
_SHOWN: Final = 80  # characters of a sentence in a message


def quotes_with_reason(content: StatementFile) -> Iterator[tuple[Where, str]]:
    """Yield each quote under `no_measure` and its place in the file."""
    for number, entry in enumerate(content.no_measure):
        for index, quote in enumerate(entry.quotes):
            yield ("no_measure", number, "quotes", index), quote


def check_reasons(source: Source[StatementFile], published: str) -> None:
    """Refuse a sentence that is listed twice or, in a file with reasons, left out.

    Expects quotes that each occur once in `published`. Raises `WrongFile`.
    """
    places = [_place(published, clause.quote) for measure in source.content.measures for clause in measure.clauses]
    for where, quote in quotes_with_reason(source.content):
        place = _place(published, quote)
        if _overlaps(place, places):
            raise source.wrong(
                text("the sentence {quote} has a measure or a reason already.", quote=repr(quote[:_SHOWN])), *where
            )
        places.append(place)
    if source.content.no_measure:
        _refuse_unaccounted(source, unaccounted_sentences(published, places))


def _refuse_unaccounted(source: Source[StatementFile], unaccounted: Sequence[str]) -> None:
    if unaccounted:
        raise source.wrong(
            text(
                "the sentence {quote} has neither a measure nor a reason; put it under a measure, or under no_measure "
                "with a reason.",
                quote=repr(unaccounted[0][:_SHOWN]),
            ),
            "no_measure",
        )


def unaccounted_sentences(published: str, places: Sequence[Place]) -> list[str]:
    """The sentences of a text that overlap none of the places, in their order."""
    every = [(sentence.start, sentence.end) for sentence in sentences(published)]
    return [published[start:end] for start, end in every if not _overlaps((start, end), places)]


def no_measure_values(content: StatementFile, published: str) -> list[dict[str, Any]]:
    """The column `no_measure` of a statement: quote, start, end, reason_nl and reason_en, in the order of the text."""
    values = []
    for entry in content.no_measure:
        for quote in entry.quotes:
            start, end = _place(published, quote)
            reasons = {"reason_nl": entry.reason.nl, "reason_en": entry.reason.en}
            values.append({"quote": quote, "start": start, "end": end, **reasons})
    return sorted(values, key=lambda value: value["start"])


def no_measure_rows(values: Iterable[Mapping[str, Any]]) -> tuple[NoMeasureRow, ...]:
    """The values of the column `no_measure` as rows."""
    return tuple(NoMeasureRow(**value) for value in values)


def _place(published: str, quote: str) -> Place:
    start = published.index(quote)
    return start, start + len(quote)


def _overlaps(place: Place, places: Iterable[Place]) -> bool:
    return any(place[0] < end and start < place[1] for start, end in places)
