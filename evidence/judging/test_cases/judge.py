"""Judges test cases: none failed or broke, the run is complete, and required cases passed.

Skipped cases prove nothing.
"""

import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import date
from fnmatch import fnmatchcase
from typing import Annotated, Literal

from pydantic import Field

from controls.files.yaml_source import Both, Flag, Given, Shape, Whole, one_of
from evidence.formats.facts import TestCases
from evidence.formats.values import ERROR, FAIL, NOT_EVALUATED, PASS, Result, Run
from evidence.judging.policy_file import PolicyFile
from evidence.judging.values import FAIL as FAILS
from evidence.judging.values import NONE, Explained, Judge, JudgeContext, StoredResult, Verdict
from evidence.judging.values import PASS as PASSES
from locales import Text, plural, text

_LONGEST_REASON = 200
SUITE_ERROR, FEWER = "suite-error", "fewer-cases"


_IN_NAME = re.compile(r"\[([\w-]+)=([^\[\]]+)\]")
_MOST_NAMED = 12
_MOST_VALUES = 5_000  # of one property; a system has fewer pages


class Each(Shape):
    """For every value of property `by` (`values`, or else all that occur), what must be covered.

    `optional`: there may be no value; then someone else must look whether that is so.
    """

    by: Given
    values: list[Given] = Field(default_factory=list)
    cover: list[Given]
    optional: Flag = False


class Means(Shape):
    """What a case of this name shows."""

    case: Given
    says: Both


class Rules(PolicyFile):
    """Which outcomes fail, how many cases must have run, and what they must cover."""

    judges: Literal["junit"]
    failing_outcomes: list[Annotated[str, one_of((FAIL, ERROR))]]
    suite_errors_fail: Flag
    least_executed: Whole
    fewer_allowed: Flag
    covers: list[Given] = Field(default_factory=list)
    covers_each: list[Each] = Field(default_factory=list)
    means: list[Means] = Field(default_factory=list)
    cannot_see: list[Both] = Field(default_factory=list)


class CasesJudge(Judge):
    """Judges a run of test cases."""

    def __init__(self, rules: Rules, run: Run, context: JudgeContext) -> None:
        super().__init__()
        self._rules = rules
        self._run = run
        self._failing_outcomes = frozenset(rules.failing_outcomes)
        self._failing: dict[str, str] = {}
        self._executed = 0
        self._context = context
        self._covered = Coverage(rules)

    def add_result(self, result: Result, /) -> str:
        outcome = result.outcome
        if outcome == PASS:
            self._executed += 1
            self._covered.add(result)
            return PASSES
        if outcome in self._failing_outcomes:
            self._executed += 1
            self._failing.setdefault(result.check, result.message[:_LONGEST_REASON])
            self._covered.note_values(result)
            return FAILS
        self._covered.note_values(result)
        return ""

    def verdicts(self) -> dict[str, Verdict]:
        if self._run.remark:
            self.warnings.append(self._run.remark)
        return {"": self._verdict()}

    def _verdict(self) -> Verdict:
        failing = [(check, _reason(message)) for check, message in self._failing.items()]
        cases = self._run.facts
        if isinstance(cases, TestCases) and cases.suite_errors and self._rules.suite_errors_fail:
            failing.insert(0, (SUITE_ERROR, _suite_reason(cases.suite_errors, cases.suite_error)))
        if fewer := self._fewer():
            failing.append((FEWER, fewer))
        if failing:
            return Verdict(FAILS, plural("One check failed.", "{n} checks failed.", len(failing)), failing)
        if not self._run.complete:
            return Verdict(NONE, self._run.remark or text("The run was not finished."))
        if self._executed < self._rules.least_executed:
            return Verdict(NONE, text("No test case was run, so there is no verdict."))
        self.to_review += [
            text("No case names {property}; look whether there is none.", property=f"{by}=...")
            for by in self._covered.not_named()
        ]
        if missing := self._covered.missing():
            named = ", ".join(missing[:_MOST_NAMED]) + (" ..." if len(missing) > _MOST_NAMED else "")
            return Verdict(NONE, text("No passed case covers {missing}.", missing=named))
        return Verdict(
            PASSES, plural("The one case that ran passed.", "All {n} cases that ran passed.", self._executed)
        )

    def _fewer(self) -> Text | None:
        now, before = self._context.executed, self._context.executed_before
        if self._rules.fewer_allowed or before is None or now >= before:
            return None
        return plural(
            "{n} case ran; the last time {before} did. Expected at least as many.",
            "{n} cases ran; the last time {before} did. Expected at least as many.",
            now,
            before=before,
        )


