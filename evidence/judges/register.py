"""Registers, row by row as they stream by: each row by its policy's rules, the whole by the population."""

import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from evidence.formats.csv_register import EXTRA
from evidence.formats.values import Result, Run
from evidence.judge import FAIL, NONE, PASS, DoesNotFit, JudgeContext, Verdict
from evidence.judges.register_cells import Misread, personal, read, words
from evidence.judges.register_rules import Column, Rules, Value, plain
from evidence.judges.shapes import said
from locales import Text, plural, text

__all__ = ["RegisterJudge", "Rules"]

_PERSONAL = re.compile(
    r"\b(bsn|burgerservicenummer|geboortedatum|birth date|date of birth|naam|voornaam|achternaam|name|e ?mail"
    r"|e ?mailadres|telefoon|phone|adres|address|iban|diagnose)\b"
)
_NO_PERSONAL_DATA = text("only references; the names stay with their owner")
_LISTED = 20


@dataclass(slots=True)
class _Part:
    """What was seen for one system, or for the whole register."""

    rows: int = 0
    counted: set[str] = field(default_factory=set)
    failing: dict[str, Text] = field(default_factory=dict)
    ends: date | None = None


class RegisterJudge:
    """One register. Raises `DoesNotFit` at once when the file can't be this register."""

    def __init__(self, rules: Rules, run: Run, context: JudgeContext) -> None:
        self.reasons: list[Text] = []
        self.warnings: list[Text] = []
        self._rules = rules
        self._context = context
        self._as_of = context.as_of
        self._columns = {column.key: column for column in rules.columns}
        self._words = {column.key: words(column) for column in rules.columns}
        self._keys = _named(rules, json.loads(run.facts.get("columns", "[]")), self.warnings)
        if context.population is None and not _populations(context) and not context.preview:
            raise DoesNotFit(
                text("A register can't prove itself complete: say how many the source system counts, and on which day.")
            )
        self._parts: dict[str, _Part] = defaultdict(_Part)
        self._seen: dict[tuple[str, ...], int] = {}
        self._looks: Counter[tuple[str, str]] = Counter()

    # one row

    def see(self, result: Result, /) -> str:
        """`pass` or `fail`; a row without anything in it is no row."""
        self.reasons = []
        cells = {self._keys[name]: cell for name, cell in result.properties if name in self._keys}
        extra = any(name == EXTRA for name, _ in result.properties)
        if not extra and not any(cell.strip() for cell in cells.values()):
            return ""
        reasons: dict[str, Text] = {}
        row = self._read(cells, reasons)
        if extra:
            reasons["columns"] = text("more cells than there are columns; a delimiter inside a value needs quotes")
        self._rules_on(row, reasons)
        part = self._parts[str(row.get(self._rules.per, "")) if self._rules.per else ""]
        self._count(part, row, result.position, reasons)
        name = self._row_name(row, result.position)
        for rule, reason in reasons.items():
            part.failing.setdefault(f"{name}: {rule}", reason)
        self.reasons = [*reasons.values(), *self.reasons]
        return FAIL if reasons else PASS

    def _read(self, cells: dict[str, str], reasons: dict[str, Text]) -> dict[str, Value]:
        row: dict[str, Value] = {}
        for key, column in self._columns.items():
            cell = cells.get(key, "")
            if looks := personal(cell):
                self._looks[(key, looks)] += 1
            try:
                row[key] = read(column, self._words[key], cell)
            except Misread as problem:
                row[key] = ""
                reasons[key] = problem.message
        self._complete(row, reasons, conditional=False)
        self._complete(row, reasons, conditional=True)
        return row

    def _complete(self, row: dict[str, Value], reasons: dict[str, Text], *, conditional: bool) -> None:
        """What is always required first: a condition on a column that is wrong itself asks nothing."""
        for key, column in self._columns.items():
            required = column.required
            if key in reasons or isinstance(required, bool) == conditional:
                continue
            if not isinstance(required, bool) and any(name in reasons for name in required.columns()):
                continue
            if reason := self._incomplete(column, row):
                reasons[key] = reason

    def _incomplete(self, column: Column, row: dict[str, Value]) -> Text | None:
        value = row[column.key]
        required = column.required
        if not value and (required if isinstance(required, bool) else required.holds(row, self._as_of)):
            return text("{column} is empty", column=said(column.label))
        if column.happened and isinstance(value, date) and value > self._as_of:
            return text(
                "{column}: {day} lies after the day that the register represents", column=said(column.label), day=value
            )
        return None

    def _rules_on(self, row: dict[str, Value], reasons: dict[str, Text]) -> None:
        for rule in self._rules.rules:
            if any(column in reasons for column in rule.columns()):
                continue  # that is told already
            if rule.when is not None and not rule.when.holds(row, self._as_of):
                continue
            if rule.must.holds(row, self._as_of):
                continue
            if rule.remark:
                self.reasons.append(said(rule.says))
            else:
                reasons[rule.name] = said(rule.says)

    def _count(self, part: _Part, row: dict[str, Value], position: int, reasons: dict[str, Text]) -> None:
        part.rows += 1
        if self._rules.population.counts != "rows":
            part.counted.add(str(row.get(self._rules.population.counts, "")).casefold())
        key = tuple(str(row.get(name, "")).casefold() for name in self._rules.key)
        first = self._seen.setdefault(key, position)
        if first != position:
            reasons["double"] = text("the same stands in row {row} already", row=str(first))
        for one in self._rules.ends:
            day = row.get(one.column)
            if isinstance(day, date) and day > self._as_of and (one.when is None or one.when.holds(row, self._as_of)):
                part.ends = min(day - timedelta(days=1), part.ends or date.max)

    def _row_name(self, row: dict[str, Value], position: int) -> str:
        values = [str(row.get(name, "")) for name in self._rules.key]
        return "/".join(values)[:200] if all(values) else f"row {position}"

    # the whole register

    def verdicts(self) -> dict[str, Verdict]:
        self._tell_looks()
        if not self._rules.per:
            return {"": self._verdict("", self._parts[""])}
        names = {name.casefold(): name for name in (*self._parts, *self._context.systems) if name}
        parts: dict[str, _Part] = {names[name.casefold()]: part for name, part in self._parts.items() if name}
        self._tell_others(parts)
        nameless = self._parts.get("", _Part())
        verdicts = {}
        for name in names.values():
            part = parts.get(name, _Part())
            part.failing |= nameless.failing
            verdicts[name] = self._verdict(name, part)
        return verdicts or {"": self._verdict("", nameless)}

    def _verdict(self, name: str, part: _Part) -> Verdict:
        failing = list(part.failing.items())
        if not part.rows:
            failing.insert(0, ("empty", text("the register has no rows here")))
        if reason := self._population(name, part):
            failing.insert(0, ("population", reason))
        if failing:
            return Verdict(FAIL, plural("One check failed.", "{n} checks failed.", len(failing)), failing, part.ends)
        if self._context.population is None and not _populations(self._context):
            return Verdict(NONE, text("Without the number that the source system counts there is no verdict yet."))
        return Verdict(
            PASS, plural("The one row holds.", "All {n} rows hold, and none is missing.", part.rows), [], part.ends
        )

    def _population(self, name: str, part: _Part) -> Text | None:
        expected = _populations(self._context).get(name.casefold(), self._context.population)
        if expected is None:
            return None
        counted = self._counted(name, part)
        equal = self._rules.population.compares == "equal"
        if counted == expected or (not equal and counted > expected):
            return None
        return text("the source system counts {expected}, the register {counted}", expected=expected, counted=counted)

    def _counted(self, name: str, part: _Part) -> int:
        """The system's own, unless one number was given for several systems together."""
        together = self._rules.per and len(self._context.systems) != 1
        parts = [part]
        if together and name.casefold() not in _populations(self._context):
            parts = list(self._parts.values())
        if self._rules.population.counts == "rows":
            return sum(one.rows for one in parts)
        return len(set().union(*(one.counted for one in parts)))

    # what a reviewer should look at

    def _tell_looks(self) -> None:
        for (key, looks), count in sorted(self._looks.items()):
            self.warnings.append(
                plural(
                    "{column}: one value looks like {what}; expected {expected}.",
                    "{column}: {n} values look like {what}; expected {expected}.",
                    count,
                    column=said(self._columns[key].label),
                    what=looks,
                    expected=_NO_PERSONAL_DATA,
                )
            )

    def _tell_others(self, parts: dict[str, _Part]) -> None:
        asked = {name.casefold() for name in self._context.systems}
        others = sorted(name for name in parts if asked and name.casefold() not in asked)
        if others:
            self.warnings.append(text("The register also has rows of {systems}.", systems=", ".join(others[:_LISTED])))


