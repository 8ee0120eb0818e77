"""The XML of Dependency-Check. Template: `xmlReport.vsl` of DependencyCheck; schemas 1.0 to 4.1."""

from typing import TYPE_CHECKING

from evidence.formats.reading.xml_stream import ElementText, local
from evidence.formats.scanners.dependency_check_report import DependencyCheck

if TYPE_CHECKING:
    from evidence.formats.values import Result

ROOT = "analysis"
_LONGEST = 1_000  # characters of a value
_OF_VULNERABILITIES = {
    ("vulnerability", "name"): "name",
    ("vulnerability", "severity"): "severity",
    ("vulnerability", "description"): "description",
    ("vulnerability", "cvssScore"): "cvssScore",
    ("cvssV2", "score"): "cvssV2",
    ("cvssV3", "baseScore"): "cvssV3",
    ("cvssV4", "baseScore"): "cvssV4",
}
_OTHERS = frozenset(
    (
        ("scanInfo", "engineVersion"),
        ("dataSource", "name"),
        ("dataSource", "timestamp"),
        ("projectInfo", "reportDate"),
        ("dependency", "fileName"),
        ("package", "id"),
        ("identifier", "name"),
    )
)
_SUPPRESSED = "suppressedVulnerability"
_SUPPRESSED_IDENTIFIER = "suppressedVulnerabilityIds"  # one of them, despite its name
_RELATED = "relatedDependency"


class Dependencies(ElementText):
    """The parser's target; `results` holds those not yet taken."""

    def __init__(self, report: DependencyCheck) -> None:
        self.results: list[Result] = []
        self._report = report
        self._path: list[str] = []
        self._dependency: dict[str, str] = {}
        self._vulnerability: dict[str, str] = {}
        self._suppressed = 0
        self._source: dict[str, str] = {}
        self._text: list[str] | None = None
        self._room = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        del attributes
        name = local(tag)
        around = self._path[-1] if self._path else ""
        self._path.append(name)
        if name == "dependency":
            self._dependency, self._suppressed = {}, 0
        elif name == "vulnerability":
            self._vulnerability = {}
        elif name in (_SUPPRESSED, _SUPPRESSED_IDENTIFIER):
            self._suppressed += 1
        elif name == "dataSource":
            self._source = {}
        elif name == "exception" and around == "analysisExceptions":
            self._report.add_exception()
        elif ((around, name) in _OF_VULNERABILITIES and _SUPPRESSED not in self._path) or (around, name) in _OTHERS:
            self._text, self._room = [], _LONGEST

    def end(self, _tag: str) -> None:
        name = self._path.pop()
        if self._text is not None:
            self._close_value(self._path[-1], name, "".join(self._text).strip())
            self._text = None
        elif name == "vulnerability":
            self.results.append(self._report.vulnerability(self._dependency, self._vulnerability))
        elif name == "dataSource":
            self._report.add_source(self._source.get("name", ""), self._source.get("timestamp", ""))
        elif name == "dependency":
            self._report.add_dependency(self._dependency.get("file", ""), self._suppressed)

    def _close_value(self, around: str, name: str, value: str) -> None:
        if field := _OF_VULNERABILITIES.get((around, name)):
            self._vulnerability[field] = value
        elif around == "dataSource":
            self._source[name] = value
        elif name == "engineVersion":
            self._report.add_version(value)
        elif name == "reportDate":
            self._report.add_date(value)
        elif name == "fileName":
            self._dependency["file"] = value
        elif _RELATED not in self._path:
            self._dependency.setdefault("package", value)

    def finish(self) -> None:
        """Complete the run, after everything was read."""
        self._report.finish()
