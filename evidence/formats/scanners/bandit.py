"""Bandit's JSON: weaknesses in Python code. Layout: `bandit/formatters/json.py`.

A result per issue. Bandit writes its report when it has looked at every file, with the files (`metrics`) and those that
it could not read (`errors`): without errors and with a file the scan finished. Lines marked `nosec` are counted. The
metrics count every issue, also those that a baseline, -l or -i leaves out of the results.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO

from evidence.formats.findings import WEAKNESS, Scan, finding, without_password
from evidence.formats.moments import iso_moment
from evidence.formats.reading.json_stream import begins, string, values
from evidence.formats.severity_words import by_word
from evidence.formats.values import FAIL, Result, Run, Unreadable
from locales import Text, plural, text

NAME = "bandit"
TITLE = "Bandit JSON"
ABOUT = text(
    "Each issue is read. The scan finished if the report names the files that were looked at, with lines of "
    "code, and none that could not be read. Lines that are left out with nosec, and issues that a baseline or a limit "
    "of severity or confidence leaves out, wait for someone else's review."
)
RECOGNISED_BY = text("It has the names `generated_at` and `metrics`, as Bandit writes them.")
COMMANDS: tuple[str, ...] = ("bandit -r src -f json -o scan.json",)

_WANTED = frozenset(("errors[]", "generated_at", "metrics{}", "results[]"))
_LEFT_OUT = frozenset(("code", "line_range"))
_TOTALS, _SEVERITY = "_totals", "SEVERITY."
_ISSUES, _LINES, _LEFT_OUT_BY_CODE, _TOLD = "issues", "loc", "left out", "told"
_VERSION = re.compile(r"bandit\.readthedocs\.io/en/(\d[\w.]*)/")


def recognises(head: bytes) -> bool:
    """Whether it is an object with the metrics of Bandit."""
    content = begins(head)
    return content.startswith("{") and '"generated_at"' in content and '"metrics"' in content


def read(stream: BinaryIO) -> tuple[Run, Iterator[Result]]:
    """Read the run and its results; the run is filled while they are read.

    Raises `Unreadable`, also while iterating.
    """
    scan = Scan(NAME, NAME)
    return scan.run, _results(stream, scan)


def _results(stream: BinaryIO, scan: Scan) -> Iterator[Result]:
    errors = position = 0
    totals, files = Counter[str](), Counter[str]()
    for place, content in values(stream, TITLE, _WANTED, _LEFT_OUT):
        if place == "results[]":
            position += 1
            yield _result(position, content, scan)
        elif place == "metrics{}":
            name, metrics = content
            _add_metrics(totals if name == _TOTALS else files, metrics)
            scan.add_examined([] if name == _TOTALS else [name])
        elif place == "errors[]":
            errors += 1
        elif moment := iso_moment(string(content)):
            scan.moments.add(moment)
    numbers = totals | files  # the larger of the two, which are equal as Bandit writes them
    scan.facts.left_out += max(0, numbers[_ISSUES] - position) + numbers[_LEFT_OUT_BY_CODE]
    is_empty = any(each[_TOLD] and not each[_LINES] for each in (totals, files))
    scan.finish(_problem(scan, errors, is_empty=is_empty))


def _add_metrics(numbers: Counter[str], metrics: Any) -> None:
    """Add what the metrics of a file, or the totals, say: issues, lines, and what was left out."""
    if not isinstance(metrics, dict):
        return
    numbers[_ISSUES] += _sum(metrics, [name for name in metrics if name.startswith(_SEVERITY)])
    numbers[_LEFT_OUT_BY_CODE] += _sum(metrics, ("nosec", "skipped_tests"))
    numbers[_LINES] += _sum(metrics, (_LINES,))
    numbers[_TOLD] += _LINES in metrics


def _sum(metrics: Mapping[str, Any], names: Iterable[str]) -> int:
    numbers = (metrics.get(name, 0) for name in names)
    return sum(int(number) for number in numbers if isinstance(number, int | float) and number > 0)


def _result(position: int, content: Mapping[str, Any], scan: Scan) -> Result:
    if not isinstance(content, dict):
        raise Unreadable(text("{format}, record {n}: expected an object.", format=TITLE, n=position))
    if not scan.run.tool_version and (version := _VERSION.search(string(content, "more_info"))):
        scan.run.tool_version = version.group(1)[:40]
    severity = string(content, "issue_severity")
    test = string(content, "test_id") or string(content, "test_name")
    message = f"line {string(content, 'line_number')}: {without_password(test, string(content, 'issue_text'))}"
    confidence = string(content, "issue_confidence")
    return finding(
        position,
        test,
        string(content, "filename"),
        FAIL,
        severity,
        by_word(severity),
        f"{message} (confidence: {confidence})" if confidence else message,
        WEAKNESS,
    )


def _problem(scan: Scan, errors: int, *, is_empty: bool) -> Text | None:
    if errors:
        return plural(
            "Bandit could not read one file, which was not scanned.",
            "Bandit could not read {n} files, which were not scanned.",
            errors,
        )
    if not scan.facts.examined:
        return text("Bandit names no file in its report, so nothing was scanned.")
    if is_empty:
        return text("Bandit read no line of code (loc), so nothing was scanned.")
    return None
