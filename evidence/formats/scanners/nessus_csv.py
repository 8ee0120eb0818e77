"""The CSV that Nessus, Tenable Vulnerability Management and Security Center export: a result per row.

It names neither when the scan was nor whether it finished, so it can show that something fails, but never that nothing
does.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

from evidence.formats.addresses import target
from evidence.formats.findings import WEAKNESS, Scan, finding
from evidence.formats.reading.plain_text import looks_like_text
from evidence.formats.severity_words import INFO, by_word
from evidence.formats.tables.delimited_text import Table, cells, delimiter_of, stated_delimiter
from evidence.formats.values import FAIL, INFORMATIONAL, Result, Unreadable
from locales import text

#: columns by what they hold, in the spellings of the products, in lower case
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "plugin": ("plugin id", "plugin", "pluginid"),
    "severity": ("risk", "severity", "risk factor"),
    "host": ("host", "ip address", "asset", "dns name"),
    "name": ("name", "plugin name"),
    "protocol": ("protocol",),
    "port": ("port",),
    "synopsis": ("synopsis",),
}
_NEEDED = ("plugin", "severity", "host", "name")


def recognises(head: bytes) -> bool:
    """Whether the first line has the columns of an export."""
    content = looks_like_text(head)
    lines = content.lstrip("\ufeff").splitlines() if content else []
    if not lines:
        return False
    first = lines[1] if stated_delimiter(lines[0]) and len(lines) > 1 else lines[0]
    places = _places(cells(first, delimiter_of(first)))
    return all(name in places for name in _NEEDED) and first.lower().lstrip('"').startswith("plugin")


def results(stream: BinaryIO, scan: Scan) -> Iterator[Result]:
    """Yield results, and fill the run. Raises `Unreadable`."""
    table = Table(stream)
    places = _places(table.columns)
    if missing := [_COLUMNS[name][0] for name in _NEEDED if name not in places]:
        raise Unreadable(
            text("This is no table of Nessus: it has no column {name}; expected its CSV export.", name=missing[0])
        )
    rows = (row for _, _, row in table.records() if any(cell.strip() for cell in row))
    for position, row in enumerate(rows, start=1):
        yield _result(position, {name: row[at].strip() for name, at in places.items() if at < len(row)}, scan)
    scan.finish(
        text(
            "The CSV of Nessus does not say when the scan was and whether it finished; upload the .nessus file of the "
            "scan."
        )
    )


def _places(columns: Sequence[str]) -> dict[str, int]:
    """The index of each column that is read."""
    names = [name.strip().lower() for name in columns]
    return {
        meaning: names.index(spelling)
        for meaning, spellings in _COLUMNS.items()
        for spelling in reversed(spellings)
        if spelling in names
    }


def _result(position: int, row: Mapping[str, str], scan: Scan) -> Result:
    host = target(row.get("host", ""), "")
    if host:
        scan.run.targets.add(host)
        scan.add_examined([host])
    rating = by_word(row.get("severity", ""))
    outcome = INFORMATIONAL if rating == INFO else FAIL
    message = f"{row.get('protocol', '')}/{row.get('port', '')}: {row.get('name', '')}"
    return finding(position, row.get("plugin", ""), host, outcome, row.get("severity", ""), rating, message, WEAKNESS)
