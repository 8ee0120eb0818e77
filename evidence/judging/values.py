"""What judging a test run or register gives: a level for each result, a verdict for each target, and reasons."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar, Protocol

from evidence.formats.values import Result, Run
from locales import Problem, Text
from models.calendar import Calendar

PASS, FAIL, NONE = "pass", "fail", "none"


class PolicyProblem(Problem):
    """The base of what can be wrong with a policy, or with what is given to it."""


class DoesNotFit(PolicyProblem):
    """The file is readable, but is not what the policy judges: a column is missing, personal data, no population."""

    status: ClassVar[int] = 422


@dataclass(frozen=True, slots=True)
class JudgeContext:
    """What a file can't say of itself.

    `as_of` is the last represented day: ages and terms are judged on it, never on the day of upload. `calendar`: the
    organisation's, in which a moment has its day. `population` is
    what the source system counts, `populations` that of each system apart; `systems` those that the evidence is for.
    `in_scope` are all systems in scope; `others` the rows of other registers, by policy, as they were accepted last;
    `titles` what policies are called.
    """

    as_of: date
    calendar: Calendar
    population: int | None = None
    systems: list[str] = field(default_factory=list)
    populations: dict[str, int] = field(default_factory=dict)
    in_scope: list[str] = field(default_factory=list)
    others: dict[str, list[dict[str, str | date | datetime]]] = field(default_factory=dict)
    titles: dict[str, Text] = field(default_factory=dict)
    together: dict[str, Any] = field(default_factory=dict)  # by policy: what the judges of all files share
    executed: int = 0  # test cases that ran, in all files of the delivery
    executed_before: int | None = None  # and in the newest accepted evidence of the same series


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome for one target (or system): pass, fail with the checks that failed, or none with the reason."""

    verdict: str
    reason: Text
    failing: list[tuple[str, Text]] = field(default_factory=list)
    ends: date | None = None  # the last day on which this can still hold, when the content says so


@dataclass(frozen=True, slots=True)
class Explained:
    """One thing that a result says: the item with its level and basis, or why it is not judged (`level` empty)."""

    item: str = ""
    level: str = ""
    basis: str = ""
    why: Text | None = None


class Line(Protocol):
    """A result as it is kept."""

    @property
    def check(self) -> str: ...
    @property
    def target(self) -> str: ...
    @property
    def outcome(self) -> str: ...
    @property
    def severity(self) -> str: ...
    @property
    def message(self) -> str: ...


class Judge(Protocol):
    """One run being judged."""

    reasons: list[Text]  # why the result that was seen last has its level
    warnings: list[Text]  # what a reviewer should look at; no reason to refuse

    def see(self, result: Result, /) -> str:
        """The level of one result: the policy's word for it, empty when it is not judged."""
        ...

    def verdicts(self) -> dict[str, Verdict]:
        """By target, once all results were seen; the key is empty when the format names none."""
        ...


Judging = Callable[[Run, JudgeContext], Judge]