class Coverage:
    """What passed cases cover: a property (`check=too-short`), the same in the name, or a pattern of names."""

    def __init__(self, rules: Rules) -> None:
        self._each = rules.covers_each
        self._uncovered = dict.fromkeys(rules.covers)
        self._too_many = False
        self._values: dict[str, dict[str, set[str]]] = {
            each.by: {value: set() for value in each.values} for each in rules.covers_each
        }

    def add(self, result: Result) -> None:
        """Add a case that passed."""
        if self._uncovered:
            for item in [item for item in self._uncovered if _covers(result, item)]:
                del self._uncovered[item]
        for each, covered in self._covered_by_value(result):
            covered.update(item for item in each.cover if _covers(result, item))

    def note_values(self, result: Result) -> None:
        """Note the values that a case names which did not pass: another case must cover them."""
        for _ in self._covered_by_value(result):
            pass

    def _covered_by_value(self, result: Result) -> list[tuple[Each, set[str]]]:
        """For each value that a case names, the rule and the set of what is covered; new values are added."""
        covered: list[tuple[Each, set[str]]] = []
        if not _may_have_values(result, self._values.keys()):
            return covered  # as most cases of a large run
        for each in self._each:
            values, case_values = self._values[each.by], _values(result, each.by)
            new = [value for value in case_values if value not in values and not each.values]
            self._too_many = self._too_many or len(values) + len(new) > _MOST_VALUES
            values.update((value, set()) for value in new[: _MOST_VALUES - len(values)])
            covered += [(each, values[value]) for value in case_values if value in values]
        return covered

    def missing(self) -> list[str]:
        """What no case covers, by the names of the policy."""
        lacking = [*self._uncovered, *(["..."] if self._too_many else [])]
        for each in self._each:
            values = self._values[each.by]
            lacking += [] if values or each.optional else [f"{each.by}=..."]
            for value, covered in values.items():
                lacking += [f"{each.by}={value} {item}" for item in each.cover if item not in covered]
        return lacking

    def not_named(self) -> list[str]:
        """Properties of which no case names a value, where that is allowed."""
        return [each.by for each in self._each if each.optional and not self._values[each.by]]


def tested(result: Result, rules: Rules) -> set[str]:
    """Identifiers of what a case tests: its name, and values of properties in the policy (`page=/record`)."""
    values = {f"{each.by}={value}" for each in rules.covers_each for value in _values(result, each.by)}
    return {result.check, *values}


def listed_by_the_run(results: Iterable[Result], rules: Rules) -> set[str]:
    """The values of cases that the policy does not know by itself (`page=/record`)."""
    open_lists = {each.by for each in rules.covers_each if not each.values}
    naming = [result for result in results if _may_have_values(result, open_lists)]  # few in most large runs
    return {f"{by}={value}" for result in naming for by in open_lists for value in _values(result, by)}


def _may_have_values(result: Result, names: AbstractSet[str]) -> bool:
    """Whether a case may name a value of one of these properties."""
    named = result.properties and not names.isdisjoint([name for name, _ in result.properties])
    return bool(named) or "[" in result.check


def _values(result: Result, name: str) -> list[str]:
    values = [value for key, value in result.properties if key == name]
    if "[" in result.check:
        values += [value for key, value in _IN_NAME.findall(result.check) if key == name]
    return [value.strip() for value in values if value.strip()]


def _covers(result: Result, wanted: str) -> bool:
    name, equals, value = wanted.partition("=")
    if not equals:
        return fnmatchcase(result.check, wanted)
    return value in _values(result, name)


class CasesExplanation:
    """Explains how a test case was judged."""

    def __init__(self, rules: Rules) -> None:
        self._failing_outcomes = frozenset(rules.failing_outcomes)

    def explain(self, line: StoredResult, day: date) -> list[Explained]:
        """Explain the level of a result; the day makes no difference."""
        del day
        if line.outcome == PASS:
            return [Explained(level=PASSES, why=text("It ran and passed."))]
        if line.outcome in self._failing_outcomes:
            return [Explained(level=FAILS, why=text("It ran and did not pass."))]
        if line.outcome == NOT_EVALUATED:
            return [Explained(why=text("Its status is unknown, so it counts for nothing."))]
        return [Explained(why=text("It did not run, so it counts for nothing."))]


def _reason(message: str) -> Text:
    return text("failed: {said}", said=message) if message else text("failed, without a message")


def _suite_reason(broken: int, message: str) -> Text:
    return plural(
        "a test suite broke outside its test cases: {said}",
        "{n} test suites broke outside their test cases, the first with: {said}",
        broken,
        said=message or "-",
    )
