"""Compares what JUnit suites declare with what their cases show, and collects remarks about the run."""

from collections.abc import Mapping
from typing import NamedTuple

from evidence.formats.branches import branch_in, doubt_of_branches
from evidence.formats.facts import TestCases
from evidence.formats.run_limits import doubt_of, limit, limit_in_group, limit_in_title
from evidence.formats.test_reports.junit_counts import Tally, declared, is_count, too_few_executed, total
from evidence.formats.test_reports.junit_outcomes import RANK, by_status
from evidence.formats.values import ERROR, PASS, SKIPPED, Run, storable
from locales import Text, plural, text

_LONGEST = 2_000  # characters of a suite's message
_MOST_NAMED = 5  # names that a remark lists
_MOST_KEPT = 50  # names that are kept
_EXIT_CODES = frozenset(
    ("exitcode", "exit_code", "exit-code", "exitstatus", "exit_status", "returncode", "return_code")
)
_USUAL = frozenset(
    (
        "name",
        "tests",
        "failures",
        "errors",
        "skipped",
        "disabled",
        "time",
        "timestamp",
        "hostname",
        "id",
        "package",
        "file",
    )
)  # attributes that say nothing of how much was run


class Suite(NamedTuple):
    """A suite being read: what it declares, the tally at its start, and whether it has a moment."""

    name: str
    declared: Tally
    before: Tally
    dated: bool
    total: int | None


def suite(
    attributes: Mapping[str, str], before: Tally, remarks: "Remarks", *, dated: bool, is_outermost: bool
) -> Suite:
    """Read a suite's attributes; unknown statements are added to the remarks."""
    _add_limits(attributes, remarks, is_outermost=is_outermost)
    tally, unread = declared(attributes)
    if executed := too_few_executed(attributes, tally):
        remarks.add_limit(executed)
    for name in unread:
        remarks.add_suite_statement(name)
    for name, value in attributes.items():
        remarks.add_exit_code(name, value)
    stated, wording = by_status({name: value for name, value in attributes.items() if not is_count(name, value)})
    if RANK[stated] >= RANK[ERROR]:
        tally = tally._replace(broken=max(tally.broken, 1))
    elif stated is SKIPPED:
        tally = tally._replace(skipped=max(tally.skipped, 1))
    elif stated is not PASS:
        remarks.add_suite_statement(wording)
    return Suite(attributes.get("name", ""), tally, before, dated, total(attributes))


def _add_limits(attributes: Mapping[str, str], remarks: "Remarks", *, is_outermost: bool) -> None:
    of_name = limit_in_title if is_outermost else limit_in_group
    remarks.add_limit(of_name(attributes.get("name", "")))
    for name, value in attributes.items():
        if name not in _USUAL:
            remarks.add_property(name, value)


