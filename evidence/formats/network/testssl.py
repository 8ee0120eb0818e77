"""testssl.sh: flat and pretty JSON of 2.9 to 3.3, and its CSV, also re-saved by a spreadsheet program.

A result per record with an id and a severity. Only pretty JSON has the time of the scan (`startTime`, in seconds since
1970, and `scanTime`, in seconds).

testssl's pseudo target `/` (problems of the client) is no target. The scanned address is the property `address` of a
result, as a host may have several.
"""

import codecs
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import BinaryIO

from evidence.formats.addresses import target
from evidence.formats.facts import TlsScan
from evidence.formats.network.command_options import parsed, some
from evidence.formats.network.testssl_json import Record, records
from evidence.formats.reading.plain_text import looks_like_text
from evidence.formats.tables.delimited_text import Table, cells, delimiter_of, stated_delimiter
from evidence.formats.values import (
    ERROR,
    FAIL,
    INFORMATIONAL,
    LONGEST_CHECK,
    LONGEST_MESSAGE,
    NOT_EVALUATED,
    PASS,
    Result,
    Run,
    Unreadable,
    storable,
    unix_moment,
)
from locales import Text, plural, text

NAME = "testssl"
TITLE = "testssl.sh"
DEFAULT_PORT = 443  # of a host named without a port
ABOUT = text(
    "Each record of a scan is read, from pretty or flat JSON and from CSV. Only pretty JSON has the moment of "
    "the scan and shows its end; a scan that was interrupted, or could not be made, is incomplete. One with options "
    "by which it looked at less (--fast, --ip, --ssl-native, --proxy, --severity) waits for someone else's review."
)
RECOGNISED_BY = text(
    "It has the names or columns `id`, `severity` and `finding`, or `scanResult`, as testssl.sh writes them."
)
COMMANDS: tuple[str, ...] = ("testssl.sh --jsonfile-pretty scan.json https://portal.example.nl",)

_OUTCOMES = {
    "OK": PASS,
    "INFO": INFORMATIONAL,
    "LOW": FAIL,
    "MEDIUM": FAIL,
    "HIGH": FAIL,
    "CRITICAL": FAIL,
    "FATAL": ERROR,
}
_UNDECIDED = frozenset(("WARN", "DEBUG"))  # testssl.sh could not determine it
#: options by which a scan looks at less than the whole host, or at something else than its clients do
_NARROWING = frozenset(("--ip", "--proxy", "--severity"))  # with a value
_NARROW = frozenset(("--fast", "--ssl-native", *_NARROWING))
_FLAT = ('"id"', '"severity"', '"finding"', '"ip"')
_CSV = ["id", "fqdn/ip", "port", "severity", "finding"]
_FLAT_END = ("scanTime", "sslv2", "tls1_2")  # the flat JSON of version 2.9, with its own ids, has none
_LONGEST_TIME = 7  # digits of a scan's duration in seconds
_REFUSED = re.compile(r"connect to '\[?([^' ]+?)\]?:(\d+)'")


def is_severity(severity: str) -> bool:
    """Whether testssl.sh writes this severity."""
    return severity in _OUTCOMES or severity in _UNDECIDED


def recognises(head: bytes) -> bool:
    """Whether the file begins with a record, a header or the columns of testssl.sh."""
    content = looks_like_text(head)
    begin = (content or head.decode("latin-1")).lstrip("\ufeff \t\r\n")  # what a server sent may not be text
    if begin.startswith("["):
        return all(name in begin[:4_000] for name in _FLAT)
    if begin.startswith("{"):
        return '"scanResult"' in begin and ('"Invocation"' in begin or '"clientProblem' in begin)
    return content is not None and _is_header(begin.splitlines())


def _is_header(lines: list[str]) -> bool:
    """Whether the first line, after a delimiter line of Excel, has testssl.sh's columns."""
    first = lines[1] if stated_delimiter(lines[0]) and len(lines) > 1 else lines[0]
    return _names(cells(first, delimiter_of(first))) == _CSV


def _names(columns: list[str]) -> list[str]:
    return [name.strip().lower() for name in columns[: len(_CSV)]]


