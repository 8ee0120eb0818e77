"""JUnit XML, in the many shapes that test tools write it.

One result per `testcase`, at any depth. A case passes only if nothing in it says otherwise: no failure, no status that
is not known as a word of passing, no element that is not known. What suites declare is never counted; what they declare
and their cases don't show (tests, failures, errors, skipped) makes the run incomplete, as does a suite that broke
outside its cases (an `error` under a suite, or errors declared by a suite without any case) or says what is not known.
A file tells when it ran only if that is told of every case that did.
"""

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from evidence.formats.facts import TestCases
from evidence.formats.junit_counts import Tally
from evidence.formats.junit_moments import note
from evidence.formats.junit_named import Named
from evidence.formats.junit_names import FLAKY, OUTCOMES, PLAIN, RERUN, ROOTS, is_known
from evidence.formats.junit_suites import Remarks, Suite, suite
from evidence.formats.junit_words import RANK, by_properties, by_status, shortened, tool_of
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

_LONGEST = 2_000  # characters of a case's message: enough to know it by
_MOST_PROPERTIES = 100
_new = tuple.__new__  # a named tuple's own constructor takes four times as long


def recognises(head: bytes) -> bool:
    """Whether the root is `testsuites` or `testsuite`."""
    found = prolog(head)
    return found is not None and found.root in ROOTS


def read(stream: BinaryIO) -> tuple[Run, Iterator[Result]]:
    """The run, filled while its results are read. Raises `Unreadable`, also while iterating."""
    head = first(stream, TITLE, ROOTS)
    cases = TestCases()
    run = Run(NAME, NAME, facts=cases)
    return run, results(stream, head, _Cases(run, cases), TITLE)


class _Outer(NamedTuple):
    """A case that goes on after one within it: its attributes, and what was read of it so far."""

    case: dict[str, str]
    inside: list[str]
    outcome: str
    message: str
    properties: list[tuple[str, str]]


