"""The base class of policies. Each kind of policy is a subclass in a folder of its own (see `kinds.py`).

Other rooms call these methods and never check the kind; where a kind has nothing to add, the defaults apply.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, ClassVar, Generic, Literal, TypeVar

from controls.files.yaml_source import Source
from evidence.formats import with_relatives
from evidence.formats.tables.heading_comparison import Headings
from evidence.formats.values import Result, Run
from evidence.judging.example_runs import ExampleRun
from evidence.judging.policy_file import PolicyFile, in_both_languages, with_edition
from evidence.judging.policy_in_words import PolicyInWords, RuleInWords
from evidence.judging.results_of_table import TableResults
from evidence.judging.table_mapping import NOTHING, Rows, Systems, TableMapping, TableProposal
from evidence.judging.values import Explained, Judge, JudgeContext, Row, StoredResult, TableRules
from locales import Language, Text, Title
from models.calendar import Calendar

Rules = TypeVar("Rules", bound=PolicyFile)
TemplateFormat = Literal["xlsx", "csv"]


class Policy(Generic[Rules]):
    """A policy in an edition.

    `id`: the name in evidence requirements, such as `tls-ncsc-nl@2025-05` or `access-review`.

    `sha256`: the digest of its file (hexadecimal), recorded with every judgement. `values`: the content of the file.
    """

    judges: ClassVar[str]  # the name of the kind in a policy's file
    shape: ClassVar[type[PolicyFile]]  # the schema of such a file
    about: ClassVar[Text]  # description, for a policy without its own
    field_titles: ClassVar[Mapping[str, Text]] = {}  # by field of the file, for its page
    fields_in_rules: ClassVar[Sequence[str]] = ()  # fields of the file that `rules_in_words` says already
    column_titles: ClassVar[Mapping[str, Text]] = {}  # by column of lists of groups, for its page
    has_template: ClassVar[bool] = False  # whether it judges a table that people can fill in
    tests_from_outside: ClassVar[bool] = False  # whether a scan must come from outside the network

    def __init__(self, rules: Rules, sha256: str, path: Path) -> None:
        self.rules = rules
        self.sha256 = sha256
        self.path = path
        self.values: Mapping[str, Any] = {}

    @classmethod
    def of_file(cls, source: Source[Any]) -> "Policy[Any]":
        """Make the policy of a file. Raises `WrongFile`."""
        source.content.check(source)
        policy = cls(source.content, source.sha256, source.path)
        policy.values = source.tree.values
        return policy

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
    def name(self) -> Text:
        """The title with the edition, for readers."""
        return with_edition(Title(self.title_nl, self.title_en), self.edition)

    @property
    def formats(self) -> tuple[str, ...]:
        """Formats of the files that the policy judges, also those that are taken like the stated ones."""
        return with_relatives(self.rules.formats)

    # judging

    def judge(self, run: Run, context: JudgeContext) -> Judge:
        """Make a judge for a run. Raises `DoesNotFit` when the run is not what the policy judges."""
        raise NotImplementedError

    def explain(self, line: StoredResult, day: date) -> list[Explained]:
        """Explain the level of a stored result, as judged on a day; empty if the kind does not explain results."""
        del line, day
        return []

    def judging(self, format_name: str) -> "Policy[Any]":
        """The policy that judges files of a format: this one, or the one it delegates to."""
        del format_name
        return self

    def judging_policies(self) -> list["Policy[Any]"]:
        """All policies that `judging` can give."""
        return list({policy.id: policy for policy in map(self.judging, self.formats)}.values())

    def check_others(self, policies: "Mapping[str, Policy[Any]]") -> None:
        """Check references to other policies. Raises `PolicyProblem`."""

    # what intake provides

    def compared_with(self) -> set[str]:
        """Ids of the policies of registers whose accepted rows it compares with."""
        return set()

    @property
    def needs_systems_in_scope(self) -> bool:
        """Whether the judge needs all systems in scope."""
        return False

    @property
    def needs_earlier_run(self) -> bool:
        """Whether the judge needs the number of test cases of the previous run."""
        return False

    @property
    def returning(self) -> timedelta | None:
        """How long something that failed may pass and still keep the first day on which it failed; None: for ever."""
        return None

    def term_ends(self, rating: str, first_day: date) -> date | None:
        """The last day of the term of a finding with a rating; None without a term."""
        del rating, first_day
        return None

    def parts_left_out(self, run: Run, results: Iterable[Result], day: date, calendar: Calendar) -> list[Text]:
        """What a full run of the tool checks and this run left out."""
        del run, results, day, calendar
        return []

    def points_to_review(self, run: Run, results: Iterable[Result], context: JudgeContext) -> list[Text]:
        """What does not fail, and someone else must look at before it counts."""
        del run, results, context
        return []

    def tested(self, result: Result) -> set[str]:
        """Identifiers of what a test case tests, to compare with the previous run."""
        del result
        return set()

    def listed_by_the_run(self, results: Iterable[Result]) -> set[str]:
        """Items of a list that only the run itself tells, such as the pages of an application."""
        del results
        return set()

    # of tables

    @property
    def reads_tables_as_results(self) -> bool:
        """Whether the rows of a table are test results, and no rows of a register."""
        return False

    def results_of_table(self, run: Run, rows: Rows, calendar: Calendar, mapping: TableMapping) -> TableResults:
        """The test results in the rows of a table. Raises `DoesNotFit` where it holds none."""
        del run, rows, calendar, mapping
        raise NotImplementedError

    def names_results(self, headings: Iterable[str]) -> bool:
        """Whether these headings are those of a table of test results, by their usual names."""
        del headings
        return False

    @property
    def table(self) -> TableRules | None:
        """Rules for the rows of a table as a whole; None if the policy judges no tables."""
        return None

    def headings(self) -> Headings | None:
        """Accepted headings of the table's columns; None if the policy judges no tables."""
        return None

    def rows(
        self, run: Run, results: Iterable[Result], calendar: Calendar, mapping: TableMapping = NOTHING
    ) -> Iterator[Row]:
        """Rows of the table by column key; unreadable values are empty. Raises `DoesNotFit`."""
        del run, results, calendar, mapping
        return iter(())

    def days_of_rows(
        self, run: Run, results: Iterable[Result], calendar: Calendar, mapping: TableMapping = NOTHING
    ) -> Iterator[date]:
        """Days of the rows of a log, in the organisation's time zone; nothing for other files."""
        del run, results, calendar, mapping
        return iter(())

    def propose(
        self, run: Run, rows: Rows, calendar: Calendar, mapping: TableMapping, systems: Systems, *, is_final: bool
    ) -> TableProposal | None:
        """Propose a mapping of its table, starting from `mapping`; None if it judges no tables.

        `systems`: those that the table is declared for. `is_final`: `mapping` was sent for this very file. Raises
        `DoesNotFit`.
        """
        del run, rows, calendar, mapping, systems, is_final
        return None

    def titles_of_columns(self) -> dict[str, Text]:
        """The titles of the columns of its table, by key."""
        return {}

    def template(self, t: Language, form: TemplateFormat) -> bytes:
        """A file with the columns of its table, to be filled in; no bytes without `has_template`."""
        del t, form
        return b""

    # what the uploader must state

    def scan_zones(self) -> list[str]:
        """Zones of the network from which a scan can be made, one to be named for each file; empty if not needed."""
        return []

    def counted(self, t: Language) -> str:
        """What must be counted in the source system; empty if no count is needed."""
        del t
        return ""

    # its page

    @classmethod
    def describe(cls, t: Language, values: Mapping[str, Any]) -> Iterator[str] | None:
        """Lines of the policy's page, in Markdown; None for a page of its fields. `values`: the content of the file."""
        del t, values
        return None

    @classmethod
    def in_words(cls, t: Language, values: Mapping[str, Any], about: str) -> PolicyInWords | None:
        """The policy as values for its page; None: made of its fields, `rules_in_words` and `example_runs`."""
        del t, values, about
        return None

    @classmethod
    def rules_in_words(cls, t: Language, values: Mapping[str, Any]) -> Sequence[RuleInWords]:
        """What must hold, for a policy whose fields say it less plainly."""
        del t, values
        return []

    @classmethod
    def field_lines(cls) -> "Mapping[str, FieldLines]":
        """Functions that describe fields which need more than their value, by field name."""
        return {}

    @classmethod
    def example(cls, values: Mapping[str, Any]) -> Sequence[str]:
        """Lines of the smallest file, or the command, that the policy accepts; empty for no example."""
        del values
        return []

    @classmethod
    def example_runs(cls, values: Mapping[str, Any]) -> Sequence[ExampleRun]:
        """Files in short with the verdict on them; empty for registers, whose policies have examples of their own."""
        del values
        return []


#: describes a field of a policy's file, as lines of Markdown
FieldLines = Callable[[Language, Any], Iterable[str]]
