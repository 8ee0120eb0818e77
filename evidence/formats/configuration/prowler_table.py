"""What the layouts of Prowler share: records of checks as results; and its CSV and older JSON, with the same names.

Columns: `prowler/lib/outputs/csv` (3 and later: semicolons), and those of Prowler 2 (commas).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import BinaryIO

from evidence.formats.configuration.prowler_coverage import ProwlerCoverage
from evidence.formats.findings import MISCONFIGURATION, SUPPRESSED, Scan, finding
from evidence.formats.moments import iso_moment
from evidence.formats.reading.plain_text import looks_like_text
from evidence.formats.severity_words import by_word
from evidence.formats.tables.delimited_text import Table, cells, delimiter_of, stated_delimiter
from evidence.formats.values import (
    FAIL,
    INFORMATIONAL,
    NOT_EVALUATED,
    PASS,
    Result,
    Unreadable,
    storable,
)
from locales import Text, text

#: a check as it is read: check, target, status, life cycle, severity, message, moment, account, tool, version,
#: provider, service, region
Record = Mapping[str, str]

PROWLER = "prowler"
#: names of columns and of native JSON by what they hold, in lower case
_NAMES: Mapping[str, tuple[str, ...]] = {
    "check": ("check_id", "checkid", "title_id", "control id"),
    "target": ("resource_uid", "resource_arn", "resourcearn", "resource_id", "resourceid", "check_resource_id"),
    "status": ("status", "check_result"),
    "muted": ("muted",),
    "severity": ("severity", "check_severity"),
    "message": ("status_extended", "statusextended", "check_result_extended", "message"),
    "moment": ("timestamp", "assessment_start_time", "assessmentstarttime"),
    "account": ("account_uid", "account_id", "accountid", "account_num", "account number"),
    "version": ("prowler_version", "prowlerversion"),
    "provider": ("provider",),
    "service": ("service_name", "servicename"),
    "region": ("region",),
}
_HEADINGS = ({"check_id", "status", "status_extended"}, {"title_id", "check_result", "check_result_extended"})
_OUTCOMES = {
    **dict.fromkeys(("pass", "passed"), PASS),
    **dict.fromkeys(("fail", "failed"), FAIL),
    **dict.fromkeys(("manual", "info", "informational"), INFORMATIONAL),
}
_MANUAL = "manual"
_ASIDE = {"suppressed": SUPPRESSED, "archived": SUPPRESSED, "deleted": SUPPRESSED, "resolved": SUPPRESSED}


class Records:
    """Records of checks as they are read. `scan`: the run that is filled."""

    def __init__(self, name: str) -> None:
        self.scan = Scan(name, PROWLER)
        self._position = self._judged = 0
        self._others = ""  # a tool other than Prowler
        self._coverage = ProwlerCoverage()

    def result(self, record: Record) -> Result:
        """A result; the run is filled with what the record says besides."""
        self._position += 1
        self._add_head(record)
        self._coverage.add(record)
        status = record.get("status", "").lower()
        outcome = _OUTCOMES.get(status, NOT_EVALUATED)
        self._judged += outcome in {PASS, FAIL}
        self.scan.facts.undecided += status == _MANUAL
        severity = record.get("severity", "")
        return self.scan.count(
            finding(
                self._position,
                record.get("check", ""),
                record.get("target", ""),
                outcome,
                severity,
                by_word(severity) if outcome != PASS else "",
                record.get("message", ""),
                MISCONFIGURATION,
                _ASIDE.get(record.get("life cycle", "").lower(), "") if outcome == FAIL else "",
            )
        )

    def _add_head(self, record: Record) -> None:
        run = self.scan.run
        run.tool_version = run.tool_version or storable(record.get("version", ""), 40)
        tool = record.get("tool", PROWLER)
        if tool.lower() != PROWLER and not self._others:
            self._others = run.tool = storable(tool, 40)
        self.scan.add_examined([record.get("account", "")])
        if moment := iso_moment(record.get("moment", "")):
            self.scan.moments.add(moment)

    def finish(self, *, has_end: bool) -> None:
        """Complete the run of a JSON file. `has_end`: whether it is an array, which is closed last."""
        problem = self._problem(has_end=has_end)
        for doubt in self._coverage.doubts() if problem is None else ():
            self.scan.doubt(doubt)
        self.scan.finish(problem)

    def _problem(self, *, has_end: bool) -> Text | None:
        """Why the file does not show a finished scan."""
        if self._others or not has_end:
            return text(
                "Findings of {tool} in this form do not say whether its scan finished.", tool=self.scan.run.tool
            )
        if not self._judged:
            return text("No check passed or failed in this file, so it shows nothing. Run Prowler without --status.")
        if self.scan.moments.first is None or not self.scan.facts.examined:
            return text("The file of Prowler names no account or no moment, so it does not show what was scanned when.")
        return None


def recognises(head: bytes) -> bool:
    """Whether the first line has the columns of Prowler."""
    content = looks_like_text(head)
    lines = content.lstrip("\ufeff").splitlines() if content else []
    if not lines:
        return False
    first = lines[1] if stated_delimiter(lines[0]) and len(lines) > 1 else lines[0]
    return _has_headings(cells(first, delimiter_of(first)))


def _has_headings(columns: Sequence[str]) -> bool:
    names = {name.strip().lower() for name in columns}
    return any(headings <= names for headings in _HEADINGS)


def results(stream: BinaryIO, records: Records) -> Iterator[Result]:
    """Yield results of a CSV, and fill the run. Raises `Unreadable`."""
    table = Table(stream)
    if not _has_headings(table.columns):
        raise Unreadable(
            text("This is no table of Prowler; expected its CSV with CHECK_ID, STATUS and STATUS_EXTENDED.")
        )
    for _, _, row in table.records():
        if any(cell.strip() for cell in row):
            yield records.result(record(dict(zip(table.columns, row, strict=False))))
    records.scan.finish(
        text("The CSV of Prowler does not say whether the scan finished; upload its JSON (json-ocsf) of the scan.")
    )


def record(content: Mapping[str, str]) -> Record:
    """The record of a row, or of an object of native JSON."""
    named = {name.strip().lower(): value.strip() for name, value in content.items()}
    fields = {meaning: _first(named, names) for meaning, names in _NAMES.items()}
    return {**fields, "life cycle": "suppressed" if fields["muted"].lower() == "true" else ""}


def _first(named: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((named[name] for name in names if named.get(name)), "")
