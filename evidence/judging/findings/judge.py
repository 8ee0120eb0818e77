"""Judges findings: not more than the policy allows of each severity, in a scan that shows that it finished.

A scan without findings proves something only if its file says what was scanned and that the scan finished. For a
benchmark, a policy can also name a profile, a share of checks that pass, and checks that must pass (`benchmark.py`).
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from controls.files.yaml_source import Given, Source, Whole, one_of
from evidence.formats.facts import Findings
from evidence.formats.findings import FINDING_KIND, SECRET, SET_ASIDE, SUPPRESSED, VULNERABILITY, only_states, value_of
from evidence.formats.severities import RATINGS, UNKNOWN
from evidence.formats.values import ERROR, FAIL, NOT_EVALUATED, PASS, SKIPPED, Result, Run
from evidence.judging.findings.benchmark import Checks, Expected
from evidence.judging.findings.stated_findings import StatedFindings, statement_in
from evidence.judging.policy_file import PolicyFile
from evidence.judging.values import FAIL as FAILS
from evidence.judging.values import NONE, Explained, Judge, JudgeContext, StoredResult, Verdict
from evidence.judging.values import PASS as PASSES
from evidence.judging.words import SEVERITIES
from locales import Text, plural, text

SECRETS = "secrets"
SHARE = "passed-share"  # name of a failing check
WITHIN, ASIDE = "within", "set aside"  # levels of findings that do not fail
EXCUSED, STATEMENT = "by statement", "statement"  # levels of findings that VEX statements are about, and of those
_LONGEST_REASON = 200
#: why a result has its level
_WHY: dict[str, Text] = {
    FAILS: text("There are more of these than the policy allows."),
    WITHIN: text("The policy allows this number of findings of this severity."),
    ASIDE: text("The file says that this was accepted, or that it no longer applies."),
    STATEMENT: text("This is a statement, not a finding of a scan."),
    PASSES: text("It ran and passed."),
}


class Rules(PolicyFile):
    """How many findings of each severity there may be at most; what is not named may occur any number of times.

    `secrets`: keys and passwords, of any severity. `under_investigation_days`: for how many days from its first such
    statement a vulnerability may be under investigation; None: such statements have no effect. `profiles`,
    `must_pass`: patterns of names, with `*`; `least_share`: in percent.
    """

    judges: Literal["findings"]
    most: dict[Annotated[str, one_of((*RATINGS, SECRETS))], Whole]
    under_investigation_days: Whole | None = None
    profiles: list[Given] = Field(default_factory=list)
    least_share: Whole = 0
    must_pass: list[Given] = Field(default_factory=list)

    def check(self, source: Source[Any]) -> None:
        """Check that the share is a percentage. Raises `WrongFile`."""
        if self.least_share > 100:  # noqa: PLR2004 - percent
            raise source.wrong(text("expected a percentage, 0 to 100."), "least_share")

    @property
    def expected(self) -> Expected:
        """What is required of a benchmark besides the limits."""
        return Expected(self.profiles, self.least_share, self.must_pass)

    def limit_of(self, kind: str, rating: str) -> str:
        """The limit that applies to a kind of finding with a rating; empty if none does."""
        if kind == SECRET and SECRETS in self.most:
            return SECRETS
        limit = rating or UNKNOWN
        return limit if limit in self.most else ""


@dataclass(slots=True)
class _Tally:
    """What was found on a target: numbers by limit, names that occurred, and the failing checks with their reasons."""

    numbers: Counter[str] = field(default_factory=Counter)
    names: Counter[str] = field(default_factory=Counter)
    failing: dict[str, Text] = field(default_factory=dict)


class FindingsJudge(Judge):
    """Judges the findings of a scan; for each tested address if the file names any."""

    def __init__(self, rules: Rules, run: Run, context: JudgeContext) -> None:
        super().__init__()
        self._rules, self._run, self._expected = rules, run, rules.expected
        self._checks = Checks(self._expected)
        self._only_states = only_states(run)
        self._is_beside_scan = self._only_states and context.statements.beside_scan
        products = run.facts.products if isinstance(run.facts, Findings) else ()
        days = rules.under_investigation_days
        self._stated = StatedFindings(products, None if days is None else int(days), context)
        self._tallies: dict[str, _Tally] = {}
        self._outcomes: Counter[str] = Counter()
        self._set_aside = 0  # findings above a limit
        self._not_counted = 0  # other results that someone changed or accepted

    def add_result(self, result: Result, /) -> str:
        self._outcomes[result.outcome] += 1
        if self._only_states and (self._is_beside_scan or result.outcome != FAIL):
            return STATEMENT
        limit = self._rules.limit_of(value_of(result, FINDING_KIND), result.rating)
        if aside := value_of(result, SET_ASIDE):
            if aside == SUPPRESSED:
                self._set_aside += bool(limit) and result.outcome != PASS
                self._not_counted += not limit or result.outcome == PASS
            return ASIDE
        target = result.target if self._run.targets else ""
        self._checks.add(result, target)
        if result.outcome == PASS:
            return PASSES
        return self._level(result, limit, target) if result.outcome == FAIL else ""

    def _level(self, result: Result, limit: str, target: str) -> str:
        """The level of a finding."""
        if self._expected.must_have_passed(result.check):
            return self._counted(result, limit, target, 0)
        if not limit:
            return WITHIN
        if self._stated.excuses(result, target):
            return EXCUSED
        return self._counted(result, limit, target, self._rules.most[limit])

    def noted(self, result: Result) -> Result:
        return self._stated.noted(result)

    def _counted(self, result: Result, limit: str, target: str, most: int) -> str:
        """Count a finding of which there may be `most`; return its level."""
        tally = self._tallies.setdefault(target, _Tally())
        tally.numbers[limit] += 1
        number = tally.numbers[limit]
        if number <= most:
            return WITHIN
        if most:
            tally.failing[f"more than {most} {limit}"] = _too_many(limit, number, most)
        else:
            tally.failing.setdefault(_name(result, target, tally.names), _reason(result))
        return FAILS

    def verdicts(self) -> dict[str, Verdict]:
        if self._run.remark:
            self.warnings.append(self._run.remark)
        self.warnings += self._stated.warnings()
        self.to_review += self._points()
        if self._is_beside_scan:
            return {}
        targets = {*self._run.targets, *self._tallies} or {""}
        return {target: self._verdict(target, self._tallies.get(target, _Tally())) for target in sorted(targets)}

    def _points(self) -> list[Text]:
        """What someone else must look at, as the file alone does not settle it."""
        points = self._stated.points()
        if self._is_beside_scan:
            return self._points_of_statements()
        if self._set_aside:
            points.append(
                plural(
                    "One finding above a limit does not count, as the file says that it was accepted; see whether it "
                    "was.",
                    "{n} findings above a limit do not count, as the file says that they were accepted; see whether "
                    "they were.",
                    self._set_aside,
                )
            )
        if self._not_counted and not self._expected.is_empty:
            points.append(
                plural(
                    "One result does not count, as someone changed or accepted it; see whether they could.",
                    "{n} results do not count, as someone changed or accepted them; see whether they could.",
                    self._not_counted,
                )
            )
        left_out = self._run.facts.left_out if isinstance(self._run.facts, Findings) else 0
        if left_out:
            points.append(
                plural(
                    "The tool was told to leave one finding out; see whether it may.",
                    "The tool was told to leave {n} findings out; see whether it may.",
                    left_out,
                )
            )
        stated = self._run.facts.undecided if isinstance(self._run.facts, Findings) else 0
        if undecided := max(stated, self._outcomes[NOT_EVALUATED]):
            points.append(
                plural(
                    "The tool leaves one result to a person.",
                    "The tool leaves {n} results to a person.",
                    undecided,
                )
            )
        return points

    def _points_of_statements(self) -> list[Text]:
        """What someone else must look at in a VEX document beside a scan."""
        if not (affected := self._outcomes[FAIL]):
            return []
        return [
            plural(
                "A VEX document says of one vulnerability that it affects a product; see whether it is what was "
                "scanned, and whether the scan reports it.",
                "A VEX document says {n} times that a vulnerability affects a product; see whether it is what was "
                "scanned, and whether the scan reports it.",
                affected,
            )
        ]

    def _verdict(self, target: str, tally: _Tally) -> Verdict:
        if other := self._expected.other_profile(self._run):
            return Verdict(NONE, other)
        failing = list(tally.failing.items())
        if too_few := self._checks.too_few(target):
            failing.append((SHARE, too_few))
        if failing:
            return Verdict(FAILS, plural("One check failed.", "{n} checks failed.", len(failing)), failing)
        if not_shown := self._not_shown(target):
            return Verdict(NONE, not_shown)
        return Verdict(PASSES, self._within(), ends=self._stated.ends.get(target))

    def _not_shown(self, target: str) -> Text | None:
        """Why the file shows nothing; None: it shows a scan of something that finished."""
        if not self._run.complete:
            return self._run.remark or text("The file does not show that the scan finished.")
        if errors := self._outcomes[ERROR]:
            return plural("One check could not be carried out.", "{n} checks could not be carried out.", errors)
        if not self._names_what_was_scanned():
            return text("The file does not say what was scanned, so it shows nothing of it.")
        return self._checks.not_shown(target)

    def _within(self) -> Text:
        if excused := self._stated.number:
            return text(
                "The scan finished, with {n} findings. By statements in VEX documents {excused} of them do not count; "
                "the others are within the limits.",
                n=self._outcomes[FAIL],
                excused=excused,
            )
        return text("The scan finished, with {n} findings, all within the limits.", n=self._outcomes[FAIL])

    def _names_what_was_scanned(self) -> bool:
        facts = self._run.facts
        return bool(self._run.targets) or (isinstance(facts, Findings) and bool(facts.examined))


def _name(result: Result, target: str, names: Counter[str]) -> str:
    """The name of a failing check, to which exceptions refer: the check, and where, if the verdict is not of there.

    A further finding of the same check at the same place gets a number, as an exception for one must not hide another;
    a vulnerability that is reported several times is the same one.
    """
    name = result.check if target or not result.target else f"{result.check} {result.target}"
    if value_of(result, FINDING_KIND) == VULNERABILITY:
        return name
    names[name] += 1
    return name if names[name] == 1 else f"{name} #{names[name]}"


def _reason(result: Result) -> Text:
    return text(
        "{severity}: {finding}",
        severity=SEVERITIES[result.rating or UNKNOWN],
        finding=result.message[:_LONGEST_REASON] or "-",
    )


def _too_many(limit: str, number: int, most: int) -> Text:
    return text("{n} found ({severity}), at most {most} allowed", n=number, severity=SEVERITIES[limit], most=most)


def _no_effect(line: StoredResult) -> list[Explained]:
    """The statement about a finding that fails all the same."""
    if not (statement := statement_in(line.message)):
        return []
    why = text("A statement in a VEX document does not take it out of account: {statement}.", statement=statement)
    return [Explained(level=FAILS, why=why)]


class FindingsExplanation:
    """Explains how a finding was judged."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    def explain(self, line: StoredResult, day: date) -> list[Explained]:
        """Explain the level of a result; the day makes no difference."""
        del day
        if line.level == FAILS:
            return [Explained(level=FAILS, why=_WHY[FAILS]), *_no_effect(line)]
        if line.level == EXCUSED:
            why = text(
                "A statement in a VEX document takes it out of account: {statement}.",
                statement=statement_in(line.message),
            )
            return [Explained(level=EXCUSED, why=why)]
        if line.level in _WHY:
            return [Explained(level=line.level, why=_WHY[line.level])]
        if line.outcome == ERROR:
            return [Explained(why=text("The tool could not carry this out, so the scan is not complete."))]
        if line.outcome in (SKIPPED, NOT_EVALUATED) and self._rules.least_share:
            return [Explained(why=text("It was not carried out, so it has not passed."))]
        return [Explained(why=text("It says nothing of a weakness, so it counts for nothing."))]
