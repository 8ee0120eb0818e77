"""Values of judging: context, verdicts and explanations, and the base class of judges."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Protocol

from evidence.formats.findings import first_seen
from evidence.formats.values import Result
from evidence.judging.first_days import NO_DAYS, FirstDays
from evidence.judging.table_mapping import NOTHING, TableMapping
from evidence.judging.vex_matching import NO_STATEMENTS, Statements
from locales import Problem, Text
from models.calendar import Calendar, Span

PASS, FAIL, NONE = "pass", "fail", "none"
Value = str | date | datetime  # of a cell in a register; empty text for an empty cell
Row = dict[str, Value]  # by column key


class PolicyProblem(Problem):
    """Base of the errors about policies and about files that they judge."""


class DoesNotFit(PolicyProblem):
    """The file is readable but does not fit the policy: a column is missing, personal data, or no population."""

    status: ClassVar[int] = 422


@dataclass(frozen=True, slots=True)
class JudgeContext:
    """What a judge needs besides the file.

    `as_of`: the last represented day, on which ages and terms are judged (never the day of upload). `calendar`: the
    organisation's. `population`: the count in the source system, `populations`: by system. `systems`: keys of those
    that the evidence is for, `in_scope`: of all systems in scope. `others`: rows of other registers as last accepted,
    by policy; `titles`: titles of policies by id. `first_day`: the first day that the file represents; None: the last.
    `first_days`: of findings in earlier runs for the same cells.
    """

    as_of: date
    calendar: Calendar
    population: int | None = None
    systems: list[str] = field(default_factory=list)
    populations: dict[str, int] = field(default_factory=dict)
    in_scope: list[str] = field(default_factory=list)
    others: dict[str, list[Row]] = field(default_factory=dict)
    titles: dict[str, Text] = field(default_factory=dict)
    together: dict[str, Any] = field(default_factory=dict)  # by policy: state that the judges of all files share
    executed: int = 0  # test cases that ran, in all files of the delivery
    executed_before: int | None = None  # and in the newest accepted evidence of the same series
    zone: str = ""  # of the network, from which a scan was made
    mapping: TableMapping = NOTHING  # of the columns and values of a table
    until: datetime | None = None  # the latest moment that can have happened when the file was uploaded
    statements: Statements = NO_STATEMENTS  # of the VEX documents of the delivery
    first_day: date | None = None
    first_days: FirstDays = NO_DAYS

    def first_day_of(self, result: Result, returns: timedelta | None) -> date:
        """The day from which a finding counts: seen by this run, an earlier one, or before, as its file states.

        `returns`: how long it may stay away and keep its first day; None: for ever.
        """
        day = self.as_of if self.first_day is None else min(self.as_of, self.first_day)
        known = self.first_days.first_day((result.check, result.target), day, returns) if self.first_days else day
        stated = first_seen(result)
        return known if stated is None else min(known, stated)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict for a target or system: pass, fail with the failing checks, or none with a reason."""

    verdict: str
    reason: Text
    failing: list[tuple[str, Text]] = field(default_factory=list)
    ends: date | None = None  # the last day of validity, if the content states it


@dataclass(frozen=True, slots=True)
class Explained:
    """Explanation of a result: an item with its level and basis, or why it is not judged (`level` empty)."""

    item: str = ""
    level: str = ""
    basis: str = ""
    why: Text | None = None


class ReportedResult(Protocol):
    """A result as the tool reported it."""

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


class StoredResult(ReportedResult, Protocol):
    """A result as stored in the database, with the level that the policy gave it."""

    @property
    def level(self) -> str: ...
    @property
    def rating(self) -> str: ...
    @property
    def first_day(self) -> date | None: ...  # from which the finding counted


class Judge:
    """Judges a run: add its results, then get the verdicts.

    `reasons`: why the result that was added last has its level. `warnings`: what a reviewer should look at; no reason
    to refuse. `to_review`: what does not fail, and someone else must look at before it counts; with the verdicts.
    """

    def __init__(self) -> None:
        self.reasons: list[Text] = []
        self.warnings: list[Text] = []
        self.to_review: list[Text] = []

    def add_result(self, result: Result, /) -> str:
        """Judge a result. Return its level, empty when it is not judged."""
        raise NotImplementedError

    def noted(self, result: Result) -> Result:
        """The result that was added last, with what to add to its message; called only if there are statements."""
        return result

    def verdicts(self) -> dict[str, Verdict]:
        """Verdicts by target, after all results were added; the key is empty when the format names no target."""
        raise NotImplementedError

    @property
    def moments(self) -> Span | None:
        """First and last day of the rows; None if they have no dates."""
        return None

    @property
    def can_be_quiet(self) -> bool:
        """Whether the register can represent days after its last row, on which nothing happened."""
        return True


class TableRules(Protocol):
    """Rules of a policy for the rows of a table as a whole."""

    @property
    def per(self) -> str | None:
        """The column with systems that each get a verdict; None for a single verdict."""
        ...

    @property
    def moments(self) -> list[str]:
        """Columns with the moment of a row."""
        ...

    @property
    def fresh(self) -> int | None:
        """For a register of a state: how many days before the represented day its newest moment may be; None: any."""
        ...

    @property
    def is_log(self) -> bool:
        """Whether the table is a log of a period, and not the state on a day."""
        ...

    def days(self, row: Row, calendar: Calendar, /) -> list[date]:
        """Days of a row, in the organisation's time zone."""
        ...

    @property
    def tells_times(self) -> bool:
        """Whether rows name systems and have moments to the second, by which rows of another system are recognised."""
        ...
