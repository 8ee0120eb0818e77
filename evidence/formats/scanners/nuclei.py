"""Nuclei's JSON lines and JSON: what its templates matched. Layout: `ResultEvent` in Nuclei's `pkg/output/output.go`.

A result per match; severity info is informational. With -matcher-status the file also holds what did not match
(`matcher-status` false), which passes. It says neither which templates ran nor that the scan finished, so it can show
that something fails, but never that nothing does.
"""

import codecs
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from evidence.formats.addresses import normal_address
from evidence.formats.findings import VULNERABILITY, WEAKNESS, Scan, finding
from evidence.formats.moments import iso_moment
from evidence.formats.reading.json_stream import begins, inner, string, values
from evidence.formats.severity_words import INFO, by_word
from evidence.formats.values import FAIL, INFORMATIONAL, PASS, Result, Run, Unreadable
from locales import text

NAME = "nuclei"
TITLE = "Nuclei JSON"
ABOUT = text(
    "Each match is read from JSON lines or JSON, and with -matcher-status also what did not match, which "
    "passes. The report says neither which templates ran nor that the scan finished, so it can show that "
    "something fails, but never that nothing does."
)
RECOGNISED_BY = text("It has the names `template-id`, `info` and `host`, as Nuclei writes them.")
COMMANDS: tuple[str, ...] = ("nuclei -u https://portal.example.nl -matcher-status -jsonl -o scan.jsonl",)

_LEFT_OUT = frozenset(("request", "response", "curl-command", "template-encoded", "interaction", "meta", "reference"))
_NAMES = ('"template-id"', '"templateID"')
_BEGIN = 64  # bytes by which the shape is known


def recognises(head: bytes) -> bool:
    """Whether the first object has a template of Nuclei and where it matched."""
    content = begins(head)
    return any(name in content for name in _NAMES) and '"info"' in content and '"host"' in content


def read(stream: BinaryIO) -> tuple[Run, Iterator[Result]]:
    """Read the run and its results; the run is filled while they are read.

    Raises `Unreadable`, also while iterating.
    """
    scan = Scan(NAME, NAME)
    scan.run.default_port = 443
    is_array = stream.read(_BEGIN).removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"[")
    stream.seek(0)
    return scan.run, _results(stream, scan, "[]" if is_array else "")


def _results(stream: BinaryIO, scan: Scan, place: str) -> Iterator[Result]:
    found = values(stream, TITLE, frozenset((place,)), _LEFT_OUT, several=not place)
    for position, (_, content) in enumerate(found, start=1):
        yield _result(position, content, scan)
    scan.finish(
        text(
            "A report of Nuclei says neither which templates ran nor that the scan finished. Let a tool that says so "
            "scan the address, such as ZAP or Nessus."
        )
    )


def _result(position: int, content: Mapping[str, Any], scan: Scan) -> Result:
    template = string(content, "template-id") or string(content, "templateID")
    if not template:
        raise Unreadable(text("{format}, record {n}: expected an object with a template.", format=TITLE, n=position))
    host = normal_address(string(content, "host") or string(content, "url"), string(content, "port"))
    if host:
        scan.run.targets.add(host)
        scan.add_examined([host])
    if moment := iso_moment(string(content, "timestamp")):
        scan.moments.add(moment)
    matcher = string(content, "matcher-name") or string(content, "matcher_name")
    severity = string(content, "info", "severity")
    rating = by_word(severity)
    outcome = INFORMATIONAL if rating == INFO else FAIL
    if inner(content, "matcher-status") is False:
        outcome = PASS
    where = string(content, "matched-at") or string(content, "matched")
    return finding(
        position,
        f"{template}:{matcher}" if matcher else template,
        host,
        outcome,
        severity,
        rating if outcome != PASS else "",
        f"{string(content, 'info', 'name')}: {where}" if where else string(content, "info", "name"),
        VULNERABILITY if template.upper().startswith("CVE-") else WEAKNESS,
        address=string(content, "ip"),
    )
