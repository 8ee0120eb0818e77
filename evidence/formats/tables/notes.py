"""Notes below a table: sentences in one cell, which a spreadsheet has under its rows and which are no row of it."""

from collections.abc import Iterable, Iterator

from evidence.formats.facts import TableFacts
from evidence.formats.tables.row_marks import MARKS, NOTE, is_total, marks_of
from evidence.formats.tables.table_head import SHEET
from evidence.formats.values import Result

_MOST = 6  # rows below a table
_FEWEST_COLUMNS = 3  # of a table below which a row with one cell stands out
_FEWEST, _MANY = 3, 5  # words of a sentence, and of one without the signs of it: names are shorter


def with_notes(results: Iterable[Result], facts: TableFacts) -> Iterator[Result]:
    """The rows, of which those are marked that are notes: below an empty row, down to the end of their sheet.

    Whoever judges the table tells each of them, so that no row is left out unseen.
    """
    if len(facts.heads[0].columns) < _FEWEST_COLUMNS:
        yield from results
        return
    pending: list[Result] = []
    sheet, before, is_below = "", 0, False
    for result in results:
        if (own := _sheet_of(result)) != sheet:
            yield from _marked(pending, facts)
            pending, sheet, before, is_below = [], own, 0, False
        is_below = is_below or 0 < before < result.row - 1
        before = result.row
        if _is_between(result, is_pending=bool(pending)):
            is_below = True
        elif not (is_below and len(pending) < _MOST and _is_note(result)):
            is_below = False
        if is_below and (pending or _is_note(result)):
            pending.append(result)
            continue
        yield from pending
        pending = []
        yield result
    yield from _marked(pending, facts)


def _sheet_of(result: Result) -> str:
    name, cell = result.properties[0] if result.properties else ("", "")
    return cell if name == SHEET else ""


def _is_between(result: Result, *, is_pending: bool) -> bool:
    """Whether it holds nothing, or after a note is a line of totals."""
    return not any(_texts(result)) or (is_pending and is_total(result))


def _texts(result: Result) -> Iterator[str]:
    return (text for name, cell in result.properties if name not in (SHEET, MARKS) and (text := cell.strip()))


def _is_note(result: Result) -> bool:
    texts = list(_texts(result))
    if len(texts) != 1:
        return False
    number = len(texts[0].split())
    return number >= _MANY or (number >= _FEWEST and ("=" in texts[0] or texts[0].endswith(".")))


def _marked(pending: Iterable[Result], facts: TableFacts) -> Iterator[Result]:
    for result in pending:
        if not _is_note(result):
            yield result
            continue
        facts.has_marks = True
        marks = " ".join(dict.fromkeys([*marks_of(result).split(), NOTE]))
        cells = [(name, cell) for name, cell in result.properties if name != MARKS]
        yield result._replace(properties=(*cells, (MARKS, marks)))
