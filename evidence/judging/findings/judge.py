"""Judges findings: not more than the policy allows of each severity, in a scan that shows that it finished.

A scan without findings proves something only if its file says what was scanned and that the scan finished. A severity
can have a term: a finding counts once that has ended since its first day, and until then the proof ends with it. For a
benchmark, a policy can also name a profile, a share of checks that pass, and checks that must pass (`benchmark.py`).
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from evidence.formats.facts import Findings
from evidence.formats.findings import FINDING_KIND, SET_ASIDE, SUPPRESSED, VULNERABILITY, only_states, value_of
from evidence.formats.severity_words import UNKNOWN
from evidence.formats.values import ERROR, FAIL, INFORMATIONAL, NOT_EVALUATED, PASS, Result, Run
from evidence.judging.findings.benchmark import Checks
from evidence.judging.findings.open_findings import Open, first_end
from evidence.judging.findings.rules import Rules
from evidence.judging.findings.vex_of_findings import StatedFindings
from evidence.judging.levels import ASIDE, EXCUSED, IN_TERM, STATEMENT, WITHIN
from evidence.judging.values import FAIL as FAILS
from evidence.judging.values import NONE, Judge, JudgeContext, Verdict
from evidence.judging.values import PASS as PASSES
from evidence.judging.words import SEVERITIES
from locales import Text, plural, text

SHARE = "passed-share"  # name of a failing check
_LONGEST_REASON = 200


@dataclass(slots=True)
class _Tally:
    """What was found on a target: numbers by limit, names that occurred, and the failing checks with their reasons.

    `open`: by limit, findings before the end of their term.
    """

    numbers: Counter[str] = field(default_factory=Counter)
    names: Counter[str] = field(default_factory=Counter)
    failing: dict[str, Text] = field(default_factory=dict)
    open: dict[str, list[Open]] = field(default_factory=dict)


class FindingsJudge(Judge):
    """Judges the findings of a scan; for each tested address if the file names any."""

    def __init__(self, rules: Rules, run: Run, context: JudgeContext) -> None:
        super().__init__()
        self._rules, self._run, self._context, self._expected = rules, run, context, rules.expected
        self._returning = rules.returning
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
        if (tally := self._tallies.get(target)) is None:
            tally = self._tallies[target] = _Tally()
        first_day = self._context.first_day_of(result, self._returning)
        last_day = self._rules.last_day(limit, first_day)
        if last_day and self._context.as_of <= last_day:
            tally.open.setdefault(limit, []).append(Open(last_day, result.check, result.target))
            return IN_TERM
        tally.numbers[limit] += 1
        number = tally.numbers[limit]
        if number <= most:
            return WITHIN
        if most:
            tally.failing[f"more than {most} {limit}"] = _too_many(limit, number, most)
        else:
            reason = _after_term(result, first_day, last_day) if last_day else _reason(result)
            tally.failing.setdefault(_name(result, target, tally.names), reason)
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
        points = []
        if affected := self._outcomes[FAIL]:
            points.append(
                plural(
                    "A VEX document says of one vulnerability that it affects a product; see whether it is what was "
                    "scanned, and whether the scan reports it.",
                    "A VEX document says {n} times that a vulnerability affects a product; see whether it is what was "
                    "scanned, and whether the scan reports it.",
                    affected,
                )
            )
        if examined := self._outcomes[INFORMATIONAL]:
            points.append(
                plural(
                    "A VEX document says of one vulnerability that it is still being examined; see whether the scan "
                    "reports it.",
                    "A VEX document says {n} times that a vulnerability is still being examined; see whether the scan "
                    "reports it.",
                    examined,
                )
            )
        return points

    def _verdict(self, target: str, tally: _Tally) -> Verdict:
        if other := self._expected.other_profile(self._run):
            return Verdict(NONE, other)
        end = first_end(tally.open, tally.numbers, self._rules.most)
        of_statements = self._stated.ends.get(target)
        ends = min((day for day in (end and end.last_day, of_statements) if day is not None), default=None)
        failing = list(tally.failing.items())
        if too_few := self._checks.too_few(target):
            failing.append((SHARE, too_few))
        if failing:
            failed = plural("One check failed.", "{n} checks failed.", len(failing))
            return Verdict(FAILS, _with_open(failed, tally, end), failing, ends)
        if not_shown := self._not_shown(target):
            return Verdict(NONE, not_shown)
        return Verdict(PASSES, _with_open(self._within(), tally, end), ends=ends)

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
            return plural(
                "The scan finished, with {n} finding. By statements in VEX documents {excused} of them does not count.",
                "The scan finished, with {n} findings. By statements in VEX documents {excused} of them do not count; "
                "the others are within the limits.",
                self._outcomes[FAIL],
                excused=excused,
            )
        return plural(
            "The scan finished, with {n} finding, within the limits.",
            "The scan finished, with {n} findings, all within the limits.",
            self._outcomes[FAIL],
        )

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


def _after_term(result: Result, first_day: date, last_day: date) -> Text:
    return text(
        "{severity}, first seen on {day}, to be mended by {last}: {finding}",
        severity=SEVERITIES[result.rating or UNKNOWN],
        day=first_day,
        last=last_day,
        finding=result.message[:_LONGEST_REASON] or "-",
    )


def _with_open(verdict: Text, tally: _Tally, end: Open | None) -> Text:
    """The verdict with the findings before the end of their term, and the day on which the proof ends for them."""
    number = sum(map(len, tally.open.values()))
    if not number:
        return verdict
    still = plural("One is open within its term.", "{n} are open within their terms.", number)
    if end is None:
        return Text("{verdict} {open}", {"verdict": verdict, "open": still})
    return text(
        "{verdict} {open} This proof ends on {day}, as {check} must be mended by then.",
        verdict=verdict,
        open=still,
        day=end.last_day,
        check=" ".join(filter(None, (end.check, end.target))),
    )
