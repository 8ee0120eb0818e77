"""Test cases: none failed, none broke, the run is whole, and what must be covered is. A skipped case proves nothing."""

import re
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
    """For every value of a property (those given, else all that occur) each of these must be covered."""

    by: Given
    values: list[Given] = Field(default_factory=list)
    cover: list[Given]


class Means(Shape):
    """What a case shows that is named so."""

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
    """One run of test cases."""

    def __init__(self, rules: Rules, run: Run, context: JudgeContext) -> None:
        super().__init__()
        self._rules = rules
        self._run = run
        self._failing_outcomes = frozenset(rules.failing_outcomes)
        self._failing: dict[str, str] = {}
        self._executed = 0
        self._context = context
        self._covered = Covered(rules)

    def add_result(self, result: Result, /) -> str:
        outcome = result.outcome
        if outcome == PASS:
            self._executed += 1
            self._covered.add(result)
            return PASSES
        if outcome in self._failing_outcomes:
            self._executed += 1
            self._failing.setdefault(result.check, result.message[:_LONGEST_REASON])
            self._covered.name(result)
            return FAILS
        self._covered.name(result)
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
        return text("{now} cases ran; the last time {before} did. Expected at least as many.", now=now, before=before)


class Covered:
    """What the passed cases cover: by a property (`check=too-short`), the same in the name, or a pattern of names."""

    def __init__(self, rules: Rules) -> None:
        self._each = rules.covers_each
        self._open = dict.fromkeys(rules.covers)
        self._too_many = False
        self._values: dict[str, dict[str, set[str]]] = {
            each.by: {value: set() for value in each.values} for each in rules.covers_each
        }

    def add(self, result: Result) -> None:
        """A case that passed."""
        for one in [one for one in self._open if _tells(result, one)]:
            del self._open[one]
        for each, found in self._named(result):
            found.update(one for one in each.cover if _tells(result, one))

    def name(self, result: Result) -> None:
        """A case that did not pass covers nothing; what it names must be covered by another."""
        for _ in self._named(result):
            pass

    def _named(self, result: Result) -> list[tuple[Each, set[str]]]:
        found: list[tuple[Each, set[str]]] = []
        if not result.properties and "[" not in result.check:
            return found  # it names nothing: so do most of the cases of a large run
        for each in self._each:
            values, told = self._values[each.by], _values(result, each.by)
            new = [value for value in told if value not in values and not each.values]
            self._too_many = self._too_many or len(values) + len(new) > _MOST_VALUES
            values.update((value, set()) for value in new[: _MOST_VALUES - len(values)])
            found += [(each, values[value]) for value in told if value in values]
        return found

    def missing(self) -> list[str]:
        """What nothing covers, as the policy calls it."""
        lacking = [*self._open, *(["..."] if self._too_many else [])]
        for each in self._each:
            values = self._values[each.by]
            lacking += [] if values else [f"{each.by}=..."]
            for value, found in values.items():
                lacking += [f"{each.by}={value} {one}" for one in each.cover if one not in found]
        return lacking


def tested(result: Result, rules: Rules) -> set[str]:
    """What a case tests, by its name and by the values that the policy asks for: `page=/record`."""
    values = {f"{each.by}={value}" for each in rules.covers_each for value in _values(result, each.by)}
    return {result.check, *values}


def _values(result: Result, name: str) -> list[str]:
    told = [value for key, value in result.properties if key == name]
    told += [value for key, value in _IN_NAME.findall(result.check) if key == name]
    return [value.strip() for value in told if value.strip()]


def _tells(result: Result, wanted: str) -> bool:
    name, equals, value = wanted.partition("=")
    if not equals:
        return fnmatchcase(result.check, wanted)
    return value in _values(result, name)


class CasesExplanation:
    """What the policy says of one test case."""

    def __init__(self, rules: Rules) -> None:
        self._failing_outcomes = frozenset(rules.failing_outcomes)

    def explain(self, line: StoredResult, day: date) -> list[Explained]:
        """The same on any day."""
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
