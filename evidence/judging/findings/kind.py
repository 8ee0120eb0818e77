"""What scanners found in code, dependencies, images and addresses."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from evidence.formats.facts import Findings
from evidence.formats.values import Result, Run
from evidence.judging.example_runs import ExampleRun
from evidence.judging.findings.judge import FindingsExplanation, FindingsJudge, Rules
from evidence.judging.policy import FieldLines, Policy
from evidence.judging.values import FAIL, NONE, PASS, Explained, JudgeContext, StoredResult
from evidence.judging.words import SEVERITIES
from locales import Language, Text, text

_FINISHED, _UNFINISHED, _PASSED = ("scan", "finished"), ("scan", "not finished"), ("check", "passed")
_TOO_MANY = text("More findings of this severity than the limit.")
_SHOWS_NOTHING = text("An empty list whose file does not say that the scan finished shows nothing.")


class FindingsPolicy(Policy[Rules]):
    """Defines how many findings of each severity there may be."""

    judges = "findings"
    shape = Rules
    tests_from_outside = True  # of a public name; what has no address is not concerned
    about = text(
        "What a scanner found. More findings of a severity than the limit fails; a finding that is accepted can get an "
        "exception with a reason and an end date. A scan passes only if its file says what was scanned and that the "
        "scan finished: an empty list alone shows nothing. A finding that the file itself marks as accepted does not "
        "fail, and waits for someone else's review. Statements in VEX documents that are handed in together with the "
        "scan take findings out of account: not affected with a justification, fixed, and under investigation within "
        "the term; they wait for that review too."
    )
    field_titles: ClassVar[Mapping[str, Text]] = {
        "most": text("Most findings"),
        "under_investigation_days": text("Days that a VEX statement may keep a vulnerability under investigation"),
        "profiles": text("Accepted profiles, as benchmark@version/profile"),
        "least_share": text("Least share of the checks that passes, in percent"),
        "must_pass": text("Checks that must pass, whatever their severity"),
    }

    def judge(self, run: Run, context: JudgeContext) -> FindingsJudge:
        return FindingsJudge(self.rules, run, context)

    def explain(self, line: StoredResult, day: date) -> list[Explained]:
        return FindingsExplanation(self.rules).explain(line, day)

    def points_to_review(self, run: Run, results: Iterable[Result], context: JudgeContext) -> list[Text]:
        may_need_review = isinstance(run.facts, Findings) and run.facts.may_need_review
        if not (may_need_review or context.statements):
            return []
        judge = self.judge(run, context)
        for result in results:
            judge.add_result(result)
        judge.verdicts()
        return judge.to_review

    @property
    def needs_earlier_run(self) -> bool:
        """Whether checks that ran before must run again: with some left out, a larger share passes."""
        return bool(self.rules.least_share)

    def tested(self, result: Result) -> set[str]:
        return {result.check} if self.rules.least_share else set()

    @classmethod
    def field_lines(cls) -> Mapping[str, FieldLines]:
        return {"most": _limits}

    @classmethod
    def example_runs(cls, values: Mapping[str, Any]) -> Sequence[ExampleRun]:
        limits: Mapping[str, str] = values["most"]
        worst = next(iter(limits))
        allowed = next((rating for rating in SEVERITIES if rating not in limits), worst)
        if share := int(values.get("least_share", "0")):
            return _of_benchmark(share, worst, int(limits[worst]), allowed)
        return [
            ExampleRun((_FINISHED,), PASS, text("A scan that finished and found nothing.")),
            ExampleRun(
                (_FINISHED, ("finding", allowed)),
                PASS if allowed != worst else FAIL,
                text("No limit applies to this severity."),
            ),
            ExampleRun((_FINISHED, *[("finding", worst)] * (int(limits[worst]) + 1)), FAIL, _TOO_MANY),
            ExampleRun((_UNFINISHED,), NONE, _SHOWS_NOTHING, border=True),
        ]

    @classmethod
    def example(cls, values: Mapping[str, Any]) -> Sequence[str]:
        if "least_share" in values:
            return ["oscap xccdf eval --profile PROFILE --results-arf scan.xml CONTENT.xml"]
        return ["trivy image --format json --output scan.json registry.example.nl/portal:2026.11"]


def _of_benchmark(least: int, worst: str, most: int, allowed: str) -> Sequence[ExampleRun]:
    """Examples of a policy that requires a share: with one finding more than `passed`, the share is just too small."""
    passed = (least - 1) // (100 - least) if least < 100 else 1  # noqa: PLR2004 - percent
    return [
        ExampleRun((_FINISHED, _PASSED), PASS, text("A scan that finished; every check passed.")),
        ExampleRun((_FINISHED, _PASSED, *[("finding", worst)] * (most + 1)), FAIL, _TOO_MANY),
        ExampleRun(
            (_FINISHED, *[_PASSED] * passed, ("finding", allowed)),
            FAIL,
            text("No limit applies to this severity, and too small a share of the checks passed."),
            border=True,
        ),
        ExampleRun((_FINISHED,), NONE, text("No check applied, so nothing was checked.")),
        ExampleRun((_UNFINISHED,), NONE, _SHOWS_NOTHING),
    ]


def _limits(t: Language, limits: Mapping[str, str]) -> Iterator[str]:
    return (
        f"- {t('{severity}: at most {n}', severity=SEVERITIES[limit], n=int(most))}" for limit, most in limits.items()
    )


KIND = FindingsPolicy
