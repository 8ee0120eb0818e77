"""The test results that a policy reads in the rows of a table."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from evidence.formats.values import Result, Run
from locales import Text


@dataclass(frozen=True, slots=True)
class TableResults:
    """The test results in a table: its run, their number by outcome, and the first of them.

    `results`: the results in the rows of the table, each time from its first row; `warnings`: what else is in the file;
    `points`: what a reviewer must look at.
    """

    run: Run
    counts: Counter[str]
    first: list[Result]
    results: Callable[[Iterable[Result]], Iterator[Result]]
    warnings: list[Text]
    points: list[Text]
