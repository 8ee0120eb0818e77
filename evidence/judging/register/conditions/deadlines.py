"""Terms of a register's rules: until when something must be done, counted as laws and agreements count."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field

from controls.files.yaml_source import Flag, Given, Shape, Whole
from evidence.judging.page_parts import code
from evidence.judging.register.conditions import date_order
from evidence.judging.register.conditions.condition import RegisterContext, RowCondition
from evidence.judging.register.conditions.date_order import Early, Pair
from evidence.judging.register.conditions.value_tests import ShapeWithConditions, day_of
from evidence.judging.values import Row
from locales import Language, Text, text
from models.durations import days_after, months_after
from models.working_days import after, on_or_after


class Extension(Shape):
    """A longer term, if notice of it was given within the first one, with a reason."""

    on: Given
    because: Given
    months: Whole


class Term(Shape):
    """So long after a date; `paused` between two dates; `moved` to the next working day if it ends on another day.

    A pause counts if it begins within the term. It ends on its second date, or when the thing is done.
    """

    since: Given = Field(alias="from")
    months: Whole = 0
    days: Whole = 0
    working_days: Whole = 0
    paused: Annotated[list[Given], Field(min_length=2, max_length=2)] | None = None
    moved: Flag = False
    extended: Extension | None = None

    def columns(self) -> list[str]:
        """The columns that it counts from."""
        extension = [self.extended.on, self.extended.because] if self.extended else []
        return [self.since, *(self.paused or ()), *extension]

    def describe(self, t: Language) -> str:
        """The term in words."""
        spans = [
            t.n("{n} month", "{n} months", self.months) if self.months else "",
            t.n("{n} day", "{n} days", self.days) if self.days else "",
            t.n("{n} working day", "{n} working days", self.working_days) if self.working_days else "",
        ]
        span = t(" and ").join(filter(None, spans))
        words = [t("{span} after {since}", span=span, since=code(self.since)) if span else code(self.since)]
        if self.paused:
            words.append(
                t("without the days from {first} to {second}", first=code(self.paused[0]), second=code(self.paused[1]))
            )
        if self.moved:
            words.append(t("moved to the next working day"))
        if self.extended:
            words.append(
                t.n(
                    "{n} month longer when {on} lies within that term and {because} is filled",
                    "{n} months longer when {on} lies within that term and {because} is filled",
                    self.extended.months,
                    on=code(self.extended.on),
                    because=code(self.extended.because),
                )
            )
        return ", ".join(words)

    @property
    def begins(self) -> bool:
        """Whether it runs from its date; without a span that date is a last day, and nothing before it is wrong."""
        return bool(self.months or self.days or self.working_days)

    def order(self, column: str) -> Iterator[Pair]:
        """Yield what can only follow on what: what is done, a pause and a notice on the date that it counts from."""
        if self.begins:
            yield column, self.since
        if self.paused:
            yield self.paused[0], self.since
            yield self.paused[1], self.paused[0]
        if self.extended:
            yield self.extended.on, self.since

    def last(self, row: Row, until: date) -> date | None:
        """The last day on which it can be done; None without the date that it counts from.

        `until`: the day on which it was done, or else the day that is judged, on which an open pause still runs.
        """
        since = day_of(row.get(self.since))
        if since is None:
            return None
        first = self._ends(since, self.months, row, until)
        if not self.extended:
            return first
        noticed = day_of(row.get(self.extended.on))
        if noticed is None or noticed > first or not row.get(self.extended.because):
            return first
        return self._ends(since, self.months + self.extended.months, row, until)

    def _ends(self, since: date, months: int, row: Row, until: date) -> date:
        without = self._after(since, months, 0)
        paused = self._pause(row, without, until)
        return self._after(since, months, paused) if paused else without

    def _after(self, since: date, months: int, paused: int) -> date:
        day = after(months_after(since, months), self.working_days)
        day = days_after(day, self.days + paused)
        return on_or_after(day) if self.moved and day.year < date.max.year else day

    def _pause(self, row: Row, last: date, until: date) -> int:
        """Days during which the term did not run; none if that began after the last day of the term without it."""
        if not self.paused:
            return 0
        begun, ended = (day_of(row.get(column)) for column in self.paused)
        if begun is None or begun > last:
            return 0
        return max(0, (min(ended or until, until) - begun).days)


class DoneBy(ShapeWithConditions, RowCondition):
    """Done on or before the earliest of some terms and not before they began, or open while none has passed."""

    validity: ClassVar[Text | None] = text("While a term is open it holds until the last day of that term.")

    column: Given
    by: Annotated[list[Term], Field(min_length=1)]
    early: Early = False

    def columns(self) -> list[str]:
        of_terms = (column for term in self.by for column in term.columns())
        return [self.column, *of_terms, *date_order.columns_of(self.early)]

    def out_of_order(self, row: Row, as_of: date) -> Iterable[Pair]:
        pairs = [pair for term in self.by for pair in term.order(self.column)]
        return date_order.contradicting(pairs, self.early, row, as_of)

    def last(self, row: Row, as_of: date) -> date | None:
        """The last day on which it can be done."""
        until = day_of(row.get(self.column)) or as_of
        return min((day for term in self.by if (day := term.last(row, until))), default=None)

    def holds(self, row: Row, around: RegisterContext) -> bool:
        last = self.last(row, around.as_of)
        return last is None or (day_of(row.get(self.column)) or around.as_of) <= last

    def last_day(self, row: Row, as_of: date) -> date | None:
        """The last day of a term that runs: from the day after, the register says too little."""
        return None if row.get(self.column) else self.last(row, as_of)

    def expected(self, row: Row, around: RegisterContext) -> dict[str, str]:
        last = self.last(row, around.as_of)
        return {"{deadline}": last.isoformat()} if last else {}

    def describe(self, t: Language) -> str:
        begins = list(dict.fromkeys(term.since for term in self.by if term.begins))
        return date_order.describe(t, self._describe_terms(t), begins, self.early)

    def _describe_terms(self, t: Language) -> str:
        terms = t("; or ").join(term.describe(t) for term in self.by)
        if len(self.by) > 1:
            return t(
                "{column} on or before the earliest of: {terms}; open until then", column=code(self.column), terms=terms
            )
        return t("{column} on or before {terms}; open until then", column=code(self.column), terms=terms)
