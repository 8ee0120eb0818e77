"""JUnit XML, in the variants that test tools write.

A result per `testcase`, at any depth. A case passes only if nothing in it says otherwise: no failure, no status other
than those known to mean passed, no unknown element. A run is incomplete when a suite declares counts (tests, failures,
errors, skipped) that its cases do not show, when it broke outside its cases (an `error` under a suite, or declared
errors without any case), or when it has unknown statements. The run has a moment only if every case that ran has one.
"""

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from evidence.formats.facts import TestCases
from evidence.formats.moments import Moments
from evidence.formats.reading.xml_stream import local, prolog, read_head, results
from evidence.formats.run_limits import limit_in_group, limit_in_name, limit_in_title, limit_of_case
from evidence.formats.test_reports.junit_counts import Tally
from evidence.formats.test_reports.junit_elements import FLAKY, OUTCOMES, OUTPUTS, PLAIN, RERUN, ROOTS, is_known
from evidence.formats.test_reports.junit_mentions import Mentions
from evidence.formats.test_reports.junit_moments import add_moments
from evidence.formats.test_reports.junit_outcomes import RANK, by_properties, by_status, shortened, tool_of
from evidence.formats.test_reports.junit_suites import Remarks, Suite, suite
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
)
from locales import text

NAME = "junit"
TITLE = "JUnit XML"
ABOUT = text(
    "Each test case is read with its properties, at any depth of suites, in the variants that test tools write. A"
    " case passes only if nothing in it says otherwise; a suite that broke or declares other numbers than it "
    "shows leaves the run incomplete. A report that says that a part was run, that something was not really done,"
    " or that its branch is neither the main one nor a release waits for someone else's review, and so do unknown"
    " elements, retried cases, and more skipped cases than others. Output of tests is not read."
)
RECOGNISED_BY = text("Its root element is `testsuites` or `testsuite`, as JUnit XML has it.")
COMMANDS: tuple[str, ...] = (
    "pytest --junitxml=report.xml",
    # without the variable, jest-junit leaves out the files that could not be loaded, and nothing shows it
    "JEST_JUNIT_REPORT_TEST_SUITE_ERRORS=true npx jest --ci --reporters=jest-junit",
)

_LONGEST = 2_000  # characters of a case's message
_MOST_PROPERTIES = 100


def recognises(head: bytes) -> bool:
    """Whether the root is `testsuites` or `testsuite`."""
    beginning = prolog(head)
    return beginning is not None and beginning.root in ROOTS


def read(stream: BinaryIO) -> tuple[Run, Iterator[Result]]:
    """Read the run and its results; the run is filled while they are read.

    Raises `Unreadable`, also while iterating.
    """
    head = read_head(stream, TITLE, ROOTS)
    cases = TestCases()
    run = Run(NAME, NAME, facts=cases)
    return run, results(stream, head, _Cases(run, cases), TITLE)


class _Outer(NamedTuple):
    """An outer case that continues after a nested one: its attributes, and what was read so far."""

    case: dict[str, str]
    inside: list[str]
    outcome: str
    message: str
    properties: list[tuple[str, str]]


