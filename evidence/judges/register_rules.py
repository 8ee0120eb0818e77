"""The shape of a register's policy: columns, rules for a row, population. access-review.yaml tells the vocabulary."""

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field

from controls.yaml_source import Both, Flag, Given, Key, Shape, Source, Unexpected, Whole, one_of
from evidence.judges.shapes import PolicyFile
from locales import text

Value = str | date
FILLED, EMPTY, PAST = "filled", "empty", "past"
_BLANKS = re.compile(r"[\s_/-]+")
_COLUMN = r"[a-z0-9_]+"


def plain(name: str) -> str:
    """A header as it compares: without case, accents, and differences of blanks, `_`, `-` and `/`."""
    letters = unicodedata.normalize("NFKD", name.strip().casefold())
    return _BLANKS.sub(" ", "".join(sign for sign in letters if not unicodedata.combining(sign))).strip()


@dataclass(frozen=True, slots=True)
class Condition:
    """What some columns of a row must be; all of them."""

    parts: tuple[tuple[str, frozenset[str], bool], ...]  # column, words, whether none of them

    def columns(self) -> list[str]:
        return [column for column, _, _ in self.parts]

    def holds(self, row: dict[str, Value], as_of: date) -> bool:
        return all(_is(row.get(column, ""), words, as_of) is not none for column, words, none in self.parts)


def _is(value: Value, words: frozenset[str], as_of: date) -> bool:
    if isinstance(value, date):
        return FILLED in words or (PAST in words and value <= as_of)
    return value in words or (FILLED in words if value else EMPTY in words)


def _condition(value: Any) -> Condition:
    if not isinstance(value, dict) or not value:
        raise Unexpected(text("expected columns with words, such as {example}.", example="decision: keep"))
    return Condition(tuple(_part(column, words) for column, words in value.items()))


def _part(column: str, words: Any) -> tuple[str, frozenset[str], bool]:
    none = isinstance(words, dict) and set(words) == {"not"}
    if none:
        words = words["not"]
    listed = words if isinstance(words, list) else [words]
    if not all(isinstance(word, str) and word for word in listed):
        raise Unexpected(text("{column}: expected a word, a list of words, or not with a list.", column=column))
    return column, frozenset(listed), none


def _required(value: Any) -> Condition | bool:
    return value == "yes" if value in ("yes", "no") else _condition(value)


If = Annotated[Condition, BeforeValidator(_condition)]


class Worded(Shape):
    """A shape with conditions in it."""

    model_config = ConfigDict(arbitrary_types_allowed=True)


class Column(Worded):
    """One column: what it may be called, and what stands in it."""

    key: Given
    nl: list[Given]
    en: list[Given]
    type: Annotated[str, one_of(("ref", "text", "date", "bool", "enum", "list", "country"))]
    values: dict[Given, list[Given]] = Field(default_factory=dict)
    required: Annotated[Condition | bool, BeforeValidator(_required)]
    happened: Flag = False

    @property
    def label(self) -> Both:
        return Both(nl=self.nl[0], en=self.en[0])


class Within(Shape):
    """Not longer ago than so many months."""

    column: Given
    months: Whole


class DoneWithin(Shape):
    """Done at most so many days after another date, or still in time."""

    column: Given
    since: Given = Field(alias="from")
    days: Whole


class Must(Worded):
    """What a row must hold to: exactly one of these."""

    filled: Given | None = None
    condition: If | None = Field(default=None, alias="is")
    differs: Annotated[list[Given], Field(min_length=2, max_length=2)] | None = None
    within: Within | None = None
    not_after: Annotated[list[Given], Field(min_length=2, max_length=2)] | None = None
    done_within: DoneWithin | None = None

    def columns(self) -> list[str]:
        """The columns that it speaks of."""
        named = [self.filled] if self.filled else []
        named += self.condition.columns() if self.condition else []
        named += [*(self.differs or ()), *(self.not_after or ())]
        named += [self.within.column] if self.within else []
        return named + ([self.done_within.column, self.done_within.since] if self.done_within else [])

    def holds(self, row: dict[str, Value], as_of: date) -> bool:
        """An empty or unreadable date is told of its column, not here."""
        if self.filled:
            return bool(row.get(self.filled))
        if self.condition:
            return self.condition.holds(row, as_of)
        if self.differs:
            first, second = (row.get(column) for column in self.differs)
            return not first or first != second
        if self.not_after:
            early, late = (row.get(column) for column in self.not_after)
            return not (isinstance(early, date) and isinstance(late, date)) or early <= late
        return self._in_time(row, as_of)

    def _in_time(self, row: dict[str, Value], as_of: date) -> bool:
        if self.within:
            day = row.get(self.within.column)
            return not isinstance(day, date) or day >= months_before(as_of, self.within.months)
        if self.done_within:
            since, done = row.get(self.done_within.since), row.get(self.done_within.column)
            latest = since + timedelta(days=self.done_within.days) if isinstance(since, date) else date.max
            return (done if isinstance(done, date) else as_of) <= latest
        return True


class RowRule(Worded):
    """A rule for each row, and what is said when it does not hold."""

    name: Key
    when: If | None = Field(default=None, alias="if")
    must: Must
    says: Both
    remark: Flag = False

    def columns(self) -> list[str]:
        """The columns that it speaks of."""
        return [*self.must.columns(), *(self.when.columns() if self.when else ())]


class Population(Shape):
    """What is counted, and how it compares with what the source system counts."""

    counts: Given
    compares: Annotated[str, one_of(("equal", "at-least"))] = Field(alias="is")


class Ends(Worded):
    """Dates that make the register out of date by themselves."""

    column: Given
    when: If | None = Field(default=None, alias="if")


class Rules(PolicyFile):
    """A register's policy."""

    key: list[Given]
    per: Given | None = None
    population: Population
    columns: list[Column]
    rules: list[RowRule]
    ends: list[Ends] = Field(default_factory=list)

    def check(self, source: Source[Any]) -> None:
        """Every column that is named exists; no two columns share a name; a rule says one thing."""
        known = {column.key for column in self.columns}
        counted = () if self.population.counts == "rows" else (self.population.counts,)
        for name in (*self.key, *([self.per] if self.per else ()), *counted, *(one.column for one in self.ends)):
            if name not in known:
                raise source.wrong(text("{column} is no column of this register.", column=name), "columns")
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


def months_before(day: date, months: int) -> date:
    """The same day so many months before, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
