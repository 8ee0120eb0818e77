"""SARIF 2.1.0, with its earlier and later versions as far as they have the same shape: results of code scanners.

Specification: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html. A result per element of `results`, of
all runs. The file is read twice, as rules, which give results their level, may follow them.

A finding that was suppressed, or is gone since an earlier run (`baselineState`), is marked as set aside. The scan shows
that it finished only if every run has results (also none) and invocations that all were successful, without a
notification of an error.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from evidence.formats.findings import GONE, SUPPRESSED, Scan, finding, without_password
from evidence.formats.reading.json_stream import begins, inner, objects, string, values
from evidence.formats.scanners.sarif_runs import Rule, SarifRun
from evidence.formats.severity_words import INFO, UNKNOWN, by_score, by_word
from evidence.formats.values import FAIL, INFORMATIONAL, NOT_APPLICABLE, NOT_EVALUATED, PASS, Result, Run, Unreadable
from locales import Text, plural, text

NAME = "sarif"
TITLE = "SARIF"
ABOUT = text(
    "Each result of each run is read, with its kind, level (also by the rule or its override) and score. Code "
    "flows and fixes are not read. The scan finished if every run has results, also none, rules that are not all "
    "switched off, and invocations that all were successful without an error; what was scanned is in artifacts or"
    " versionControlProvenance. A suppressed finding waits for someone else's review, and so does a scan of a "
    "branch that is neither the main one nor a release, a warning of the tool, and a call that switched rules "
    "off, made them less severe or left something out by an option; a finding that is gone (baselineState absent)"
    " does not count."
)
RECOGNISED_BY = text("It has the name `runs` with a `tool`, and the schema, the version or the `driver` of SARIF.")
COMMANDS: tuple[str, ...] = (
    "codeql database analyze db --format=sarif-latest --output=scan.sarif",
    "bandit -r src -f sarif -o scan.sarif",
)

_RESULTS = frozenset(("runs[].results[]",))
_LEFT_OUT_OF_RESULTS = frozenset(
    (
        "codeFlows",
        "graphs",
        "graphTraversals",
        "stacks",
        "relatedLocations",
        "fixes",
        "attachments",
        "webRequest",
        "webResponse",
        "fingerprints",
        "partialFingerprints",
        "snippet",
        "contextRegion",
    )
)
_OUTCOMES = {
    "fail": FAIL,
    "pass": PASS,
    "informational": INFORMATIONAL,
    "notapplicable": NOT_APPLICABLE,
    "open": NOT_EVALUATED,  # the tool could not decide
    "review": NOT_EVALUATED,  # a person has to decide
}
_NOT_ACCEPTED = frozenset(("underReview", "rejected"))
_LEVELS = frozenset(("error", "warning", "note", "none"))
_VERSION = re.compile(r'"version"\s*:\s*"(?:1\.0|2\.\d)')
_LATEST = (2, 1, 0)


def recognises(head: bytes) -> bool:
    """Whether it is an object with `runs` of a tool with a driver, or with SARIF's schema or version."""
    content = begins(head)
    if not content.startswith("{") or '"runs"' not in content:
        return False
    if '"tool"' in content and '"driver"' in content:
        return True  # the version may stand at the end
    is_named = '"$schema"' in content and "sarif" in content.lower()
    return is_named or bool(_VERSION.search(content) and ('"tool"' in content or '"results"' in content))


def read(stream: BinaryIO) -> tuple[Run, Iterator[Result]]:
    """Read the run and its results; the run is filled while they are read.

    Raises `Unreadable`, also while iterating.
    """
    scan = Scan(NAME)
    return scan.run, _results(stream, scan)


def _results(stream: BinaryIO, scan: Scan) -> Iterator[Result]:
    runs, version, outside = _runs(stream)
    scan.run.tool = ", ".join(dict.fromkeys(run.tool for run in runs if run.tool))[:80] or NAME
    scan.run.tool_version = ", ".join(dict.fromkeys(run.version for run in runs if run.version))[:80]
    for run in runs:
        scan.add_examined(run.examined)
        for doubt in run.doubts:
            scan.doubt(doubt)
        for began, ended in run.parts:
            scan.moments.add_part(began, ended)
    numbered = (run for run in runs for _ in range(run.results or 0))
    stream.seek(0)
    found = values(stream, TITLE, _RESULTS, _LEFT_OUT_OF_RESULTS)
    for position, (run, (_, content)) in enumerate(zip(numbered, found, strict=True), start=1):
        if not isinstance(content, dict):
            raise Unreadable(text("{format}, record {n}: expected an object.", format=TITLE, n=position))
        yield scan.count(_result(position, content, run))
    if later := _later(version):
        scan.run.remark = later
        scan.doubt(later)
    scan.finish(text("Some of its results stand outside its runs, and were not read.") if outside else _problem(runs))


