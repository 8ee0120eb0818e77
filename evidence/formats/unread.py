"""Formats of tools that are known by their content and not read yet: each is named, so that nobody seeks a fault."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, NoReturn

from evidence.formats.table_stream import looks_like_text
from evidence.formats.values import Result, Run, Unreadable
from evidence.formats.xml_stream import prolog
from locales import text

_LOOKED_AT = 16_384  # characters of JSON in which a tool is known
#: by the root of XML, and what must stand near it where the root alone says too little
_ROOTS = {
    "testrun": ("Eclipse JUnit XML", ""),
    "TestRun": ("TRX (Visual Studio, dotnet test)", ""),
    "test-run": ("NUnit 3 XML", ""),
    "test-results": ("NUnit 2 XML", ""),
    "assemblies": ("xUnit.net XML", ""),
    "testng-results": ("TestNG XML", ""),
    "robot": ("Robot Framework XML", ""),
    "OWASPZAPReport": ("ZAP XML", ""),
    "NessusClientData_v2": ("Nessus", ""),
    "Benchmark": ("XCCDF", "xccdf"),
    "TestResult": ("XCCDF", "xccdf"),
    "asset-report-collection": ("ARF (OpenSCAP)", ""),
    "analysis": ("OWASP Dependency-Check XML", "dependency-check"),
    "bom": ("CycloneDX XML", "cyclonedx"),
    "document": ("SSLyze/sslscan XML", "ssl"),
    "report": ("OpenVAS XML", "format_id"),
}
#: by names that stand in JSON: all of one line
_NAMES = (
    ("SSLyze JSON", ('"server_scan_results"',)),
    ("SARIF", ('"runs"', '"driver"')),
    ("SARIF", ('"$schema"', "sarif")),
    ("Trivy JSON", ('"SchemaVersion"', '"ArtifactName"')),
    ("Trivy JSON", ('"Target"', '"Vulnerabilities"')),
    ("ZAP JSON", ('"@version"', '"site"')),
    ("InSpec JSON", ('"platform"', '"profiles"')),
    ("Semgrep JSON", ('"results"', '"check_id"', '"extra"')),
    ("Prowler OCSF", ('"metadata"', '"product"', '"Prowler"')),
    ("Checkov JSON", ('"check_type"', '"passed_checks"')),
    ("CycloneDX JSON", ('"bomFormat"',)),
    ("SPDX JSON", ('"spdxVersion"',)),
    ("OSCAL", ('"assessment-results"',)),
    ("Nuclei JSON", ('"template-id"', '"matched-at"')),
    ("Gitleaks JSON", ('"StartLine"', '"Secret"', '"Match"')),
    ("Grype JSON", ('"matches"', '"vulnerability"', '"artifact"')),
)


@dataclass(frozen=True, slots=True)
class Unread:
    """A format that is known and not read; `root` is the root element of XML."""

    NAME: str
    root: str = ""

    @property
    def TITLE(self) -> str:  # noqa: N802 - as formats have it
        return self.NAME

    def recognises(self, head: bytes) -> bool:
        """Whether a file is of this format."""
        return named(head) == self

    def read(self, stream: BinaryIO) -> tuple[Run, Iterator[Result]]:
        """Raises `Unreadable`, always."""
        del stream
        self._refuse()

    def _refuse(self) -> NoReturn:
        if self.root:
            raise Unreadable(
                text(
                    "This is {format} (root element {root}), which is not read yet; let the tool write a format that "
                    "is asked, such as JUnit XML (root element testsuites).",
                    format=self.NAME,
                    root=self.root,
                )
            )
        raise Unreadable(
            text("This is {format}, which is not read yet; upload one of the accepted formats.", format=self.NAME)
        )


def named(head: bytes) -> Unread | None:
    """The format that the first 64 KiB are of, if it is known here."""
    found = prolog(head)
    if found is not None:
        name, beside = _ROOTS.get(found.root, ("", ""))
        return Unread(name, found.root) if name and beside.encode() in head.lower() else None
    begin = (looks_like_text(head) or "").lstrip("\ufeff \t\r\n")[:_LOOKED_AT]
    if not begin.startswith(("{", "[")):
        return None
    return next((Unread(name) for name, words in _NAMES if all(word in begin for word in words)), None)
