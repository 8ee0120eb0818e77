"""The days that a log's own rows tell, to be proposed as those that it represents."""

from collections.abc import Iterable, Iterator
from datetime import date

from evidence.intake.inspection import InspectedFile, Inspection
from evidence.judging.policies import Policy
from evidence.judging.register.cells import Misread, read, words
from evidence.judging.register.headers import reading
from evidence.judging.register.rules import Column, Rules
from evidence.judging.register.values import organisation_day
from evidence.judging.values import DoesNotFit
from models.calendar import Calendar, Span


def log_days(inspection: Inspection, judging: Iterable[Policy], calendar: Calendar) -> Span | None:
    """From the first to the last day on which rows happened, by the policies that say which columns tell that."""
    rules = {one.id: one.rules for policy in judging for one in policy.every() if isinstance(one.rules, Rules)}
    days = {day for file in inspection.files for each in rules.values() for day in _days(file, each, calendar)}
    return (min(days), max(days)) if days else None


def _days(file: InspectedFile, rules: Rules, calendar: Calendar) -> Iterator[date]:
    """Nothing of a file that is another register: judging it says so."""
    if file.run is None or not rules.is_log or file.format not in rules.formats:
        return
    try:
        how = reading(rules, file.run, [])
    except DoesNotFit:
        return
    telling = [column for column in rules.columns if column.key in rules.moments]
    rows = (how.cells(one) for batch in file.spool.batches() for one in batch)
    for cells in rows:
        found = (_day(column, cells[column.key], calendar) for column in telling if cells and column.key in cells)
        yield from (day for day in found if day is not None)


def _day(column: Column, cell: str, calendar: Calendar) -> date | None:
    try:
        return organisation_day(read(column, words(column), cell, calendar), calendar)
    except Misread:
        return None
