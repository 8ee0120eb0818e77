"""A policy in words, as values: pages lay them out. Names of columns and of test cases stand between backticks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RuleInWords:
    """What must hold. `checked`: where or how; `otherwise`: what is reported if it does not; `basis`: its source."""

    must: str
    checked: str
    otherwise: str = ""
    basis: str = ""


@dataclass(frozen=True, slots=True)
class ColumnInWords:
    """A column of a table: its key and title, what it may hold, and whether it must be filled."""

    key: str
    title: str
    names: str
    holds: str
    needed: str


@dataclass(frozen=True, slots=True)
class ExampleInWords:
    """A file or row in short with its outcome: pass, fail, review or none. `border`: the least other would differ."""

    content: str
    outcome: str
    border: bool
    why: str


@dataclass(frozen=True, slots=True)
class PolicyInWords:
    """A policy in words. `sentences`: about the file as a whole; `start`: the values from which the examples differ.

    `sections`: title and Markdown of what has no place in these; `smallest`: the smallest file that is accepted, or the
    command that makes one.
    """

    about: str
    sentences: Sequence[str]
    rules: Sequence[RuleInWords]
    columns: Sequence[ColumnInWords]
    examples: Sequence[ExampleInWords]
    start: Mapping[str, str]
    sections: Sequence[tuple[str, str]]
    smallest: str
