"""NUnit XML, of NUnit 3 (`test-run`) and NUnit 2 (`test-results`).

A result per test-case. Suites are compared with what they declare. A suite that failed without a failed case in it, or
in its set-up or tear-down, broke outside its cases. NUnit 2 counts cases that ran in `total`, the others in `not-run`.
The roots have the counts, so a run that was cut off is seen by them or by the XML.

Formats: https://docs.nunit.org/articles/nunit/technical-notes/usage/Test-Result-XML-Format.html, and the schema
Results.xsd of NUnit 2.
"""

import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from evidence.formats.moments import iso_moment
from evidence.formats.reading.xml_stream import local, prolog, read_head, results
from evidence.formats.run_limits import options
from evidence.formats.test_reports.case_runs import LONGEST, MOST_PROPERTIES, CaseRun, Declared, Texts, Words
from evidence.formats.test_reports.junit_counts import Tally
from evidence.formats.values import ERROR, FAIL, PASS, SKIPPED, Result, Run, storable
from locales import plural, text

NAME = "nunit"
TITLE = "NUnit XML"
ABOUT = text(
    "Each test case of NUnit 3 or NUnit 2 is read, with its properties. Only Passed and Success are a pass; an "
    "inconclusive case or a warning leaves the run incomplete, and so do counts that differ from the cases. A suite "
    "that broke in its set-up or tear-down is told. A run of a part of the tests, by a filter or by fewer cases than "
    "the test run contains, waits for someone else's review. Output of tests is not read."
)
RECOGNISED_BY = text("Its root element is `test-run` or `test-results`, as NUnit writes it.")
COMMANDS: tuple[str, ...] = ("nunit3-console tests.dll --result=report.xml",)
TAKEN_AS = "junit"

_ROOTS = frozenset(("test-run", "test-results"))
_SUITES = _ROOTS | {"test-suite"}
_WORDS = Words(
    {
        **dict.fromkeys(("Passed", "Success"), PASS),
        **dict.fromkeys(("Failed", "Failure"), FAIL),
        **dict.fromkeys(("Error", "NotRunnable", "Cancelled"), ERROR),
        **dict.fromkeys(("Skipped", "Ignored"), SKIPPED),
    },
    frozenset(("Inconclusive", "Warning")),
)
_FAILED = frozenset(("Failed", "Failure", "Error", "NotRunnable", "Cancelled"))
_KNOWN = _FAILED | {"", "Passed", "Success", "Skipped", "Ignored", "Inconclusive", "Warning"}  # results of suites
_BAD_LABELS = frozenset(("Cancelled", "Error", "Invalid"))
_FAILURE_IN_CASE = frozenset(("failure", "assertion"))
_GOOD_ASSERTION = frozenset(("Passed", "Success"))
_OUTSIDE = frozenset(("SetUp", "TearDown"))
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def recognises(head: bytes) -> bool:
    """Whether the root is `test-run` or `test-results`."""
    beginning = prolog(head)
    return beginning is not None and beginning.root in _ROOTS


def read(stream: BinaryIO) -> tuple[Run, Iterator[Result]]:
    """Read the run and its results; the run is filled while they are read.

    Raises `Unreadable`, also while iterating.
    """
    head = read_head(stream, TITLE, _ROOTS)
    cases = CaseRun(NAME, NAME)
    return cases.run, results(stream, head, _Cases(cases), TITLE)


