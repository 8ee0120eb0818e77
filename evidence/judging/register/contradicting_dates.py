"""Rows whose dates contradict each other: something done before what it can only follow on."""

from collections.abc import Mapping
from datetime import date, datetime

from evidence.judging.policy_file import in_both_languages
from evidence.judging.register.conditions.condition import RowCondition
from evidence.judging.register.rules import Column, Rules
from evidence.judging.values import Row, Value
from locales import Text, text


class DateOrder:
    """The order of dates that the rules of a register imply: a row that contradicts it fails, whatever their level."""

    def __init__(self, rules: Rules, columns: Mapping[str, Column], as_of: date) -> None:
        self._columns = columns
        self._as_of = as_of
        plain = RowCondition.out_of_order
        self._rules = [rule for rule in rules.rules if type(rule.must.condition).out_of_order is not plain]

    def add_reasons(self, row: Row, reasons: dict[str, Text]) -> None:
        """Add a reason for each column whose date lies before one that it follows on."""
        for rule in self._rules:
            if rule.when is not None and not rule.when.holds(row, self._as_of):
                continue
            for column, since in rule.must.condition.out_of_order(row, self._as_of):
                reasons.setdefault(column, self._contradiction(row, column, since))

    def _contradiction(self, row: Row, column: str, since: str) -> Text:
        return text(
            "{column} ({day}) lies before {since} ({first}); these two dates contradict each other",
            column=in_both_languages(self._columns[column].label),
            day=_said(row[column]),
            since=in_both_languages(self._columns[since].label),
            first=_said(row[since]),
        )


def _said(value: Value) -> str:
    return value.isoformat(" ", "seconds") if isinstance(value, datetime) else str(value)
