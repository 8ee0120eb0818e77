"""Gitleaks's JSON, of versions 7 and 8: secrets in code. Layout: `report/finding.go` of gitleaks/gitleaks.

A result per secret, of unknown severity. The secret itself, and who committed it, are not taken over. The file holds
only what was found: neither what was scanned nor that the scan finished. So it can show that something fails, but never
that nothing does. The moments in it are those of commits.
"""

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from evidence.formats.findings import SECRET, Scan, finding
from evidence.formats.reading.json_stream import begins, string, values
from evidence.formats.severity_words import UNKNOWN
from evidence.formats.values import FAIL, Result, Run, Unreadable
from locales import text

NAME = "gitleaks"
TITLE = "Gitleaks JSON"
ABOUT = text(
    "Each secret is read, without the secret itself and without who committed it. The report says neither "
    "what was scanned nor that the scan finished, so it can show that something fails, but never that nothing "
    "does."
)
RECOGNISED_BY = text(
    "It is a list with the names `RuleID`, `StartLine` and `Secret`, or `lineNumber` and `offender`, as "
    "Gitleaks writes them."
)
COMMANDS: tuple[str, ...] = ("gitleaks git --report-format json --report-path scan.json",)

_WANTED = frozenset(("[]",))
_LEFT_OUT = frozenset(("Match", "Secret", "Line", "line", "offender", "Message", "commitMessage"))
_SHORT = 12  # characters of a commit


def recognises(head: bytes) -> bool:
    """Whether it is an array of findings of Gitleaks."""
    content = begins(head)
    if not content.startswith("["):
        return False
    of_version_8 = '"RuleID"' in content and '"StartLine"' in content and '"Secret"' in content
    return of_version_8 or ('"lineNumber"' in content and '"offender"' in content)


def read(stream: BinaryIO) -> tuple[Run, Iterator[Result]]:
    """Read the run and its results; the run is filled while they are read.

    Raises `Unreadable`, also while iterating.
    """
    scan = Scan(NAME, NAME)
    return scan.run, _results(stream, scan)


def _results(stream: BinaryIO, scan: Scan) -> Iterator[Result]:
    for position, (_, content) in enumerate(values(stream, TITLE, _WANTED, _LEFT_OUT), start=1):
        yield _result(position, content)
    scan.finish(
        text(
            "A report of Gitleaks says neither what was scanned nor that the scan finished. Let a tool that says so "
            "look for secrets, such as Trivy (--scanners vuln,secret)."
        )
    )


def _result(position: int, content: Mapping[str, Any]) -> Result:
    if not isinstance(content, dict):
        raise Unreadable(text("{format}, record {n}: expected an object.", format=TITLE, n=position))
    line = string(content, "StartLine") or string(content, "lineNumber")
    commit = (string(content, "Commit") or string(content, "commit"))[:_SHORT]
    rule = string(content, "RuleID") or string(content, "rule")
    message = f"line {line}: {string(content, 'Description') or rule}"
    return finding(
        position,
        rule,
        string(content, "File") or string(content, "file"),
        FAIL,
        "",
        UNKNOWN,
        f"{message} (commit {commit})" if commit else message,
        SECRET,
    )
