"""Test cases of a collector, and their JUnit XML file.

A case keeps its name from day to day, so that an exception for it stays in force. The file holds no names of people.
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
    """There is nothing to check yet: no evidence, neither a pass nor a fail."""


class CouldNotLook(Problem):
    """The check itself went wrong: no evidence, and an entry in the activity log."""


@dataclass(frozen=True, slots=True)
class Case:
    """One checked fact. `failure`: why it does not hold; `skipped`: why it was not checked; `facts`: counts by name."""

    name: str
    failure: str = ""
    skipped: str = ""
    facts: tuple[tuple[str, str], ...] = ()


def roles_without_holders(roles: Iterable[str]) -> Iterator[Case]:
    """Yield one skipped case that names the roles that nobody has, if there are any."""
    if names := ", ".join(sorted(roles)):
        yield Case("roles without holders", skipped=f"Nobody has these roles: {names}.")


@contextmanager
def write_report(suite: str, day: date, cases: Iterable[Case]) -> Iterator[BinaryIO]:
    """Write the cases to a JUnit XML file and give it, at its start. Raises `NothingToShow` if every case was skipped.

    The file has a day, not a time, so that the same facts give the same bytes.
    """
    with SpooledTemporaryFile(_IN_MEMORY) as file:
        head = f'<testsuite name={_quoted(suite)} timestamp="{day.isoformat()}">'
        file.write(f'<?xml version="1.0" encoding="UTF-8"?>\n{head}\n'.encode())
        is_checked = False
        for case in cases:
            file.write(_element(suite, case).encode())
            is_checked = is_checked or bool(case.failure) or not case.skipped
        file.write(b"</testsuite>\n")
        if not is_checked:
            raise NothingToShow(text("There is nothing to check for {collector} yet.", collector=suite))
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


def _quoted(value: str) -> str:
    return quoteattr(only_printable(value))
