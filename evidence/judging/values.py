"""What judging a test run or register gives: a level for each result, a verdict for each target, and reasons."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar, Protocol

from evidence.formats.values import Result
from evidence.judging.table_mapping import NOTHING, TableMapping
from locales import Problem, Text
from models.calendar import Calendar, Span

PASS, FAIL, NONE = "pass", "fail", "none"
Value = str | date | datetime  # of one cell of a register; empty where nothing stands in it
Row = dict[str, Value]  # by the keys of the columns


class PolicyProblem(Problem):
    """The base of what can be wrong with a policy, or with what is given to it."""


class DoesNotFit(PolicyProblem):
    """The file is readable, but is not what the policy judges: a column is missing, personal data, no population."""

    status: ClassVar[int] = 422


@dataclass(frozen=True, slots=True)
class JudgeContext:
    """What a file can't say of itself.

    `as_of` is the last represented day: ages and terms are judged on it, never on the day of upload. `calendar`: the
    organisation's, in which a moment has its day. `population` is what the source system counts, `populations` that of
    each system apart; `systems` those that the evidence is for. `in_scope` are all systems in scope; `others` the rows
    of other registers, by policy, as they were accepted last; `titles` what policies are called.
    """

    as_of: date
    calendar: Calendar
    population: int | None = None
    systems: list[str] = field(default_factory=list)
    populations: dict[str, int] = field(default_factory=dict)
    in_scope: list[str] = field(default_factory=list)
    others: dict[str, list[Row]] = field(default_factory=dict)
    titles: dict[str, Text] = field(default_factory=dict)
    together: dict[str, Any] = field(default_factory=dict)  # by policy: what the judges of all files share
    executed: int = 0  # test cases that ran, in all files of the delivery
    executed_before: int | None = None  # and in the newest accepted evidence of the same series
    zone: str = ""  # of the network, from which a scan was made
    mapping: TableMapping = NOTHING  # of the columns and values of a table


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


class StoredResult(Protocol):
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


class Judge:
    """One run being judged: add its results one by one, then ask its verdicts.

    `reasons`: why the result that was added last has its level. `warnings`: what a reviewer should look at; no reason
    to refuse. `to_review`: what does not fail, and someone else must look at before it counts; with the verdicts.
    """

    def __init__(self) -> None:
        self.reasons: list[Text] = []
        self.warnings: list[Text] = []
        self.to_review: list[Text] = []

    def add_result(self, result: Result, /) -> str:
        """Take one result into account. Returns its level: the policy's word, empty when it is not judged."""
        raise NotImplementedError

    def verdicts(self) -> dict[str, Verdict]:
        """By target, once all results were added; the key is empty when the format names none."""
        raise NotImplementedError

    @property
    def moments(self) -> Span | None:
        """The first and the last day on which its rows happened; None if they do not say so."""
        return None

    @property
    def can_be_quiet(self) -> bool:
        """Whether it can represent days after its last row, on which nothing happened."""
        return True


class TableRules(Protocol):
    """What a policy says of the rows of a table as a whole."""

    @property
    def per(self) -> str | None:
        """The column whose values (systems) get a verdict each."""
        ...

    @property
    def moments(self) -> list[str]:
        """The columns that tell when a row happened."""
        ...

    @property
    def fresh(self) -> int | None:
        """Of a state on a day: how many days its newest moment may lie before that day."""
        ...

    @property
    def is_log(self) -> bool:
        """Whether it lists what happened in a period, and not how things stand on a day."""
        ...

    def days(self, row: Row, calendar: Calendar, /) -> list[date]:
        """The days on which a row happened, in the organisation's time zone."""
        ...

    @property
    def tells_times(self) -> bool:
        """Whether its rows name systems and carry moments to the second, which tell whose rows they are."""
        ...
