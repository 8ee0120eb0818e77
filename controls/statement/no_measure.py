"""The sentences of a statement that no measure stands behind, each with the reason that its file gives.

A file that gives reasons accounts for its whole text: every sentence has a measure or a reason. A file without reasons
loads too, as files did before there were any; its page shows which sentences have neither.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from controls.files.statement_file import StatementFile
from controls.files.yaml_source import Source
from controls.files.yaml_tree import Where
from controls.statement.sentences import sentences
from controls.statement.version_rows import NoMeasureRow
from locales import text

Place = tuple[int, int]
_SHOWN = 80  # characters of a sentence in a message


def quotes(content: StatementFile) -> Iterator[tuple[Where, str]]:
    """Each quotation that has a reason, and where it stands in the file."""
    for number, entry in enumerate(content.no_measure):
        for index, quote in enumerate(entry.quotes):
            yield ("no_measure", number, "quotes", index), quote


def check(source: Source[StatementFile], published: str) -> None:
    """Of quotations that occur once: no sentence twice, and none left out. Raises `WrongFile`."""
    places = [_place(published, clause.quote) for one in source.content.measures for clause in one.clauses]
    for where, quote in quotes(source.content):
        place = _place(published, quote)
        if _is_touched(place, places):
            raise source.wrong(
                text("the sentence {quote} has a measure or a reason already.", quote=repr(quote[:_SHOWN])), *where
            )
        places.append(place)
    left = unaccounted(published, places)
    if source.content.no_measure and left:
        raise source.wrong(
            text(
                "the sentence {quote} has neither a measure nor a reason; put it under a measure, or under no_measure "
                "with a reason.",
                quote=repr(left[0][:_SHOWN]),
            ),
            "no_measure",
        )


def unaccounted(published: str, places: Sequence[Place]) -> list[str]:
    """The sentences of a text that no quotation touches, in its order."""
    every = [(one.start, one.end) for one in sentences(published)]
    return [published[start:end] for start, end in every if not _is_touched((start, end), places)]


def stored(content: StatementFile, published: str) -> list[dict[str, Any]]:
    """As the table keeps them, in the order of the text."""
    found = [
        {"quote": quote, "start": place[0], "end": place[1], "reason_nl": entry.reason.nl, "reason_en": entry.reason.en}
        for entry in content.no_measure
        for quote in entry.quotes
        for place in [_place(published, quote)]
    ]
    return sorted(found, key=lambda one: one["start"])


def rows(kept: Iterable[Any]) -> tuple[NoMeasureRow, ...]:
    """What the table keeps, as it is read."""
    return tuple(NoMeasureRow(**one) for one in kept)


def _place(published: str, quote: str) -> Place:
    start = published.index(quote)
    return start, start + len(quote)


def _is_touched(place: Place, places: Iterable[Place]) -> bool:
    return any(place[0] < end and start < place[1] for start, end in places)
