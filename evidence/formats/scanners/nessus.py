"""Nessus: its own file (.nessus, NessusClientData_v2) and the CSV that it and Tenable export.

A result per ReportItem. Its severity (0 to 4) is Nessus's, with what was recast; 0 is informational. An item of a
compliance audit has the outcome of its check. Targets are the hosts as they were given to Nessus, scanned as a whole.

Every host that was scanned to the end has HOST_END among its properties; one without, one that was found dead, and a
file without any host show no finished scan. The CSV says nothing of this. What else the file says of its scan, such as
that it had no credentials, is in `nessus_coverage.py`, and what its policy left out in `nessus_policy.py`. A
vulnerability that was recast to a lower severity keeps the risk of its plugin and is set aside.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO

from evidence.formats.addresses import normal_address
from evidence.formats.findings import MISCONFIGURATION, SUPPRESSED, WEAKNESS, Scan, finding
from evidence.formats.moments import FIRST_YEAR, iso_moment
from evidence.formats.reading.xml_stream import ElementText, local, prolog, read_head, results
from evidence.formats.scanners import nessus_csv
from evidence.formats.scanners.nessus_coverage import SCAN_INFORMATION, Coverage
from evidence.formats.scanners.nessus_policy import FAMILY, LONGEST, PLUGIN, PREFERENCE, STATUS, VALUE, NessusPolicy
from evidence.formats.severity_words import CRITICAL, HIGH, INFO, LOW, MEDIUM, RATINGS, UNKNOWN, by_score, by_word
from evidence.formats.values import (
    ERROR,
    FAIL,
    HEAD,
    INFORMATIONAL,
    NOT_EVALUATED,
    PASS,
    SKIPPED,
    Result,
    Run,
    storable,
    unix_moment,
)
from locales import Text, text

NAME = "nessus"
TITLE = "Nessus"
ABOUT = text(
    "Each item of each host is read from a .nessus file; severity 0 is informational, and checks of a "
    "compliance audit have their own outcome. The scan finished if every host has HOST_END and none was found "
    "dead. A scan without working credentials, with old plugins, without port scanner or without its scan information "
    "(plugin 19506), and one whose policy leaves out plugins, ports or a host that it names, waits for someone else's "
    "review, and so does a finding that was recast to a lower severity. The CSV export is read too, and shows no "
    "finished scan."
)
RECOGNISED_BY = text(
    "Its root element is `NessusClientData_v2`, or it has the columns `Plugin`, `Severity`, `Host` and "
    "`Name`, as Nessus writes them."
)
COMMANDS: tuple[str, ...] = ()

_ROOTS = frozenset(("NessusClientData_v2",))
_RATINGS = {"0": INFO, "1": LOW, "2": MEDIUM, "3": HIGH, "4": CRITICAL}
_COMPLIANCE = {"PASSED": PASS, "FAILED": FAIL, "WARNING": NOT_EVALUATED, "ERROR": ERROR, "SKIPPED": SKIPPED}
_SCORES = ("cvss3_base_score", "cvss4_base_score")
_OF_ITEMS = frozenset(
    (*_SCORES, "synopsis", "risk_factor", "compliance-result", "compliance-check-name", "plugin_output", "description")
)
_OTHER_NAMES = ("host-ip", "host-fqdn", "host-rdns", "netbios-name", "hostname")  # of a host
_TAGS = frozenset(
    ("HOST_START", "HOST_END", "HOST_START_TIMESTAMP", "HOST_END_TIMESTAMP", "Credentialed_Scan", *_OTHER_NAMES)
)
_LONGEST = 2_000  # characters of a value
#: what is read of a policy: values by the element around them
_OF_POLICY = {
    "preference": frozenset((PREFERENCE, VALUE)),
    "FamilyItem": frozenset((FAMILY, STATUS)),
    "PluginItem": frozenset((PLUGIN, STATUS)),
}
_NOTHING: frozenset[str] = frozenset()
_PING = "10180"  # a plugin
_VERSION = re.compile(r"Nessus version\s*:\s*([\w.-]+)")
_PORTS = re.compile(r"Port range\s*:\s*(\S+)")
_CTIME = "%a %b %d %H:%M:%S %Y"


def recognises(head: bytes) -> bool:
    """Whether the root is `NessusClientData_v2`, or the columns are those of an export."""
    beginning = prolog(head)
    return beginning.root in _ROOTS if beginning is not None else nessus_csv.recognises(head)


def read(stream: BinaryIO) -> tuple[Run, Iterator[Result]]:
    """Read the run and its results; the run is filled while they are read.

    Raises `Unreadable`, also while iterating.
    """
    scan = Scan(NAME, NAME)
    is_xml = prolog(stream.read(HEAD)) is not None
    stream.seek(0)
    if not is_xml:
        return scan.run, nessus_csv.results(stream, scan)
    head = read_head(stream, TITLE, _ROOTS)
    return scan.run, results(stream, head, _Items(scan), TITLE)


class _Items(ElementText):
    """The parser's target; `results` holds those not yet taken."""

    def __init__(self, scan: Scan) -> None:
        self.results: list[Result] = []
        self._scan = scan
        self._path: list[str] = []
        self._position = 0
        self._host = ""
        self._tags: dict[str, str] = {}
        self._tag = ""
        self._item: dict[str, str] = {}  # attributes of an open ReportItem and its values
        self._text: list[str] | None = None
        self._room = 0
        self._unfinished: list[str] = []  # hosts that were not scanned to the end
        self._coverage = Coverage()
        self._policy = NessusPolicy()
        self._names: set[str] = set()  # of the hosts, and their addresses

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        around = self._path[-1] if self._path else ""
        self._path.append(name)
        if name == "ReportHost":
            self._host, self._tags = normal_address(attributes.get("name", "")), {}
        elif name == "tag" and around == "HostProperties" and attributes.get("name") in _TAGS:
            self._tag = attributes["name"]
            self._text, self._room = [], _LONGEST
        elif name == "ReportItem":
            self._item = dict(attributes)
        elif name in _OF_POLICY:
            self._item = {}
        elif around == "ReportItem" and name in _OF_ITEMS:
            self._text, self._room = [], _LONGEST
        elif name in _OF_POLICY.get(around, _NOTHING):
            self._text, self._room = [], LONGEST

    def end(self, _tag: str) -> None:
        name = self._path.pop()
        if self._text is not None:
            values = self._tags if name == "tag" else self._item
            values[self._tag if name == "tag" else name] = "".join(self._text).strip()
            self._text = None
        elif name == "HostProperties":
            self._add_moments()
        elif name == "ReportItem":
            self._close_item()
        elif name == "ReportHost":
            self._close_host()
        elif name == "preference":
            self._policy.add_preference(self._item)
        elif name in _OF_POLICY:
            self._policy.add_selection(self._item)

    def _close_item(self) -> None:
        item = self._item
        self._position += 1
        compliance = item.get("compliance-result", "").upper()
        rating = _RATINGS.get(item.get("severity", ""), UNKNOWN)
        recast = "" if compliance else _recast_from(rating, item)
        rating = recast or rating
        outcome = INFORMATIONAL if rating == INFO else FAIL
        if compliance:
            outcome = _COMPLIANCE.get(compliance, NOT_EVALUATED)
        port = f"{item.get('protocol', '')}/{item.get('port', '')}"
        words = (item.get("compliance-check-name") or item.get("pluginName", ""), item.get("synopsis", ""))
        self.results.append(
            self._scan.count(
                finding(
                    self._position,
                    item.get("compliance-check-name") or item.get("pluginID", ""),
                    self._host,
                    outcome,
                    item.get("risk_factor") or item.get("severity", ""),
                    rating if outcome != PASS else "",
                    f"{port}: {'; '.join(filter(None, words))}",
                    MISCONFIGURATION if compliance else WEAKNESS,
                    SUPPRESSED if recast else "",
                    address=self._tags.get("host-ip", ""),
                )
            )
        )
        self._note(item)

    def _note(self, item: dict[str, str]) -> None:
        """Note what an item says of the scan itself."""
        output = item.get("plugin_output", "")
        self._coverage.add_item(self._host, item.get("pluginID", ""), output)
        if item.get("pluginID") == SCAN_INFORMATION and (ports := _PORTS.search(output)):
            self._policy.add_ports(ports.group(1))
        if item.get("pluginID") == SCAN_INFORMATION and (version := _VERSION.search(output)):
            self._scan.run.tool_version = storable(version.group(1), 40)
        if item.get("pluginID") == _PING and "considered as dead" in output:
            self._unfinished.append(self._host)

    def _close_host(self) -> None:
        if self._host:
            self._scan.run.targets.add(self._host)
            self._scan.add_examined([self._host])
        if not (self._tags.get("HOST_END") or self._tags.get("HOST_END_TIMESTAMP")):
            self._unfinished.append(self._host or "-")
        self._names |= {normal_address(name) for name in (self._host, *map(self._tags.get, _OTHER_NAMES)) if name}
        self._coverage.close_host(self._host, self._tags.get("Credentialed_Scan", ""), self._told("HOST_END"))

    def _add_moments(self) -> None:
        self._scan.moments.add_part(self._told("HOST_START"), self._told("HOST_END"))

    def _told(self, name: str) -> datetime | None:
        """The moment in a property of the host."""
        moment = unix_moment(self._tags.get(f"{name}_TIMESTAMP", "")) or _moment(self._tags.get(name, ""))
        return moment if moment and moment.year >= FIRST_YEAR else None

    def finish(self) -> None:
        """Complete the run, after everything was read."""
        for doubt in (*self._coverage.doubts(), *self._policy.doubts(self._names)):
            self._scan.doubt(doubt)
        self._scan.finish(self._problem())

    def _problem(self) -> Text | None:
        if not self._scan.run.targets:
            return text("Nessus names no host in this file: it reached none, so nothing was scanned.")
        if self._unfinished:
            names = ", ".join(storable(name, 60) for name in dict.fromkeys(self._unfinished[:5]))
            return text("Nessus did not scan these hosts to the end: {names}.", names=names)
        return None


def _recast_from(rating: str, item: dict[str, str]) -> str:
    """The rating of an item before someone recast it to a lower one; empty if nobody did.

    The risk of a plugin and its scores by versions of CVSS may differ; an item that is below all of them was recast.
    """
    stated = [by_word(item.get("risk_factor", "")), *(by_score(item[name]) for name in _SCORES if item.get(name))]
    known = [RATINGS.index(each) for each in stated if each not in (INFO, UNKNOWN)]
    if rating == UNKNOWN or not known or RATINGS.index(rating) <= max(known):
        return ""
    return RATINGS[max(known)]


def _moment(written: str) -> datetime | None:
    try:
        return datetime.strptime(written, _CTIME)  # noqa: DTZ007 - as written, without a zone
    except ValueError:
        return iso_moment(written)
