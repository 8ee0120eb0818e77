"""Judge a register row by row as it is read: each row by the rules, the whole by conditions and the population."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from functools import reduce
from itertools import islice

from controls.files.yaml_source import Both
from evidence.formats.tables.csv_register import EXTRA
from evidence.formats.tables.row_marks import is_note, is_total
from evidence.formats.values import Result, Run
from evidence.judging.example_row import is_example
from evidence.judging.heading_names import shown_heading
from evidence.judging.personal_data.headings_and_values import looks_personal, personal
from evidence.judging.policy_file import in_both_languages
from evidence.judging.register.cells import Misread
from evidence.judging.register.conditions.condition import NotComparable, NotYet, RegisterContext, WholeCheck
from evidence.judging.register.conditions.table_conditions import Complete
from evidence.judging.register.conditions.value_tests import day_of
from evidence.judging.register.contradicting_dates import DateOrder
from evidence.judging.register.headers import read_header, table_of, values_look_personal
from evidence.judging.register.later_rows import LaterRows
from evidence.judging.register.repeated_rows import SeenRows
from evidence.judging.register.row_positions import MarkedRows, name_of, placed, totals_left_out
from evidence.judging.register.rules import Column, RowRule, Rules
from evidence.judging.register.system_rows import SystemRows, lacks
from evidence.judging.register.template import own_reference
from evidence.judging.register.unread_dates import UnreadDates, joined, not_filled
from evidence.judging.register.zoned_moments import OneZoneReader
from evidence.judging.values import FAIL, NONE, PASS, DoesNotFit, Judge, JudgeContext, Row, Verdict
from locales import Text, plural, text
from models.calendar import Span
from models.vocabulary import Comparison

_TOLD = frozenset(("date", "datetime", "month", "enum", "bool", "int", "country"))  # types whose values messages quote
_LONGEST_TOLD, _CELLS, _LISTED = 40, 3, 20  # characters of such a value; columns that are quoted; rows that are listed


class RegisterJudge(Judge):
    """Judges one register. Raises `DoesNotFit` at once when the file can't be this register."""

    def __init__(self, rules: Rules, run: Run, context: JudgeContext) -> None:
        super().__init__()
        self._rules = rules
        self._context = context
        self._own_reference = own_reference(rules)
        self._as_of = context.as_of
        self._around = RegisterContext(context.as_of, context.in_scope, context.others)
        self._header = read_header(rules, run, self.warnings, context.mapping)
        self._columns = self._header.called(rules)
        self._cells = {
            key: OneZoneReader(column, context.mapping, context.calendar) for key, column in self._columns.items()
        }
        self._spoken_of = {rule.name: rule.columns() for rule in rules.rules}
        self._populations = {system.casefold(): number for system, number in context.populations.items()}
        self._all_counted()
        self._names = {name.casefold(): name for name in context.systems}
        self._parts: dict[str, SystemRows] = defaultdict(self._part)  # by the system's name in small letters
        self._numbers = {
            rule.name: check for rule in rules.complete if (check := rule.condition.whole_check()) is not None
        }
        self._seen, self._later = SeenRows(rules), LaterRows(rules, context.until)
        self._order = DateOrder(rules, self._columns, context.as_of)
        self._happened = set[date]()  # the first and last moment day of the rows so far
        self._looks: Counter[tuple[str, str]] = Counter()
        self._headed = {*self._header.keys.values(), *context.mapping.provided()}
        self._unread = UnreadDates(rules, self._header, context.mapping, context.calendar)
        self._marked, self._has_marks = MarkedRows(), table_of(run).has_marks

    def _all_counted(self) -> None:
        """Refuse a register without a population, of all systems together or of each. Raises `DoesNotFit`."""
        if self._context.population is not None:
            return
        if not self._populations or not self._rules.per:
            raise DoesNotFit(
                text("A register can't prove itself complete: say how many the source system counts, and on which day.")
            )
        if missing := sorted(system for system in self._context.systems if system.casefold() not in self._populations):
            raise DoesNotFit(
                text(
                    "The number that the source system counts is missing for {systems}; "
                    "enter how many it counts for each system.",
                    systems=", ".join(missing),
                )
            )

    # one row

    def add_result(self, result: Result, /) -> str:
        """`pass` or `fail`; empty for an empty row. A row of a wide table has the worst level of its cells."""
        self.reasons = []
        if is_total(result):
            self.warnings.append(totals_left_out(result))
            return ""
        if is_note(result) or self._header.leaves_out(result):
            self._marked.add_left_out(result)
            return ""
        self._unread.add_row(result)
        rows = self._header.rows(result)
        if rows:
            self._marked.add_row(result)
        levels = [self._add_row(result, cells) for cells in rows]
        return next((level for level in (FAIL, "", PASS) if level in levels), "")

    def _add_row(self, result: Result, cells: dict[str, str]) -> str:
        extra = any(name == EXTRA for name, _ in result.properties)
        if not extra and not any(cell.strip() for cell in cells.values()):
            return ""
        if is_example(cells.get(self._own_reference, "")):
            raise DoesNotFit(text("The example row of the template is still in it; replace it by your own rows."))
        reasons: dict[str, Text] = {}
        row = self._read(cells, reasons)
        if not self._is_about(row, reasons):
            return ""
        self._look(result)
        if extra:
            reasons["columns"] = text("more cells than there are columns; a delimiter inside a value needs quotes")
        self._took_place(row)
        part = self._part_of(row)
        self._later.add_row(row, result)
        if repeated := self._seen.repeated(row, result):
            reasons["double"] = repeated
        if part.is_history(self._rules, row) and "double" not in reasons:
            return ""
        points: dict[str, Text] = {}
        waits = self._rules_on(part, row, reasons, points)
        part.count(self._rules, row, self._as_of, passed=not reasons)
        for check in self._numbers.values():
            check.add_row(row, passed=not reasons, as_of=self._as_of)
        part.end(self._rules, row, self._as_of)
        name = self._row_name(row, result)
        for rule, reason in reasons.items():
            part.fail(self._rules, row, f"{name}: {rule}", self._placed(rule, reason, result, cells))
        for rule, reason in points.items():
            part.point_at(self._rules, row, f"{name}: {rule}", self._placed(rule, reason, result, cells))
        self.reasons = [*reasons.values(), *points.values(), *self.reasons]
        return FAIL if reasons else "" if waits else PASS

    def _placed(self, rule: str, reason: Text, result: Result, cells: dict[str, str]) -> Text:
        """A reason with the row of the file, and the cells of the columns that it uses."""
        quoted = [
            text('"{heading}" {value}', heading=shown_heading(self._header.headings[key]), value=value)
            for key in self._spoken_of.get(rule, [rule])
            if key in self._header.headings and (value := self._told(key, cells.get(key, "").strip()))
        ]
        return placed(reason, result, reduce(joined, quoted[:_CELLS]) if quoted else None)

    def _told(self, key: str, value: str) -> str:
        """The value that a message quotes of a cell; empty for long values and types that may hold personal data."""
        is_short = len(value) <= _LONGEST_TOLD and value.isprintable()
        return value if is_short and self._columns[key].type in _TOLD and not looks_personal(value) else ""

    def _is_about(self, row: Row, reasons: dict[str, Text]) -> bool:
        """Whether the policy is about this row; a row where that can't be read is judged."""
        only = self._rules.only
        return only is None or any(name in reasons for name in only.columns()) or only.holds(row, self._as_of)

    def _look(self, result: Result) -> None:
        """Count personal data in columns that are left out and have a name like personal data."""
        for name, cell in result.properties if self._header.sounding else ():
            if name in self._header.sounding and (looks := personal(cell)):
                self._looks[(name, looks)] += 1

    def _took_place(self, row: Row) -> None:
        """Extend the period of the register by the days in the moment columns of a row."""
        days = {*self._rules.days(row, self._context.calendar), *self._happened}
        self._happened = {min(days), max(days)} if days else days

    @property
    def may_point(self) -> bool:
        """Whether it may give points to review."""
        return self._rules.has_points_to_review or self._unread.watches or self._has_marks

    @property
    def can_be_quiet(self) -> bool:
        return self._rules.nil or not self._rules.is_log

    @property
    def moments(self) -> Span | None:
        """The first and the last day in the moment columns; None without any."""
        return (min(self._happened), max(self._happened)) if self._happened else None

    def _part_of(self, row: Row) -> SystemRows:
        """The rows of its system, without regard to case."""
        name = str(row.get(self._rules.per, "")) if self._rules.per else ""
        self._names.setdefault(name.casefold(), name)
        return self._parts[name.casefold()]

    def _part(self) -> SystemRows:
        return SystemRows([rule.new_check() for rule in self._rules.complete])

    def _read(self, cells: dict[str, str], reasons: dict[str, Text]) -> Row:
        row: Row = {}
        for key, reader in self._cells.items():
            cell = cells.get(key, "")
            if looks := personal(cell):
                self._looks[(key, looks)] += 1
            try:
                row[key] = reader.read(cell)
            except Misread as problem:
                row[key] = ""
                reasons[key] = problem.message
        row = self._rules.fill(row)
        self._complete(row, reasons, conditional=False)
        self._complete(row, reasons, conditional=True)
        return row

    def _complete(self, row: Row, reasons: dict[str, Text], *, conditional: bool) -> None:
        """Add the reasons of empty required columns; a condition on an unreadable column requires nothing."""
        for key, column in self._columns.items():
            required = column.required
            if key in reasons or isinstance(required, bool) == conditional:
                continue
            if not isinstance(required, bool) and any(name in reasons for name in required.columns()):
                continue
            if reason := self._incomplete(column, row):
                reasons[key] = reason

    def _incomplete(self, column: Column, row: Row) -> Text | None:
        value = row[column.key]
        if not value and column.is_needed(row, self._as_of):
            return not_filled(column, is_headed=column.key in self._headed)
        if column.happened and (day := day_of(value)) is not None and day > self._as_of:
            return text(
                "{column}: {day} lies after the day that the register represents",
                column=in_both_languages(column.label),
                day=day,
            )
        return None

    def _rules_on(self, part: SystemRows, row: Row, reasons: dict[str, Text], points: dict[str, Text]) -> bool:
        """Add the reasons to fail and the points to review of a row; return whether another register is awaited."""
        waits = False
        self._order.add_reasons(row, reasons)
        for rule in self._rules.rules:
            if any(column in reasons for column in rule.columns()):
                continue  # the column has a reason already
            if rule.when is not None and not rule.when.holds(row, self._as_of):
                continue
            try:
                if rule.must.condition.holds(row, self._around):
                    continue
            except NotYet as register:
                part.waiting.add(register.register)
                waits = True
                continue
            if rule.remark:
                self.reasons.append(self._says(rule, row))
            else:
                (points if rule.review else reasons)[rule.name] = self._says(rule, row)
        return waits

    def _says(self, rule: RowRule, row: Row) -> Text:
        """The message of a rule, with the expected day or version."""
        values = rule.must.condition.expected(row, self._around)
        words = {"nl": rule.says.nl, "en": rule.says.en}
        for name, value in values.items():
            words = {code: text.replace(name, value) for code, text in words.items()}
        return in_both_languages(Both(**words))

    def _row_name(self, row: Row, result: Result) -> str:
        values = [str(row.get(name, "")) for name in self._rules.key]
        return "/".join(values)[:200] if all(values) else name_of(result)

    # the whole register

    def verdicts(self) -> dict[str, Verdict]:
        self._tell_looks()
        self._point_at([*self._marked.points(), *self._later.points()])
        if not self._rules.per:
            return {"": self._verdict("", self._parts[""])}
        self._tell_others()
        nameless = self._parts.get("", self._part())
        wanted = [name.casefold() for name in self._context.systems]
        judged = wanted or [key for key in self._parts if key]
        for key in wanted or judged[:1]:  # without declared systems, the rows of all systems decide together
            self._parts[key].failing |= nameless.failing
            self._parts[key].waiting |= nameless.waiting
        return {self._names[key]: self._verdict(self._names[key], self._parts[key]) for key in judged} or {
            "": self._verdict("", nameless)
        }

    def _verdict(self, name: str, part: SystemRows) -> Verdict:
        lacking = list(self._lacking(part))
        failing = [(rule.name, what) for rule, what in lacking if not rule.review]
        failing += part.failing.items()
        if not part.rows and not self._is_nil(name):
            failing.insert(0, ("empty", self._no_rows(name)))
        if reason := self._population(name, part):
            failing.insert(0, ("population", reason))
        if not failing:
            unread = self._unread.point()
            self._point_at([*part.points_by_rule(), *(what for rule, what in lacking if rule.review)])
            self._point_at([unread] if unread else [])
        if failing:
            return Verdict(FAIL, plural("One check failed.", "{n} checks failed.", len(failing)), failing, part.ends)
        if part.waiting:
            return Verdict(
                NONE,
                text(
                    "It must agree with {registers}, of which nothing that it can be compared with was accepted yet; "
                    "once that is, this can be judged again.",
                    registers=reduce(joined, [self._context.titles.get(key, key) for key in sorted(part.waiting)]),
                ),
            )
        if not part.rows:
            return Verdict(PASS, text("There is nothing to list, and the source system counts nothing."), [], part.ends)
        return Verdict(
            PASS, plural("The one row holds.", "All {n} rows hold, and none is missing.", part.rows), [], part.ends
        )

    def _no_rows(self, name: str) -> Text:
        if not self._rules.per or not name:
            return text("the register has no rows here")
        column = in_both_languages(self._columns[self._rules.per].label)
        return text("no row has {name} under {column}", name=name, column=column)

    def _is_nil(self, name: str) -> bool:
        """Whether a register without rows passes: the policy allows it, and the source system counts none."""
        expected = self._populations.get(name.casefold(), self._context.population)
        return self._rules.nil and expected == 0

    def _lacking(self, part: SystemRows) -> Iterator[tuple[Complete, Text]]:
        """Yield the conditions that are not met with their message; none without rows, which fails by itself."""
        for rule, check in zip(self._rules.complete, part.checks if part.rows else (), strict=False):
            if rule.condition.is_optional and (absent := self._absent(rule)):
                self._point_at([absent])
                continue
            try:
                missing = list(islice(self._over(rule, check).missing(self._around), _LISTED))
            except NotYet as register:
                part.waiting.add(register.register)
                continue
            except NotComparable as register:
                self._point_at([self._not_compared(register.register)])
                continue
            if missing:
                yield rule, lacks(rule.says, missing)

    def _absent(self, rule: Complete) -> Text | None:
        """The point to review where no evidence of the compared register was accepted."""
        absent = next((key for key in rule.condition.compared_with() if not self._around.others.get(key)), None)
        if absent is None:
            return None
        title = self._context.titles.get(absent, absent)
        return text("It was not compared with {register}, of which nothing was accepted yet.", register=title)

    def _not_compared(self, register: str) -> Text:
        """The point to review where the two registers share no names."""
        return text(
            "It could not be compared with {register}: they have nothing in common. Look whether both name the same "
            "people or things in the same way.",
            register=self._context.titles.get(register, register),
        )

    def _over(self, rule: Complete, check: WholeCheck) -> WholeCheck:
        """The check of the whole file, unless numbers repeat between systems: then that of each system."""
        whole = self._numbers.get(rule.name)
        return whole if whole is not None and not whole.repeats else check

    def _population(self, name: str, part: SystemRows) -> Text | None:
        expected = self._populations.get(name.casefold(), self._context.population)
        if expected is None:
            return None
        counted = self._counted(name, part)
        equal = self._rules.population.compares == Comparison.EQUAL
        if counted == expected or (not equal and counted > expected):
            return None
        return text("the source system counts {expected}, the register {counted}", expected=expected, counted=counted)

    def _counted(self, name: str, part: SystemRows) -> int:
        """The count of the system, or of all systems if one population was declared for several."""
        together = self._rules.per and len(self._context.systems) != 1
        is_of_all = together and name.casefold() not in self._populations
        parts = list(self._parts.values()) if is_of_all else [part]
        if self._rules.population.sums or self._rules.population.counts == "rows":
            return sum(part.number(self._rules) for part in parts)
        return len(set().union(*(part.counted for part in parts)))

    # what a reviewer should look at

    def _point_at(self, points: list[Text]) -> None:
        known = {str(point) for point in self.to_review}
        self.to_review += [point for point in points if str(point) not in known]

    def _tell_looks(self) -> None:
        for (key, looks), count in sorted(self._looks.items()):
            label = in_both_languages(self._columns[key].label) if key in self._columns else key
            self.warnings.append(values_look_personal(label, looks, count))

    def _tell_others(self) -> None:
        wanted = {name.casefold() for name in self._context.systems}
        if others := sorted(self._names[key] for key in self._parts if key and wanted and key not in wanted):
            self.warnings.append(text("The register also has rows of {systems}.", systems=", ".join(others[:_LISTED])))
