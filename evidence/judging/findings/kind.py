"""What scanners found in code, dependencies, images and addresses."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, ClassVar

from evidence.formats.facts import Findings
from evidence.formats.severity_words import UNKNOWN
from evidence.formats.values import Result, Run
from evidence.judging.example_runs import ExampleRun
from evidence.judging.findings.explanation import FindingsExplanation
from evidence.judging.findings.judge import FindingsJudge
from evidence.judging.findings.rules import Rules
from evidence.judging.policy import FieldLines, Policy
from evidence.judging.values import FAIL, NONE, PASS, Explained, JudgeContext, StoredResult
from evidence.judging.words import SEVERITIES
from locales import Language, Text, text

_FINISHED, _UNFINISHED, _PASSED = ("scan", "finished"), ("scan", "not finished"), ("check", "passed")
SEEN = "first seen, days ago"
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
        "terms": text("Terms"),
        "returns": text("A finding that returns"),
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
        return {"most": _limits, "terms": _terms, "returns": _returns}

    @property
    def returning(self) -> timedelta | None:
        return self.rules.returning

    def term_ends(self, rating: str, first_day: date) -> date | None:
        return self.rules.last_day(rating or UNKNOWN, first_day)

    @classmethod
    def example_runs(cls, values: Mapping[str, Any]) -> Sequence[ExampleRun]:
        limits: Mapping[str, str] = values["most"]
        terms: Mapping[str, str] = values.get("terms", {})
        worst = next(iter(limits))
        allowed = next((rating for rating in SEVERITIES if rating not in limits), worst)
        if share := int(values.get("least_share", "0")):
            return _of_benchmark(share, worst, int(limits[worst]), allowed)
        above = [("finding", worst)] * (int(limits[worst]) + 1)
        return [
            ExampleRun((_FINISHED,), PASS, text("A scan that finished and found nothing.")),
            ExampleRun(
                (_FINISHED, ("finding", allowed)),
                PASS if allowed != worst else FAIL,
                text("No limit applies to this severity."),
            ),
            *(_in_term(above, int(terms[worst])) if worst in terms else ()),
            ExampleRun(
                (_FINISHED, *above, *([(SEEN, str(int(terms[worst]) + 1))] if worst in terms else [])), FAIL, _TOO_MANY
            ),
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


def _terms(t: Language, terms: Mapping[str, str]) -> Iterator[str]:
    for severity, days in terms.items():
        number = int(days)
        yield "- " + (
            t.n(
                "{severity}: mended within {n} day of the day on which it was first seen",
                "{severity}: mended within {n} days of the day on which it was first seen",
                number,
                severity=SEVERITIES[severity],
            )
            if number
            else t("{severity}: mended on the day on which it was first seen", severity=SEVERITIES[severity])
        )
    yield ""
    yield t(
        "Within its term a finding does not count for the limit: it is shown as open, with its last day, and the proof "
        "ends on that day. The term starts on the day of the first run that shows the finding (the same check at the "
        "same place) for the same requirement and system or target, of whatever tool; earlier if the file itself "
        "states an earlier day."
    )


def _returns(t: Language, days: str) -> Iterator[str]:
    yield t.n(
        "A finding that was gone keeps its first day if it returns within {n} day; after that its term starts anew.",
        "A finding that was gone keeps its first day if it returns within {n} days; after that its term starts anew.",
        int(days),
    )


def _in_term(above: Sequence[tuple[str, str]], term: int) -> Iterator[ExampleRun]:
    why = text("Still within the term; the proof ends on the last day of that.")
    yield ExampleRun((_FINISHED, *above, (SEEN, str(term))), PASS, why)


KIND = FindingsPolicy
