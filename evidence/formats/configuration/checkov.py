"""Checkov's JSON: checks of infrastructure as code, with those that passed.

Layout: `get_dict` in `checkov/common/output/report.py`: a report, or an array with one for each framework. A result per
check of a resource; what a comment in the code skips is set aside. A file that could not be parsed is a result too, as
an error. Where nothing was checked the file holds only counters.

Checkov adds a summary when all files of a framework were checked. The scan finished if the summary has the number of
failed checks that the file lists, and no file that could not be parsed. A check has its own result too: one that failed
fails in whatever list it stands. There is no moment in it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from evidence.formats.findings import (
    LICENCE,
    MISCONFIGURATION,
    SECRET,
    SUPPRESSED,
    UNREAD,
    VULNERABILITY,
    Scan,
    finding,
)
from evidence.formats.reading.json_stream import begins, inner, string, values
from evidence.formats.severity_words import by_word
from evidence.formats.values import ERROR, FAIL, NOT_EVALUATED, PASS, SKIPPED, Result, Run, Unreadable, storable
from locales import Text, plural, text

NAME = "checkov"
TITLE = "Checkov JSON"
ABOUT = text(
    "Each check of each resource is read, also those that passed. The scan finished if its summary agrees with the "
    "list and every file could be parsed. Checks that are skipped in the code, and a list without the checks that "
    "passed (--quiet), wait for someone else's review. "
    "Without a key of its supplier, Checkov gives no severities, so they are unknown. There is no moment in the "
    "file; the day is entered at upload."
)
RECOGNISED_BY = text(
    "It has the names `check_type` and `passed_checks` or `failed_checks`, as Checkov writes them, or only "
    "its counters."
)
COMMANDS: tuple[str, ...] = ("checkov -d . -o json > scan.json",)

_OUTCOMES = {"passed_checks": PASS, "failed_checks": FAIL, "skipped_checks": SKIPPED}
_REPORTS = ("", "[].")  # a report, or an array of them
_CHECKS = {f"{report}results.{name}[]": outcome for report in _REPORTS for name, outcome in _OUTCOMES.items()}
_ERRORS = frozenset(f"{report}results.parsing_errors[]" for report in _REPORTS)
_TYPES = frozenset(f"{report}check_type" for report in _REPORTS)
_SUMMARIES = frozenset(f"{report}summary" for report in _REPORTS)
_VERSION = "checkov_version"  # of a file with only counters
#: the result of a check itself, as far as it can differ from its list
_OWN = {"FAILED": FAIL, "UNKNOWN": NOT_EVALUATED}
_LEFT_OUT = frozenset(
    ("code_block", "evaluations", "fixed_definition", "details", "entity_tags", "entity", "evaluated_keys")
)


def recognises(head: bytes) -> bool:
    """Whether it has the checks of Checkov, or only its counters."""
    content = begins(head)
    if '"check_type"' in content:
        return '"passed_checks"' in content or '"failed_checks"' in content
    return f'"{_VERSION}"' in content and '"parsing_errors"' in content


def read(stream: BinaryIO) -> tuple[Run, Iterator[Result]]:
    """Read the run and its results; the run is filled while they are read.

    Raises `Unreadable`, also while iterating.
    """
    scan = Scan(NAME, NAME)
    return scan.run, _results(stream, scan)


def _results(stream: BinaryIO, scan: Scan) -> Iterator[Result]:
    listed: Counter[str] = Counter()
    stated: Counter[str] = Counter()
    for place, content in values(
        stream, TITLE, frozenset((*_CHECKS, *_ERRORS, *_TYPES, *_SUMMARIES, _VERSION)), _LEFT_OUT
    ):
        if place in _CHECKS or place in _ERRORS:
            result = _result(listed.total() + 1, content, _CHECKS.get(place, ERROR), scan)
            listed[result.outcome] += 1
            yield scan.count(result)
        elif place in _SUMMARIES:
            stated["summaries"] += 1
            stated += _counters(content)
            scan.run.tool_version = storable(string(content, _VERSION), 40)
        elif place in _TYPES:
            stated["reports"] += 1
        else:
            scan.run.tool_version = storable(string(content), 40)
    if (passed := stated[PASS]) > listed[PASS]:
        scan.doubt(
            plural(
                "Checkov counted {n} check that passed, and lists {listed}; let it write it (without --quiet).",
                "Checkov counted {n} checks that passed, and lists {listed}; let it write all of them "
                "(without --quiet).",
                passed,
                listed=listed[PASS],
            )
        )
    scan.facts.left_out = max(0, stated[SKIPPED] - listed[SKIPPED])
    scan.finish(_problem(listed, stated))


def _counters(summary: Any) -> Counter[str]:
    """The numbers of a summary, by outcome."""
    names = {"passed": PASS, "failed": FAIL, "skipped": SKIPPED, "parsing_errors": ERROR}
    numbers = {outcome: inner(summary, name) for name, outcome in names.items()}
    return Counter({outcome: number for outcome, number in numbers.items() if isinstance(number, int)})


def _problem(listed: Counter[str], stated: Counter[str]) -> Text | None:
    """Why the file does not show a finished scan."""
    if errors := max(listed[ERROR], stated[ERROR]):
        return plural(
            "Checkov could not parse one file, which was not checked.",
            "Checkov could not parse {n} files, which were not checked.",
            errors,
        )
    if stated["reports"] != stated["summaries"] or listed[FAIL] != stated[FAIL]:
        return text(
            "The summary of Checkov is missing or does not agree with its list of failed checks; upload the file as "
            "Checkov wrote it, with -o json."
        )
    if not stated[PASS] + stated[FAIL] + stated[SKIPPED]:
        return text("Checkov found nothing that it has checks for, so nothing was checked.")
    return None


def _result(position: int, content: Any, outcome: str, scan: Scan) -> Result:
    if outcome == ERROR and isinstance(content, str):
        return finding(position, "parsing", content, ERROR, "", "", "", UNREAD)
    if not isinstance(content, dict):
        raise Unreadable(text("{format}, record {n}: expected an object.", format=TITLE, n=position))
    if outcome == PASS:
        outcome = _OWN.get(string(content, "check_result", "result"), PASS)
    file = string(content, "repo_file_path") or string(content, "file_path")
    scan.add_examined([file])
    severity = string(content, "severity") or string(content, "severity", "name")
    return finding(
        position,
        string(content, "vulnerability_details", "id") or string(content, "check_id"),
        string(content, "resource") or file,
        outcome,
        severity,
        by_word(severity) if outcome != PASS else "",
        _message(content, file),
        _kind(content),
        SUPPRESSED if outcome == SKIPPED else "",
    )


def _message(content: Mapping[str, Any], file: str) -> str:
    lines = inner(content, "file_line_range")
    line = f" line {lines[0]}" if isinstance(lines, list) and lines and isinstance(lines[0], int) else ""
    name = string(content, "short_description") or string(content, "check_name")
    reason = string(content, "check_result", "suppress_comment")
    return f"{file}{line}: {name}" + (f" (skipped: {reason})" if reason else "")


def _kind(content: Mapping[str, Any]) -> str:
    check = string(content, "check_id")
    if inner(content, "vulnerability_details"):
        return LICENCE if check.startswith("BC_LIC") else VULNERABILITY
    return SECRET if check.startswith("CKV_SECRET") else MISCONFIGURATION
