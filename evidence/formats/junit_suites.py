"""What JUnit's suites declare of their cases, against what the cases show; and what a reader must know of a run."""

from collections.abc import Mapping
from typing import NamedTuple

from evidence.formats.facts import TestCases
from evidence.formats.junit_counts import Tally, declared, is_count, total
from evidence.formats.junit_words import RANK, by_status
from evidence.formats.values import ERROR, PASS, SKIPPED, Run, storable
from locales import Text, plural, text

_LONGEST = 2_000  # characters of a suite's message
_MOST_NAMED = 5  # different words that a remark names
_MOST_KEPT = 50  # different words that are kept at all


class Suite(NamedTuple):
    """A suite that is being read: what it declares, the tally where it began, and whether a moment is told of it."""

    name: str
    declared: Tally
    before: Tally
    dated: bool
    total: int | None


def suite(attributes: Mapping[str, str], before: Tally, remarks: "Remarks", *, dated: bool) -> Suite:
    """What a suite's attributes say; what they say and is not known is remarked."""
    told, unread = declared(attributes)
    for name in unread:
        remarks.suite_word(name)
    said, word = by_status({name: value for name, value in attributes.items() if not is_count(name, value)})
    if RANK[said] >= RANK[ERROR]:
        told = told._replace(broken=max(told.broken, 1))
    elif said is SKIPPED:
        told = told._replace(skipped=max(told.skipped, 1))
    elif said is not PASS:
        remarks.suite_word(word)
    return Suite(attributes.get("name", ""), told, before, dated, total(attributes))


class Remarks:
    """What was met while a report was read that its results don't tell."""

    def __init__(self) -> None:
        self.suite_errors = 0
        self.flaky = 0
        self._suite_error = ""
        self._lacking: Text | None = None
        self._words: dict[str, None] = {}
        self._worded = 0
        self._children: dict[str, None] = {}
        self._childed = 0
        self._outside: dict[str, None] = {}

    def suite_error(self, message: str) -> None:
        self.suite_errors += 1
        self._suite_error = self._suite_error or message

    def lacking(self, declared: Tally, shown: Tally) -> None:
        """A suite declares what its cases don't show; the innermost is told."""
        self._lacking = self._lacking or text(
            "A test suite declares {tests} test cases, {broken} of them failed or broken and {skipped} skipped; what "
            "stands in the file shows {shown}, {shown_broken} and {shown_skipped}. The run is not complete.",
            tests=declared.cases,
            broken=declared.broken,
            skipped=declared.skipped,
            shown=shown.cases,
            shown_broken=shown.broken,
            shown_skipped=shown.skipped,
        )

    def more(self, declared: int, shown: int) -> None:
        """A suite declares fewer cases than there are; the innermost is told."""
        self._lacking = self._lacking or text(
            "A test suite declares {tests} test cases, and holds {shown}. The file is not as its tool wrote it.",
            tests=declared,
            shown=shown,
        )

    def word(self, word: str) -> None:
        """A case's status is no word of passing, and none that is known."""
        self._worded += 1
        _keep(self._words, word)

    def suite_word(self, word: str) -> None:
        """A suite says in an attribute or an element what is not known, or that it did not pass."""
        _keep(self._outside, word)

    def child(self, name: str) -> None:
        """A case holds an element that is not known."""
        self._childed += 1
        _keep(self._children, name)

    def tell(self, run: Run, cases: TestCases) -> None:
        """Add to the run and its facts what a reader must know."""
        cases.suite_errors, cases.suite_error = self.suite_errors, storable(self._suite_error, _LONGEST)
        run.complete = not (self.suite_errors or self._lacking or self._worded or self._outside)
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
        if not self._worded:
            return None
        return plural(
            "One test case has a status that does not say that it passed ({words}); it counts as not run.",
            "{n} test cases have a status that does not say that they passed ({words}); they count as not run.",
            self._worded,
            words=_some(self._words),
        )

    def _unknown(self) -> Text | None:
        if not self._childed:
            return None
        return plural(
            "One test case holds an element that is not known here ({names}); it is not counted as passed.",
            "{n} test cases hold an element that is not known here ({names}); they are not counted as passed.",
            self._childed,
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


def _keep(words: dict[str, None], word: str) -> None:
    if len(words) < _MOST_KEPT:
        words[word[:60]] = None


def _some(names: dict[str, None]) -> str:
    listed = [storable(name, 40) for name in names]
    return ", ".join(listed[:_MOST_NAMED]) + (" ..." if len(listed) > _MOST_NAMED else "")
