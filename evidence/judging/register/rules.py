"""The shape of a register's policy: columns, rules for a row, what makes it complete; policies/README.md tells it."""

from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from controls.files.yaml_source import Both, Flag, Given, Key, Shape, Source, Unexpected, Whole, one_of
from evidence.formats.headings import plain
from evidence.judging.policy_file import PolicyFile
from evidence.judging.register.complete import Complete, Newest
from evidence.judging.register.joins import in_force
from evidence.judging.register.terms import DoneBy
from evidence.judging.register.values import (
    If,
    Required,
    Worded,
    day_of,
    later,
    months_after,
    months_before,
    organisation_day,
)
from evidence.judging.register.watch import Around, NotYet, word
from evidence.judging.values import Row, Value
from locales import text

_TYPES = ("ref", "text", "date", "datetime", "month", "bool", "enum", "int", "list", "country", "sha256")


class Column(Worded):
    """One column: what it may be called, and what stands in it."""

    key: Given
    nl: list[Given]
    en: list[Given]
    type: Annotated[str, one_of(_TYPES)]
    values: dict[Given, list[Given]] = Field(default_factory=dict)
    required: Required
    happened: Flag = False
    means: list[Given] = Field(default_factory=list)  # placeholders that are a value here: `unknown`

    @property
    def label(self) -> Both:
        return Both(nl=self.nl[0], en=self.en[0])


class Within(Shape):
    """Not longer ago than so many months."""

    column: Given
    months: Whole

    def last(self, row: Row) -> date | None:
        """The last day on which it is not longer ago; None without the date."""
        day = day_of(row.get(self.column))
        if day is None:
            return None
        last = months_after(day, self.months)
        while last < date.max and months_before(last + timedelta(days=1), self.months) <= day:
            last += timedelta(days=1)  # of a shorter month all days at the end of a longer one count
        return last


class DoneWithin(Shape):
    """Done at most so many days after another date, or hours after another moment, or still in time."""

    column: Given
    since: Given = Field(alias="from")
    days: Whole | None = None
    hours: Whole | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.days is None) == (self.hours is None):
            raise Unexpected(text("expected days or hours, one of the two."), "days")
        return self

    def holds(self, row: Row, as_of: date) -> bool:
        """An open term of hours may run until the end of the day that it ends on."""
        since, done = row.get(self.since, ""), row.get(self.column, "")
        if self.hours is None:
            first = day_of(since)
            return first is None or (day_of(done) or as_of) <= first + timedelta(days=self.days or 0)
        if not isinstance(since, datetime):
            return True
        last = since + timedelta(hours=self.hours)
        return done <= last if isinstance(done, datetime) else as_of <= last.date()


class InForce(Shape):
    """The version of something that was in force on a day, by another register with its versions.

    With `same`, not the version is looked at, but whether this column says the same of it there, where both fill it.
    """

    policy: Key
    of: Given
    version: Given
    on: Given
    same: Given | None = None

    def columns(self) -> list[str]:
        return [self.of, self.version, self.on, *([self.same] if self.same else ())]

    def holds(self, row: Row, around: Around) -> bool:
        """Raises `NotYet`."""
        if not self.same:
            return row.get(self.version) == self.expected(row, around)
        theirs = self._others(row, around)
        ours = row.get(self.same, "")
        return not ours or not theirs or ours in theirs

    def _others(self, row: Row, around: Around) -> set[Value]:
        """What the other register says of the version of this row."""
        if self.policy not in around.others:
            raise NotYet(self.policy)
        named = (word(row, self.of), word(row, self.version))
        return {
            found
            for one in around.others[self.policy]
            if (word(one, "role"), word(one, "version")) == named and (found := one.get(self.same or "", ""))
        }

    def expected(self, row: Row, around: Around) -> str:
        """That version; empty if none was. Raises `NotYet`."""
        if self.policy not in around.others:
            raise NotYet(self.policy)
        day = day_of(row.get(self.on))
        return in_force(around.others[self.policy], str(row.get(self.of, "")), day) if day else ""


class Must(Worded):
    """What a row must hold to: exactly one of these."""

    filled: Given | None = None
    condition: If | None = Field(default=None, alias="is")
    differs: Annotated[list[Given], Field(min_length=2, max_length=2)] | None = None
    within: Within | None = None
    not_after: Annotated[list[Given], Field(min_length=2, max_length=2)] | None = None
    done_within: DoneWithin | None = None
    done_by: DoneBy | None = None
    equal: Annotated[list[Given], Field(min_length=2, max_length=2)] | None = None
    in_force: InForce | None = None

    def columns(self) -> list[str]:
        """The columns that it speaks of."""
        named = [self.filled] if self.filled else []
        named += self.condition.columns() if self.condition else []
        named += [*(self.differs or ()), *(self.not_after or ()), *(self.equal or ())]
        named += self.done_by.columns() if self.done_by else []
        named += self.in_force.columns() if self.in_force else []
        named += [self.within.column] if self.within else []
        return named + ([self.done_within.column, self.done_within.since] if self.done_within else [])

    def holds(self, row: Row, around: Around) -> bool:
        """An empty or unreadable date is told of its column, not here. Raises `NotYet`."""
        if self.condition:
            return self.condition.holds(row, around.as_of)
        if self.in_force:
            return self.in_force.holds(row, around)
        return self._of_two(row) and self._in_time(row, around.as_of)

    def _of_two(self, row: Row) -> bool:
        if self.filled:
            return bool(row.get(self.filled))
        if self.differs:
            first, second = (row.get(column) for column in self.differs)
            return not first or first != second
        if self.equal:
            first, second = (row.get(column) for column in self.equal)
            return first == second
        return self.not_after is None or not later(*(row.get(column, "") for column in self.not_after))

    def _in_time(self, row: Row, as_of: date) -> bool:
        if self.within:
            day = day_of(row.get(self.within.column))
            return day is None or day >= months_before(as_of, self.within.months)
        if self.done_within:
            return self.done_within.holds(row, as_of)
        return self.done_by is None or self.done_by.holds(row, as_of)


