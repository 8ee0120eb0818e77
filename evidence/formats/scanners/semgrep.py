"""Semgrep's JSON: weaknesses in code. Schema: `cli_output` in `semgrep_output_v1.jsonschema` of semgrep-interfaces.

A result per match. The scan finished if the report names the files that were scanned (`paths.scanned`), and neither
errors (files that were not or only partly read) nor rules that were skipped. It has no moment of the scan. Files that
were skipped by an option, or as they could not be scanned (`paths.skipped`, with --verbose), are told.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from evidence.formats.findings import SECRET, SUPPRESSED, VULNERABILITY, WEAKNESS, Scan, finding
from evidence.formats.reading.json_stream import begins, inner, string, values
from evidence.formats.severity_words import INFO, by_word
from evidence.formats.values import FAIL, Result, Run, Unreadable, storable
from locales import Text, plural, text

NAME = "semgrep"
TITLE = "Semgrep JSON"
ABOUT = text(
    "Each match is read. The scan finished if the report names the files that were scanned, and neither errors "
    "nor skipped rules. It has no moment, so the day is entered at upload. A match that is ignored in the code "
    "waits for someone else's review, and so does a scan that says which files it could not scan, or left out by "
    "an option, or of which projects it could not find out the dependencies."
)
RECOGNISED_BY = text(
    "It has the name `results` with `check_id` and `extra`, or `paths` with `scanned`, as Semgrep writes them."
)
COMMANDS: tuple[str, ...] = ("semgrep scan --config p/default --json --output scan.json",)

_RULES, _PARSED = "time.rules", "time.rules_parse_time"  # an empty list alone is usual without --time
_WANTED = frozenset(
    (
        "version",
        "results[]",
        "errors[]",
        "paths.scanned[]",
        "paths.skipped[]",
        "skipped_rules[]",
        "subprojects[]",
        _RULES,
        _PARSED,
    )
)
_LEFT_OUT = frozenset(("metavars", "lines", "dataflow_trace", "fix", "fixed_lines", "references", "spans", "long_msg"))
#: reasons by which no rule concerns a file, or its project leaves it out; by another it was not scanned
_HARMLESS = frozenset(
    (
        "always_skipped",
        "binary",
        "dotfile",
        "excluded_by_config",
        "gitignore_patterns_match",
        "irrelevant_rule",
        "minified",
        "semgrepignore_patterns_match",
        "wrong_language",
    )
)
_SKIPPED, _UNRESOLVED, _ANY_RULE = "files", "unresolved", "any rule"
_NO_JUDGEMENT = frozenset(("EXPERIMENT", "INVENTORY"))  # severities of rules that only collect


def recognises(head: bytes) -> bool:
    """Whether it is an object with matches of Semgrep, or with the files that it scanned."""
    content = begins(head)
    if not content.startswith("{") or '"results"' not in content or '"check_type"' in content:
        return False
    return ('"check_id"' in content and '"extra"' in content) or ('"paths"' in content and '"scanned"' in content)


def read(stream: BinaryIO) -> tuple[Run, Iterator[Result]]:
    """Read the run and its results; the run is filled while they are read.

    Raises `Unreadable`, also while iterating.
    """
    scan = Scan(NAME, NAME)
    return scan.run, _results(stream, scan)


def _results(stream: BinaryIO, scan: Scan) -> Iterator[Result]:
    numbers: Counter[str] = Counter()
    for place, content in values(stream, TITLE, _WANTED, _LEFT_OUT):
        numbers[place] += not (place == "errors[]" and string(content, "level") == INFO)
        if place == "results[]":
            yield scan.count(_result(numbers[place], content))
        elif place == "paths.scanned[]":
            scan.add_examined([string(content)])
        elif place == "paths.skipped[]":
            numbers[_SKIPPED] += string(content, "reason").lower() not in _HARMLESS
        elif place == "subprojects[]":
            numbers[_UNRESOLVED] += inner(content, "resolved") is False or bool(inner(content, "unresolved_reason"))
        elif place in (_RULES, _PARSED):
            numbers[_ANY_RULE] += bool(content)
        elif place == "version":
            scan.run.tool_version = storable(string(content), 40)
    _add_doubts(scan, numbers)
    scan.finish(_problem(scan, numbers))


def _add_doubts(scan: Scan, numbers: Mapping[str, int]) -> None:
    if skipped := numbers[_SKIPPED]:
        scan.doubt(
            plural(
                "Semgrep says that it left out one file, or could not scan it; see whether it may.",
                "Semgrep says that it left out {n} files, or could not scan them; see whether it may.",
                skipped,
            )
        )
    if unresolved := numbers[_UNRESOLVED]:
        scan.doubt(
            plural(
                "Semgrep could not find out the dependencies of one project.",
                "Semgrep could not find out the dependencies of {n} projects.",
                unresolved,
            )
        )


def _result(position: int, content: Mapping[str, Any]) -> Result:
    if not isinstance(content, dict):
        raise Unreadable(text("{format}, record {n}: expected an object.", format=TITLE, n=position))
    severity, line = string(content, "extra", "severity"), string(content, "start", "line")
    message = " ".join(string(content, "extra", "message").split())
    return finding(
        position,
        string(content, "check_id"),
        string(content, "path"),
        FAIL,
        severity,
        INFO if severity in _NO_JUDGEMENT else by_word(severity),
        f"line {line}: {message}" if line else message,
        _kind(content),
        SUPPRESSED if inner(content, "extra", "is_ignored") is True else "",
    )


def _kind(content: Mapping[str, Any]) -> str:
    if inner(content, "extra", "sca_info"):
        return VULNERABILITY
    is_secret = bool(string(content, "extra", "validation_state")) or ".secrets." in string(content, "check_id")
    return SECRET if is_secret else WEAKNESS


def _problem(scan: Scan, numbers: Mapping[str, int]) -> Text | None:
    if errors := numbers["errors[]"]:
        return plural(
            "Semgrep met one error: what it concerns was not scanned, or only in part.",
            "Semgrep met {n} errors: what they concern was not scanned, or only in part.",
            errors,
        )
    if numbers[_RULES] and not numbers[_ANY_RULE]:
        return text("Semgrep ran no rule (time.rules), so it looked for nothing.")
    if skipped := numbers["skipped_rules[]"]:
        return plural("Semgrep skipped one rule.", "Semgrep skipped {n} rules.", skipped)
    if not scan.facts.examined:
        return text("Semgrep names no file that it scanned (paths.scanned), so nothing was scanned.")
    return None
