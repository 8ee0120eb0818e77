"""Runs of test cases: JUnit XML and what is taken like it, and tables of test results."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from evidence.formats import is_table
from evidence.formats.values import Result, Run
from evidence.judging.example_runs import ExampleRun
from evidence.judging.page_parts import code, value
from evidence.judging.policy import FieldLines, Policy
from evidence.judging.policy_file import in_both_languages
from evidence.judging.policy_in_words import RuleInWords
from evidence.judging.register.proposed_mapping.proposal import propose
from evidence.judging.results_of_table import TableResults
from evidence.judging.table_mapping import NOTHING, Rows, Systems, TableMapping, TableProposal
from evidence.judging.test_cases import result_table
from evidence.judging.test_cases.judge import CasesExplanation, CasesJudge, Rules, listed_by_the_run, tested
from evidence.judging.test_cases.systems_judge import SystemsJudge
from evidence.judging.values import FAIL, NONE, PASS, Explained, Judge, JudgeContext, StoredResult
from locales import Language, Text, text
from models.calendar import Calendar

_OUTCOMES: dict[str, Text] = {
    "fail": text("a test that failed"),
    "error": text("a test that could not be finished"),
}


class CasesPolicy(Policy[Rules]):
    """Defines which cases fail a run, how many must have run, and what passed cases must cover."""

    judges = "junit"
    shape = Rules
    about = text(
        "A run of test cases. A failed or broken case fails; a skipped case counts for nothing. A case passes only if"
        " nothing in it says otherwise: an unknown status leaves the run incomplete, and so does a suite whose "
        "declared numbers of cases, failures or errors differ from what its cases show. An incomplete run never "
        "passes."
    )
    field_titles: ClassVar[Mapping[str, Text]] = {
        "covers": text("What passed cases must cover"),
        "covers_each": text("What passed cases must cover for every value of a property"),
        "means": text("What a case shows that is named so"),
        "cannot_see": text("What it cannot see"),
        "failing_outcomes": text("Cases that fail the run"),
        "suite_errors_fail": text("A suite that breaks outside its cases fails the run"),
        "least_executed": text("Cases that must have run"),
        "fewer_allowed": text("Fewer cases than the last time are allowed"),
    }
    fields_in_rules = ("covers", "means")
    column_titles: ClassVar[Mapping[str, Text]] = {
        "by": text("For every value of"),
        "values": text("At least these values"),
        "cover": text("A case passed with"),
        "optional": text("May be absent; then someone else looks"),
        "case": text("Case"),
        "says": text("What it shows"),
    }

    def judge(self, run: Run, context: JudgeContext) -> Judge:
        judging = SystemsJudge if is_table(run.format) else CasesJudge
        return judging(self.rules, run, context)

    def explain(self, line: StoredResult, day: date) -> list[Explained]:
        return CasesExplanation(self.rules).explain(line, day)

    def points_to_review(self, run: Run, results: Iterable[Result], context: JudgeContext) -> list[Text]:
        if not any(each.optional for each in self.rules.covers_each):
            return []
        judge = self.judge(run, context)
        for result in results:
            judge.add_result(result)
        judge.verdicts()
        return judge.to_review

    @property
    def reads_tables_as_results(self) -> bool:
        return True

    def results_of_table(self, run: Run, rows: Rows, calendar: Calendar, mapping: TableMapping) -> TableResults:
        return result_table.read_table(run, rows, calendar, mapping)

    def names_results(self, headings: Iterable[str]) -> bool:
        return result_table.names_results(headings)

    def propose(
        self, run: Run, rows: Rows, calendar: Calendar, mapping: TableMapping, systems: Systems, *, is_final: bool
    ) -> TableProposal | None:
        if not is_table(run.format):
            return None
        return propose(result_table.columns(), run, rows, calendar, mapping, systems, is_final=is_final)

    def days_of_rows(
        self, run: Run, results: Iterable[Result], calendar: Calendar, mapping: TableMapping = NOTHING
    ) -> Iterator[date]:
        return result_table.days_in(run, results, calendar, mapping) if is_table(run.format) else iter(())

    def titles_of_columns(self) -> dict[str, Text]:
        return {column.key: in_both_languages(column.label) for column in result_table.columns().columns}

    @property
    def needs_earlier_run(self) -> bool:
        return not self.rules.fewer_allowed

    def tested(self, result: Result) -> set[str]:
        return tested(result, self.rules)

    def listed_by_the_run(self, results: Iterable[Result]) -> set[str]:
        return listed_by_the_run(results, self.rules)

    @classmethod
    def rules_in_words(cls, t: Language, values: Mapping[str, Any]) -> Sequence[RuleInWords]:
        """What passed cases must cover, each in the words of what it shows, if the policy has them."""
        shows = {row["case"]: value(t, row["says"]) for row in values.get("means", [])}
        return [
            RuleInWords(shows.get(item) or code(item), t("a test case passed with {name}", name=code(item)))
            for item in dict.fromkeys(cover for cases in _covered(values) for cover in cases[-1:])
        ]

    @classmethod
    def field_lines(cls) -> Mapping[str, FieldLines]:
        return {"failing_outcomes": _outcomes}

    @classmethod
    def example_runs(cls, values: Mapping[str, Any]) -> Sequence[ExampleRun]:
        cases = [" ".join(each) for each in _covered(values)] or ["case"]
        rest = tuple((case, "passed") for case in cases[1:])
        return [
            ExampleRun(((cases[0], "passed"), *rest), PASS, text("Everything that must be covered passed.")),
            ExampleRun(((cases[0], "failed"), *rest), FAIL, text("One case that fails fails the run.")),
            ExampleRun(
                ((cases[0], "skipped"), *rest),
                NONE,
                text("A skipped case shows nothing: what it covers is not known to hold."),
                border=True,
            ),
        ]

    @classmethod
    def example(cls, values: Mapping[str, Any]) -> Sequence[str]:
        return list(_suite(values))


def _outcomes(t: Language, outcomes: Sequence[str]) -> Iterator[str]:
    return (f"- {t.render(_OUTCOMES[outcome])}" for outcome in outcomes)


def _covered(values: Mapping[str, Any]) -> list[list[str]]:
    """The properties of each case that must have passed; dots where the policy does not know the values."""
    covered = [
        [f"{group['by']}={value}", cover]
        for group in values.get("covers_each", [])
        for value in group.get("values") or ["..."]
        for cover in group["cover"]
    ]
    return covered + [[cover] for cover in values.get("covers", [])]


def _suite(values: Mapping[str, Any]) -> Iterator[str]:
    """Lines of a test suite with a case for each item that must be covered."""
    covered = [
        [f"{group['by']}={(group.get('values') or ['...'])[0]}", cover]
        for group in values.get("covers_each", [])
        for cover in group["cover"]
    ]
    covered += [[cover] for cover in values.get("covers", [])]
    yield '<testsuite name="tests">'
    yield from (_case(number, properties) for number, properties in enumerate(covered or [[]], start=1))
    yield "</testsuite>"


def _case(number: int, properties: Sequence[str]) -> str:
    pairs = (pair.partition("=") for pair in properties)
    written = "".join(f'<property name="{name}" value="{value}"/>' for name, _, value in pairs)
    if not written:
        return f'  <testcase name="{number}"/>'
    return f'  <testcase name="{number}"><properties>{written}</properties></testcase>'


KIND = CasesPolicy
