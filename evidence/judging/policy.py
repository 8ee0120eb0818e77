"""A policy in one edition. Each kind of policy is a subclass in a folder of its own (`kinds.py` finds them).

Other rooms ask a policy, and never which kind it is: what is not asked of a kind has an empty answer here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from controls.files.yaml_source import Source
from evidence.formats.headings import Headings
from evidence.formats.values import Result, Run
from evidence.judging.policy_file import PolicyFile, in_both_languages
from evidence.judging.table_mapping import NOTHING, Rows, Systems, TableMapping, TableProposal
from evidence.judging.values import Explained, Judge, JudgeContext, Row, StoredResult, TableRules
from locales import Language, Text
from models.calendar import Calendar

Rules = TypeVar("Rules", bound=PolicyFile)


class Policy(Generic[Rules]):
    """One policy. `id` is what evidence requirements name: `tls-ncsc-nl@2025-05`, `access-review`.

    `sha256` is the digest of its file, which is kept with every judgement.
    """

    judges: ClassVar[str]  # names the kind in a policy's file
    shape: ClassVar[type[PolicyFile]]  # of such a file
    about: ClassVar[Text]  # what the kind judges, for a policy that says nothing itself
    field_titles: ClassVar[Mapping[str, Text]] = {}  # of the fields of its file, on its page
    column_titles: ClassVar[Mapping[str, Text]] = {}  # of lists of groups, on its page
    tests_from_outside: ClassVar[bool] = False  # whether it asks what can be reached from outside the network

    def __init__(self, rules: Rules, sha256: str, path: Path) -> None:
        self.rules = rules
        self.sha256 = sha256
        self.path = path

    @classmethod
    def of_file(cls, source: Source[Any]) -> "Policy[Any]":
        """The policy that a file of this kind holds. Raises `WrongFile`."""
        source.content.check(source)
        return cls(source.content, source.sha256, source.path)

    @property
    def id(self) -> str:
        return self.rules.id

    @property
    def edition(self) -> str:
        return self.rules.edition

    @property
    def title_nl(self) -> str:
        return self.rules.title.nl

    @property
    def title_en(self) -> str:
        return self.rules.title.en

    @property
    def title(self) -> Text:
        """The policy's name, in the reader's language."""
        return in_both_languages(self.rules.title)

    @property
    def formats(self) -> tuple[str, ...]:
        """The formats of the files that it judges."""
        return tuple(self.rules.formats)

    # judging

    def judge(self, run: Run, context: JudgeContext) -> Judge:
        """A judge for this run. Raises `DoesNotFit`."""
        raise NotImplementedError

    def explain(self, line: StoredResult, day: date) -> list[Explained]:
        """Why one stored result has its level, as judged on that day; empty if results are not explained singly."""
        del line, day
        return []

    def judging(self, format_name: str) -> "Policy[Any]":
        """The policy that judges a file of this format: this one, or the one that it leaves it to."""
        del format_name
        return self

    def judging_policies(self) -> list["Policy[Any]"]:
        """The policies that judge, whatever the format of the file."""
        return list({policy.id: policy for policy in map(self.judging, self.formats)}.values())

    def check_others(self, policies: "Mapping[str, Policy[Any]]") -> None:
        """Check what its rules say of other policies. Raises `WrongPolicy`."""

    # what intake needs for it

    def compared_with(self) -> set[str]:
        """The policies of the registers whose accepted rows are compared with."""
        return set()

    @property
    def needs_systems_in_scope(self) -> bool:
        """Whether its judge must know all systems in scope."""
        return False

    @property
    def needs_earlier_run(self) -> bool:
        """Whether its judge must know how many test cases ran the last time."""
        return False

    def parts_left_out(self, run: Run, results: Iterable[Result], day: date, calendar: Calendar) -> list[Text]:
        """What a full run of the tool looks at and this one did not."""
        del run, results, day, calendar
        return []

    def tested(self, result: Result) -> set[str]:
        """What a test case tests, to be compared with what was tested the last time."""
        del result
        return set()

    # of registers

    @property
    def table(self) -> TableRules | None:
        """What the policy says of the rows of a table as a whole; None if it judges no tables."""
        return None

    def headings(self) -> Headings | None:
        """What the columns of its table may be called; None if it judges no tables."""
        return None

    def rows(
        self, run: Run, results: Iterable[Result], calendar: Calendar, mapping: TableMapping = NOTHING
    ) -> Iterator[Row]:
        """The rows of its table by the keys of the columns; unreadable values are empty. Raises `DoesNotFit`."""
        del run, results, calendar, mapping
        return iter(())

    def days_of_rows(
        self, run: Run, results: Iterable[Result], calendar: Calendar, mapping: TableMapping = NOTHING
    ) -> Iterator[date]:
        """The days on which the rows of a log happened, in the organisation's time zone; of other files none."""
        del run, results, calendar, mapping
        return iter(())

    def propose(
        self, run: Run, rows: Rows, calendar: Calendar, given: TableMapping, systems: Systems, *, is_final: bool
    ) -> TableProposal | None:
        """What its table is proposed to mean, with what is given of it; None if it judges no tables.

        `systems`: those that it is handed in for.
        `is_final`: a person gave that for this very file. Raises `DoesNotFit`.
        """
        del run, rows, calendar, given, systems, is_final
        return None

    def titles_of_columns(self) -> dict[str, Text]:
        """What the columns of its table are called, by key."""
        return {}

    # what only the person who uploads can say

    def scan_zones(self) -> list[str]:
        """The zones of the network from one of which each file was made; empty if that is not needed."""
        return []

    def counted(self, t: Language) -> str:
        """What the source system must count, in words; empty if no count is needed."""
        del t
        return ""

    # its page

    @classmethod
    def describe(cls, t: Language, values: Mapping[str, Any]) -> Iterator[str] | None:
        """The lines of its page, in Markdown; None: each field by itself. `values`: the file as it stands."""
        del t, values
        return None

    @classmethod
    def field_lines(cls) -> "Mapping[str, FieldLines]":
        """How fields are described that need more than their value: by name."""
        return {}

    @classmethod
    def example(cls, values: Mapping[str, Any]) -> Sequence[str]:
        """The lines of the smallest file, or the command, that the policy reads; empty: no example."""
        del values
        return []


#: The lines that describe one field of a policy's file.
FieldLines = Callable[[Language, Any], Iterable[str]]
