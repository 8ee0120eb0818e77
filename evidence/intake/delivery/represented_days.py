"""Days that a delivery represents: those in its files, else those that the uploader declares.

A test result represents the days on which it ran. A register or record represents a period, as it is declared.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from evidence.errors import Unfitting
from evidence.formats.findings import only_states
from evidence.formats.values import Run
from evidence.intake.reading.run_days import around, days_of
from locales import Text, text
from models.calendar import Calendar, Span

LONGEST = timedelta(days=7)  # a longer run, or longer between the files of a cell, waits for a review
_EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class RepresentedDays:
    """The days of a delivery. `by_file` and `run_days` are by position of the file.

    `by_file`: the days that each file represents; `run_days`: the days in the file, also those outside the represented
    days; `declared`: days that the uploader declared and no file contains.
    """

    first: date
    last: date
    by_file: Mapping[int, Span]
    run_days: Mapping[int, Span]
    declared: Span | None = None


def is_long(span: Span) -> bool:
    """Whether a span is longer than 7 days (`LONGEST`)."""
    return span[1] - span[0] > LONGEST


def represented_days(
    runs: Sequence[tuple[str, Run | None]],
    declared: tuple[date | None, date | None],
    calendar: Calendar,
    today: date,
    *,
    is_test: bool,
) -> RepresentedDays:
    """Determine the days of a delivery. `runs`: name and run of each file; `declared`: first and last declared day.

    Raises `Unfitting` when they contradict each other, are missing, or are out of range.
    """
    run_days = days_of_runs([run for _, run in runs], calendar)
    measuring = _measuring([run for _, run in runs])
    undated = [name for position, (name, _) in enumerate(runs) if position in measuring and position not in run_days]
    span = _declared_span(declared)
    if not is_test:
        represented = _of_records(run_days, undated, span)
    elif undated:
        represented = _of_undated_tests(len(runs), run_days, undated, span)
    else:
        represented = _of_dated_tests([name for name, _ in runs], run_days, span)
    _check_range(represented, today)
    whole = dict.fromkeys(set(range(len(runs))) - measuring, (represented.first, represented.last))
    return replace(represented, by_file={**whole, **represented.by_file}) if whole else represented


def days_of_runs(runs: Sequence[Run | None], calendar: Calendar) -> dict[int, Span]:
    """The days in the files by position; a VEX document has none, unless there is no other file."""
    measuring = ((at, runs[at]) for at in _measuring(runs))
    return {at: days for at, run in measuring if run and (days := days_of(run, calendar))}


def _measuring(runs: Sequence[Run | None]) -> set[int]:
    """Positions of the files other than VEX documents; of all if there is no other."""
    return {at for at, run in enumerate(runs) if not only_states(run)} or set(range(len(runs)))


def _declared_span(declared: tuple[date | None, date | None]) -> Span | None:
    """The declared span; a single day counts as first and last. Raises `Unfitting`."""
    days = [day for day in declared if day is not None]
    if not days:
        return None
    first, last = days[0], days[-1]
    if last < first:
        raise Unfitting(
            text(
                "The last day {last} lies before the first day {first}; correct one of the two.", last=last, first=first
            )
        )
    return first, last


def _of_dated_tests(names: Sequence[str], run_days: Mapping[int, Span], declared: Span | None) -> RepresentedDays:
    """Days of dated test files: their own, or a declared part of them."""
    own = around(run_days.values())
    if declared is None:
        return RepresentedDays(*own, run_days, run_days)
    if declared[0] < own[0] or declared[1] > own[1]:
        raise Unfitting(
            text(
                "A test represents the days on which it ran: {own} by the file, not {declared}. Leave the days out.",
                own=_span(own),
                declared=_span(declared),
            )
        )
    return RepresentedDays(
        *declared, {at: _within(names[at], span, declared) for at, span in run_days.items()}, run_days
    )


def _within(name: str, span: Span, declared: Span) -> Span:
    first, last = max(span[0], declared[0]), min(span[1], declared[1])
    if last < first:
        raise Unfitting(
            text(
                "{file} ran on {own}, outside the declared days ({declared}). Leave the days out, or that file.",
                file=name,
                own=_span(span),
                declared=_span(declared),
            )
        )
    return first, last


def _of_undated_tests(
    number: int, run_days: Mapping[int, Span], undated: Sequence[str], declared: Span | None
) -> RepresentedDays:
    """Days of tests without date: a single declared day, which must be that of the dated files."""
    named = ", ".join(undated)
    if declared is None:
        raise Unfitting(text("{file} does not say on which day it ran; enter that day.", file=named))
    if declared[0] != declared[1]:
        raise Unfitting(
            text(
                "{file} does not say when it ran, so it represents one day, not {declared}; enter one day: of a log "
                "that of its last row.",
                file=named,
                declared=_span(declared),
            )
        )
    for span in run_days.values():
        if span != declared:
            raise Unfitting(
                text(
                    "{file} does not say when it ran, and another file ran on {own}, not on {day}; upload them "
                    "separately.",
                    file=named,
                    own=_span(span),
                    day=declared[0],
                )
            )
    return RepresentedDays(*declared, dict.fromkeys(range(number), declared), run_days, declared)


def _of_records(run_days: Mapping[int, Span], undated: Sequence[str], declared: Span | None) -> RepresentedDays:
    """Days of records: the declared period, else that of the files if all have dates."""
    own = around(run_days.values()) if run_days and not undated else None
    span = declared or own
    if span is None:
        raise Unfitting(text("The files have no dates; enter the first and the last day that they represent."))
    is_own = own is not None and own[0] <= span[0] and span[1] <= own[1]
    return RepresentedDays(*span, {}, run_days, None if is_own else span)


def _check_range(days: RepresentedDays, today: date) -> None:
    if days.last > today:
        raise Unfitting(
            text("{day} is in the future; evidence represents days up to {today}.", day=days.last, today=today)
        )
    if days.first < _EARLIEST:
        raise Unfitting(
            text("{day} is too long ago; expected {earliest} or later.", day=days.first, earliest=_EARLIEST)
        )


def _span(span: Span) -> Text:
    if span[0] == span[1]:
        return text("{day}", day=span[0])
    return text("{first} to {last}", first=span[0], last=span[1])