class _Cases:
    """The parser's target; `results` holds those not yet taken.

    Most elements are cases without children, up to a hundred thousand in a file: their path is optimised.
    """

    __slots__ = (
        "_attempts",
        "_broken",
        "_case",
        "_count",
        "_dated",
        "_facts",
        "_group",
        "_inner",
        "_inside",
        "_mentions",
        "_message",
        "_moments",
        "_outcome",
        "_outer",
        "_path",
        "_properties",
        "_property",
        "_remarks",
        "_room",
        "_run",
        "_skipped",
        "_suites",
        "_text",
        "_undated",
        "_value_of_suite",
        "results",
    )

    def __init__(self, run: Run, facts: TestCases) -> None:
        self.results: list[Result] = []
        self._run = run
        self._facts = facts
        self._path: list[str] = [""]  # the open elements, down to the case
        self._outer: list[_Outer] = []  # the enclosing cases
        self._suites: list[Suite] = []
        self._inner: list[list[int]] = []  # by suite: cases before it, and cases of nested suites
        self._group = ""  # name of the enclosing suite
        self._count = 0
        self._attempts = 0  # failed attempts of cases that were retried
        self._broken = 0
        self._skipped = 0
        self._case: dict[str, str] | None = None
        self._inside: list[str] = []  # open elements within the case
        self._outcome = ""  # empty: the case has no outcome yet
        self._message = ""
        self._properties: list[tuple[str, str]] = []
        self._property = ""
        self._text: list[str] | None = None  # the text being read, if it is needed
        self._room = 0
        self._remarks = Remarks()
        self._moments = Moments()
        self._dated = False  # whether the enclosing suite has a moment
        self._undated = False  # whether a case ran without a moment
        self._mentions = Mentions()
        self._value_of_suite = False  # whether the text being read is the value of a suite's property

    # what the parser calls

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if self._case is not None:
            if tag in OUTPUTS and not self._inside:  # the most frequent element within a case
                self._inside.append(tag)
            else:
                self._inside_case(local(tag), attributes)
        elif tag == "testcase" or tag.endswith("}testcase"):
            self._case = attributes
            if self._path[-1] not in ROOTS:
                self._remarks.add_suite_statement("testcase")
        else:
            self._outside_case(local(tag), attributes)

    def end(self, _tag: str) -> None:
        if self._case is None:
            self._close_outside()
        elif self._inside:
            self._inside.pop()
            if self._text is not None:
                self._close_text()
        else:
            self._close_case(self._case)

    def data(self, data: str) -> None:
        if self._text is not None and self._room > 0:
            self._text.append(data[: self._room])
            self._room -= len(data)
        elif not self._inside and self._case is not None and not self._outcome and not data.isspace():
            self._add_outcome_element("text", {})  # what it says of the case is not known
            self._text = None

    def comment(self, text: str) -> None:
        if self._case is None:
            self._remarks.add_limit(limit_in_title(text.strip()))

    def close(self) -> None:
        """Called at the end of the file."""

    # cases

    def _inside_case(self, name: str, attributes: dict[str, str]) -> None:
        around = self._inside[-1] if self._inside else "testcase"
        if name == "testcase":
            self._open_inner(around, attributes)
            return
        self._inside.append(name)
        if not is_known(name, around):
            if OUTCOMES.get(around) not in (FAIL, ERROR):  # it failed, whatever it contains
                self._add_outcome_element(name, attributes)
        elif name == "property" and len(self._properties) < _MOST_PROPERTIES:
            self._property = attributes.get("name", "")[:LONGEST_CHECK]
            if "value" in attributes:
                self._mentions.add_value(attributes["value"])
                self._properties.append((self._property, attributes["value"][:_LONGEST]))
            else:
                self._text, self._room = [], _LONGEST

    def _open_inner(self, around: str, attributes: dict[str, str]) -> None:
        """Open a case within another, which continues after it."""
        if around != "testcase":
            self._add_outcome_element(f"testcase in {around}", {})
        self._outer.append(_Outer(self._case or {}, self._inside, self._outcome, self._message, self._properties))
        self._case, self._inside, self._outcome, self._message, self._properties = attributes, [], "", "", []
        self._text = None

    def _add_outcome_element(self, name: str, attributes: dict[str, str]) -> None:
        """Handle an element that states the case's outcome, or is unknown."""
        if outcome := OUTCOMES.get(name) or OUTCOMES.get(name.lower()):
            self._count_outcome(outcome)
            self._set_outcome(outcome, attributes)
        elif name in FLAKY:
            self._flaky_attempt(attributes)
        elif name in RERUN:
            self._attempts += 1
            if not self._outcome:  # a case that was run again has failed before
                self._remarks.add_child(name)
            self._set_outcome(NOT_EVALUATED, {"message": name})
        else:
            self._remarks.add_child(name)
            self._count_outcome(NOT_EVALUATED)
            self._set_outcome(NOT_EVALUATED, {"message": name[:LONGEST_CHECK]})

    def _count_outcome(self, outcome: str) -> None:
        if outcome in (FAIL, ERROR):
            self._broken += 1
        else:
            self._skipped += 1

    def _set_outcome(self, outcome: str, attributes: dict[str, str]) -> None:
        if self._outcome and RANK[outcome] <= RANK[self._outcome]:
            return
        self._outcome, self._property = outcome, ""
        self._message = (attributes.get("message") or attributes.get("type", ""))[:_LONGEST]
        if not attributes.get("message"):
            self._text, self._room = [], _LONGEST

    def _flaky_attempt(self, attributes: dict[str, str]) -> None:
        self._attempts += 1
        if not self._outcome and not self._message:
            self._message = f"flaky: {attributes.get('message') or attributes.get('type', '')}"[:_LONGEST]
            self._remarks.flaky += 1

    def _close_text(self) -> None:
        body = "".join(self._text or ()).strip()
        self._text = None
        if self._property:
            self._mentions.add_value(body)
            self._properties.append((self._property, body))
        elif body:
            self._message = body
        self._property = ""

    def _close_case(self, case: dict[str, str]) -> None:
        self._case = None
        self._count = position = self._count + 1
        group = case.get("classname") or self._group
        name = case.get("name") or f"case {position}"
        check = f"{group}.{name}" if group else name
        if group != self._mentions.last:
            self._mentions.add_group(group, case)
            self._remarks.add_limit(limit_in_group(group))
        if len(check) > LONGEST_CHECK:
            check = shortened(check)
        outcome = self._outcome or PASS
        if not PLAIN.issuperset(case):
            outcome = self._by_status(case, outcome)
            dated = add_moments(case, self._moments) or self._dated
        else:
            dated = self._dated
        if outcome is PASS:
            self._remarks.add_limit(limit_in_name(name))
            if self._properties:
                outcome = self._by_properties()
        if not dated and outcome is not SKIPPED:
            self._undated = True
        if self._outcome or self._message or self._properties:
            properties = tuple(self._properties)
            self.results.append(new_result((position, check, "", outcome, "", self._message, properties, 0, "")))
            self._outcome = self._message = ""
            self._properties = []
        else:
            self.results.append(new_result((position, check, "", outcome, "", "", (), 0, "")))
        self._text = None
        if self._outer:
            outer = self._outer.pop()
            self._case, self._inside, self._outcome, self._message, self._properties = outer

    def _by_status(self, case: dict[str, str], outcome: str) -> str:
        """The outcome, combined with the status in the case's attributes."""
        for attribute in case.items():
            self._remarks.add_limit(limit_of_case(*attribute))
        stated, wording = by_status(case)
        if RANK[stated] <= RANK[outcome] or (outcome is not PASS and RANK[stated] < RANK[ERROR]):
            return outcome
        self._count_outcome(stated)
        if stated is NOT_EVALUATED:
            self._remarks.add_status(wording)
            self._message = f"status: {wording}"
        return stated

    def _by_properties(self) -> str:
        """The outcome of a passing case by its properties."""
        stated, wording = by_properties(self._properties)
        if stated is not PASS:
            self._count_outcome(stated)
            self._message = self._message or wording
            if stated is NOT_EVALUATED:
                self._remarks.add_status(wording)
        for each in self._properties:
            self._remarks.add_limit(limit_of_case(*each))
        return stated

    # suites

    def _tally(self) -> Tally:
        beside = self._attempts + self._remarks.suite_errors
        return Tally(self._count + beside, self._broken + beside, self._skipped)

    def _outside_case(self, name: str, attributes: dict[str, str]) -> None:
        parent = self._path[-1]
        self._path.append(name)
        if name in ROOTS and (parent in ROOTS or not parent):
            self._open_suite(attributes)
        elif name == "property" and is_known(name, parent):
            self._suite_property(attributes)
        elif name.lower() in ("error", "failure"):
            self._remarks.add_suite_error(attributes.get("message") or attributes.get("type", ""))
        elif not is_known(name, parent) and parent.lower() not in ("error", "failure"):
            self._remarks.add_suite_statement(name)

    def _suite_property(self, attributes: dict[str, str]) -> None:
        self._property = attributes.get("name", "")[:LONGEST_CHECK]
        if "value" in attributes:
            self._add_suite_property(attributes["value"])
        else:
            self._text, self._room, self._value_of_suite = [], _LONGEST, True

    def _add_suite_property(self, value: str) -> None:
        stated, wording = by_properties([(self._property, value)])
        if stated is not PASS:
            self._remarks.add_suite_statement(wording)
        self._remarks.add_property(self._property, value)
        self._mentions.add_name(value)
        self._property = ""

    def _open_suite(self, attributes: dict[str, str]) -> None:
        self._mentions.add_suite(attributes)
        self._dated = add_moments(attributes, self._moments) or self._dated
        outermost = len(self._path) <= 3  # noqa: PLR2004 - the root, or a suite below it
        self._suites.append(suite(attributes, self._tally(), self._remarks, dated=self._dated, is_outermost=outermost))
        self._inner.append([self._count, 0])
        self._group = self._suites[-1].name
        if self._run.tool == NAME:
            self._run.tool = tool_of(attributes)

    def _close_outside(self) -> None:
        if self._value_of_suite:
            self._add_suite_property("".join(self._text or ()).strip())
            self._text, self._value_of_suite = None, False
        if len(self._path) > 1 and self._path.pop() in ROOTS and self._suites:
            closed = self._suites.pop()
            around = self._suites[-1] if self._suites else None
            self._group, self._dated = (around.name, around.dated) if around else ("", False)
            shown = self._tally().since(closed.before)
            if closed.declared.broken and not shown.cases:
                self._remarks.add_suite_error(closed.name)
            elif not shown.shows(closed.declared):
                self._remarks.add_lacking(closed.declared, shown)
            self._check_total(closed, shown)

    def _check_total(self, closed: Suite, shown: Tally) -> None:
        """Check for more cases than declared; some tools do not count skipped cases, or those of nested suites."""
        before, inner = self._inner.pop()
        cases = self._count - before
        if self._inner:
            self._inner[-1][1] += cases
        if closed.total is None or closed.total >= cases - shown.skipped:
            return
        if not inner or not cases - inner - shown.skipped <= closed.total <= cases - inner:
            self._remarks.add_surplus(closed.total, cases)

    def finish(self) -> None:
        """Set the run's moments, remarks and facts, after everything was read."""
        if not self._undated:  # a suite's moment does not apply to other suites
            self._run.add_moments(self._moments)
        self._remarks.add_to(self._run, self._facts, self._tally())
        self._mentions.add_to(self._facts)
