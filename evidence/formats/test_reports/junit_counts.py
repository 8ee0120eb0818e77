"""Counts that a JUnit suite declares, under the names that tools use."""

import re
from collections.abc import Mapping
from math import ceil
from typing import NamedTuple

from evidence.formats.test_reports.junit_outcomes import GOOD, plain

_TESTS = ("tests", "total", "totaltests", "testcount", "executed", "passed", "success", "successful", "succeeded")
_TOTALS = frozenset(("tests", "total", "totaltests", "testcount"))
_FAILURES = ("failures", "failure", "failed", "fails", "fail", "failing", "failedtests", "failurecount")
_ERRORS = ("errors", "error", "errored", "errorcount", "broken", "aborted", "crashed", "timedout", "timeouts")
_SKIPPED = ("skipped", "skip", "skips", "disabled", "ignored", "notrun", "notexecuted", "pending", "excluded")
_UNDECIDED = ("inconclusive", "untested", "undefined", "unstable", "blocked", "incomplete")
_COUNTS = frozenset((*_TESTS, *_FAILURES, *_ERRORS, *_SKIPPED, *_UNDECIDED))
_NOTHING = frozenset(("", "n/a", "na", "-", "none", "null", "no", "false", "nil"))
_SOME = frozenset(("true", "yes"))
_NUMBER = re.compile(r"[+-]?(\d{1,15})(?:\.\d{1,15})?")
_THOUSANDS = re.compile(r"\d{1,3}(?:[, _']\d{3})+")


class Tally(NamedTuple):
    """Numbers of cases: all, failed or broken, and skipped."""

    cases: int
    broken: int
    skipped: int

    def since(self, before: "Tally") -> "Tally":
        """The numbers counted after `before`."""
        return Tally(self.cases - before.cases, self.broken - before.broken, self.skipped - before.skipped)

    def shows(self, declared: "Tally") -> bool:
        """Whether the cases show at least what was declared; a case declared skipped may also have failed."""
        return (
            self.cases >= declared.cases
            and self.broken >= declared.broken
            and self.broken + self.skipped >= declared.broken + declared.skipped
        )


def declared(attributes: Mapping[str, str]) -> tuple[Tally, list[str]]:
    """The tally that a suite declares, and names of counts that are no numbers."""
    counts: dict[str, int] = {}
    unread = []
    for name, value in attributes.items():
        if is_count(name, value):
            key = plain(name)
            number = _number(value.strip())
            counts[key] = max(counts.get(key, 0), number or 0)
            unread += [name] if number is None else []
    most = [max(counts.get(name, 0) for name in names) for names in (_TESTS, _FAILURES, _ERRORS, _SKIPPED, _UNDECIDED)]
    tests, failures, errors, skipped, undecided = most  # some tools write the same count under two names
    return Tally(tests, _broken(counts, failures, errors), skipped + undecided), unread


def total(attributes: Mapping[str, str]) -> int | None:
    """The number of cases that a suite declares; None if it declares none or no number."""
    counts = [_number(value.strip()) for name, value in attributes.items() if plain(name) in _TOTALS and value.strip()]
    return max((number for number in counts if number is not None), default=None)


def too_few_executed(attributes: Mapping[str, str], tally: Tally) -> str:
    """The number of executed cases that a suite declares, if it is less than all that were not skipped; else empty."""
    for name, value in attributes.items():
        if plain(name) == "executed" and (number := _number(value.strip())) is not None:
            return f"{name}: {number}" if number < tally.cases - tally.skipped else ""
    return ""


def is_count(name: str, value: str) -> bool:
    """Whether a suite's attribute is a count; `success` is one if it is a number, else a status."""
    key = plain(name)
    return key in _COUNTS and (key not in GOOD or value.strip()[:1].isdigit())


def _broken(counts: Mapping[str, int], failures: int, errors: int) -> int:
    """The number of failures and errors; `failed` besides `failures` and `errors` is often their sum."""
    if "failures" in counts and "errors" in counts:
        return max(counts["failures"] + counts["errors"], failures, errors)
    return failures + errors


def _number(value: str) -> int | None:
    """A count, rounded up and at least 0; None if it is no number."""
    lowered = value.lower()
    if lowered in _NOTHING or lowered in _SOME:
        return int(lowered in _SOME)
    if _THOUSANDS.fullmatch(value):
        return int(re.sub(r"\D", "", value[:24]))
    match = _NUMBER.fullmatch(value)
    if not match:
        return None
    return max(0, ceil(float(value)))
