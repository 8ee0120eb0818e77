"""CycloneDX: vulnerabilities of a bill of materials, with the analysis of each (VEX), as JSON and XML.

Specification: https://cyclonedx.org/docs, `vulnerabilities` since 1.4. A result per vulnerability: exploitable fails;
resolved, a false positive and not affected pass; in triage is informational; without an analysis it is only listed. Of
several ratings the worst counts.

A bill of materials does not say that a scan looked for vulnerabilities and finished, so the file alone shows that
something fails or is still open, but never that nothing does.
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
    "fails, but never that nothing does."
)
RECOGNISED_BY = text("It says `CycloneDX`: as `bomFormat`, or in the namespace of its root element `bom`.")
COMMANDS: tuple[str, ...] = ()

_VULNERABILITIES = "vulnerabilities[]"
_SUBJECT = "metadata.component"
_TOOLS = frozenset(("metadata.tools[]", "metadata.tools.components[]"))
_WANTED = frozenset((_VULNERABILITIES, "metadata.timestamp", _SUBJECT, *_TOOLS))
_LEFT_OUT = frozenset(
    ("components", "references", "advisories", "credits", "properties", "versions", "licenses", "hashes")
)


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
    number = 0
    for place, content in values(stream, TITLE, _WANTED, _LEFT_OUT):
        if place == _VULNERABILITIES:
            number += 1
            yield _result(number, content, statements)
        elif place == _SUBJECT:
            statements.add_subject(string(content, "name"), string(content, "version"))
        elif place in _TOOLS:
            statements.add_tool(string(content, "name"), string(content, "version"))
        else:
            statements.add_moment(string(content))
    statements.finish()


def _result(number: int, content: Any, statements: Statements) -> Result:
    if not isinstance(content, dict):
        raise Unreadable(text("{format}, record {n}: expected an object.", format=TITLE, n=number))
    fields = {name: string(content, "analysis", name) for name in ("state", "justification", "detail")}
    return statements.result(
        {**fields, "id": string(content, "id"), "description": string(content, "description")},
        [string(each, "ref") for each in objects(content, "affects")],
        [(string(each, "severity"), string(each, "score")) for each in objects(content, "ratings")],
    )
