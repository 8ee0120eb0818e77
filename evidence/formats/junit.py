"""JUnit XML, in the many shapes that test tools write it.

One result per `testcase`, at any depth; declared counts are never used. A suite that broke outside its cases
(an `error` directly under a suite, or errors declared by a suite without any case) leaves no result: the run says it.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from evidence.formats.junit_words import RANK, by_status, moment_of, shortened, tool_of
from evidence.formats.values import (
    ERROR,
    FAIL,
    LONGEST_CHECK,
    PASS,
    SKIPPED,
    Result,
    Run,
    storable,
)
from evidence.formats.xml_stream import first, local, prolog, results
from locales import plural

if TYPE_CHECKING:
    from datetime import datetime

NAME = "junit"
TITLE = "JUnit XML"

_ROOTS = frozenset(("testsuites", "testsuite"))
_OUTCOMES = {"failure": FAIL, "error": ERROR, "skipped": SKIPPED}
_FLAKY = frozenset(("flakyFailure", "flakyError"))
_LONGEST = 2_000  # characters of a case's message: enough to know it by
_MOST_PROPERTIES = 100
_new = tuple.__new__  # a named tuple's own constructor takes four times as long


def recognises(head: bytes) -> bool:
    """Whether the root is `testsuites` or `testsuite`."""
    found = prolog(head)
    return found is not None and found.root in _ROOTS


def read(stream: BinaryIO) -> tuple[Run, Iterator[Result]]:
    """The run, filled while its results are read. Raises `Unreadable`, also while iterating."""
    head = first(stream, TITLE, _ROOTS)
    run = Run(NAME, NAME)
    return run, results(stream, head, _Cases(run), TITLE)


class _Suite:
    """A suite that is being read."""

    __slots__ = ("before", "declares_errors", "name")

    def __init__(self, attributes: dict[str, str], before: int) -> None:
        self.name = attributes.get("name", "")
        self.before = before
        self.declares_errors = any(
            attributes.get(word, "0").strip() not in ("", "0") for word in ("errors", "failures")
        )


class _Cases:
    """Told of each element by the parser; holds the results that were not taken yet.

    Most elements are cases without children, a hundred thousand in one file: their way through is kept short.
    """

    __slots__ = (
        "_case",
        "_count",
        "_days",
        "_depth",
        "_flaky",
        "_group",
        "_message",
        "_moments",
        "_outcome",
        "_path",
        "_properties",
        "_property",
        "_room",
        "_run",
        "_suite_errors",
        "_suites",
        "_text",
        "results",
    )

    def __init__(self, run: Run) -> None:
        self.results: list[Result] = []
        self._run = run
        self._path: list[str] = [""]  # the elements around, down to the case
        self._suites: list[_Suite] = []
        self._group = ""  # the name of the suite around
        self._count = 0
        self._case: dict[str, str] | None = None
        self._depth = 0  # inside the case
        self._outcome = ""  # empty: the case has no word on it yet
        self._message = ""
        self._properties: list[tuple[str, str]] = []
        self._property = ""
        self._text: list[str] | None = None  # the body that is being read, if it is wanted
        self._room = 0
        self._flaky = 0
        self._suite_errors = 0
        self._days: set[datetime] = set()
        self._moments: set[datetime] = set()

    # what the parser calls

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if self._case is not None:
            self._inside_case(local(tag), attributes)
        elif tag == "testcase" or tag.endswith("}testcase"):
            self._case = attributes
        else:
            self._outside_case(local(tag), attributes)

    def end(self, _tag: str) -> None:
        if self._case is None:
            self._close_outside()
        elif self._depth:
            self._depth -= 1
            if self._text is not None:
                self._close_text()
        else:
            self._close_case(self._case)

    def data(self, data: str) -> None:
        if self._text is not None and self._room > 0:
            self._text.append(data[: self._room])
            self._room -= len(data)

    def comment(self, text: str) -> None:
        """Comments say nothing of a test."""

    def close(self) -> None:
        """All was read."""

    # cases

    def _inside_case(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if name == "testcase":  # one within another: the outer one ends here
            self._close_case(self._case or {})
            self._case = attributes
        elif self._depth == 1 and name in _OUTCOMES:
            self._word(_OUTCOMES[name], attributes)
        elif self._depth == 1 and name in _FLAKY:
            self._flaky_attempt(attributes)
        elif name == "property" and len(self._properties) < _MOST_PROPERTIES:
            self._property = attributes.get("name", "")[:LONGEST_CHECK]
            if "value" in attributes:
                self._properties.append((self._property, attributes["value"][:_LONGEST]))
            else:
                self._text, self._room = [], _LONGEST

    def _word(self, outcome: str, attributes: dict[str, str]) -> None:
        if self._outcome and RANK[outcome] <= RANK[self._outcome]:
            return
        self._outcome, self._property = outcome, ""
        self._message = (attributes.get("message") or attributes.get("type", ""))[:_LONGEST]
        if not attributes.get("message"):
            self._text, self._room = [], _LONGEST

    def _flaky_attempt(self, attributes: dict[str, str]) -> None:
        if not self._outcome and not self._message:
            self._message = f"flaky: {attributes.get('message') or attributes.get('type', '')}"[:_LONGEST]
            self._flaky += 1

    def _close_text(self) -> None:
        body = "".join(self._text or ()).strip()
        self._text = None
        if self._property:
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
        if len(check) > LONGEST_CHECK:
            check = shortened(check)
        outcome = self._outcome or PASS
        if outcome is PASS and ("status" in case or "result" in case):
            outcome = by_status(case)
        if self._outcome or self._message or self._properties:
            self.results.append(Result(position, check, "", outcome, "", self._message, tuple(self._properties)))
            self._outcome = self._message = ""
            self._properties = []
        else:
            self.results.append(_new(Result, (position, check, "", outcome, "", "", ())))
        self._depth, self._text = 0, None

    # suites

    def _outside_case(self, name: str, attributes: dict[str, str]) -> None:
        parent = self._path[-1]
        self._path.append(name)
        if name in _ROOTS:
            self._open_suite(attributes)
        elif parent in _ROOTS and name in ("error", "failure"):
            self._suite_error(attributes.get("message") or attributes.get("type", ""))

    def _open_suite(self, attributes: dict[str, str]) -> None:
        self._suites.append(_Suite(attributes, self._count + self._suite_errors))
        self._group = self._suites[-1].name
        if "timestamp" in attributes:
            self._timestamp(attributes["timestamp"])
        if self._run.tool == NAME:
            self._run.tool = tool_of(attributes)

    def _close_outside(self) -> None:
        if len(self._path) > 1 and self._path.pop() in _ROOTS and self._suites:
            suite = self._suites.pop()
            self._group = self._suites[-1].name if self._suites else ""
            if suite.declares_errors and suite.before == self._count + self._suite_errors:
                self._suite_error(suite.name)

    def _suite_error(self, message: str) -> None:
        self._suite_errors += 1
        self._run.facts.setdefault("suite_error", storable(message, _LONGEST))
        self._run.facts["suite_errors"] = str(self._suite_errors)

    def _timestamp(self, value: str) -> None:
        found = moment_of(value)
        if found:
            known, whole_day = found
            kept = self._days if whole_day else self._moments
            kept.add(min(kept.pop(), known) if kept else known)

    def finish(self) -> None:
        """Once all was read: when it began, and what a reader must know beside the results."""
        self._run.started_at = min(self._moments or self._days, default=None)
        if self._suite_errors:
            self._run.complete = False
            self._run.remark = plural(
                "A test suite broke outside its test cases; what it would have tested was not tested.",
                "{n} test suites broke outside their test cases; what they would have tested was not tested.",
                self._suite_errors,
            )
        elif self._flaky:
            self._run.remark = plural(
                "One test case passed only after it had failed first.",
                "{n} test cases passed only after they had failed first.",
                self._flaky,
            )