class RowRule(Worded):
    """A rule for each row, and what is said when it does not hold."""

    name: Key
    when: If | None = Field(default=None, alias="if")
    must: Must
    says: Both  # {deadline} in it is the last day of a `done_by`
    basis: Both | None = None  # the law, agreement or policy that it comes from
    remark: Flag = False

    def columns(self) -> list[str]:
        """The columns that it speaks of."""
        return [*self.must.columns(), *(self.when.columns() if self.when else ())]


class Population(Shape):
    """What is counted (`rows`, the different values of a column, or the sum of one), and how it compares."""

    counts: Given = "rows"
    sums: Given | None = None
    compares: Annotated[str, one_of(("equal", "at-least"))] = Field(alias="is")


class Ends(Worded):
    """Dates that make the register out of date by themselves."""

    column: Given
    when: If | None = Field(default=None, alias="if")


class Rules(PolicyFile):
    """A register's policy."""

    judges: Literal["register"]
    key: list[Given]
    per: Given | None = None
    population: Population
    columns: list[Column]
    rules: list[RowRule]
    ends: list[Ends] = Field(default_factory=list)
    only: If | None = None  # which rows the policy is about; others are left out
    newest: Newest | None = None
    complete: list[Complete] = Field(default_factory=list)
    moments: list[Given] = Field(default_factory=list)  # the columns that tell when a row happened
    fresh: Whole | None = None  # of a state on a day: how many days its newest moment may lie before that
    nil: Flag = False  # whether no rows at all can be the whole truth
    about: Both | None = None

    @property
    def is_log(self) -> bool:
        """Whether it lists what happened in a period, and not how things stand on a day."""
        return bool(self.moments) and self.fresh is None

    def days(self, row: Row) -> list[date]:
        """The days on which a row happened, in the organisation's time zone, by the columns that tell it."""
        return [day for name in self.moments if (day := organisation_day(row.get(name)))]

    @property
    def tells_times(self) -> bool:
        """Whether its rows name systems and carry moments to the second; on one day two systems can be alike."""
        return bool(self.per) and any(
            column.type == "datetime" for column in self.columns if column.key in self.moments
        )

    def others(self) -> set[str]:
        """The policies of the registers that this one is compared with."""
        whole = {one.join.policy for one in self.complete if one.join}
        whole |= {one.renewed.policy for one in self.complete if one.renewed}
        whole |= {one.same.policy for one in self.complete if one.same}
        whole |= {one.near.policy for one in self.complete if one.near}
        return whole | {rule.must.in_force.policy for rule in self.rules if rule.must.in_force}

    def check(self, source: Source[Any]) -> None:
        """Every column that is named exists; no two columns share a name; a rule says one thing."""
        known = {column.key for column in self.columns}
        counted = [one for one in (self.population.counts, self.population.sums) if one and one != "rows"]
        named = [*self.key, *([self.per] if self.per else ()), *counted, *(one.column for one in self.ends)]
        named += [*self.newest.of, self.newest.by] if self.newest else []
        named += self.moments
        for name in [*named, *(column for one in self.complete for column in one.columns())]:
            if name not in known:
                raise source.wrong(text("{column} is no column of this register.", column=name), "columns")
        if self.fresh is not None and not self.moments:
            raise source.wrong(text("fresh needs the columns that tell when a row happened: moments."), "fresh")
        self._check_names(source)
        for index, rule in enumerate(self.rules):
            for name in rule.columns():
                if name not in known:
                    raise source.wrong(
                        text("{column} is no column of this register.", column=name), "rules", index, "must"
                    )
            if len(rule.must.model_fields_set) != 1:
                raise source.wrong(text("expected exactly one thing that must hold."), "rules", index, "must")

    def _check_names(self, source: Source[Any]) -> None:
        taken: dict[str, str] = {}
        for index, column in enumerate(self.columns):
            if column.type == "enum" and not column.values:
                raise source.wrong(text("an enum needs its values."), "columns", index, "type")
            for name in {plain(one) for one in (column.key, *column.nl, *column.en)}:
                if taken.setdefault(name, column.key) != column.key:
                    raise source.wrong(
                        text(
                            "{name} names two columns: {one} and {other}.", name=name, one=taken[name], other=column.key
                        ),
                        "columns",
                        index,
                    )
