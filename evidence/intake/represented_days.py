"""The days that a delivery represents: those that its files tell; what they do not tell is declared, within limits.

A test result represents the days on which it ran. A register or record represents a period, as it is declared.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from evidence.errors import Unfitting
from evidence.formats.values import Run
from locales import Text, text
from models.calendar import Calendar, Span

LONGEST = timedelta(days=7)  # a run, or the files of one cell, that took longer wait for a review
_EARLIEST = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class RepresentedDays:
    """The days of a delivery. `of_files` and `told` are by the file's position.

    `of_files`: the days that each file speaks of; `told`: those that the file itself tells, also where the delivery
    represents only some of them; `declared`: the days that its uploader says and no file tells.
    """

    first: date
    last: date
    of_files: Mapping[int, Span]
    told: Mapping[int, Span]
    declared: Span | None = None


def days_of(run: Run, calendar: Calendar) -> Span | None:
    """The days on which it ran, as far as the file tells.

    A moment without a zone is the day as written; one with a zone is the day of the organisation.
    """
    days = [_day(moment, calendar) for moment in run.moments]
    return (min(days), max(days)) if days else None


def around(spans: Iterable[Span]) -> Span:
    """From the first of the first days to the last of the last."""
    spans = list(spans)
    return min(first for first, _ in spans), max(last for _, last in spans)


def is_long(span: Span) -> bool:
    """Whether it spans more than 7 days, so that it would prove the days between by itself."""
    return span[1] - span[0] > LONGEST


def represented_days(
    runs: Sequence[tuple[str, Run | None]],
    given: tuple[date | None, date | None],
    calendar: Calendar,
    today: date,
    *,
    is_test: bool,
) -> RepresentedDays:
    """The days of a delivery, or why they can't be so. `runs`: each file's name and run; `given`: what was declared."""
    told = {position: days for position, (_, run) in enumerate(runs) if run and (days := days_of(run, calendar))}
    undated = [name for position, (name, _) in enumerate(runs) if position not in told]
    span = _given(given)
    if not is_test:
        found = _of_records(told, undated, span)
    elif undated:
        found = _of_undated_tests(len(runs), told, undated, span)
    else:
        found = _of_dated_tests([name for name, _ in runs], told, span)
    _is_in_reach(found, today)
    return found


def _day(moment: datetime, calendar: Calendar) -> date:
    return moment.date() if moment.tzinfo is None else calendar.day_of(moment)


def _given(given: tuple[date | None, date | None]) -> Span | None:
    """One day of the two is both."""
    days = [day for day in given if day is not None]
    if not days:
        return None
    first, last = days[0], days[-1]
    if last < first:
        raise Unfitting(text("The last day {last} lies before the first day {first}.", last=last, first=first))
    return first, last


def _of_dated_tests(names: Sequence[str], told: Mapping[int, Span], given: Span | None) -> RepresentedDays:
    """The files' own days, or some of them."""
    own = around(told.values())
    if given is None:
        return RepresentedDays(*own, told, told)
    if given[0] < own[0] or given[1] > own[1]:
        raise Unfitting(
            text(
                "A test represents the days on which it ran: {own} by the file, not {given}. Leave the days out.",
                own=_span(own),
                given=_span(given),
            )
        )
    return RepresentedDays(*given, {at: _within(names[at], span, given) for at, span in told.items()}, told)


def _within(name: str, span: Span, given: Span) -> Span:
    first, last = max(span[0], given[0]), min(span[1], given[1])
    if last < first:
        raise Unfitting(
            text(
                "{file} ran on {own}, outside the days given ({given}). Leave the days out, or that file.",
                file=name,
                own=_span(span),
                given=_span(given),
            )
        )
    return first, last


def _of_undated_tests(
    number: int, told: Mapping[int, Span], undated: Sequence[str], given: Span | None
) -> RepresentedDays:
    """A test that tells no day represents one, which is declared; files beside it that tell theirs tell the same."""
    named = ", ".join(undated)
    if given is None:
        raise Unfitting(text("{file} does not say on which day it ran; give that one day.", file=named))
    if given[0] != given[1]:
        raise Unfitting(
            text(
                "{file} does not say when it ran, so it represents one day, not {given}; give that one day.",
                file=named,
                given=_span(given),
            )
        )
    for span in told.values():
        if span != given:
            raise Unfitting(
                text(
                    "{file} does not say when it ran, and another file ran on {own}, not on {day}; hand them in apart.",
                    file=named,
                    own=_span(span),
                    day=given[0],
                )
            )
    return RepresentedDays(*given, dict.fromkeys(range(number), given), told, given)


def _of_records(told: Mapping[int, Span], undated: Sequence[str], given: Span | None) -> RepresentedDays:
    """A period as declared; without one the files' own, if every file tells it."""
    own = around(told.values()) if told and not undated else None
    span = given or own
    if span is None:
        raise Unfitting(text("The files do not say which day they represent; give the first and the last day."))
    is_own = own is not None and own[0] <= span[0] and span[1] <= own[1]
    return RepresentedDays(*span, {}, told, None if is_own else span)


def _is_in_reach(days: RepresentedDays, today: date) -> None:
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