class Remarks:
    """Remarks about a report that its results do not show."""

    def __init__(self) -> None:
        self.suite_errors = 0
        self.flaky = 0
        self._suite_error = ""
        self._lacking: Text | None = None
        self._statuses: dict[str, None] = {}
        self._undecided_cases = 0
        self._children: dict[str, None] = {}
        self._cases_with_unknown = 0
        self._outside: dict[str, None] = {}
        self._limits: dict[str, None] = {}
        self._branches: dict[str, None] = {}

    def add_property(self, name: str, value: str) -> None:
        """Note what a property of the run says of how much was run, and of the branch."""
        self.add_limit(limit(name, value))
        self.add_exit_code(name, value)
        if branch := branch_in(name, value):
            _keep(self._branches, branch)

    def add_limit(self, limit: str) -> None:
        """Note what the report says of its run, by which only a part was run; nothing if it is empty."""
        if limit:
            _keep(self._limits, limit)

    def add_exit_code(self, name: str, value: str) -> None:
        """Note an attribute or property that is an exit code which tells of a failure."""
        if name.lower() in _EXIT_CODES and value.strip() not in ("", "0"):
            self.add_suite_statement(f"{name}={value}")

    def add_suite_error(self, message: str) -> None:
        self.suite_errors += 1
        self._suite_error = self._suite_error or message

    def add_lacking(self, declared: Tally, shown: Tally) -> None:
        """Note that a suite declares more than its cases show; the innermost suite is reported."""
        self._lacking = self._lacking or plural(
            "A test suite declares {n} test case, {broken} failed or broken and {skipped} skipped; what stands in the "
            "file shows {shown}, {shown_broken} and {shown_skipped}. The run is not complete.",
            "A test suite declares {n} test cases, {broken} of them failed or broken and {skipped} skipped; what "
            "stands in the file shows {shown}, {shown_broken} and {shown_skipped}. The run is not complete.",
            declared.cases,
            broken=declared.broken,
            skipped=declared.skipped,
            shown=shown.cases,
            shown_broken=shown.broken,
            shown_skipped=shown.skipped,
        )

    def add_surplus(self, declared: int, shown: int) -> None:
        """Note that a suite declares fewer cases than there are; the innermost suite is reported."""
        self._lacking = self._lacking or plural(
            "A test suite declares {n} test case, and holds {shown}. The file is not as its tool wrote it.",
            "A test suite declares {n} test cases, and holds {shown}. The file is not as its tool wrote it.",
            declared,
            shown=shown,
        )

    def add_status(self, status: str) -> None:
        """Note a case whose status is unknown or undecided."""
        self._undecided_cases += 1
        _keep(self._statuses, status)

    def add_suite_statement(self, name: str) -> None:
        """Note an unknown attribute or element of a suite, or one that says it did not pass."""
        _keep(self._outside, name)

    def add_child(self, name: str) -> None:
        """Note a case with an unknown element."""
        self._cases_with_unknown += 1
        _keep(self._children, name)

    def add_to(self, run: Run, cases: TestCases, shown: Tally) -> None:
        """Write the remarks to the run and its facts. `shown`: the cases of the whole file."""
        cases.suite_errors, cases.suite_error = self.suite_errors, storable(self._suite_error, _LONGEST)
        run.complete = not (self.suite_errors or self._lacking or self._undecided_cases or self._outside)
        of_file = (doubt_of(self._limits), doubt_of_branches(self._branches), _mostly_skipped(shown))
        for doubt in filter(None, (self._unknown(), self._flaky(), *of_file)):
            run.doubt(doubt)
        for remark in (
            self._flaky(),
            self._unknown(),
            self._undecided(),
            self._beside(),
            self._lacking,
            self._broken(),
        ):
            if remark is not None:
                run.remark = remark if run.remark is None else text("{one} {other}", one=remark, other=run.remark)

    def _broken(self) -> Text | None:
        if not self.suite_errors:
            return None
        return plural(
            "A test suite broke outside its test cases; what it would have tested was not tested.",
            "{n} test suites broke outside their test cases; what they would have tested was not tested.",
            self.suite_errors,
        )

    def _undecided(self) -> Text | None:
        if not self._undecided_cases:
            return None
        return plural(
            "One test case has a status that does not say that it passed ({words}); it counts as not run.",
            "{n} test cases have a status that does not say that they passed ({words}); they count as not run.",
            self._undecided_cases,
            words=_some(self._statuses),
        )

    def _unknown(self) -> Text | None:
        if not self._cases_with_unknown:
            return None
        return plural(
            "One test case holds an element that is not known here ({names}); it is not counted as passed.",
            "{n} test cases hold an element that is not known here ({names}); they are not counted as passed.",
            self._cases_with_unknown,
            names=_some(self._children),
        )

    def _beside(self) -> Text | None:
        if not self._outside:
            return None
        return text(
            "A test suite says something beside its test cases that is not known here as harmless ({names}). The run "
            "is not complete.",
            names=_some(self._outside),
        )

    def _flaky(self) -> Text | None:
        if not self.flaky:
            return None
        return plural(
            "One test case passed only after it had failed first.",
            "{n} test cases passed only after they had failed first.",
            self.flaky,
        )


def _mostly_skipped(shown: Tally) -> Text | None:
    ran = shown.cases - shown.skipped
    if shown.skipped <= ran:
        return None
    return plural(
        "One test case ran, and {skipped} were skipped; see whether that is enough.",
        "{n} test cases ran, and {skipped} were skipped; see whether that is enough.",
        ran,
        skipped=shown.skipped,
    )


def _keep(words: dict[str, None], wording: str) -> None:
    if len(words) < _MOST_KEPT:
        words[wording[:60]] = None


def _some(names: dict[str, None]) -> str:
    listed = [storable(name, 40) for name in names]
    return ", ".join(listed[:_MOST_NAMED]) + (" ..." if len(listed) > _MOST_NAMED else "")
