"""Dates that contradict each other: something done before what it follows on, unless its policy says that is right."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator

from evidence.judging.page_parts import code
from evidence.judging.register.conditions.value_tests import Condition, condition_of, later
from evidence.judging.values import Row
from locales import Language

#: the first of two columns can only follow on the second
Pair = tuple[str, str]


def _early(value: Any) -> Condition | bool:
    return True if value == "allowed" else condition_of(value)


#: `allowed`, or the rows in which something may be done before what it follows on; False: in none
Early = Annotated[Condition | bool, BeforeValidator(_early)]


def columns_of(early: Early) -> list[str]:
    """The columns that decide whether earlier is right."""
    return early.columns() if isinstance(early, Condition) else []


def contradicting(pairs: list[Pair], early: Early, row: Row, as_of: date) -> Iterator[Pair]:
    """Yield the pairs of which the first date lies before the second, unless that is right in this row."""
    if early is True or (isinstance(early, Condition) and early.holds(row, as_of)):
        return
    yield from (pair for pair in pairs if later(row.get(pair[1], ""), row.get(pair[0], "")))


def describe(t: Language, condition: str, since: list[str], early: Early) -> str:
    """The description of a condition, with what it says of a date before those columns; of none, nothing."""
    if not since:
        return condition
    if early is True:
        return t("{condition}; earlier is right as well", condition=condition)
    if isinstance(early, Condition):
        return t(
            "{condition}; not before {since}, unless {exception}",
            condition=condition,
            since=code(*since),
            exception=early.describe(t),
        )
    return t("{condition}; not before {since}", condition=condition, since=code(*since))
