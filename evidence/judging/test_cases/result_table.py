"""Tables of test results: a team's own sheet or export with a row for each check.

Headings and words are recognised, proposed and mapped as those of registers (`columns_and_outcome_words.yaml`). A row
passes only by a word that is known, or that a person mapped; by any other its check is not evaluated, and the run is
incomplete.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cache
from pathlib import Path

from controls.files.yaml_source import read_source
from evidence.formats.facts import TestCases
from evidence.formats.severity_words import UNKNOWN, by_word
from evidence.formats.tables.row_marks import is_note
from evidence.formats.test_reports.junit_mentions import Mentions
from evidence.formats.values import (
    ERROR,
    FAIL,
    LONGEST_CHECK,
    NOT_EVALUATED,
    PASS,
    SKIPPED,
    Result,
    Run,
    storable,
)
from evidence.judging.recognised_headings import recognised
from evidence.judging.register.cells import CellReader, Misread
from evidence.judging.register.headers import TableHeader, headings_of, read_header
from evidence.judging.register.row_positions import MOST_LISTED, MarkedRows, listed, name_of, short_name
from evidence.judging.register.rules import Rules
from evidence.judging.results_of_table import TableResults
from evidence.judging.table_mapping import NOTHING, Rows, TableMapping
from evidence.judging.values import DoesNotFit
from locales import Text, text
from models.calendar import Calendar

TOOL = "table"  # of the series of such runs
SYSTEM = "system"  # the property with the system that a row names
_CHECK, _RESULT, _DAY, _PROPERTY = "check", "result", "ran_on", "with_"
_LONGEST, _LONGEST_SEVERITY = 2_000, 20  # characters of a message or property; of a severity
_NO_VALUES = dict.fromkeys((_CHECK, SYSTEM, "target", "severity", "message"), "")
_RAN = frozenset((PASS, FAIL, ERROR))
_SEVERITIES = {"kritiek": "critical", "hoog": "high", "middel": "medium", "gemiddeld": "medium", "laag": "low"}


@cache
def columns() -> Rules:
    """The columns of such a table, in the shape of those of a register."""
    return read_source(Path(__file__).parent / "columns_and_outcome_words.yaml", Rules).content


@dataclass(slots=True)
class _Seen:
    """What the rows are so far: their days, names that may be targets, and rows that are told."""

    days: set[date] = field(default_factory=set)
    undated: bool = False
    mentions: Mentions = field(default_factory=Mentions)
    counts: Counter[str] = field(default_factory=Counter)
    first: list[Result] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)  # rows with a word that nobody knows
    empty: list[str] = field(default_factory=list)  # rows without an outcome
    marked: MarkedRows = field(default_factory=MarkedRows)

    def tell(self, rows: list[str], row: Result) -> None:
        """Add a row to those that are told, as far as these are told."""
        if len(rows) <= MOST_LISTED:
            rows.append(short_name(row))


def read_table(
    run: Run, rows: Rows, calendar: Calendar, mapping: TableMapping = NOTHING, shown: int = 20
) -> TableResults:
    """Read the rows of a table as test results. Raises `DoesNotFit` where it lacks checks or outcomes.

    The run has days only if every check that ran has one. `shown`: the number of first results.
    """
    warnings: list[Text] = []
    header = read_header(columns(), run, warnings, mapping)
    cells = {column.key: CellReader(column, mapping, calendar) for column in columns().columns}
    reader = _Reader(header, cells, SYSTEM in {*header.keys.values(), *header.mapping.provided()})
    seen = _Seen()
    for result in reader.results(rows(), seen):
        seen.counts[result.outcome] += 1
        if len(seen.first) < shown:
            seen.first.append(result)
    facts = TestCases()
    seen.mentions.add_to(facts)
    read = Run(run.format, TOOL, complete=not seen.unknown, remark=_remark(run, seen), facts=facts)
    if seen.days and not seen.undated:
        read.started_at, read.ended_at = (datetime.combine(day, time()) for day in (min(seen.days), max(seen.days)))
    points = [*_told(seen), *seen.marked.points()]
    return TableResults(read, seen.counts, seen.first, reader.results, warnings, points)


def names_results(names: Iterable[str]) -> bool:
    """Whether these headings are those of checks and their outcomes, by the usual names."""
    headings = headings_of(columns())
    return headings.needed <= {recognised(headings, name) for name in names}


def days_in(run: Run, results: Iterable[Result], calendar: Calendar, mapping: TableMapping) -> Iterator[date]:
    """The days of the rows; none of a table that lacks checks or outcomes, or has a row without a day."""

    def rows() -> Iterable[Result]:
        return results

    try:
        read = read_table(run, rows, calendar, mapping, 0).run
    except DoesNotFit:
        return
    yield from (moment.date() for moment in read.moments)


def _remark(run: Run, seen: _Seen) -> Text | None:
    """Why the run is incomplete, else what its file says."""
    if not seen.unknown:
        return run.remark
    return text(
        "The outcome of these rows is no known word, so these checks count as not run: {rows}. Say what it means.",
        rows=listed(seen.unknown),
    )


def _told(seen: _Seen) -> Iterator[Text]:
    if seen.empty:
        yield text("These rows have no outcome, so these checks count as not run: {rows}.", rows=listed(seen.empty))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads rows by the header of their table. `names_systems`: whether a row says of which system it is.

    `cells`: the readers of the columns, by key.
    """

    header: TableHeader
    cells: dict[str, CellReader]
    names_systems: bool

    def results(self, rows: Iterable[Result], seen: _Seen | None = None) -> Iterator[Result]:
        """Yield the result of each row; `seen` gets what is told of them."""
        position = 0
        seen = seen or _Seen()
        for row in rows:
            seen.marked.add_row(row)
            for cells in () if is_note(row) else self.header.rows(row):
                if any(cell.strip() for key, cell in cells.items() if key != SYSTEM):
                    position += 1
                    yield self._result(position, row, cells, seen)

    def _result(self, position: int, row: Result, cells: dict[str, str], seen: _Seen) -> Result:
        values = _NO_VALUES | {key: self._text(key, cell) for key, cell in cells.items() if key not in (_RESULT, _DAY)}
        outcome = self._outcome(row, cells.get(_RESULT, ""), seen)
        if outcome in _RAN:
            self._add_day(cells.get(_DAY, ""), seen)
        seen.mentions.add_name(values["target"])
        seen.mentions.add_value(values["target"])
        severity = values["severity"][:_LONGEST_SEVERITY]
        return Result(
            position,
            storable(values[_CHECK] or name_of(row), LONGEST_CHECK),
            storable(values["target"], LONGEST_CHECK),
            outcome,
            severity,
            storable(values["message"], _LONGEST),
            tuple(self._properties(values)),
            row.row,
            _rating(severity),
        )

    def _properties(self, values: dict[str, str]) -> Iterator[tuple[str, str]]:
        """The properties of a case: the name of its check is one too, as tests write it (`check=too-short`)."""
        yield _CHECK, values[_CHECK][:_LONGEST]
        if self.names_systems:
            yield SYSTEM, values[SYSTEM]
        for key, value in values.items():
            if key.startswith(_PROPERTY) and value:
                yield key.removeprefix(_PROPERTY), value[:_LONGEST]

    def _outcome(self, row: Result, cell: str, seen: _Seen) -> str:
        try:
            outcome = str(self.cells[_RESULT].read(cell))
        except Misread:
            seen.tell(seen.unknown, row)
            return NOT_EVALUATED
        if not outcome:
            seen.tell(seen.empty, row)
        return outcome or SKIPPED

    def _add_day(self, cell: str, seen: _Seen) -> None:
        try:
            day = self.cells[_DAY].read(cell)
        except Misread:
            day = ""
        if isinstance(day, date):
            seen.days.add(day)
        seen.undated = seen.undated or not day

    def _text(self, key: str, cell: str) -> str:
        try:
            return str(self.cells[key].read(cell))
        except Misread:
            return storable(cell.strip(), _LONGEST)


def _rating(severity: str) -> str:
    """The severity on the common scale; empty for none, or for a word that is not on it."""
    word = severity.strip().lower()
    rating = by_word(_SEVERITIES.get(word, word))
    return "" if rating == UNKNOWN else rating
