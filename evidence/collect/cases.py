"""What a collector says: cases that hold or fail, and their file (JUnit XML), written one by one.

A case keeps its name from day to day, so that an exception for it lasts; names of people stay out of the file.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast
from xml.sax.saxutils import quoteattr

from access.people.input_text import only_printable
from locales import Problem, text

_IN_MEMORY = 1 << 20


class NothingToShow(Problem):
    """The fact is not there to be looked at: no evidence, which is neither a pass nor a fail."""


class CouldNotLook(Problem):
    """Looking itself went wrong: no evidence, and the activity log says so."""


@dataclass(frozen=True, slots=True)
class Case:
    """One fact. `failure`: why it does not hold; `skipped`: why there was none; `facts`: what was counted."""

    name: str
    failure: str = ""
    skipped: str = ""
    facts: tuple[tuple[str, str], ...] = ()


@contextmanager
def written(suite: str, day: date, cases: Iterable[Case]) -> Iterator[BinaryIO]:
    """The file of these cases; raises `NothingToShow` if not one of them was looked at.

    It bears a day, not a moment, so that the same facts give the same bytes.
    """
    with SpooledTemporaryFile(_IN_MEMORY) as file:
        head = f'<testsuite name={_quoted(suite)} timestamp="{day.isoformat()}">'
        file.write(f'<?xml version="1.0" encoding="UTF-8"?>\n{head}\n'.encode())
        looked = False
        for case in cases:
            file.write(_element(suite, case).encode())
            looked = looked or bool(case.failure) or not case.skipped
        file.write(b"</testsuite>\n")
        if not looked:
            raise NothingToShow(text("There is nothing to look at for {collector} yet.", collector=suite))
        file.seek(0)
        yield cast("BinaryIO", file)


def _element(suite: str, case: Case) -> str:
    facts = "".join(f"<property name={_quoted(name)} value={_quoted(value)}/>" for name, value in case.facts)
    inside = f"<properties>{facts}</properties>" if facts else ""
    if case.failure:
        inside += f"<failure message={_quoted(case.failure)}/>"
    elif case.skipped:
        inside += f"<skipped message={_quoted(case.skipped)}/>"
    return f"<testcase classname={_quoted(suite)} name={_quoted(case.name)}>{inside}</testcase>\n"


def _quoted(given: str) -> str:
    return quoteattr(only_printable(given))
