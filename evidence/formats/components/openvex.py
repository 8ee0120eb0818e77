"""OpenVEX: statements on whether vulnerabilities affect products, 0.0.1 to 0.2.0.

Specification: https://github.com/openvex/spec. A result per statement: affected fails, not affected and fixed pass,
under investigation is informational. Until 0.2.0 products, subcomponents and the vulnerability are plain names. A
statement has the document's moment unless it names its own. The file is read twice, as the moment may come last.
An attestation (in-toto) with such a document as its predicate is read too.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from evidence.formats.components.vex_document import Document, later_version
from evidence.formats.reading.json_stream import begins, inner, string, strings, values
from evidence.formats.values import Result, Run, Unreadable
from evidence.formats.vex_statements import NOT_AFFECTED, About, Statement, sentence
from locales import Text, text

NAME = "openvex"
TITLE = "OpenVEX"
ABOUT = text(
    "Each statement is read with its vulnerability and aliases, products and subcomponents, status, justification, "
    "author and moment. A statement on a product that was scanned takes its finding out of account only if the "
    "document is uploaded together with the file of that scan, and waits for someone else's review. A document alone "
    "never shows that nothing is vulnerable."
)
RECOGNISED_BY = text("Its `@context` is that of OpenVEX.")
COMMANDS: tuple[str, ...] = (
    (
        "vexctl create --author=security@example.nl --product=pkg:npm/lodash@4.17.20 --vuln=CVE-2021-23337 "
        "--status=not_affected --justification=vulnerable_code_not_in_execute_path --file=portal.vex.json"
    ),
)

#: justifications of the specification; any other has no meaning that someone else can check
JUSTIFICATIONS = frozenset(
    (
        "component_not_present",
        "vulnerable_code_not_present",
        "vulnerable_code_not_in_execute_path",
        "vulnerable_code_cannot_be_controlled_by_adversary",
        "inline_mitigations_already_exist",
    )
)
_LATEST = (0, 2)
_DOCUMENTS = ("", "predicate.")  # a document, or an attestation with one
_STATEMENTS = frozenset(f"{document}statements[]" for document in _DOCUMENTS)
_HEAD = {
    f"{document}{name}": name
    for document in _DOCUMENTS
    for name in ("@context", "author", "timestamp", "tooling", "last_updated")
}
_CONTEXT = "openvex.dev/ns"
_VERSION = re.compile(rf"{re.escape(_CONTEXT)}/v(\d[\d.]*)")
_IDENTIFIERS = ("purl", "cpe23", "cpe22")


def recognises(head: bytes) -> bool:
    """Whether it is an object whose context is that of OpenVEX."""
    content = begins(head)
    return content.startswith("{") and '"@context"' in content and _CONTEXT in content.replace("\\/", "/")


def read(stream: BinaryIO) -> tuple[Run, Iterator[Result]]:
    """Read the run and its results; the run is filled while they are read.

    Raises `Unreadable`, also while iterating.
    """
    document = Document(NAME, NAME)
    return document.scan.run, _results(stream, document)


def _results(stream: BinaryIO, document: Document) -> Iterator[Result]:
    head = {_HEAD[place]: string(content) for place, content in values(stream, TITLE, frozenset(_HEAD))}
    document.add_tool(head.get("tooling", ""), "")
    stream.seek(0)
    for number, (_, content) in enumerate(values(stream, TITLE, _STATEMENTS), 1):
        if not isinstance(content, dict):
            raise Unreadable(text("{format}, record {n}: expected an object.", format=TITLE, n=number))
        yield _result(content, head, document)
    document.finish(_remark(head.get("@context", "")))


def _remark(context: str) -> Text | None:
    version = _VERSION.search(context)
    return later_version(version[1], _LATEST, TITLE) if version else None


def _result(content: Mapping[str, Any], head: Mapping[str, str], document: Document) -> Result:
    products = _listed(content, "products")
    since = string(content, "timestamp") or head.get("timestamp", "")
    statement = Statement(
        string(content, "status"),
        _vulnerabilities(content.get("vulnerability")),
        tuple(_about(products, _listed(content, "subcomponents"))),
        _justification(content),
        head.get("author", ""),
        string(content, "last_updated") or since,
        since,
    )
    sentences = [string(content, name) for name in ("status_notes", "action_statement")]
    return document.result(statement, [_shown(product) for product in products], sentences)


def _justification(content: Mapping[str, Any]) -> str:
    """The justification of a statement that a product is not affected, and its impact in sentences."""
    if string(content, "status") != NOT_AFFECTED:
        return ""
    label = string(content, "justification")
    parts = (label if label in JUSTIFICATIONS else "", sentence(string(content, "impact_statement")))
    return ": ".join(filter(None, parts))


def _vulnerabilities(content: Any) -> tuple[str, ...]:
    """The name of a vulnerability, followed by its aliases."""
    if not isinstance(content, dict):
        return (string(content),)
    name = string(content, "name") or string(content, "@id").rpartition("/")[2]
    return (name, *strings(content, "aliases"))


def _about(products: list[Any], of_all: list[Any]) -> Iterator[About]:
    """Pairs of a product and a component in it. `of_all`: components of every product, as before 0.2.0."""
    for product in products:
        components = [*_listed(product, "subcomponents"), *of_all]
        named = [name for component in components for name in _names(component)]
        for name in _names(product):
            yield from ((name, component) for component in named or ([] if components else [""]))


def _listed(content: Any, name: str) -> list[Any]:
    under = inner(content, name)
    return under if isinstance(under, list) else []


def _names(component: Any) -> list[str]:
    """The identifiers of a component, each once."""
    if isinstance(component, str):
        return [component] if component else []
    names = [string(component), string(component, "@id")]
    if identifiers := inner(component, "identifiers"):
        names += [string(identifiers, kind) for kind in _IDENTIFIERS]
    return list(dict.fromkeys(filter(None, names)))


def _shown(product: Any) -> str:
    return next(iter(_names(product)), "")