def _populations(context: JudgeContext) -> dict[str, int]:
    given = (
        (name.partition(":")[2].casefold(), number)
        for name, number in context.options.items()
        if name.startswith("population:")
    )
    return {system: int(number) for system, number in given if number.isdigit()}


def _named(rules: Rules, headers: list[str], warnings: list[Text]) -> dict[str, str]:
    """Header → the column's key. Raises `DoesNotFit`."""
    known = {plain(name): column.key for column in rules.columns for name in (column.key, *column.nl, *column.en)}
    found: dict[str, str] = {}
    for header in headers:
        key = known.get(plain(header))
        if key is None:
            _unknown(header, warnings)
        elif key in found.values():
            raise DoesNotFit(text("Two columns are {column}; expected one.", column=key))
        else:
            found[header] = key
    missing = [column for column in rules.columns if column.required is not False and column.key not in found.values()]
    if missing:
        names = ", ".join(f"{one.key} ({one.nl[0]}, {one.en[0]})" for one in missing)
        raise DoesNotFit(text("This register lacks the columns {names}.", names=names))
    return found


def _unknown(header: str, warnings: list[Text]) -> None:
    if _PERSONAL.search(plain(header)):
        raise DoesNotFit(
            text(
                "The column {column} holds personal data, which is not taken in as evidence; expected {expected}.",
                column=header,
                expected=_NO_PERSONAL_DATA,
            )
        )
    if header:
        warnings.append(text("The column {column} is not known and is left out.", column=header))
