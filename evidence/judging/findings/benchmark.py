"""What a policy requires of a run of a benchmark besides limits: a profile, a share that passes, checks that must pass.

A check is a rule or control, with all its results on a target: it failed if a result failed, and passed if one passed
and none failed. Checks that do not apply, and results that are set aside, do not count.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from evidence.formats.facts import Findings
from evidence.formats.values import ERROR, FAIL, NOT_EVALUATED, PASS, SKIPPED, Result, Run
from locales import Text, plural, text

_ORDER = (SKIPPED, PASS, ERROR, FAIL)  # of the results of a check, the last that occurs counts
_OPEN = {NOT_EVALUATED: SKIPPED}
_MOST_NAMED = 12


@dataclass(frozen=True, slots=True)
class Expected:
    """What a policy requires: patterns of accepted profiles (none: any), a share in percent, patterns of checks."""

    profiles: Sequence[str] = ()
    least_share: int = 0
    must_pass: Sequence[str] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it requires nothing."""
        return not (self.profiles or self.least_share or self.must_pass)

    def must_have_passed(self, check: str) -> bool:
        """Whether a check must pass, whatever its severity."""
        return bool(self.must_pass) and _matches(check, self.must_pass)

    def other_profile(self, run: Run) -> Text | None:
        """Why the profile of a run is not accepted; None: it is."""
        profiles = run.facts.profiles if isinstance(run.facts, Findings) else []
        other = [name for name in profiles or ["-"] if not _matches(name, self.profiles)]
        if not self.profiles or not other:
            return None
        return text(
            "The profile of this run is {names}; the policy accepts {accepted}.",
            names=_some(other),
            accepted=_some(self.profiles),
        )


class Checks:
    """The checks of a run, by target, as far as they matter to what is expected."""

    def __init__(self, expected: Expected) -> None:
        self._expected = expected
        self._outcomes: dict[str, dict[str, str]] = {}  # by target and check
        self._matter = bool(expected.least_share or expected.must_pass)
        self._not_passed = dict.fromkeys(expected.must_pass)  # patterns that no passed check matches yet

    def add(self, result: Result, target: str) -> None:
        """Add a result that is not set aside."""
        if not self._matter:
            return
        outcome = _OPEN.get(result.outcome, result.outcome)
        if outcome == PASS and self._not_passed:
            for pattern in [each for each in self._not_passed if fnmatchcase(result.check, each)]:
                del self._not_passed[pattern]
        if self._expected.least_share and outcome in _ORDER:
            checks = self._outcomes.setdefault(target, {})
            checks[result.check] = max(outcome, checks.get(result.check, SKIPPED), key=_ORDER.index)

    def too_few(self, target: str) -> Text | None:
        """Why too small a share of the checks on a target passed; None: enough did."""
        passed, carried_out = self._numbers(target)
        least = self._expected.least_share
        if 100 * passed >= least * carried_out:
            return None
        return plural(
            "{passed} of {n} check passed, {share} %; expected at least {least} %",
            "{passed} of {n} checks passed, {share} %; expected at least {least} %",
            carried_out,
            passed=passed,
            share=100 * passed // carried_out,
            least=least,
        )

    def not_shown(self, target: str) -> Text | None:
        """What the run leaves open: nothing was checked, or a check that must pass did not."""
        if self._expected.least_share and not self._numbers(target)[1]:
            return text("No check applied, so nothing was checked.")
        if self._not_passed:
            return text("No check that matches {names} passed; the policy requires it.", names=_some(self._not_passed))
        return None

    def _numbers(self, target: str) -> tuple[int, int]:
        """How many checks on a target passed, and how many apply."""
        outcomes = Counter(self._outcomes.get(target, {}).values())
        return outcomes[PASS], outcomes.total()


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _some(names: Iterable[str]) -> str:
    listed = list(names)
    return ", ".join(listed[:_MOST_NAMED]) + (" …" if len(listed) > _MOST_NAMED else "")
