"""JUnit XML, in the many shapes that test tools write it.

One result per `testcase`, at any depth. A case passes only if nothing in it says otherwise: no failure, no status that
is not known as a word of passing, no element that is not known. What suites declare is never counted; what they declare
and their cases don't show (tests, failures, errors, skipped) makes the run incomplete, as does a suite that broke
outside its cases (an `error` directly under a suite, or errors declared by a suite without any case).
"""

from collections.abc import Iterator
from typing import BinaryIO

from evidence.formats.junit_suites import Remarks, Suite, Tally, suite
from evidence.formats.junit_words import RANK, SAYING, by_status, duration_of, moment_of, shortened, tool_of
from evidence.formats.moments import Moments
from evidence.formats.values import (
    ERROR,
    FAIL,
    LONGEST_CHECK,
    NOT_EVALUATED,
    PASS,
    SKIPPED,
    Result,
    Run,
)
from evidence.formats.xml_stream import first, local, prolog, results

NAME = "junit"
TITLE = "JUnit XML"

_ROOTS = frozenset(("testsuites", "testsuite"))
_OUTCOMES = {"failure": FAIL, "error": ERROR, "skipped": SKIPPED}
_FLAKY = frozenset(("flakyFailure", "flakyError"))
_RERUN = frozenset(("rerunFailure", "rerunError"))
_DESCRIBES = frozenset(
    ("properties", "property", "system-out", "system-err", "attachments", "description", "metadata", "tags", "traits")
)
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


class _Cases:
    """Told of each element by the parser; holds the results that were not taken yet.

    Most elements are cases without children, a hundred thousand in one file: their way through is kept short.
    """

    __slots__ = (
        "_attempts",
        "_broken",
        "_case",
        "_count",
        "_depth",
        "_group",
        "_message",
        "_moments",
        "_outcome",
        "_path",
        "_properties",
        "_property",
        "_remarks",
        "_room",
        "_run",
        "_skipped",
        "_suites",
        "_text",
        "results",
    )

    def __init__(self, run: Run) -> None:
        self.results: list[Result] = []
        self._run = run
        self._path: list[str] = [""]  # the elements around, down to the case
        self._suites: list[Suite] = []
        self._group = ""  # the name of the suite around
        self._count = 0
        self._attempts = 0  # that failed first, of cases that were tried again
        self._broken = 0
        self._skipped = 0
        self._case: dict[str, str] | None = None
        self._depth = 0  # inside the case
        self._outcome = ""  # empty: the case has no word on it yet
        self._message = ""
        self._properties: list[tuple[str, str]] = []
        self._property = ""
        self._text: list[str] | None = None  # the body that is being read, if it is wanted
        self._room = 0
        self._remarks = Remarks()
        self._moments = Moments()

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
        elif self._depth == 1 and name not in _DESCRIBES:
            self._says(name, attributes)
        elif name == "property" and len(self._properties) < _MOST_PROPERTIES:
            self._property = attributes.get("name", "")[:LONGEST_CHECK]
            if "value" in attributes:
                self._properties.append((self._property, attributes["value"][:_LONGEST]))
            else:
                self._text, self._room = [], _LONGEST

    def _says(self, name: str, attributes: dict[str, str]) -> None:
        """An element of the case that says how it went, as far as is known."""
        if name in _OUTCOMES:
            self._counts(_OUTCOMES[name])
            self._word(_OUTCOMES[name], attributes)
        elif name in _FLAKY:
            self._flaky_attempt(attributes)
        elif name in _RERUN:
            self._attempts += 1
            self._word(NOT_EVALUATED, {"message": name})
        else:
            self._remarks.child(name)
            self._counts(NOT_EVALUATED)
            self._word(NOT_EVALUATED, {"message": name[:LONGEST_CHECK]})

    def _counts(self, outcome: str) -> None:
        if outcome in (FAIL, ERROR):
            self._broken += 1
        else:
            self._skipped += 1

    def _word(self, outcome: str, attributes: dict[str, str]) -> None:
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
        if not SAYING.isdisjoint(case):
            outcome = self._by_status(case, outcome)
        if self._outcome or self._message or self._properties:
            self.results.append(Result(position, check, "", outcome, "", self._message, tuple(self._properties)))
            self._outcome = self._message = ""
            self._properties = []
        else:
            self.results.append(_new(Result, (position, check, "", outcome, "", "", ())))
        self._depth, self._text = 0, None

    def _by_status(self, case: dict[str, str], outcome: str) -> str:
        """The outcome with what the case's attributes say; whether it failed, they may say beside another element."""
        said, word = by_status(case)
        if RANK[said] <= RANK[outcome] or (outcome is not PASS and RANK[said] < RANK[ERROR]):
            return outcome
        self._counts(said)
        if said is NOT_EVALUATED:
            self._remarks.word(word)
            self._message = f"status: {word}"
        return said

    # suites

    def _tally(self) -> Tally:
        beside = self._attempts + self._remarks.suite_errors
        return Tally(self._count + beside, self._broken + beside, self._skipped)

    def _outside_case(self, name: str, attributes: dict[str, str]) -> None:
        parent = self._path[-1]
        self._path.append(name)
        if name in _ROOTS:
            self._open_suite(attributes)
        elif parent in _ROOTS and name in ("error", "failure"):
            self._remarks.suite_error(attributes.get("message") or attributes.get("type", ""))

    def _open_suite(self, attributes: dict[str, str]) -> None:
        self._suites.append(suite(attributes, self._tally()))
        self._group = self._suites[-1].name
        if began := moment_of(attributes.get("timestamp", "")):
            self._moments.add(began, began + duration_of(attributes.get("time", "")))
        if self._run.tool == NAME:
            self._run.tool = tool_of(attributes)

    def _close_outside(self) -> None:
        if len(self._path) > 1 and self._path.pop() in _ROOTS and self._suites:
            closed = self._suites.pop()
            self._group = self._suites[-1].name if self._suites else ""
            shown = self._tally().since(closed.before)
            if closed.declared.broken and not shown.cases:
                self._remarks.suite_error(closed.name)
            elif not shown.shows(closed.declared):
                self._remarks.lacking(closed.declared, shown)

    def finish(self) -> None:
        """Once all was read: when it ran, and what a reader must know beside the results."""
        self._run.started_at, self._run.ended_at = self._moments.first, self._moments.last
        self._remarks.tell(self._run)
