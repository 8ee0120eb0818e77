"""OWASP Dependency-Check: known vulnerabilities of dependencies, in its JSON and its XML.

Templates: `jsonReport.vsl` and `xmlReport.vsl` in DependencyCheck. A result per vulnerability of a dependency, with the
severity that the tool shows, or else rated by its CVSS score. Vulnerabilities, and identifiers by which these are
looked up, that a suppression file leaves out are counted.

The report is written when all dependencies were analysed. It shows a finished scan if it names the sources that were
consulted (`dataSource`), its moment (`reportDate`) and a dependency, and no error (`analysisExceptions`).
"""

from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from evidence.formats.reading.json_stream import begins, objects, string, values
from evidence.formats.reading.xml_stream import prolog, read_head, results
from evidence.formats.scanners.dependency_check_report import DependencyCheck
from evidence.formats.scanners.dependency_check_xml import ROOT, Dependencies
from evidence.formats.values import HEAD, Result, Run, Unreadable
from locales import text

NAME = "dependency_check"
TITLE = "Dependency-Check"
ABOUT = text(
    "Each known vulnerability of each dependency is read, from JSON and XML. The scan finished if the report "
    "names its sources of vulnerabilities, its moment and the dependencies, and no error of the analysis. What a "
    "suppression file leaves out waits for someone else's review, and so do sources that were last checked more than a "
    "week before, after the report, or on a day that it does not tell."
)
RECOGNISED_BY = text(
    "It has the names `reportSchema` and `scanInfo`, or the root element `analysis`, as Dependency-Check writes them."
)
COMMANDS: tuple[str, ...] = ("dependency-check.sh --project portal --scan . --format JSON --out scan.json",)

_XML_NAMES = (b"dependency-check", b"dependencycheck", b"owasp_dependency_check")
_WANTED = frozenset(
    (
        "scanInfo.engineVersion",
        "scanInfo.dataSource[]",
        "scanInfo.analysisExceptions[]",
        "projectInfo.reportDate",
        "dependencies[]",
    )
)
_SUPPRESSED = ("suppressedVulnerabilities", "suppressedVulnerabilityIds")
_LEFT_OUT = frozenset(
    ("evidenceCollected", "relatedDependencies", "projectReferences", "references", "vulnerableSoftware", *_SUPPRESSED)
)


def recognises(head: bytes) -> bool:
    """Whether it is an object with the schema and projects of Dependency-Check, or the root is its `analysis`."""
    beginning = prolog(head)
    if beginning is not None:
        return beginning.root == ROOT and any(name in head.lower() for name in _XML_NAMES)
    content = begins(head)
    return content.startswith("{") and '"reportSchema"' in content and '"scanInfo"' in content


def read(stream: BinaryIO) -> tuple[Run, Iterator[Result]]:
    """Read the run and its results; the run is filled while they are read.

    Raises `Unreadable`, also while iterating.
    """
    report = DependencyCheck(NAME)
    is_xml = prolog(stream.read(HEAD)) is not None
    stream.seek(0)
    if not is_xml:
        return report.scan.run, _results(stream, report)
    head = read_head(stream, TITLE, frozenset((ROOT,)))
    return report.scan.run, results(stream, head, Dependencies(report), TITLE)


def _results(stream: BinaryIO, report: DependencyCheck) -> Iterator[Result]:
    number = 0
    for place, content in values(stream, TITLE, _WANTED, _LEFT_OUT):
        if place == "dependencies[]":
            number += 1
            yield from _of_dependency(number, content, report)
        elif place == "scanInfo.engineVersion":
            report.add_version(string(content))
        elif place == "projectInfo.reportDate":
            report.add_date(string(content))
        elif place == "scanInfo.dataSource[]":
            report.add_source(string(content, "name"), string(content, "timestamp"))
        else:
            report.add_exception()
    report.finish()


def _of_dependency(number: int, content: Any, report: DependencyCheck) -> Iterator[Result]:
    listed = content.get("vulnerabilities") or [] if isinstance(content, dict) else None
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise Unreadable(text("{format}, record {n}: expected an object.", format=TITLE, n=number))
    file = string(content, "fileName") or string(content, "filePath")
    packages = objects(content, "packages")
    dependency = {"file": file, "package": string(packages[0], "id") if packages else ""}
    suppressed = (content.get(name) for name in _SUPPRESSED)
    report.add_dependency(file, sum(number for number in suppressed if isinstance(number, int)))
    for vulnerability in listed:
        yield report.vulnerability(dependency, _fields(vulnerability))


def _fields(content: Mapping[str, Any]) -> dict[str, str]:
    """What is read of a vulnerability."""
    fields = {name: string(content, name) for name in ("name", "severity", "description")}
    return {
        **fields,
        "cvssV4": string(content, "cvssv4", "baseScore"),
        "cvssV3": string(content, "cvssv3", "baseScore"),
        "cvssV2": string(content, "cvssv2", "score"),
    }
