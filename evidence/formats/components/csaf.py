"""CSAF 2.0: security advisories and VEX, with the status of each product for each vulnerability.

Standard: https://docs.oasis-open.org/csaf/csaf/v2.0/csaf-v2.0.html. A result per vulnerability, product and status
(section 3.2.3.9): affected fails, not affected and fixed pass, under investigation is informational, and a
recommendation is not evaluated; statuses of a group (first_fixed and fixed, say) are one. Justifications are flags, and
threats of the category impact. A document that is still a draft is shown, and states nothing.

The file is read twice, as the product tree may come last.
"""

from collections.abc import Iterator
from typing import Any, BinaryIO

from evidence.formats.components.csaf_products import PRODUCTS, ProductTree
from evidence.formats.components.csaf_vulnerability import Vulnerability
from evidence.formats.components.vex_document import Document, later_version
from evidence.formats.reading.json_stream import begins, string, values
from evidence.formats.values import Result, Run, Unreadable
from locales import Text, text

NAME = "csaf"
TITLE = "CSAF"
ABOUT = text(
    "Each status of each product is read for each vulnerability, with flags and threats (the justification), scores "
    "and remediations; of products the tree, groups and relationships. A status of a product that was scanned takes "
    "its finding out of account only if the document is uploaded together with the file of that scan, and waits for "
    "someone else's review. A document alone never shows that nothing is vulnerable."
)
RECOGNISED_BY = text("It has the names `document` and `csaf_version`, as CSAF advisories do.")
COMMANDS: tuple[str, ...] = ()

_LATEST = (2, 0)
_VULNERABILITIES = "vulnerabilities[]"
_HEAD = {
    "document.csaf_version": "version",
    "document.publisher.name": "author",
    "document.tracking.status": "status",
    "document.tracking.initial_release_date": "since",
    "document.tracking.current_release_date": "moment",
    "document.tracking.generator.engine.name": "tool",
    "document.tracking.generator.engine.version": "tool version",
}
_LEFT_OUT = frozenset(("references", "notes", "acknowledgments", "involvements", "hashes", "x_generic_uris"))
_DRAFT = "draft"


def recognises(head: bytes) -> bool:
    """Whether it is an object that names its version of CSAF."""
    content = begins(head)
    return content.startswith("{") and '"csaf_version"' in content and '"document"' in content


def read(stream: BinaryIO) -> tuple[Run, Iterator[Result]]:
    """Read the run and its results; the run is filled while they are read.

    Raises `Unreadable`, also while iterating.
    """
    document = Document(NAME, NAME)
    return document.scan.run, _results(stream, document)


def _results(stream: BinaryIO, document: Document) -> Iterator[Result]:
    head, tree = _head(stream)
    document.add_tool(head.get("tool", ""), head.get("tool version", ""))
    stream.seek(0)
    for number, (_, content) in enumerate(values(stream, TITLE, frozenset((_VULNERABILITIES,)), _LEFT_OUT), 1):
        if not isinstance(content, dict):
            raise Unreadable(text("{format}, record {n}: expected an object.", format=TITLE, n=number))
        yield from Vulnerability(content, tree, head).results(document, is_final=head.get("status") != _DRAFT)
    document.finish(_remark(head))


def _head(stream: BinaryIO) -> tuple[dict[str, str], ProductTree]:
    """What the document says of itself, and its products."""
    head: dict[str, str] = {}
    tree = ProductTree()
    for place, content in values(stream, TITLE, frozenset(_HEAD) | PRODUCTS, _LEFT_OUT):
        if name := _HEAD.get(place):
            head[name] = string(content)
        else:
            _add_to(tree, place, content)
    return head, tree


def _add_to(tree: ProductTree, place: str, content: Any) -> None:
    if not tree.add(place, content):
        raise Unreadable(
            text("{format}: there are more than {n} products; upload advisories with fewer.", format=TITLE, n=tree.most)
        )


def _remark(head: dict[str, str]) -> Text | None:
    if head.get("status") == _DRAFT:
        return text("This document is a draft, so it states nothing yet; upload it when its status is final.")
    return later_version(head.get("version", ""), _LATEST, TITLE)
