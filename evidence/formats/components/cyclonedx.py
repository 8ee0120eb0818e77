"""CycloneDX: vulnerabilities of a bill of materials, with the analysis of each (VEX), as JSON and XML.

Specification: https://cyclonedx.org/docs, `vulnerabilities` since 1.4. A result per vulnerability: exploitable fails;
resolved, a false positive and not affected pass; in triage is informational; without an analysis it is only listed. Of
several ratings the worst counts.

A bill of materials does not say that a scan looked for vulnerabilities and finished, so the file alone shows that
something fails or is still open, but never that nothing does. JSON is read twice, as components may come after the
vulnerabilities that name them.
"""

from collections.abc import Iterator
from typing import Any, BinaryIO

from evidence.formats.components.cyclonedx_statements import Statements
from evidence.formats.components.cyclonedx_xml import ROOT, Vulnerabilities
from evidence.formats.reading.json_stream import begins, objects, string, values
from evidence.formats.reading.xml_stream import prolog, read_head, results
from evidence.formats.values import HEAD, Result, Run, Unreadable
from locales import text

NAME = "cyclonedx"
TITLE = "CycloneDX"
ABOUT = text(
    "Each vulnerability is read with its analysis (VEX), from JSON and XML of version 1.4 and later. Exploitable "
    "fails; resolved, a false positive and not affected pass; in triage and a vulnerability without an analysis stay "
    "open. A bill of materials does not say that a scan looked for vulnerabilities, so it can show that something "
    "fails, but never that nothing does. Uploaded together with the file of a scan, its analyses are statements on "
    "what was scanned, as those of OpenVEX and CSAF."
)
RECOGNISED_BY = text("It says `CycloneDX`: as `bomFormat`, or in the namespace of its root element `bom`.")
COMMANDS: tuple[str, ...] = ()

_VULNERABILITIES = "vulnerabilities[]"
_SUBJECT = "metadata.component"
_TOOLS = frozenset(("metadata.tools[]", "metadata.tools.components[]"))
_COMPONENTS, _TIMESTAMP = "components[]", "metadata.timestamp"
_AUTHORS = frozenset(("metadata.supplier", "metadata.manufacturer", "metadata.manufacture", "metadata.authors[]"))
_HEAD = frozenset((_COMPONENTS, _TIMESTAMP, _SUBJECT, *_TOOLS, *_AUTHORS))
_LEFT_OUT = frozenset(
    ("advisories", "credits", "properties", "versions", "licenses", "hashes", "evidence", "externalReferences")
)
_ANALYSIS = ("state", "justification", "detail", "firstIssued", "lastUpdated")


def recognises(head: bytes) -> bool:
    """Whether it is a bill of materials of CycloneDX."""
    beginning = prolog(head)
    if beginning is not None:
        return beginning.root == ROOT and b"cyclonedx" in head.lower()
    content = begins(head)
    return content.startswith("{") and '"bomFormat"' in content and "CycloneDX" in content


def read(stream: BinaryIO) -> tuple[Run, Iterator[Result]]:
    """Read the run and its results; the run is filled while they are read.

    Raises `Unreadable`, also while iterating.
    """
    statements = Statements(NAME)
    is_xml = prolog(stream.read(HEAD)) is not None
    stream.seek(0)
    if not is_xml:
        return statements.scan.run, _results(stream, statements)
    head = read_head(stream, TITLE, frozenset((ROOT,)))
    return statements.scan.run, results(stream, head, Vulnerabilities(statements), TITLE)


def _results(stream: BinaryIO, statements: Statements) -> Iterator[Result]:
    for place, content in values(stream, TITLE, _HEAD, _LEFT_OUT):
        _add(place, content, statements)
    stream.seek(0)
    for number, (_, content) in enumerate(values(stream, TITLE, frozenset((_VULNERABILITIES,)), _LEFT_OUT), 1):
        yield _result(number, content, statements)
    statements.finish()


def _add(place: str, content: Any, statements: Statements) -> None:
    """Add what the file says besides its vulnerabilities."""
    name, version = string(content, "name"), string(content, "version")
    if place == _COMPONENTS:
        _add_components(content, statements)
    elif place == _SUBJECT:
        statements.add_subject(name, version, string(content, "purl"), string(content, "cpe"))
        _add_components(content, statements)
    elif place in _TOOLS:
        statements.add_tool(name, version)
    elif place in _AUTHORS:
        statements.add_author(name)
    else:
        statements.add_moment(string(content))


def _add_components(content: Any, statements: Statements) -> None:
    """Add a component and those within it."""
    statements.add_component(string(content, "bom-ref"), string(content, "purl"), string(content, "cpe"))
    for each in objects(content, "components"):
        _add_components(each, statements)


def _result(number: int, content: Any, statements: Statements) -> Result:
    if not isinstance(content, dict):
        raise Unreadable(text("{format}, record {n}: expected an object.", format=TITLE, n=number))
    fields = {name: string(content, "analysis", name) for name in _ANALYSIS}
    fields |= {name: string(content, name) for name in ("id", "description", "updated")}
    return statements.result(
        fields,
        [string(each, "ref") for each in objects(content, "affects")],
        [(string(each, "severity"), string(each, "score")) for each in objects(content, "ratings")],
        [string(each, "id") for each in objects(content, "references")],
    )
