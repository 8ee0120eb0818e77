"""Terms of a register's rules: until when something must be done, counted as laws and agreements count."""

from datetime import date, timedelta
from typing import Annotated

from pydantic import Field

from controls.files.yaml_source import Flag, Given, Shape, Whole
from evidence.judging.register.values import day_of, months_after
from evidence.judging.register.working_days import after, on_or_after
from evidence.judging.values import Row


class Extension(Shape):
    """A longer term, if notice of it was given within the first one, with a reason."""

    on: Given
    because: Given
    months: Whole


class Term(Shape):
    """So long after a date; `paused` between two dates; `moved` to the next working day if it ends on another day."""

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

    def last(self, row: Row, as_of: date) -> date | None:
        """The last day on which it can be done; None without the date that it counts from."""
        since = day_of(row.get(self.since))
        if since is None:
            return None
        first = self._ends(since, self.months, row, as_of)
        if not self.extended:
            return first
        noticed = day_of(row.get(self.extended.on))
        if noticed is None or noticed > first or not row.get(self.extended.because):
            return first
        return self._ends(since, self.months + self.extended.months, row, as_of)

    def _ends(self, since: date, months: int, row: Row, as_of: date) -> date:
        day = months_after(since, months)
        day = after(day, self.working_days)
        days = self.days + self._pause(row, as_of)
        day = day + timedelta(days=days) if (date.max - day).days > days else date.max
        return on_or_after(day) if self.moved and day.year < date.max.year else day

    def _pause(self, row: Row, as_of: date) -> int:
        """Days during which the term did not run; one that has not ended runs until the day that is judged."""
        if not self.paused:
            return 0
        begun, ended = (day_of(row.get(column)) for column in self.paused)
        return max(0, ((ended or as_of) - begun).days) if begun else 0


class DoneBy(Shape):
    """Done on or before the earliest of some terms, or still open while none has passed."""

    column: Given
    by: Annotated[list[Term], Field(min_length=1)]

    def columns(self) -> list[str]:
        return [self.column, *(column for term in self.by for column in term.columns())]

    def last(self, row: Row, as_of: date) -> date | None:
        """The last day on which it can be done."""
        return min((day for term in self.by if (day := term.last(row, as_of))), default=None)

    def holds(self, row: Row, as_of: date) -> bool:
        last = self.last(row, as_of)
        return last is None or (day_of(row.get(self.column)) or as_of) <= last

    def open_until(self, row: Row, as_of: date) -> date | None:
        """The last day of a term that runs: from the day after, the register says too little."""
        return None if row.get(self.column) else self.last(row, as_of)
