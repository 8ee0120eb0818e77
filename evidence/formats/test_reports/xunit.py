"""xUnit.net XML, of version 2 and 3 (`assemblies`) and of version 1 (`assembly`).

A result per test. Assemblies, collections and classes are compared with what they declare; an `error` (a fixture that
could not be cleaned up, a failing collector) is outside the tests. Version 3 and newer runners of version 2 tell the
moments with their zone (start-rtf, finish-rtf); older ones tell a date and time as written on their machine.

Formats: https://xunit.net/docs/format-xml-v2 and https://xunit.net/docs/format-xml-v1
"""

from collections.abc import Iterator, Mapping
from typing import BinaryIO

from evidence.formats.moments import Moments, iso_moment
from evidence.formats.reading.xml_stream import local, prolog, read_head, results
from evidence.formats.test_reports.case_runs import LONGEST, MOST_PROPERTIES, CaseRun, Declared, Texts, Words
from evidence.formats.test_reports.junit_counts import Tally
from evidence.formats.test_reports.junit_moments import duration_of
from evidence.formats.values import FAIL, PASS, SKIPPED, Result, Run, storable
from locales import Text, plural, text

NAME = "xunit"
TITLE = "xUnit.net XML"
ABOUT = text(
    "Each test of xUnit.net is read, with its traits. Only Pass is a pass. An error outside the tests is told, and "
    "counts of an assembly, collection or class that differ from its tests leave the run incomplete. Tests that were "
    "not run (NotRun), and warnings, wait for someone else's review. Output of tests is not read."
)
RECOGNISED_BY = text("Its root element is `assemblies`, or `assembly` with `run-date`, as xUnit.net writes it.")
COMMANDS: tuple[str, ...] = ("dotnet test --logger xunit", "xunit.console tests.dll -xml report.xml")
TAKEN_AS = "junit"

_ROOTS = frozenset(("assemblies", "assembly"))
_TEST = "test"  # the element of a case
_SUITES = frozenset(("assembly", "collection", "class"))
_WORDS = Words({"Pass": PASS, "Fail": FAIL, "Skip": SKIPPED, "NotRun": SKIPPED})
_LONGEST_VERSION = 40


def recognises(head: bytes) -> bool:
    """Whether the root is `assemblies`, or an `assembly` with the moment of a run."""
    beginning = prolog(head)
    if beginning is None or beginning.root not in _ROOTS:
        return False
    return beginning.root == "assemblies" or b"run-date" in head.replace(b"\0", b"")


def read(stream: BinaryIO) -> tuple[Run, Iterator[Result]]:
    """Read the run and its results; the run is filled while they are read.

    Raises `Unreadable`, also while iterating.
    """
    head = read_head(stream, TITLE, _ROOTS)
    cases = CaseRun(NAME, "xUnit.net")
    return cases.run, results(stream, head, _Tests(cases), TITLE)


