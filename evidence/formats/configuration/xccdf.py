"""XCCDF 1.1 and 1.2 results: TestResult alone or in its Benchmark, and in an ARF collection (OpenSCAP, SCC).

Specification: NIST IR 7275 and its schema (`xccdf.xsd`); ARF is NIST IR 7694. A result per `rule-result` of each
`TestResult`; where it has no severity, that of its `Rule` earlier in the file applies. `fixed` is a pass, as the rule
holds now; `unknown` is an error; `notchecked` is left to a person. A result that someone overrode to anything but a
failure is set aside. The score depends on weights and a model, and is no share; it is compared with the results.

The scan finished if each TestResult has its `end-time`, and a rule in it was carried out: content that does not fit
the system gives `notapplicable` and `notselected` only.
"""

from collections.abc import Iterator, Mapping
from typing import BinaryIO

from evidence.formats.configuration.xccdf_results import Report
from evidence.formats.findings import Scan
from evidence.formats.reading.xml_stream import prolog, read_head, results
from evidence.formats.values import Result, Run
from locales import text

NAME = "xccdf"
TITLE = "XCCDF and ARF"
ABOUT = text(
    "Each rule result of each TestResult is read, from XCCDF 1.1 and 1.2 and from ARF. The scan finished if each "
    "TestResult has its end, and a rule in it was carried out. A rule that was fixed passes; what is not checked "
    "automatically, what someone overrode, and a score that is lower than the results explain, wait for someone else's "
    "review. The file does not say which rules were left out with --rule or --skip-rules."
)
RECOGNISED_BY = text("Its root element is one of XCCDF (Benchmark or TestResult) or of ARF, in the namespace of these.")
#: run with OpenSCAP 1.3.7 of Debian 12 (openscap-scanner)
COMMANDS: tuple[str, ...] = ("oscap xccdf eval --profile PROFILE --results-arf scan.xml CONTENT.xml",)

_ROOTS = frozenset(("Benchmark", "TestResult", "asset-report-collection"))
_NAMESPACES: Mapping[str, bytes] = {"asset-report-collection": b"asset-reporting-format"}
_XCCDF = b"checklists.nist.gov/xccdf"


def recognises(head: bytes) -> bool:
    """Whether the root is one of XCCDF or ARF, with the namespace of these."""
    beginning = prolog(head)
    if beginning is None or beginning.root not in _ROOTS:
        return False
    return _NAMESPACES.get(beginning.root, _XCCDF) in head.replace(b"\0", b"")


def read(stream: BinaryIO) -> tuple[Run, Iterator[Result]]:
    """Read the run and its results; the run is filled while they are read.

    Raises `Unreadable`, also while iterating.
    """
    head = read_head(stream, TITLE, _ROOTS)
    scan = Scan(NAME, "XCCDF")
    return scan.run, results(stream, head, Report(scan), TITLE)
