"""TAP, the Test Anything Protocol, versions 12 to 14.

A result per test point, also those of subtests, which are indented by four spaces; a point after a subtest sums it up.
`ok` is a pass unless it is marked SKIP or TODO, or its subtest has a point that failed. Every level needs a plan (1..N)
that agrees with its points, each number once; else the run is incomplete. `Bail out!` breaks it. TAP has no moments.

Specifications: https://testanything.org/tap-specification.html (12), tap-version-13-specification.html and
tap-version-14-specification.html.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, NamedTuple

from evidence.formats.reading.plain_text import encoding_of, looks_like_text
from evidence.formats.run_limits import limit_in_title
from evidence.formats.test_reports.case_runs import LONGEST, CaseRun
from evidence.formats.test_reports.junit_counts import Tally
from evidence.formats.values import FAIL, PASS, SKIPPED, Result, Run, Unreadable, storable
from locales import text

NAME = "tap"
TITLE = "TAP"
ABOUT = text(
    "Each test point is read, also those of subtests. Only ok without SKIP or TODO is a pass. Every level needs a"
    " plan (1..N) that agrees with its points, and so do counts at the end, else the run is incomplete; Bail out!"
    " breaks it. A comment that says that a part was run waits for someone else's review. TAP has no moments, so "
    "a person says when it ran."
)
RECOGNISED_BY = text("It begins with `TAP version`, or with a plan and lines with `ok` or `not ok`.")
COMMANDS: tuple[str, ...] = ("node --test --test-reporter=tap > report.tap",)
TAKEN_AS = "junit"

_VERSION = re.compile(r"TAP version (\d+)\s*")
_PLAN = re.compile(r"1\.\.(\d{1,15})\s*(?:#\s*(.*))?")
_POINT = re.compile(r"(not )?ok(?:\s+(\d{1,15})(?!\S))?(?:\s*$|\s+(?:-\s+|-$)?(.*))", re.DOTALL)
_BAIL = re.compile(r"Bail out!\s*(.*)", re.DOTALL)
_SUBTEST = re.compile(r"# Subtest(?:: (.*))?", re.DOTALL)
_DIRECTIVE = re.compile(r"(?<!\\)#\s*(skip|todo)\w*\b[:\s]*(.*)", re.IGNORECASE | re.DOTALL)
_TIME = re.compile(r"\s+#\s*time\s*=.*", re.DOTALL)  # differs between runs, so it is no part of a name
_MESSAGE = re.compile(r"(?:message|error):\s+(?![|>])[\"']?(.+?)[\"']?", re.DOTALL)
_SUMMARY = re.compile(r"# +(tests|fail|failed|cancelled|skipped|skip|todo)[: ] *(\d{1,9})")
_SKIPS = frozenset(("skipped", "skip", "todo"))
_TROUBLE = re.compile(r"# +(Looks like (?:your test|you failed|you planned).*)", re.IGNORECASE)  # of Test::More
_PAIR = re.compile(r"# *([\w -]{1,40})[:=] *(.+)")
_INDENT = 4
_LONGEST_LINE = 1_000_000  # characters
_MOST_AHEAD = 100_000  # numbers of points that came before smaller ones


def recognises(head: bytes) -> bool:
    """Whether the first line is a version, or the first two lines but comments are a plan and points of TAP."""
    begin = looks_like_text(head) or ""
    lines = [line for line in begin.splitlines()[:200] if line.strip() and not line.startswith("#")][:2]
    if not lines:
        return False
    if _VERSION.fullmatch(lines[0]):
        return True
    points = [match for line in lines if (match := _POINT.fullmatch(line)) and (match[2] or " - " in line)]
    plans = [line for line in lines if _PLAN.fullmatch(line)]
    return bool(points) and len(points) + len(plans) == len(lines)


def read(stream: BinaryIO) -> tuple[Run, Iterator[Result]]:
    """Read the run and its results; the run is filled while they are read.

    Raises `Unreadable`, also while iterating.
    """
    encoding = encoding_of(stream)
    cases = CaseRun(NAME, "TAP")
    return cases.run, _results(stream, encoding, cases)


def _results(stream: BinaryIO, encoding: str, cases: CaseRun) -> Iterator[Result]:
    points = _Points(cases)
    for line in _lines(stream, encoding):
        yield from points.read_line(line)
    yield from points.finish()


def _lines(stream: BinaryIO, encoding: str) -> Iterator[str]:
    decoded = io.TextIOWrapper(stream, encoding=encoding, newline="\n")
    number = 0
    try:
        while line := decoded.readline(_LONGEST_LINE + 1):
            number += 1
            if len(line) > _LONGEST_LINE:
                raise Unreadable(text("line {line} is longer than {n} characters.", line=str(number), n=_LONGEST_LINE))
            yield line.rstrip()
    except UnicodeError as error:
        raise Unreadable(
            text("After line {line} the text is neither UTF-8 nor Windows-1252; save it as UTF-8.", line=str(number))
        ) from error
    finally:
        if not stream.closed:
            decoded.detach()


class _Point(NamedTuple):
    """A line with a test point. `directive`: skip, todo or empty."""

    ok: bool
    number: int | None
    name: str
    directive: str
    reason: str


@dataclass(slots=True)
class _Level:
    """The points of the file, or of a subtest. `through`: all numbers up to it came; `ahead`: later ones that came."""

    name: str = ""
    plan: int | None = None
    points: int = 0
    failed: int = 0
    through: int = 0
    ahead: set[int] = field(default_factory=set)
    subtest_failed: bool = False  # of the point that follows it

    def is_new(self, number: int) -> bool:
        """Note the number of a point; whether it is the first with it."""
        if number <= self.through or number in self.ahead or len(self.ahead) > _MOST_AHEAD:
            return False
        self.ahead.add(number)
        while self.through + 1 in self.ahead:
            self.through += 1
            self.ahead.remove(self.through)
        return True


class _Points:
    """Reads lines of TAP; a result is given once the lines that explain it were read."""

    def __init__(self, cases: CaseRun) -> None:
        self._cases = cases
        self._levels = [_Level()]
        self._pending: Result | None = None
        self._subtest = ""  # name of the next one
        self._yaml: str | None = None  # the indent of a block of YAML that is open
        self._has_point = False  # whether the line before was a point
        self._is_tap = False
        self._stated = Tally(0, 0, 0)  # by summaries at the end, as node and tape write them

    def read_line(self, line: str) -> Iterator[Result]:
        """Read a line; yields the result before it, once that is complete."""
        content = line.lstrip(" ")
        indent = len(line) - len(content)
        if self._is_yaml(indent, content):
            return
        self._has_point = False
        depth, rest = divmod(indent, _INDENT)
        if rest or depth > len(self._levels) or not content:
            self._note_stray(content)
            return
        if point := _point(content):
            self._enter(depth)
            before, self._pending = self._pending, self._close_point(point)
            self._has_point = True
            if before is not None:
                yield before
        else:
            self._read_other(depth, content)

    def _note_stray(self, content: str) -> None:
        """A point that failed, indented as no subtest is, may be one of a tool that indents otherwise."""
        point = _point(content.lstrip())
        if point and not point.ok and not point.directive:
            self._cases.remarks.add_suite_statement("not ok")

    def _is_yaml(self, indent: int, content: str) -> bool:
        """Whether a line belongs to the YAML of a point, which may hold lines that look like points."""
        if self._yaml is None:
            if not (self._has_point and content == "---" and indent):
                return False
            self._yaml = " " * indent
        elif content == "..." and indent == len(self._yaml):
            self._yaml = None
        else:
            match = _MESSAGE.fullmatch(content)
            self._explain(match[1] if match else "")
        return True

    def _explain(self, message: str) -> None:
        """Add a message to the last point, if it failed and has none."""
        if self._pending is not None and self._pending.outcome == FAIL and not self._pending.message:
            self._pending = self._pending._replace(message=storable(message, LONGEST))

    def _read_other(self, depth: int, content: str) -> None:
        if match := _PLAN.fullmatch(content):
            self._enter(depth)
            if self._levels[-1].plan is not None:
                self._cases.remarks.add_suite_statement("1..N")
            self._levels[-1].plan = int(match[1])
            self._cases.remarks.add_limit(limit_in_title(match[2] or ""))
        elif match := _BAIL.fullmatch(content):
            self._is_tap = True
            self._cases.remarks.add_suite_error(match[1] or "Bail out!")
        elif match := _SUBTEST.fullmatch(content):
            self._name_subtest(depth, match[1] or "")
        elif match := _VERSION.fullmatch(content):
            self._begin_file(depth, match[1])
        elif content.startswith("#"):
            self._explain(content.strip("# "))
            if not depth:
                self._read_comment(content)
        else:
            self._note_stray(content)

    def _read_comment(self, content: str) -> None:
        """Read what a comment outside of subtests says of the run."""
        remarks = self._cases.remarks
        if summary := _SUMMARY.fullmatch(content):
            self._add_summary(summary[1], int(summary[2]))
        if trouble := _TROUBLE.fullmatch(content):
            remarks.add_limit(trouble[1])
        elif pair := _PAIR.fullmatch(content):
            remarks.add_property(pair[1], pair[2])
        else:
            remarks.add_limit(limit_in_title(content.strip("# ")))

    def _add_summary(self, word: str, number: int) -> None:
        cases, broken, skipped = self._stated
        if word == "tests":
            self._stated = Tally(cases + number, broken, skipped)
        elif word in _SKIPS:
            self._stated = Tally(cases, broken, skipped + number)
        else:
            self._stated = Tally(cases, broken + number, skipped)

    def _name_subtest(self, depth: int, name: str) -> None:
        """Take the name of a subtest, which stands before it or, as some tools write, as its first line."""
        is_first_line = depth == len(self._levels) and not self._subtest
        if is_first_line:
            self._subtest = name
        self._enter(depth)
        self._subtest = "" if is_first_line else name

    def _begin_file(self, depth: int, version: str) -> None:
        """Begin the points after a version line, which stands once in each of several files in a row."""
        self._enter(depth)
        if self._levels[-1].points or self._levels[-1].plan is not None:
            self._close_level()
            self._levels.append(_Level())
        self._cases.run.tool_version = version[:40]

    def _enter(self, depth: int) -> None:
        """Go to the level of a line."""
        self._is_tap = True
        self._leave(depth + 1)
        if depth == len(self._levels):
            self._levels.append(_Level(self._subtest or f"subtest {self._levels[-1].points + 1}"))
            self._subtest = ""

    def _leave(self, most: int) -> None:
        while len(self._levels) > most:
            failed = self._close_level()
            self._levels[-1].subtest_failed = self._levels[-1].subtest_failed or failed

    def _close_level(self) -> bool:
        """Compare a level's plan with its points; whether any of these failed."""
        level = self._levels.pop()
        remarks = self._cases.remarks
        if level.plan is None:
            remarks.add_suite_statement("1..N")
        elif level.plan > level.points:
            remarks.add_lacking(Tally(level.plan, 0, 0), Tally(level.points, level.failed, 0))
        elif level.plan < level.points:
            remarks.add_surplus(level.plan, level.points)
        if level.ahead:
            remarks.add_suite_statement(f"{max(level.ahead)}"[:20])
        return level.failed > 0

    def _close_point(self, point: _Point) -> Result:
        level = self._levels[-1]
        level.points += 1
        if not level.is_new(level.points if point.number is None else point.number):
            self._cases.remarks.add_suite_statement(f"{point.number}")
        outcome = SKIPPED if point.directive else PASS if point.ok else FAIL
        level.failed += outcome == FAIL
        if outcome == PASS and level.subtest_failed:
            outcome = FAIL
        level.subtest_failed, self._subtest = False, ""
        group = ".".join(each.name for each in self._levels[1:])
        name = point.name or f"{level.points}"
        return self._cases.case(group, name, outcome, f"{point.directive} {point.reason}".strip())

    def finish(self) -> Iterator[Result]:
        """Complete the run; yields the last result."""
        if not self._is_tap:
            raise Unreadable(
                text("There is no line of TAP in this file; expected a plan such as 1..2, and lines with ok or not ok.")
            )
        if self._pending is not None:
            yield self._pending
        self._leave(1)
        self._close_level()
        shown = self._cases.shown
        if not shown.shows(self._stated):
            self._cases.remarks.add_lacking(self._stated, shown)
        self._cases.finish()


def _point(line: str) -> _Point | None:
    match = _POINT.fullmatch(line)
    if match is None:
        return None
    written = match[3] or ""
    directive = _DIRECTIVE.search(written)
    name = written[: directive.start()] if directive else _TIME.sub("", written)
    return _Point(
        not match[1],
        int(match[2]) if match[2] else None,
        name.strip().replace("\\#", "#").replace("\\\\", "\\"),
        directive[1].upper() if directive else "",
        directive[2] if directive else "",
    )
