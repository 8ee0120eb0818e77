"""The shape of a register's policy: columns, rules for a row, completeness; see policies/README.md."""

from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Field

from controls.files.yaml_source import Both, Flag, Given, Key, Shape, Source, Whole, one_of
from evidence.formats.tables.heading_comparison import plain
from evidence.judging.policy_file import PolicyFile
from evidence.judging.register.conditions.row_conditions import Must
from evidence.judging.register.conditions.table_conditions import Complete, Newest
from evidence.judging.register.conditions.value_tests import If, Required, ShapeWithConditions, organisation_day
from evidence.judging.register.examples import Examples
from evidence.judging.values import Row
from locales import text
from models.calendar import Calendar

_TYPES = ("ref", "text", "date", "datetime", "month", "bool", "enum", "int", "list", "country", "sha256")


class Column(ShapeWithConditions):
    """One column: its names and its values."""

    key: Given
    nl: list[Given]
    en: list[Given]
    type: Annotated[str, one_of(_TYPES)]
    values: dict[Given, list[Given]] = Field(default_factory=dict)
    required: Required
    unless: If | None = None  # of a required column: the rows that may leave it empty
    happened: Flag = False
    means: list[Given] = Field(default_factory=list)  # placeholders that are a value here: `unknown`
    no_value: list[Given] = Field(default_factory=list)  # words that say nothing here, and are read as an empty cell
    unlisted: Given | None = None  # of an enum: the value that any other word stands for
    otherwise: Given | None = None  # the column whose value it has where it is empty, or is no column of the file
    network: Flag = False  # of a firewall rule: every spelling of everywhere is `any`, of the internet `internet`

    @property
    def label(self) -> Both:
        return Both(nl=self.nl[0], en=self.en[0])

    def is_needed(self, row: Row, as_of: date) -> bool:
        """Whether this row must fill it."""
        if self.unless is not None and self.unless.holds(row, as_of):
            return False
        return self.required if isinstance(self.required, bool) else self.required.holds(row, as_of)

    def called(self, heading: str) -> "Column":
        """The column with its heading in a table as its first name, unless that is one of its names already."""
        if plain(heading) in map(plain, (self.key, *self.nl, *self.en)):
            return self
        return self.model_copy(update={"nl": [heading, *self.nl], "en": [heading, *self.en]})

    def titles(self) -> dict[str, Both]:
        """The titles of its allowed values; empty: any value of its type."""
        if self.type == "bool":
            return {"yes": Both(nl="ja", en="yes"), "no": Both(nl="nee", en="no")}
        values = self.values if self.type == "enum" else {}
        return {value: Both(nl=spellings[0] if spellings else value, en=value) for value, spellings in values.items()}


class RowRule(ShapeWithConditions):
    """A rule for each row, and its message when a row does not meet it."""

    name: Key
    when: If | None = Field(default=None, alias="if")
    must: Must
    says: Both  # {deadline} stands for the last day of a `done_by`
    basis: Both | None = None  # the law, agreement or policy that it comes from
    remark: Flag = False
    review: Flag = False  # it does not fail; someone else must look at the register

    @property
    def fails(self) -> bool:
        """Whether a row that does not meet it fails."""
        return not self.remark and not self.review

    def columns(self) -> list[str]:
        """The columns that it uses."""
        return [*self.must.condition.columns(), *(self.when.columns() if self.when else ())]


class Population(Shape):
    """What is counted (`rows`, the different values of a column, or the sum of one), and how it compares."""

    counts: Given = "rows"
    sums: Given | None = None
    compares: Annotated[str, one_of(("equal", "at-least"))] = Field(alias="is")