def read(stream: BinaryIO) -> tuple[Run, Iterator[Result]]:
    """Read the run and its results; the run is filled while they are read.

    Raises `Unreadable`, also while iterating.
    """
    scan = TlsScan()
    run = Run(NAME, NAME, default_port=DEFAULT_PORT, facts=scan)
    begin = stream.read(16)
    stream.seek(0)
    shape = begin.removeprefix(codecs.BOM_UTF8).lstrip()[:1]
    if shape in (b"[", b"{"):
        ending = _FLAT_END if shape == b"[" else ()
        return run, _results(run, scan, records(stream, scan.header), ending)
    if begin.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and (b"[" in begin or b"{" in begin):
        raise Unreadable(text("testssl.sh JSON: this file is written as UTF-16; save it as UTF-8."))
    return run, _results(run, scan, _rows(stream), None)


def _rows(stream: BinaryIO) -> Iterator[Record]:
    table = Table(stream)
    if _names(table.columns) != _CSV:
        raise Unreadable(text("This is no table of testssl.sh; expected the columns {names}.", names=", ".join(_CSV)))
    for line, _, row in table.records():
        if not any(cell.strip() for cell in row):
            continue  # an empty row of a spreadsheet
        if len(row) < len(_CSV):
            raise Unreadable(
                plural(
                    "Line {line} has {n} column; testssl.sh writes seven.",
                    "Line {line} has {n} columns; testssl.sh writes seven.",
                    len(row),
                    line=str(line),
                )
            )
        host, _, address = row[1].partition("/")
        yield Record(row[0], row[3], row[4], host, address, row[2])


def _results(
    run: Run, scan: TlsScan, scan_records: Iterator[Record], ending: tuple[str, ...] | None
) -> Iterator[Result]:
    """Yield results.

    `ending`: ids of which one shows the end of the scan; empty if the header shows it, None for a table.
    """
    broken: list[str] = []
    interrupted = ""
    has_end = ending is None
    for position, record in enumerate(scan_records, start=1):
        target = _target(record)
        if target:
            run.targets.add(target)
        if record.severity == "FATAL":
            broken.append(storable(record.finding, 300))
        has_end = has_end or record.id in (ending or ())
        if record.id == "scanTime" and "interrupted" in record.finding.lower():
            interrupted = target or "/"
        if not is_severity(record.severity):
            run.remark = run.remark or _without_severity(position, record)
        yield Result(
            position,
            storable(record.id, LONGEST_CHECK),
            target,
            _OUTCOMES.get(record.severity, NOT_EVALUATED),
            storable(record.severity, 20),
            storable(record.finding, LONGEST_MESSAGE),
            (("address", record.address),),
        )
    scan.has_end = has_end or "scanTime" in scan.header
    _finish(run, scan, broken, interrupted or _interrupted(scan))


def _without_severity(position: int, record: Record) -> Text:
    severity = storable(record.severity, 20)
    return text(
        "Record {n} ({check}) has no severity that testssl.sh writes: {given}.",
        n=position,
        check=storable(record.id, 80) or "-",
        given=severity or "-",
    )


def _interrupted(scan: TlsScan) -> str:
    return "/" if "interrupted" in scan.header.get("scanTime", "").lower() else ""


def _finish(run: Run, scan: TlsScan, broken: list[str], interrupted: str) -> None:
    """Set the run's version, moments and completeness.

    A scan of many targets that ends "interrupted" may be complete.
    """
    run.tool_version = scan.header.get("version", "").strip()[:80]
    options, _ = parsed(scan.header.get("Invocation", ""), _NARROWING)
    if narrow := [option.shown for option in options if option.name in _NARROW]:
        run.doubt(
            text(
                "testssl.sh was run with {options}, so it did not look at all that it can.",
                options=some(narrow),
            )
        )
    run.started_at = run.ended_at = unix_moment(scan.header.get("startTime", ""))
    taken = scan.header.get("scanTime", "")
    if run.started_at and taken.isdecimal() and len(taken) <= _LONGEST_TIME:
        run.ended_at = run.started_at + timedelta(seconds=int(taken))
    if interrupted == "/" and len(run.targets) > 1:
        interrupted = ""
    scan.interrupted = interrupted
    if broken:
        run.complete = False
        run.remark = text("testssl.sh could not carry out the scan: {reason}", reason=broken[0])
    elif interrupted:
        run.complete = False
        run.remark = text("testssl.sh was interrupted before the scan was finished.")
    elif not scan.has_end:
        run.complete = "Invocation" not in scan.header  # a flat file may have been cut from a longer one
        run.remark = run.remark or text(
            "The end of this scan (scanTime) is missing; upload the file as testssl.sh wrote it."
        )


def _target(record: Record) -> str:
    host, port = record.host, record.port
    if not host and not record.address:
        refused = _REFUSED.search(record.finding)
        if not refused:
            return ""
        host, port = refused.groups()
    return target(host or record.address, port)