class _Cases:
    """The parser's target; `results` holds those not yet taken."""

    def __init__(self, cases: CaseRun) -> None:
        self.results: list[Result] = []
        self._cases = cases
        self._path: list[str] = []
        self._case: dict[str, str] | None = None
        self._properties: list[tuple[str, str]] = []
        self._messages: dict[str, str] = {}  # of the case, by the element around them
        self._has_failure = False  # whether the case tells of one
        self._failures: list[str] = []  # of the open suites
        self._contained: list[tuple[int, int]] = []  # of the open suites: cases that it contains, and those before it
        self._lacking: tuple[int, int] = (0, 0)  # cases that the outermost such suite contains, and that were run
        self._text = Texts()
        self.data = self._text.add

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        around = self._path[-1] if self._path else ""
        self._path.append(name)
        if name in _SUITES:
            self._failures.append("")
            self._open_suite(name, attributes)
        elif name == "test-case":
            self._case, self._properties, self._messages, self._has_failure = dict(attributes), [], {}, False
        elif name in _FAILURE_IN_CASE and self._case is not None:
            is_good = name == "assertion" and attributes.get("result", "") in _GOOD_ASSERTION
            self._has_failure = self._has_failure or not is_good
        elif name == "property" and around == "properties" and self._case is not None:
            if len(self._properties) < MOST_PROPERTIES:
                self._properties.append((attributes.get("name", ""), attributes.get("value", "")[:LONGEST]))
        elif name == "message" and around in ("failure", "reason"):
            self._text.begin()
        else:
            self._read_about_run(name, around, attributes)

    def _read_about_run(self, name: str, around: str, attributes: Mapping[str, str]) -> None:
        """Read what the file says of how the tests were run."""
        if around == "filter" and self._path[0] == "test-run":
            self._cases.remarks.add_limit(f"filter: {name}")
        elif name == "command-line":
            self._text.begin()
        elif name == "setting":
            self._cases.remarks.add_property(attributes.get("name", ""), attributes.get("value", ""))
        elif name == "environment":
            version = attributes.get("framework-version") or attributes.get("nunit-version", "")
            self._cases.run.tool_version = storable(version, 40)

    def end(self, _tag: str) -> None:
        name = self._path.pop()
        written = self._text.take()
        if written is not None and self._case is not None:
            self._messages.setdefault(self._path[-1], written)
        elif written is not None and name == "command-line":
            self._add_call(written)
        elif written is not None and self._failures:
            self._failures[-1] = written
        elif name == "test-case" and self._case is not None:
            self.results.append(self._close_case(self._case))
            self._case = None
        elif name in _SUITES:
            self._compare(*self._contained.pop())
            self._cases.close_suite(self._failures.pop())

    def comment(self, text: str) -> None:
        """Ignore comments."""

    def close(self) -> None:
        """Called at the end of the file."""

    def _open_suite(self, name: str, attributes: Mapping[str, str]) -> None:
        self._add_moments(name, attributes)
        count, total = self._cases.count, self._cases.total
        if name == "test-results":
            broken = count(attributes, "errors", "failures")
            not_run, run = total(attributes, "not-run"), total(attributes, "total")
            others = count(attributes, "ignored", "skipped", "invalid")
            not_passed = max(not_run or 0, others, count(attributes, "inconclusive"))
            tally = Tally(max(run or 0, not_run or 0), broken, not_passed)
            declared = Declared(attributes.get("name", ""), tally, run, without_skipped=True)
        else:
            broken = count(attributes, "failed")
            others = count(attributes, "skipped", "inconclusive", "warnings")
            passed, written = total(attributes, "passed"), total(attributes, "total")
            tally = Tally(max(written or 0, (passed or 0) + broken + others), broken, others)
            declared = Declared(attributes.get("fullname") or attributes.get("name", ""), tally, written)
        result = self._result_of_suite(name, attributes)
        self._contained.append((total(attributes, "testcasecount") or 0, self._cases.shown.cases))
        failed = result in _FAILED or attributes.get("success") == "False"
        outside = failed and attributes.get("site") in _OUTSIDE
        self._cases.open_suite(declared._replace(failed=failed, broken=outside))

    def _result_of_suite(self, name: str, attributes: Mapping[str, str]) -> str:
        """The result of a suite; one that no case need show is noted."""
        result = attributes.get("result", "").partition("(")[0]  # Unity writes Failed(Child)
        for word in (result if result not in _KNOWN else "", attributes.get("label", "")):
            if word and (word == result or word in _BAD_LABELS):
                self._cases.remarks.add_suite_statement(word)
        if attributes.get("runstate") == "NotRunnable":
            self._cases.remarks.add_suite_statement("NotRunnable")
        if result == "Warning" or (result == "Inconclusive" and name == "test-run"):
            self._cases.remarks.add_limit(f"result: {result}")
        return result

    def _compare(self, contained: int, before: int) -> None:
        """Compare how many cases a suite contains with those in the file."""
        shown = self._cases.shown.cases - before
        if contained > shown:
            self._lacking = contained, shown

    def _add_moments(self, name: str, attributes: Mapping[str, str]) -> None:
        self._cases.moments.add_part(*(iso_moment(attributes.get(each, "")) for each in ("start-time", "end-time")))
        if name == "test-results" and _DATE.fullmatch(attributes.get("date", "")):
            self._cases.moments.add_part(
                iso_moment(f"{attributes['date']}T{attributes.get('time', '').zfill(8)}"), None
            )

    def _close_case(self, case: dict[str, str]) -> Result:
        word = case.get("result") or _word_before_2_5(case)
        is_bad = case.get("label") in _BAD_LABELS or case.get("success", "").lower() == "false"
        outcome = self._cases.outcome(word, _WORDS, has_failure=self._has_failure or is_bad)
        written = self._messages.get("failure") or self._messages.get("reason", "")
        label = case.get("label") or (word if outcome not in (PASS, FAIL) else "")
        name = case.get("fullname") or case.get("name", "")
        group = "" if case.get("fullname") else case.get("classname", "")
        return self._cases.case(group, name, outcome, ": ".join(filter(None, (label, written))), self._properties)

    def finish(self) -> None:
        """Complete the run, after everything was read."""
        self._cases.finish()
        contained, shown = self._lacking
        if contained:
            self._cases.run.doubt(
                plural(
                    "The test run contains {all} test cases, of which {n} was run; see whether that is enough.",
                    "The test run contains {all} test cases, of which {n} were run; see whether that is enough.",
                    shown,
                    all=contained,
                )
            )

    def _add_call(self, command: str) -> None:
        for option in options(command):
            self._cases.remarks.add_limit(option)


def _word_before_2_5(case: Mapping[str, str]) -> str:
    """The outcome in the words of NUnit 2.5, of an older file that has only `executed` and `success`."""
    if case.get("executed") == "False":
        return "Skipped"
    return {"True": "Success", "False": "Failure"}.get(case.get("success", ""), "")