class _Cases:
    """Told of each element by the parser; holds the results that were not taken yet.

    Most elements are cases without children, a hundred thousand in one file: their way through is kept short.
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
        "_message",
        "_moments",
        "_named",
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
        self._path: list[str] = [""]  # the elements around, down to the case
        self._outer: list[_Outer] = []  # the cases around this one
        self._suites: list[Suite] = []
        self._inner: list[list[int]] = []  # of each, the cases before it, and those of the suites within it
        self._group = ""  # the name of the suite around
        self._count = 0
        self._attempts = 0  # that failed first, of cases that were tried again
        self._broken = 0
        self._skipped = 0
        self._case: dict[str, str] | None = None
        self._inside: list[str] = []  # the elements within the case
        self._outcome = ""  # empty: the case has no word on it yet
        self._message = ""
        self._properties: list[tuple[str, str]] = []
        self._property = ""
        self._text: list[str] | None = None  # the body that is being read, if it is wanted
        self._room = 0
        self._remarks = Remarks()
        self._moments = Moments()
        self._dated = False  # whether a moment is told of the suite around
        self._undated = False  # whether a case ran of which none is told
        self._named = Named()
        self._value_of_suite = False  # whether the body that is read is the value of a suite's property

    # what the parser calls

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if self._case is not None:
            self._inside_case(local(tag), attributes)
        elif tag == "testcase" or tag.endswith("}testcase"):
            self._case = attributes
            if self._path[-1] not in ROOTS:
                self._remarks.suite_word("testcase")
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

    def comment(self, text: str) -> None:
        """Comments say nothing of a test."""

    def close(self) -> None:
        """All was read."""

    # cases

    def _inside_case(self, name: str, attributes: dict[str, str]) -> None:
        around = self._inside[-1] if self._inside else "testcase"
        if name == "testcase":
            self._open_inner(around, attributes)
            return
        self._inside.append(name)
        if not is_known(name, around):
            if OUTCOMES.get(around) not in (FAIL, ERROR):  # it failed, whatever stands there
                self._says(name, attributes)
        elif name == "property" and len(self._properties) < _MOST_PROPERTIES:
            self._property = attributes.get("name", "")[:LONGEST_CHECK]
            if "value" in attributes:
                self._named.value(attributes["value"])
                self._properties.append((self._property, attributes["value"][:_LONGEST]))
            else:
                self._text, self._room = [], _LONGEST

    def _open_inner(self, around: str, attributes: dict[str, str]) -> None:
        """A case within another: the outer one goes on after it."""
        if around != "testcase":
            self._says(f"testcase in {around}", {})
        self._outer.append(_Outer(self._case or {}, self._inside, self._outcome, self._message, self._properties))
        self._case, self._inside, self._outcome, self._message, self._properties = attributes, [], "", "", []
        self._text = None

    def _says(self, name: str, attributes: dict[str, str]) -> None:
        """An element of the case that says how it went, as far as is known."""
        if outcome := OUTCOMES.get(name) or OUTCOMES.get(name.lower()):
            self._counts(outcome)
            self._word(outcome, attributes)
        elif name in FLAKY:
            self._flaky_attempt(attributes)
        elif name in RERUN:
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
            self._named.value(body)
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
        if group != self._named.last:
            self._named.group(group, case)
        if len(check) > LONGEST_CHECK:
            check = shortened(check)
        outcome = self._outcome or PASS
        if not PLAIN.issuperset(case):
            outcome = self._by_status(case, outcome)
            dated = note(case, self._moments) or self._dated
        else:
            dated = self._dated
        if self._properties and outcome is PASS:
            outcome = self._by_properties()
        if not dated and outcome is not SKIPPED:
            self._undated = True
        if self._outcome or self._message or self._properties:
            self.results.append(Result(position, check, "", outcome, "", self._message, tuple(self._properties)))
            self._outcome = self._message = ""
            self._properties = []
        else:
            self.results.append(_new(Result, (position, check, "", outcome, "", "", ())))
        self._text = None
        if self._outer:
            outer = self._outer.pop()
            self._case, self._inside, self._outcome, self._message, self._properties = outer

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

    def _by_properties(self) -> str:
        """The outcome of a case of which nothing else says that it did not pass."""
        said, word = by_properties(self._properties)
        if said is not PASS:
            self._counts(said)
            self._message = self._message or word
            if said is NOT_EVALUATED:
                self._remarks.word(word)
        return said

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
            self._remarks.suite_error(attributes.get("message") or attributes.get("type", ""))
        elif not is_known(name, parent) and parent.lower() not in ("error", "failure"):
            self._remarks.suite_word(name)

    def _suite_property(self, attributes: dict[str, str]) -> None:
        said, word = by_properties([(attributes.get("name", ""), attributes.get("value", ""))])
        if said is not PASS:
            self._remarks.suite_word(word)
        if "value" in attributes:
            self._named.name(attributes["value"])
        else:
            self._text, self._room, self._value_of_suite = [], _LONGEST, True

    def _open_suite(self, attributes: dict[str, str]) -> None:
        self._named.suite(attributes)
        self._dated = note(attributes, self._moments) or self._dated
        self._suites.append(suite(attributes, self._tally(), self._remarks, dated=self._dated))
        self._inner.append([self._count, 0])
        self._group = self._suites[-1].name
        if self._run.tool == NAME:
            self._run.tool = tool_of(attributes)

    def _close_outside(self) -> None:
        if self._value_of_suite:
            self._named.name("".join(self._text or ()))
            self._text, self._value_of_suite = None, False
        if len(self._path) > 1 and self._path.pop() in ROOTS and self._suites:
            closed = self._suites.pop()
            around = self._suites[-1] if self._suites else None
            self._group, self._dated = (around.name, around.dated) if around else ("", False)
            shown = self._tally().since(closed.before)
            if closed.declared.broken and not shown.cases:
                self._remarks.suite_error(closed.name)
            elif not shown.shows(closed.declared):
                self._remarks.lacking(closed.declared, shown)
            self._holds_more(closed, shown)

    def _holds_more(self, closed: Suite, shown: Tally) -> None:
        """Some tools leave out what was skipped, or count only a suite's own cases; fewer than these are declared."""
        before, inner = self._inner.pop()
        cases = self._count - before
        if self._inner:
            self._inner[-1][1] += cases
        if closed.total is None or closed.total >= cases - shown.skipped:
            return
        if not inner or not cases - inner - shown.skipped <= closed.total <= cases - inner:
            self._remarks.more(closed.total, cases)

    def finish(self) -> None:
        """Once all was read: when it ran, and what a reader must know beside the results."""
        if not self._undated:  # a moment of one suite is none of another
            self._run.started_at, self._run.ended_at = self._moments.first, self._moments.last
        self._remarks.tell(self._run, self._facts)
        self._named.tell(self._facts)
