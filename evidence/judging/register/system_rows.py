"""The state of judging a register, for one system or as a whole."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from controls.files.yaml_source import Both
from evidence.judging.policy_file import in_both_languages
from evidence.judging.register.conditions.condition import WholeCheck, group
from evidence.judging.register.conditions.value_tests import day_before, day_of
from evidence.judging.register.rules import Rules
from evidence.judging.values import Row
from locales import Text, text

_NAMED = 6  # in a message


@dataclass(slots=True)
class SystemRows:
    """Counts, failures and checks of the rows of one system.

    `failing`: the reason of each failure, by row and rule; `points`: the points to review, likewise; `waiting`: other
    registers that are needed and were not accepted yet.
    """

    checks: Sequence[WholeCheck]
    rows: int = 0
    sum: int = 0
    counted: set[str] = field(default_factory=set)
    failing: dict[str, Text] = field(default_factory=dict)
    points: dict[str, Text] = field(default_factory=dict)
    waiting: set[str] = field(default_factory=set)
    limits: dict[str, date] = field(default_factory=dict)  # the last day of validity, by kind of row
    newest: dict[str, tuple[date, list[str]]] = field(default_factory=dict)

    def is_history(self, rules: Rules, row: Row) -> bool:
        """Whether a newer row of the same kind was added; a newer row removes the failures of older ones."""
        if rules.newest is None:
            return False
        name, day = group(row, rules.newest.of).casefold(), day_of(row.get(rules.newest.by)) or date.min
        before = self.newest.get(name)
        if before is not None and before[0] > day:
            return True
        if before is None or before[0] < day:
            for key in before[1] if before else ():
                self.failing.pop(key, None)
                self.points.pop(key, None)
            self.limits.pop(name, None)
            self.newest[name] = (day, [])
        return False

    def fail(self, rules: Rules, row: Row, key: str, reason: Text) -> None:
        self._add(self.failing, rules, row, key, reason)

    def point_at(self, rules: Rules, row: Row, key: str, reason: Text) -> None:
        self._add(self.points, rules, row, key, reason)

    def _add(self, reasons: dict[str, Text], rules: Rules, row: Row, key: str, reason: Text) -> None:
        reasons.setdefault(key, reason)
        if rules.newest is not None:
            self.newest[group(row, rules.newest.of).casefold()][1].append(key)

    def points_by_rule(self) -> Iterator[Text]:
        """Yield the points to review, each with the names of its first rows."""
        rows: dict[str, list[str]] = defaultdict(list)
        first: dict[str, Text] = {}
        for key, says in self.points.items():
            name, _, rule = key.rpartition(": ")
            rows[rule].append(name)
            first.setdefault(rule, says)
        yield from (text("{says}: {what}", says=first[rule], what=listed(names)) for rule, names in rows.items())

    def count(self, rules: Rules, row: Row, as_of: date, *, passed: bool) -> None:
        """Count a row."""
        self.rows += 1
        if rules.population.sums:
            number = str(row.get(rules.population.sums, ""))
            self.sum += int(number) if number.isdigit() else 0
        elif rules.population.counts != "rows":
            self.counted.add(str(row.get(rules.population.counts, "")).casefold())
        for check in self.checks:
            check.add_row(row, passed=passed, as_of=as_of)

    @property
    def ends(self) -> date | None:
        """The last day of validity of these rows."""
        return min(self.limits.values(), default=None)

    def end(self, rules: Rules, row: Row, as_of: date) -> None:
        """Limit the validity by a row: before its future dates, and while its open terms and maximum ages last."""
        kind = group(row, rules.newest.of).casefold() if rules.newest else ""
        for end in rules.ends:
            day = day_of(row.get(end.column))
            if day is not None and (end.when is None or end.when.holds(row, as_of)):
                self._until(kind, day if end.through else day_before(day), as_of)
        for rule in rules.rules:
            if rule.fails and (rule.when is None or rule.when.holds(row, as_of)):
                self._until(kind, rule.must.condition.last_day(row, as_of), as_of)

    def _until(self, kind: str, last: date | None, as_of: date) -> None:
        if last is not None and last >= as_of:
            self.limits[kind] = min(last, self.limits.get(kind, date.max))

    def number(self, rules: Rules) -> int:
        """The number that the population is compared with."""
        if rules.population.sums:
            return self.sum
        return self.rows if rules.population.counts == "rows" else len(self.counted)


def lacks(says: Both, missing: Sequence[str]) -> Text:
    """The message for a condition that a whole register does not meet, with what is missing."""
    what = listed(missing)
    return text("{says}: {what}", says=in_both_languages(says), what=what) if what else in_both_languages(says)


def listed(names: Sequence[str]) -> str:
    """The first names, with dots where there are more."""
    return ", ".join(names[:_NAMED]) + (" ..." if len(names) > _NAMED else "")
