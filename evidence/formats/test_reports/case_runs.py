"""What formats of test runs other than JUnit share: cases as results, and what their suites declare.

A requirement or policy that takes JUnit XML takes them too (`TAKEN_AS`), and judges them alike.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from evidence.formats.facts import TestCases
from evidence.formats.moments import Moments
from evidence.formats.run_limits import limit_in_group, limit_in_name, limit_in_title, limit_of_case
from evidence.formats.test_reports.junit_counts import Tally
from evidence.formats.test_reports.junit_mentions import Mentions
from evidence.formats.test_reports.junit_outcomes import shortened
from evidence.formats.test_reports.junit_suites import Remarks
from evidence.formats.values import (
    ERROR,
    FAIL,
    LONGEST_CHECK,
    NOT_EVALUATED,
    PASS,
    SKIPPED,
    Result,
    Run,
    new_result,
    storable,
)
from locales import text

LONGEST = 2_000  # characters of a message, and of a property's value
MOST_PROPERTIES = 100  # of a case


class Words(NamedTuple):
    """A tool's words for outcomes. `undecided`: those that tell neither that a case passed nor that it failed."""

    outcomes: Mapping[str, str]
    undecided: frozenset[str] = frozenset()


class Declared(NamedTuple):
    """What a suite says of itself: its name, numbers of cases, and the number of all cases (None: not told).

    `without_skipped`: whether that number may leave out skipped cases. `failed`: whether it says that it failed;
    `broken`: whether it did so outside its cases.
    """

    name: str
    tally: Tally
    total: int | None
    without_skipped: bool = False
    failed: bool = False
    broken: bool = False


class _Open(NamedTuple):
    declared: Declared
    before: Tally
    errors: int  # suite errors before it


class CaseRun:
    """A run of test cases as it is read, with its facts.

    It has a moment only if none of its cases ran `undated`.
    """

    def __init__(self, name: str, tool: str) -> None:
        self.facts = TestCases()
        self.run = Run(name, tool, facts=self.facts)
        self.moments = Moments()
        self.mentions = Mentions()
        self.remarks = Remarks()
        self.undated = False
        self.shown = Tally(0, 0, 0)
        self._open: list[_Open] = []

    def case(
        self, group: str, name: str, outcome: str, message: str = "", properties: Iterable[tuple[str, str]] = ()
    ) -> Result:
        """Count a case. `group`: its class or suite, which its name may already begin with."""
        cases, broken, skipped = self.shown
        is_broken = outcome in (FAIL, ERROR)
        self.shown = Tally(cases + 1, broken + is_broken, skipped + (not is_broken and outcome != PASS))
        name = name or f"case {cases + 1}"
        check = name if not group or name.startswith(f"{group}.") else f"{group}.{name}"
        if group != self.mentions.last:
            self.mentions.add_group(group, {})
            self.remarks.add_limit(limit_in_group(group))
        stored = [(storable(key, LONGEST_CHECK), storable(value, LONGEST)) for key, value in properties]
        for key, value in stored:
            self.mentions.add_value(value)
            self.remarks.add_limit(limit_of_case(key, value))
        if outcome == PASS:
            self.remarks.add_limit(limit_in_name(name))
        check = storable(check if len(check) <= LONGEST_CHECK else shortened(check), LONGEST_CHECK)
        message = storable(message, LONGEST) if message else ""
        return new_result((cases + 1, check, "", outcome, "", message, tuple(stored), 0, ""))

    def outcome(self, word: str, words: Words, *, has_failure: bool = False) -> str:
        """The outcome of a tool's word; one that is unknown or decides nothing leaves the run incomplete.

        `has_failure`: whether the case tells of a failure besides, so that it is no pass.
        """
        outcome = words.outcomes.get(word)
        if outcome == PASS and has_failure:
            word, outcome = f"{word}, with a failure", None
        if outcome is None:
            self.remarks.add_status(word or "-")
            return SKIPPED if word in words.undecided else NOT_EVALUATED
        return outcome

    def open_suite(self, declared: Declared) -> None:
        self.mentions.add_name(declared.name)
        of_name = limit_in_group if self._open else limit_in_title
        self.remarks.add_limit(of_name(declared.name))
        self._open.append(_Open(declared, self.shown, self.remarks.suite_errors))

    def close_suite(self, message: str = "", *, declared: Declared | None = None) -> None:
        """Compare what the innermost suite declares with its cases. `declared`: where it tells so at its end."""
        opened = self._open.pop()
        declared = declared or opened.declared
        shown = self.shown.since(opened.before)
        has_told = self.remarks.suite_errors > opened.errors  # a suite within it
        if declared.broken or (declared.failed and not shown.broken and not has_told):
            self.remarks.add_suite_error(message or declared.name)
        if not shown.shows(declared.tally) and not declared.broken:
            self.remarks.add_lacking(declared.tally, shown)
        least = shown.cases - (shown.skipped if declared.without_skipped else 0)
        if declared.total is not None and declared.total < least:
            self.remarks.add_surplus(declared.total, shown.cases)

    def count(self, attributes: Mapping[str, str], *names: str) -> int:
        """The sum of counts that a suite declares; one that is no number leaves the run incomplete."""
        return sum(self.total(attributes, name) or 0 for name in names)

    def total(self, attributes: Mapping[str, str], name: str) -> int | None:
        """A count that a suite declares; None if it declares none."""
        written = attributes.get(name, "").strip()
        if written.isascii() and written.isdecimal():
            return int(written[:15])
        if written:
            self.remarks.add_suite_statement(name)
        return None

    def finish(self) -> None:
        """Complete the run, after everything was read."""
        if not self.undated:
            self.run.add_moments(self.moments)
        self.remarks.add_to(self.run, self.facts, self.shown)
        self.mentions.add_to(self.facts)

    def cut_off(self, expected: str) -> None:
        """Note that the file lacks what its tool writes at the end of a run."""
        self.run.complete = False
        lacking = text("The file has no {element}, which its tool writes at the end of a run.", element=expected)
        remark = self.run.remark
        self.run.remark = lacking if remark is None else text("{one} {other}", one=lacking, other=remark)


class Texts:
    """Collects the text of an element, up to a length."""

    __slots__ = ("_pieces", "_room")

    def __init__(self) -> None:
        self._pieces: list[str] | None = None
        self._room = 0

    def begin(self) -> None:
        self._pieces, self._room = [], LONGEST

    def add(self, data: str) -> None:
        if self._pieces is not None and self._room > 0:
            self._pieces.append(data[: self._room])
            self._room -= len(data)

    def take(self) -> str | None:
        """The text collected since `begin`; None if there was none."""
        pieces, self._pieces = self._pieces, None
        return None if pieces is None else "".join(pieces).strip()