class Ends(ShapeWithConditions):
    """Dates that make the register out of date by themselves; with `through` the day itself still counts."""

    column: Given
    through: Flag = False
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
    examples: Examples | None = None

    @property
    def has_points_to_review(self) -> bool:
        """Whether a rule or condition of it gives points to review instead of failures."""
        points = [rule.review for rule in self.rules]
        return any([*points, *(condition.review or condition.condition.is_optional for condition in self.complete)])

    @property
    def is_log(self) -> bool:
        """Whether it lists events in a period, and not the state on a day."""
        return bool(self.moments) and self.fresh is None

    def fill(self, row: Row) -> Row:
        """The row, with each empty cell filled from the column that its policy names `otherwise`."""
        if not self._stand_ins:
            return row
        return row | {key: row[other] for key, other in self._stand_ins.items() if not row[key]}

    @cached_property
    def _stand_ins(self) -> dict[str, str]:
        return {column.key: column.otherwise for column in self.columns if column.otherwise}

    def days(self, row: Row, calendar: Calendar) -> list[date]:
        """The days in the moment columns of a row, in the organisation's time zone."""
        return [day for name in self.moments if (day := organisation_day(row.get(name), calendar))]

    @property
    def tells_times(self) -> bool:
        """Whether its rows name systems and have moments to the second; by days alone two systems can be equal."""
        return bool(self.per) and any(
            column.type == "datetime" for column in self.columns if column.key in self.moments
        )

    def needed(self) -> set[str]:
        """The columns that influence the verdict: required ones, and those that a rule uses."""
        named = {column for rule in self.rules for column in rule.columns()}
        named |= {column for condition in self.complete for column in condition.condition.columns()}
        ends = {column for end in self.ends for column in (end.column, *(end.when.columns() if end.when else ()))}
        required = {column.key for column in self.columns if column.required is not False}
        named |= set(self.only.columns()) if self.only else set()
        return named | ends | required | set(self.key) | set(self.moments)

    def compared_with(self) -> set[str]:
        """The policies of the registers that this one is compared with."""
        of_rows = [policy for rule in self.rules for policy in rule.must.condition.compared_with()]
        return {*of_rows, *(policy for rule in self.complete for policy in rule.condition.compared_with())}

    def check(self, source: Source[Any]) -> None:
        """Check that named columns exist, that no two share a name, and that each rule has one condition."""
        known = {column.key for column in self.columns}
        counted = [name for name in (self.population.counts, self.population.sums) if name and name != "rows"]
        named = [*self.key, *([self.per] if self.per else ()), *counted, *(end.column for end in self.ends)]
        named += [*self.newest.of, self.newest.by] if self.newest else []
        named += [*self.moments, *(column.otherwise for column in self.columns if column.otherwise)]
        for name in [*named, *(column for rule in self.complete for column in rule.columns())]:
            if name not in known:
                raise source.wrong(text("{column} is no column of this register.", column=name), "columns")
        if self.fresh is not None and not self.moments:
            raise source.wrong(text("fresh needs the columns that tell when a row happened: moments."), "fresh")
        self._check_names(source)
        if self.examples:
            rules = [*(rule.name for rule in self.rules), *(condition.name for condition in self.complete)]
            names = {"double", "columns", "population", *rules}
            self.examples.check(source, known, known | names)
        for index, rule in enumerate(self.rules):
            if len(rule.must.model_fields_set) != 1:
                raise source.wrong(text("expected exactly one thing that must hold."), "rules", index, "must")
            for name in rule.columns():
                if name not in known:
                    raise source.wrong(
                        text("{column} is no column of this register.", column=name), "rules", index, "must"
                    )

    def _check_names(self, source: Source[Any]) -> None:
        taken: dict[str, str] = {}
        for index, column in enumerate(self.columns):
            if column.type == "enum" and not column.values:
                raise source.wrong(text("an enum needs its values."), "columns", index, "type")
            for name in {plain(spelling) for spelling in (column.key, *column.nl, *column.en)}:
                if taken.setdefault(name, column.key) != column.key:
                    raise source.wrong(
                        text(
                            "{name} names two columns: {column} and {other}.",
                            name=name,
                            column=taken[name],
                            other=column.key,
                        ),
                        "columns",
                        index,
                    )
