"""Trivy's JSON: vulnerabilities, misconfigurations, secrets and licences of images, file systems and clusters.

The layout is that of `Report` in Trivy's `pkg/types/report.go` (schema 2). Before version 0.20 the file was its array
of results, and for a cluster results stand under its resources. A result per vulnerability (whatever its status),
misconfiguration (also those that passed, with --include-non-failures), secret and licence (informational, as whether
one may be used is no matter of security). The file is read twice, as the target may follow its findings.

Trivy writes its report only when the scan has finished, so a file that names a target in which it looked for
vulnerabilities or misconfigurations shows it; a file without such a result does not.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO
from urllib.parse import quote

from evidence.formats.branches import doubt_of_branches, unreleased
from evidence.formats.findings import (
    LICENCE,
    MISCONFIGURATION,
    NOT_AFFECTED,
    SECRET,
    SUPPRESSED,
    VULNERABILITY,
    Scan,
    finding,
    without_version,
)
from evidence.formats.moments import iso_moment
from evidence.formats.reading.json_stream import begins, string, strings, values
from evidence.formats.severity_words import by_word
from evidence.formats.values import FAIL, INFORMATIONAL, NOT_EVALUATED, PASS, SKIPPED, Result, Run, Unreadable, storable
from evidence.formats.vex_statements import aliases, components
from locales import Text, plural, text

NAME = "trivy"
TITLE = "Trivy JSON"
ABOUT = text(
    "Vulnerabilities, misconfigurations (also those that passed), secrets and licences are read, in the layouts "
    "of all versions. Licences are informational. The scan shows something if it names where it looked for "
    "vulnerabilities or misconfigurations, and that operating system is still supported. Findings that Trivy was "
    "told to ignore wait for someone else's review, and so does a scan for misconfigurations only, one that did "
    "none of its checks on configuration, and one of a branch that is neither the main one nor a release."
)
RECOGNISED_BY = text(
    "It has the name `ArtifactName` or `ClusterName`, or a list with `Target` and `Vulnerabilities`, as "
    "Trivy writes them."
)
COMMANDS: tuple[str, ...] = (
    (
        "trivy image --scanners vuln,misconfig,secret --show-suppressed --format json "
        "--output scan.json registry.example.nl/portal:2026.11"
    ),
)

_AROUND = ("Vulnerabilities[]", "Misconfigurations[]", "Resources[]", "Findings[]")  # of a cluster
_RESULTS = frozenset(("Results[]", "[]", *(f"{place}.Results[]" for place in _AROUND)))
_TARGETS = frozenset(f"{place}.Target" for place in _RESULTS)
_CLASSES = frozenset(f"{place}.Class" for place in _RESULTS)
_NO_WEAKNESSES = frozenset(("license", "license-file", "secret", "custom"))  # classes that say nothing of what is clean
_NO_PACKAGES = _NO_WEAKNESSES | {"config"}
_PACKAGES = frozenset(f"{place}.Packages[].Name" for place in _RESULTS)  # what --list-all-pkgs adds
_LISTS = ("Vulnerabilities", "Misconfigurations", "Secrets", "Licenses", "ExperimentalModifiedFindings")
_SUMMARIES = frozenset(f"{place}.MisconfSummary" for place in _RESULTS)
_CHECKS, _FAILURES, _EXCEPTIONS, _LISTED = "checks", "failures", "exceptions", "packages listed"
_FINDINGS = {f"{place}.{name}[]": name for place in _RESULTS for name in _LISTS}
_ERRORS = frozenset(f"{place}.Error" for place in _AROUND)
_END_OF_LIFE, _BRANCH = "Metadata.OS.EOSL", "Metadata.Branch"
_HEAD = frozenset(("SchemaVersion", "ArtifactName", "ClusterName", "CreatedAt", "Trivy.Version", _END_OF_LIFE, _BRANCH))
_DIGESTS, _ARCHITECTURE = "Metadata.RepoDigests[]", "Metadata.ImageConfig.architecture"  # of an image
_LONGEST_DIGESTS = 4_000  # characters
_LEFT_OUT = frozenset(("References", "CVSS", "CauseMetadata", "Code", "Layer", "Description", "Traces"))
_CHECKED = {"PASS": PASS, "FAIL": FAIL, "EXCEPTION": SKIPPED}
_LATEST = 2
_SYSTEM_PACKAGES = "os-pkgs"  # class of a result whose target is the image with its operating system
_IMAGE = re.compile(r"(?P<image>.+) \((?P<system>\S+)[^()]*\)")


def recognises(head: bytes) -> bool:
    """Whether it is a report on an artifact or a cluster, or an array of results as Trivy wrote it before."""
    content = begins(head)
    if content.startswith("["):
        return '"Target"' in content and '"Vulnerabilities"' in content
    if '"ClusterName"' in content:
        return any(f'"{name}"' in content for name in ("Resources", "Vulnerabilities", "Misconfigurations", "Findings"))
    return '"ArtifactName"' in content and ('"SchemaVersion"' in content or '"ArtifactType"' in content)


def read(stream: BinaryIO) -> tuple[Run, Iterator[Result]]:
    """Read the run and its results; the run is filled while they are read.

    Raises `Unreadable`, also while iterating.
    """
    scan = Scan(NAME, NAME)
    return scan.run, _results(stream, scan)


def _results(stream: BinaryIO, scan: Scan) -> Iterator[Result]:
    head, targets, classes = _head(stream)
    scan.run.tool_version = storable(head.get("Trivy.Version", ""), 40)
    if moment := iso_moment(head.get("CreatedAt", "")):
        scan.moments.add(moment)
    scan.add_examined([head.get("ArtifactName", ""), head.get("ClusterName", "")])
    scan.add_examined(targets)
    images = (_image(digest, head.get(_ARCHITECTURE, "")) for digest in head.get(_DIGESTS, "").split())
    scan.facts.products += filter(None, images)
    places = [_place(*each) for each in zip(targets, classes, strict=True)]
    stream.seek(0)
    result_number = -1
    position = vulnerabilities = failed = 0
    for place, content in values(stream, TITLE, frozenset(_FINDINGS), _LEFT_OUT, starts=_RESULTS):
        if place in _RESULTS:
            result_number += 1
            continue
        if not isinstance(content, dict):
            raise Unreadable(text("{format}, record {n}: expected an object.", format=TITLE, n=position + 1))
        name = _FINDINGS[place]
        if name in _READERS:
            position += 1
            vulnerabilities += name == "Vulnerabilities"
            failed += name == "Misconfigurations" and string(content, "Status") == "FAIL"
            yield scan.count(_READERS[name](position, content, places[result_number]))
        else:
            scan.facts.left_out += 1
    version = head.get("SchemaVersion", "")
    if version.isdecimal() and len(version) < 5 and int(version) > _LATEST:  # noqa: PLR2004 - digits
        scan.run.remark = text(
            "This is schema {version} of Trivy, which is later than 2; it was read as 2.", version=version
        )
        scan.doubt(scan.run.remark)
    scan.facts.left_out += int(head.get(_EXCEPTIONS, "0"))
    _add_doubts(scan, head, classes, int(head.get(_FAILURES, "0")) - failed)
    if _LISTED in head and not vulnerabilities:
        scan.doubt(
            text("Trivy lists packages and no vulnerability; see whether it compared them (--scanners with vuln).")
        )
    scan.finish(_problem(head, classes))


def _head(stream: BinaryIO) -> tuple[dict[str, str], list[str], list[str]]:
    """What the report says besides its findings, and the target and class of each result."""
    head: dict[str, str] = {}
    targets: list[str] = []
    classes: list[str] = []
    wanted = _HEAD | _TARGETS | _CLASSES | _ERRORS | _SUMMARIES | _PACKAGES | {_DIGESTS, _ARCHITECTURE}
    for place, content in values(stream, TITLE, wanted, starts=_RESULTS):
        if place in _RESULTS:
            targets.append("")
            classes.append("")
        elif place in _TARGETS:
            targets[-1] = string(content)
        elif place in _CLASSES:
            classes[-1] = string(content)
        elif place in _PACKAGES:
            head[_LISTED] = "true"
        elif place == _DIGESTS:
            head[_DIGESTS] = f"{head.get(_DIGESTS, '')} {string(content)}"[:_LONGEST_DIGESTS]
        elif place in _SUMMARIES:
            _add_summary(head, content)
        elif place in _ERRORS:
            head["Error"] = head.get("Error") or string(content)
        else:
            head[place] = "true" if content is True else string(content)
    return head, targets, classes


def _add_summary(head: dict[str, str], summary: Any) -> None:
    """Add how many checks for misconfigurations were done, how many of these failed, and how many were excepted."""
    failures = _number(summary, "Failures")
    numbers = {
        _CHECKS: _number(summary, "Successes") + failures,
        _FAILURES: failures,
        _EXCEPTIONS: _number(summary, "Exceptions"),
    }
    for name, number in numbers.items():
        head[name] = str(int(head.get(name, "0")) + number)


def _number(content: Any, name: str) -> int:
    written = string(content, name)
    return int(written[:15]) if written.isdecimal() else 0


def _add_doubts(scan: Scan, head: Mapping[str, str], classes: list[str], unlisted: int) -> None:
    """Add what a person must look at. `unlisted`: failed checks that the report counts, and does not list."""
    if "config" in classes and _NO_PACKAGES.issuperset(classes):
        scan.doubt(
            text("Trivy looked for misconfigurations only, and not for vulnerabilities; see whether that is enough.")
        )
    if head.get(_CHECKS) == "0":
        scan.doubt(text("Trivy names files with configuration, and did none of its checks on them."))
    if unlisted > 0:
        scan.doubt(
            plural(
                "Trivy counted one check that failed and is not in its list; upload the file as Trivy wrote it.",
                "Trivy counted {n} checks that failed and are not in its list; upload the file as Trivy wrote it.",
                unlisted,
            )
        )
    if doubt := doubt_of_branches([unreleased(head.get(_BRANCH, ""))]):
        scan.doubt(doubt)


def _place(target: str, kind: str) -> str:
    """Where a finding is, without versions: it is the same finding in the next build of an image."""
    named = _IMAGE.fullmatch(target) if kind == _SYSTEM_PACKAGES else None
    return f"{without_version(named['image'])} ({named['system']})" if named else target


def _problem(head: Mapping[str, str], classes: list[str]) -> Text | None:
    """Why the file does not show a finished scan."""
    if head.get("Error"):
        return text("Trivy could not scan a part of the cluster: {reason}", reason=storable(head["Error"], 200))
    if _NO_WEAKNESSES.issuperset(classes):
        return text(
            "Trivy names nothing in which it looked for vulnerabilities or misconfigurations, so its report shows "
            "nothing of them. Scan what holds packages, with --scanners vuln,misconfig,secret."
        )
    if head.get(_END_OF_LIFE) == "true":
        return text(
            "The operating system in this image is no longer supported, so that Trivy does not know its newer "
            "vulnerabilities."
        )
    return None


def _image(digest: str, architecture: str) -> str:
    """The package URL of an image by its digest (`registry.example.nl/team/portal@sha256:…`); empty for another text.

    Type oci: the last part of the name, the digest as version, and the whole name as repository_url.
    """
    name, _, version = digest.partition("@")
    if not version.startswith("sha256:"):
        return ""
    package = f"pkg:oci/{name.rpartition('/')[2]}@{quote(version, safe='')}?repository_url={quote(name, safe='/')}"
    return f"{package}&arch={quote(architecture)}" if architecture else package


def _vulnerability(position: int, content: Mapping[str, Any], target: str) -> Result:
    package = " ".join(filter(None, (string(content, "PkgName"), string(content, "InstalledVersion"))))
    fixed = string(content, "FixedVersion")
    status = string(content, "Status")
    severity = string(content, "Severity")
    parts = (
        package,
        f"fixed in {fixed}" if fixed else "",
        string(content, "Title"),
        f"status: {status}" if status else "",
    )
    return finding(
        position,
        string(content, "VulnerabilityID") or string(content, "PkgName"),
        target,
        FAIL,
        severity,
        by_word(severity),
        "; ".join(filter(None, parts)),
        VULNERABILITY,
        NOT_AFFECTED if status == "not_affected" else "",
        more=(
            *aliases(strings(content, "VendorIDs")),
            *components([string(content, "PkgIdentifier", "PURL")]),
        ),
    )


def _misconfiguration(position: int, content: Mapping[str, Any], target: str) -> Result:
    outcome = _CHECKED.get(string(content, "Status"), NOT_EVALUATED)
    severity = string(content, "Severity")
    return finding(
        position,
        string(content, "ID") or string(content, "AVDID"),
        target,
        outcome,
        severity,
        by_word(severity) if outcome != PASS else "",
        string(content, "Message") or string(content, "Title"),
        MISCONFIGURATION,
        SUPPRESSED if outcome == SKIPPED else "",
    )


def _secret(position: int, content: Mapping[str, Any], target: str) -> Result:
    severity, line = string(content, "Severity"), string(content, "StartLine")
    message = f"line {line}: {string(content, 'Title')}" if line else string(content, "Title")
    return finding(position, string(content, "RuleID"), target, FAIL, severity, by_word(severity), message, SECRET)


def _licence(position: int, content: Mapping[str, Any], target: str) -> Result:
    severity = string(content, "Severity")
    where = string(content, "PkgName") or string(content, "FilePath")
    message = "; ".join(filter(None, (where, string(content, "Category"))))
    check = string(content, "Name")
    return finding(position, check, target, INFORMATIONAL, severity, by_word(severity), message, LICENCE)


_READERS: Mapping[str, Callable[[int, Mapping[str, Any], str], Result]] = {
    "Vulnerabilities": _vulnerability,
    "Misconfigurations": _misconfiguration,
    "Secrets": _secret,
    "Licenses": _licence,
}
