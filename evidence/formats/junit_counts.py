"""What a suite of JUnit XML declares of its cases in numbers, under the names that tools give them."""

import re
from collections.abc import Mapping
from math import ceil
from typing import NamedTuple

from evidence.formats.junit_words import GOOD, plain

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
    """How many cases there are, how many of them failed or broke, and how many did not run."""

    cases: int
    broken: int
    skipped: int

    def since(self, before: "Tally") -> "Tally":
        return Tally(self.cases - before.cases, self.broken - before.broken, self.skipped - before.skipped)

    def shows(self, declared: "Tally") -> bool:
        """Whether these cases show at least what was declared; one that is declared skipped may as well have failed."""
        return (
            self.cases >= declared.cases
            and self.broken >= declared.broken
            and self.broken + self.skipped >= declared.broken + declared.skipped
        )


def declared(attributes: Mapping[str, str]) -> tuple[Tally, list[str]]:
    """What a suite declares, and the names of the counts that are no numbers."""
    told: dict[str, int] = {}
    unread = []
    for name, value in attributes.items():
        if is_count(name, value):
            key = plain(name)
            number = _number(value.strip())
            told[key] = max(told.get(key, 0), number or 0)
            unread += [name] if number is None else []
    most = [max(told.get(name, 0) for name in names) for names in (_TESTS, _FAILURES, _ERRORS, _SKIPPED, _UNDECIDED)]
    tests, failures, errors, skipped, undecided = most  # some say one thing twice, under two names
    return Tally(tests, _broken(told, failures, errors), skipped + undecided), unread


def total(attributes: Mapping[str, str]) -> int | None:
    """How many cases a suite says that it has; None if it does not say, or in no number."""
    told = [_number(value.strip()) for name, value in attributes.items() if plain(name) in _TOTALS and value.strip()]
    return max((number for number in told if number is not None), default=None)


def is_count(name: str, value: str) -> bool:
    """Whether an attribute of a suite is a count; `success` is one in numbers and a status in words."""
    key = plain(name)
    return key in _COUNTS and (key not in GOOD or value.strip()[:1].isdigit())


def _broken(told: Mapping[str, int], failures: int, errors: int) -> int:
    """Failures and errors; `failed` beside `failures` and `errors` is often both together."""
    if "failures" in told and "errors" in told:
        return max(told["failures"] + told["errors"], failures, errors)
    return failures + errors


def _number(value: str) -> int | None:
    """None if it can't be read as a number; part of one counts as one; below zero is none."""
    word = value.lower()
    if word in _NOTHING or word in _SOME:
        return int(word in _SOME)
    if _THOUSANDS.fullmatch(value):
        return int(re.sub(r"\D", "", value[:24]))
    found = _NUMBER.fullmatch(value)
    if not found:
        return None
    return max(0, ceil(float(value)))
