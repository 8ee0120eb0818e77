"""ZAP's traditional report as XML, with or without requests and responses. What it shows: see `zap_alerts.py`.

Template: `addOns/reports` of zaproxy/zap-extensions, traditional-xml.
"""

from collections.abc import Iterator
from typing import BinaryIO

from evidence.formats.reading.xml_stream import ElementText, local, prolog, read_head, results
from evidence.formats.scanners.zap_alerts import ZapScan
from evidence.formats.values import Result, Run
from locales import text

NAME = "zap_xml"
TITLE = "ZAP XML"
ABOUT = text(
    "The same report as ZAP JSON: each alert of each site, with the number of its instances. Versions before "
    "2.15 write the moment in the language of their machine and without a time zone; English, Dutch, German "
    "and French are read."
)
RECOGNISED_BY = text("Its root element is `OWASPZAPReport`, as ZAP writes it.")
COMMANDS: tuple[str, ...] = ("zap-full-scan.py -t https://portal.example.nl -x scan.xml",)

_ROOTS = frozenset(("OWASPZAPReport",))
_OF_ALERTS = frozenset(("pluginid", "alertRef", "alert", "name", "riskcode", "confidence", "riskdesc"))
_OF_INSIGHTS = ("key", "level", "reason", "statistic", "site")
_LONGEST = 1_000  # characters of a value


def recognises(head: bytes) -> bool:
    """Whether the root is `OWASPZAPReport`."""
    beginning = prolog(head)
    return beginning is not None and beginning.root in _ROOTS


def read(stream: BinaryIO) -> tuple[Run, Iterator[Result]]:
    """Read the run and its results; the run is filled while they are read.

    Raises `Unreadable`, also while iterating.
    """
    head = read_head(stream, TITLE, _ROOTS)
    scan = ZapScan(NAME)
    return scan.run, results(stream, head, _Alerts(scan), TITLE)


class _Alerts(ElementText):
    """The parser's target; `results` holds those not yet taken."""

    def __init__(self, scan: ZapScan) -> None:
        self.results: list[Result] = []
        self._scan = scan
        self._path: list[str] = []
        self._site = ""
        self._alert: dict[str, str] = {}
        self._insight: dict[str, str] = {}
        self._instances = 0
        self._first = ""  # address of the first instance
        self._text: list[str] | None = None
        self._room = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        around = self._path[-1] if self._path else ""
        self._path.append(name)
        if name == "OWASPZAPReport":
            self._scan.add_head(*(attributes.get(each, "") for each in ("version", "created", "generated")))
        elif name == "site" and around != "insight":
            self._site = self._scan.add_site(*(attributes.get(each, "") for each in ("name", "host", "port")))
        elif name == "alertitem":
            self._alert, self._instances, self._first = {}, 0, ""
        elif name == "insight":
            self._insight = {}
        elif name == "instance":
            self._instances += 1
        elif _is_value(name, around) and not (name == "uri" and self._first):
            self._text, self._room = [], _LONGEST

    def end(self, _tag: str) -> None:
        name = self._path.pop()
        if self._text is not None:
            self._close_value(name, "".join(self._text).strip())
            self._text = None
        elif name == "alertitem":
            self.results.append(self._scan.alert(self._site, self._alert, self._instances, self._first))
        elif name == "insight":
            self._scan.add_insight(*(self._insight.get(each, "") for each in _OF_INSIGHTS))

    def _close_value(self, name: str, value: str) -> None:
        if self._path[-1] == "alertitem":
            self._alert[name] = value
        elif self._path[-1] == "insight":
            self._insight[name] = value
        else:
            self._first = value

    def finish(self) -> None:
        """Complete the run, after everything was read."""
        self._scan.finish_scan()


def _is_value(name: str, around: str) -> bool:
    """Whether the text of an element is needed."""
    return (
        (around == "alertitem" and name in _OF_ALERTS)
        or (around == "insight" and name in _OF_INSIGHTS)
        or (around == "instance" and name == "uri")
    )