class _Tests:
    """The parser's target; `results` holds those not yet taken."""

    def __init__(self, cases: CaseRun) -> None:
        self.results: list[Result] = []
        self._cases = cases
        self._path: list[str] = []
        self._assembly: Mapping[str, str] = {}
        self._errors = 0  # declared by an assembly
        self._not_run = 0
        self._warnings = 0
        self._test: dict[str, str] | None = None
        self._traits: list[tuple[str, str]] = []
        self._message = ""
        self._has_failure = False
        self._text = Texts()
        self.data = self._text.add

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        around = self._path[-1] if self._path else ""
        self._path.append(name)
        if name in _SUITES:
            self._open_suite(name, attributes)
        elif name == _TEST:
            self._test, self._traits, self._message, self._has_failure = dict(attributes), [], "", False
        elif name == "trait" and self._test is not None and len(self._traits) < MOST_PROPERTIES:
            self._traits.append((attributes.get("name", ""), attributes.get("value", "")[:LONGEST]))
        elif name == "error" and around == "errors":
            self._message = attributes.get("name") or attributes.get("type", "")
        elif name == "failure":
            self._has_failure = True
        elif name == "warning" and around == "warnings":
            self._warnings += 1
        elif name == "assemblies":
            self._add_whole(attributes)
        elif (name == "message" and around == "failure") or (name == "reason" and around == _TEST):
            self._text.begin()

    def end(self, _tag: str) -> None:
        name = self._path.pop()
        written = self._text.take()
        if written is not None:
            self._message = written or self._message
        elif name == _TEST and self._test is not None:
            self.results.append(self._close_test(self._test))
            self._test = None
        elif name == "error" and self._path[-1] == "errors":
            self._cases.remarks.add_suite_error(self._message)
            self._errors -= 1
        elif name in _SUITES:
            self._close_suite(name)

    def comment(self, text: str) -> None:
        """Ignore comments."""

    def close(self) -> None:
        """Called at the end of the file."""

    def _open_suite(self, name: str, attributes: Mapping[str, str]) -> None:
        count = self._cases.count
        broken, others = count(attributes, "failed"), count(attributes, "skipped", "not-run")
        total = self._cases.total(attributes, "total")
        tally = Tally(max(total or 0, count(attributes, "passed") + broken + others), broken, others)
        self._cases.open_suite(Declared(attributes.get("name", ""), tally, total, without_skipped=True))
        if name == "assembly":
            self._errors = count(attributes, "errors")
            self._add_moments(attributes)
            self._cases.run.tool_version = (
                _version(attributes.get("test-framework", "")) or self._cases.run.tool_version
            )

    def _close_suite(self, name: str) -> None:
        if name == "assembly" and self._errors > 0:  # declared, and not in the file
            self._cases.remarks.add_suite_error("")
        self._cases.close_suite()

    def _add_moments(self, assembly: Mapping[str, str]) -> None:
        zoned = [iso_moment(assembly.get(each, "")) for each in ("start-rtf", "finish-rtf")]
        self._cases.moments.add_part(*zoned)
        began = iso_moment(f"{assembly.get('run-date', '')}T{assembly.get('run-time', '').zfill(8)}")
        moments = [moment for moment in zoned if moment is not None]
        if not moments and began is not None:
            moments = [began, began + duration_of(assembly.get("time", ""))]
        for moment in moments:
            self._cases.moments.add(moment)
        self._cases.undated = self._cases.undated or not moments

    def _close_test(self, test: dict[str, str]) -> Result:
        word = test.get("result", "")
        self._not_run += word == "NotRun"
        outcome = self._cases.outcome(word, _WORDS, has_failure=self._has_failure)
        message = self._message or ("" if outcome == PASS else word)
        return self._cases.case(test.get("type", ""), test.get("name", ""), outcome, message, self._traits)

    def finish(self) -> None:
        """Complete the run, after everything was read."""
        self._cases.finish()
        for doubt in filter(None, (_of_not_run(self._not_run), _of_warnings(self._warnings))):
            self._cases.run.doubt(doubt)

    def _add_whole(self, attributes: Mapping[str, str]) -> None:
        """Compare the begin and end of the whole run, which are no moments of tests."""
        whole = Moments()
        whole.add_part(*(iso_moment(attributes.get(each, "")) for each in ("start-rtf", "finish-rtf")))
        self._cases.moments.reversed = self._cases.moments.reversed or whole.reversed


def _of_not_run(number: int) -> Text | None:
    if not number:
        return None
    return plural(
        "xUnit.net says that one test was not run; see whether it had to.",
        "xUnit.net says that {n} tests were not run; see whether they had to.",
        number,
    )


def _of_warnings(number: int) -> Text | None:
    if not number:
        return None
    return plural(
        "xUnit.net gives one warning about a test; see what it says.",
        "xUnit.net gives {n} warnings about tests; see what they say.",
        number,
    )


def _version(framework: str) -> str:
    """The version in the name of a framework, such as `xUnit.net 2.4.1.0`."""
    return storable(framework.rpartition(" ")[2], _LONGEST_VERSION)