def _runs(stream: BinaryIO) -> tuple[list[SarifRun], str, int]:
    """What every run says besides its results, the version of the format, and the number of results outside runs."""
    runs: list[SarifRun] = []
    version, outside = "", 0
    for place, content in values(stream, TITLE, SarifRun.PLACES, SarifRun.LEFT_OUT):
        if place == "version":
            version = string(content)
        elif place == SarifRun.OUTSIDE:
            outside += inner(content, "results") or 0
        elif isinstance(content, dict):
            runs.append(SarifRun(content))
        else:
            raise Unreadable(text("{format}, run {n}: expected an object.", format=TITLE, n=len(runs) + 1))
    return runs, version, outside


def _problem(runs: list[SarifRun]) -> Text | None:
    """Why the file does not show a finished scan."""
    if not runs:
        return text("This file has no run of a tool; nothing shows that anything was scanned.")
    problems = [problem for run in runs if (problem := run.problem(is_one_of_several=len(runs) > 1))]
    if not problems or len(runs) == 1:
        return problems[0] if problems else None
    return plural(
        "One of {all} runs does not show a finished scan: {reason}",
        "{n} of {all} runs do not show a finished scan, the first: {reason}",
        len(problems),
        all=len(runs),
        reason=problems[0],
    )


def _later(version: str) -> Text | None:
    parts = tuple(int(part) for part in version.split(".") if part.isdecimal() and len(part) < 5)  # noqa: PLR2004
    if parts <= _LATEST:
        return None
    return text("This is SARIF {version}, which is later than 2.1.0; it was read as 2.1.0.", version=version[:20])


def _result(position: int, content: Mapping[str, Any], run: SarifRun) -> Result:
    rule = run.rule_of(content)
    location = next(iter(objects(content, "locations")), {})
    kind, level = _kind_and_level(content, rule)
    outcome = NOT_EVALUATED if _contradicts(content) else _OUTCOMES.get(kind.lower(), NOT_EVALUATED)
    score = string(content, "properties", "security-severity") or rule.score
    severity = " ".join(part for part in (level, score) if part) if outcome == FAIL else kind
    return finding(
        position,
        rule.id,
        _target(content, location, run),
        outcome,
        severity,
        _rating(level, score) if outcome == FAIL else "",
        _message(content, location, rule),
        rule.kind,
        _set_aside(content),
        first_seen=string(content, "provenance", "firstDetectionTimeUtc"),
    )


def _kind_and_level(content: Mapping[str, Any], rule: Rule) -> tuple[str, str]:
    """Kind and level of a result. Before 2.1.0 the level itself may say what later is the kind."""
    kind, level = string(content, "kind"), string(content, "level").lower()
    if not kind:
        kind = "fail" if level in _LEVELS or level in ("", "default") else level
    if level not in _LEVELS:
        level = rule.level or "warning"
    return kind, level if kind.lower() == FAIL else "none"


def _contradicts(content: Mapping[str, Any]) -> bool:
    """Whether a result that does not fail has a level, which only a fail has (SARIF 2.1.0, section 3.27.10).

    Tools write `note` beside a pass as well, which says nothing against it.
    """
    kind = string(content, "kind").lower()
    return kind not in ("", FAIL) and string(content, "level").lower() in ("error", "warning")


def _rating(level: str, score: str) -> str:
    scored = by_score(score) if score else INFO
    return by_word(level) if scored in (INFO, UNKNOWN) else scored


def _set_aside(content: Mapping[str, Any]) -> str:
    """Why a finding does not count; empty if it does. A suppression counts unless it is under review or rejected."""
    if string(content, "baselineState") == "absent":
        return GONE
    if "suppressions" not in content and "suppressionStates" not in content:
        return ""
    suppressions = objects(content, "suppressions")
    rejected = any(string(each, "status") in _NOT_ACCEPTED for each in suppressions)
    old_states = inner(content, "suppressionStates")  # before 2.1.0
    return SUPPRESSED if (suppressions and not rejected) or old_states else ""


def _target(content: Mapping[str, Any], location: Mapping[str, Any], run: SarifRun) -> str:
    """The file of a result, else its place in the code, else the analysed file."""
    if file := run.address(location.get("physicalLocation")) or run.address(location):
        return file
    logical = objects(location, "logicalLocations")
    return (
        next((string(each, "fullyQualifiedName") or string(each, "name") for each in logical), "")
        or string(location, "fullyQualifiedLogicalName")
        or run.address({"artifactLocation": inner(content, "analysisTarget")})
    )


def _message(content: Mapping[str, Any], location: Mapping[str, Any], rule: Rule) -> str:
    """The message, written out if it is a rule's, after the line."""
    message = content.get("message")
    own = message if isinstance(message, str) else string(message, "text") or string(message, "markdown")
    if not own:
        own = rule.messages.get(string(message, "id"), "")
    arguments = inner(message, "arguments")
    for at, argument in enumerate(arguments[:20] if isinstance(arguments, list) else []):
        own = own.replace(f"{{{at}}}", str(argument))
    own = without_password(rule.id, own)
    line = string(location, "physicalLocation", "region", "startLine")
    return f"line {line}: {own}" if line else own
