"""Test cases: none failed, none broke, and something ran. A skipped case proves nothing."""

from datetime import date
from typing import Annotated

from controls.yaml_source import Flag, Whole, one_of
from evidence.formats.values import ERROR, FAIL, PASS, Result, Run
from evidence.judge import FAIL as FAILS
from evidence.judge import NONE, Explained, JudgeContext, Line, Verdict
from evidence.judge import PASS as PASSES
from evidence.judges.shapes import PolicyFile
from locales import Text, plural, text

_LONGEST_REASON = 200
SUITE_ERROR = "suite-error"


class Rules(PolicyFile):
    """Which outcomes fail, and how many cases must have run."""

    failing_outcomes: list[Annotated[str, one_of((FAIL, ERROR))]]
    suite_errors_fail: Flag
    least_executed: Whole


class JunitJudge:
    """One run of test cases."""

    def __init__(self, rules: Rules, run: Run, context: JudgeContext) -> None:
        del context
        self.reasons: list[Text] = []
        self.warnings: list[Text] = []
        self._rules = rules
        self._run = run
        self._failing_outcomes = frozenset(rules.failing_outcomes)
        self._failing: dict[str, str] = {}
        self._executed = 0

    def see(self, result: Result, /) -> str:
        outcome = result.outcome
        if outcome == PASS:
            self._executed += 1
            return PASSES
        if outcome in self._failing_outcomes:
            self._executed += 1
            self._failing.setdefault(result.check, result.message[:_LONGEST_REASON])
            return FAILS
        return ""

    def verdicts(self) -> dict[str, Verdict]:
        return {"": self._verdict()}

    def _verdict(self) -> Verdict:
        failing = [(check, _reason(message)) for check, message in self._failing.items()]
        broken = int(self._run.facts.get("suite_errors", "0"))
        if broken and self._rules.suite_errors_fail:
            failing.insert(0, (SUITE_ERROR, _suite_reason(broken, self._run.facts.get("suite_error", ""))))
        if failing:
            return Verdict(FAILS, plural("One check failed.", "{n} checks failed.", len(failing)), failing)
        if self._executed < self._rules.least_executed:
            return Verdict(NONE, text("No test case was carried out; a run without results proves nothing."))
        return Verdict(
            PASSES, plural("The one case that ran passed.", "All {n} cases that ran passed.", self._executed)
        )


class JunitLines:
    """What the policy says of one test case."""

    def __init__(self, rules: Rules) -> None:
        self._failing_outcomes = frozenset(rules.failing_outcomes)

    def explain(self, line: Line, day: date) -> list[Explained]:
        """The same on any day."""
        del day
        if line.outcome == PASS:
            return [Explained(level=PASSES, why=text("It ran and passed."))]
        if line.outcome in self._failing_outcomes:
            return [Explained(level=FAILS, why=text("It ran and did not pass."))]
        return [Explained(why=text("It did not run: it proves nothing."))]


def _reason(message: str) -> Text:
    return text("failed: {said}", said=message) if message else text("failed, without a message")


def _suite_reason(broken: int, message: str) -> Text:
    return plural(
        "a test suite broke outside its test cases: {said}",
        "{n} test suites broke outside their test cases, the first with: {said}",
        broken,
        said=message or "-",
    )
