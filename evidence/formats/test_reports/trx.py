"""TRX, the results file of Visual Studio, vstest and MSTest.

A result per element under Results and InnerResults (data-driven tests). Classes and properties of tests stand in
TestDefinitions, after the results, so the file is read twice. Counters may count a data-driven test besides its rows
or not; vstest leaves skipped tests out of notExecuted. The run finished if ResultSummary, which is written at the end,
says Completed, Passed or Failed. Schema: vstst.xsd of Visual Studio; writer: TrxLogger of microsoft/vstest.
"""

import re
from collections.abc import Iterator
from typing import BinaryIO

from evidence.formats.moments import iso_moment
from evidence.formats.reading.xml_stream import local, prolog, read_head, results
from evidence.formats.test_reports.case_runs import LONGEST, MOST_PROPERTIES, CaseRun, Declared, Texts, Words
from evidence.formats.test_reports.junit_counts import Tally
from evidence.formats.values import ERROR, FAIL, PASS, SKIPPED, Result, Run, storable
from locales import Text, plural, text

NAME = "trx"
TITLE = "TRX"
ABOUT = text(
    "Each result of Visual Studio, vstest or MSTest is read, also the rows of data-driven tests, with the class and "
    "properties of its test. Only Passed is a pass. The run finished if its summary says Completed, Passed or Failed "
    "and its counters agree with the results. A warning of the run, and a test that is defined and has no result, wait "
    "for someone else's review. Output of tests is not read."
)
RECOGNISED_BY = text("Its root element is `TestRun`, in the namespace of Visual Studio or with its results.")
COMMANDS: tuple[str, ...] = ('dotnet test --logger "trx;LogFileName=report.trx"',)
TAKEN_AS = "junit"

_ROOTS = frozenset(("TestRun",))
_NAMES = (b"schemas/VisualStudio/TeamTest", b"<UnitTestResult")
_AROUND = frozenset(("Results", "InnerResults"))
_BROKEN = {"Error": ERROR, "Timeout": ERROR, "Aborted": ERROR}
_WORDS = Words(
    {"Passed": PASS, "Failed": FAIL, "NotExecuted": SKIPPED, **_BROKEN},
    frozenset(
        (
            "Inconclusive",
            "PassedButRunAborted",
            "NotRunnable",
            "Disconnected",
            "Warning",
            "Completed",
            "InProgress",
            "Pending",
        )
    ),
)
_BAD = frozenset((*_BROKEN, "Failed"))
_FINISHED = frozenset(("Completed", "Passed", "Failed"))
_HARMLESS = frozenset(("", "Passed", "Completed", "Informational"))  # outcomes of a RunInfo
_SKIP = re.compile(r"\[(?:SKIP|FAIL)\]\s*$")  # xUnit.net tells of each such case besides its result
_BAD_COUNTERS = ("failed", "error", "timeout", "aborted")
_OTHER_COUNTERS = (
    "inconclusive",
    "passedButRunAborted",
    "notRunnable",
    "notExecuted",
    "disconnected",
    "inProgress",
    "pending",
    "warning",
)
_LONGEST_WARNING = 200
_TEST_DEPTH = 2  # of a test within TestDefinitions
_MOST_TESTS = 200_000  # whose class and properties are kept


def recognises(head: bytes) -> bool:
    """Whether the root is `TestRun`, in a namespace of Visual Studio or with its results."""
    beginning = prolog(head)
    if beginning is None or beginning.root not in _ROOTS:
        return False
    return any(name in head.replace(b"\0", b"") for name in _NAMES)


def read(stream: BinaryIO) -> tuple[Run, Iterator[Result]]:
    """Read the run and its results; the run is filled while they are read.

    Raises `Unreadable`, also while iterating.
    """
    head = read_head(stream, TITLE, _ROOTS)
    cases = CaseRun(NAME, NAME)
    return cases.run, _read_twice(stream, head, cases)


def _read_twice(stream: BinaryIO, head: bytes, cases: CaseRun) -> Iterator[Result]:
    tests = _Tests()
    yield from results(stream, head, tests, TITLE)  # it has none
    stream.seek(0)
    yield from results(stream, read_head(stream, TITLE, _ROOTS), _Results(cases, tests), TITLE)


class _Tests:
    """A parser's target: the class and properties of each test, by its id."""

    def __init__(self) -> None:
        self.results: list[Result] = []
        self.classes: dict[str, str] = {}
        self.properties: dict[str, list[tuple[str, str]]] = {}
        self.without_result: set[str] = set()  # tests of which no result was read yet
        self._names: dict[str, str] = {}  # so that a class's name is kept once
        self._depth = 0  # of open elements, from TestDefinitions on
        self._test = ""
        self._key = ""
        self._text = Texts()
        self.data = self._text.add

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if not self._depth and name != "TestDefinitions":
            return  # as most elements, which are results
        self._depth += 1
        if self._depth == _TEST_DEPTH:
            self._test = attributes.get("id", "")
            if len(self.without_result) < _MOST_TESTS:
                self.without_result.add(self._test)
        elif name == "TestMethod" and len(self.classes) < _MOST_TESTS:
            written = attributes.get("className", "").partition(",")[0][:LONGEST]  # MSTest may add the assembly
            self.classes[self._test] = self._names.setdefault(written, written)
        elif name in ("Key", "Value"):
            self._text.begin()

    def end(self, tag: str) -> None:
        if not self._depth:
            return
        self._depth -= 1
        written, name = self._text.take(), local(tag)
        if written is not None and name == "Key":
            self._key = written
        elif written is not None and self._key and len(self.properties) < _MOST_TESTS:
            pairs = self.properties.setdefault(self._test, [])
            pairs += [(self._key, written)] if len(pairs) < MOST_PROPERTIES else []
            self._key = ""

    def comment(self, text: str) -> None:
        """Ignore comments."""

    def close(self) -> None:
        """Called at the end of the file."""

    def finish(self) -> None:
        """Nothing is left to do."""


class _Results:
    """The parser's target; `results` holds those not yet taken."""

    def __init__(self, cases: CaseRun, tests: _Tests) -> None:
        self.results: list[Result] = []
        self._cases = cases
        self._tests = tests
        self._path: list[str] = []
        self._open: list[dict[str, str]] = []  # results that are open, with their message; inner ones last
        self._parents = 0  # results that have inner ones
        self._text = Texts()
        self.data = self._text.add
        self._summary = ""
        self._error = ""  # what the summary says of the run
        self._warns = False  # whether the RunInfo that is open warns
        self._counters: dict[str, str] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        around = self._path[-1] if self._path else ""
        self._path.append(name)
        if around in _AROUND:
            self._open.append(dict(attributes, message=""))
        elif name == "ErrorInfo" and self._open:
            self._open[-1]["failure"] = "yes"
        elif name == "InnerResults":
            self._parents += 1
        elif name in ("Message", "Text"):
            self._text.begin()
        elif name == "TestRun":
            self._cases.open_suite(Declared(attributes.get("name", ""), Tally(0, 0, 0), None))
        elif name == "Times":
            self._add_part(attributes.get("start", ""), attributes.get("finish", ""))
        elif name == "ResultSummary":
            self._summary = attributes.get("outcome", "")
        elif name == "Counters":
            self._counters = dict(attributes)
        elif name == "RunInfo":
            self._open_run_info(attributes.get("outcome", ""))

    def end(self, _tag: str) -> None:
        name = self._path.pop()
        written = self._text.take()
        if written is not None:
            self._close_text(written)
        elif self._path and self._path[-1] in _AROUND:
            self._close_result(self._open.pop())
        elif name == "RunInfo" and self._warns:
            self._cases.run.doubt(_warning(""))
        elif name == "TestRun":
            self._close_run()

    def comment(self, text: str) -> None:
        """Ignore comments."""

    def close(self) -> None:
        """Called at the end of the file."""

    def _close_text(self, written: str) -> None:
        around = self._path[-1]
        if around == "ErrorInfo" and self._open:
            self._open[-1]["message"] = written
        elif around == "RunInfo" and self._error in _BAD:
            self._error = written or self._error
        elif around == "RunInfo" and self._warns:
            self._warns = False
            if not _SKIP.search(written):
                self._cases.run.doubt(_warning(written))

    def _open_run_info(self, outcome: str) -> None:
        if outcome in _BAD:
            self._error = self._error or outcome
        self._warns = outcome not in _BAD and outcome not in _HARMLESS

    def _close_result(self, result: dict[str, str]) -> None:
        test = result.get("testId", "")
        outcome = self._cases.outcome(result.get("outcome", ""), _WORDS, has_failure="failure" in result)
        self._tests.without_result.discard(test)
        if outcome != SKIPPED:
            self._add_part(result.get("startTime", ""), result.get("endTime", ""))
        message = result["message"] or (result.get("outcome", "") if outcome not in (PASS, FAIL) else "")
        self.results.append(
            self._cases.case(
                self._tests.classes.get(test, ""),
                result.get("testName", ""),
                outcome,
                message,
                self._tests.properties.get(test, ()),
            )
        )

    def _add_part(self, began: str, ended: str) -> None:
        self._cases.moments.add_part(iso_moment(began), iso_moment(ended))

    def _close_run(self) -> None:
        total = self._cases.total(self._counters, "total")
        broken = self._cases.count(self._counters, *_BAD_COUNTERS)
        others = self._cases.count(self._counters, *_OTHER_COUNTERS)
        tally = Tally(max(total or 0, self._cases.count(self._counters, "passed") + broken), broken, others)
        declared = Declared(
            "ResultSummary",
            tally,
            None if total is None else total + self._parents,
            failed=self._summary == "Failed" or bool(self._error),
            broken=self._summary in _BROKEN,
        )
        self._cases.close_suite(self._error or self._summary, declared=declared)
        executed = self._cases.total(self._counters, "executed")
        if executed is not None and executed < self._cases.count(self._counters, "passed"):
            self._cases.remarks.add_suite_statement(f"executed={executed}")
        if self._summary and self._summary not in _FINISHED:
            self._cases.remarks.add_suite_statement(self._summary)

    def finish(self) -> None:
        """Complete the run, after everything was read."""
        self._cases.finish()
        if not self._summary:
            self._cases.cut_off("ResultSummary")
        if lacking := len(self._tests.without_result):
            self._cases.run.doubt(
                plural(
                    "The file defines one test of which it has no result; see whether it had to run.",
                    "The file defines {n} tests of which it has no result; see whether they had to run.",
                    lacking,
                )
            )


def _warning(written: str) -> Text:
    return text("The test run warns: {said}", said=storable(" ".join(written.split()), _LONGEST_WARNING) or "-")
