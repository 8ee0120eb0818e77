"""What a Nessus file says of its own scan by which something may have been missed: credentials, plugins, ports.

Nessus tells it in plugins: 19506 (scan information, of every host) and those about credentials. An export that was
filtered lacks these, as they are informational.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from evidence.formats.moments import iso_moment
from evidence.formats.values import storable
from locales import Text, text

SCAN_INFORMATION = "19506"
#: plugins that say that credentials did not work, or not for everything
_FAILED_CREDENTIALS = frozenset(("21745", "24786", "26917", "104410", "110385", "110695", "117885", "117886"))
_CLOSED_PORTS = "10919"  # ports that were open are closed now
_NOT_SCANNED = frozenset(("11933", "12241", "22481"))  # printers and other devices that a scan may harm
_NO_CREDENTIALS, _SOME_CREDENTIALS = "credentialed checks : no", "credentialed checks : partial"
_OLD_PLUGINS = "plugins have not been updated since"
_NO_PORTS = ("no port scanner was enabled", "service discovery has been disabled")
_FEED = re.compile(r"plugin feed version : (\d{4})(\d\d)(\d\d)\d{4}")
_POLICY = re.compile(r"Scan policy used\s*:\s*([^\n]+)", re.IGNORECASE)
#: templates that look for a part of the vulnerabilities, or for none, by words of their names
_NARROW = (
    *("host discovery", "ping-only discovery", "attack surface discovery", "credential validation", "malware scan"),
    *("wannacry", "log4shell", "shellshock", "spectre and meltdown", "shadow brokers", "zerologon", "printnightmare"),
    *("proxylogon", "badlock", "drown detection", "solorigate", "ripple20", "intel amt", "threat landscape"),
    *("active directory", "mobile device scan", "mdm config", "policy compliance auditing", "scap and oval"),
    *("offline config", "audit cloud"),
)
_OLDEST = timedelta(days=30)  # of plugins, before the scan; Nessus itself warns after as long
_MOST_NAMED = 5


class Coverage:
    """What the items of each host say of the scan, as they are read."""

    def __init__(self) -> None:
        self._without_credentials: list[str] = []
        self._failed: list[str] = []
        self._old: list[str] = []
        self._feed = ""  # day of the plugins, as a host tells
        self._of_before: dict[str, list[str]] = {}  # hosts, by the day of plugins that were old
        self._policies: dict[str, None] = {}  # that are narrow
        self._closed: list[str] = []
        self._spared: list[str] = []
        self._no_ports: list[str] = []
        self._unknown: list[str] = []
        self._is_told = False

    def add_item(self, host: str, plugin: str, output: str) -> None:
        """Note what a plugin says."""
        if plugin in _FAILED_CREDENTIALS:
            self._failed.append(host)
        if plugin == _CLOSED_PORTS:
            self._closed.append(host)
        if plugin in _NOT_SCANNED:
            self._spared.append(host)
        if plugin == SCAN_INFORMATION:
            self._is_told = True
            self._add_information(host, output)

    def _add_information(self, host: str, output: str) -> None:
        """Note what a host says of the scan as a whole."""
        said = " ".join(output.lower().split())
        told = (
            (_NO_CREDENTIALS, self._without_credentials),
            (_SOME_CREDENTIALS, self._failed),
            (_OLD_PLUGINS, self._old),
        )
        for words, hosts in told:
            if words in said:
                hosts.append(host)
        if any(words in said for words in _NO_PORTS):
            self._no_ports.append(host)
        if feed := _FEED.search(said):
            self._feed = "-".join(feed.groups())
        policy = _POLICY.search(output)
        if policy and any(words in policy.group(1).lower() for words in _NARROW):
            self._policies[policy.group(1).rpartition("/")[2].strip()] = None

    def close_host(self, host: str, credentialed: str, ended: datetime | None) -> None:
        """Note what the properties of a host say. `credentialed`: its property Credentialed_Scan; `ended`: HOST_END."""
        if credentialed.lower() == "false":
            self._without_credentials.append(host)
        if not self._is_told:
            self._unknown.append(host)
        feed = iso_moment(self._feed)
        if feed and ended and feed.date() < ended.date() - _OLDEST:
            self._of_before.setdefault(self._feed, []).append(host)
        self._is_told, self._feed = False, ""

    def doubts(self) -> Iterator[Text]:
        """What may have been missed, after everything was read."""
        if self._without_credentials:
            yield text(
                "Nessus had no credentials for {names}, so it saw these hosts from outside only; see whether that is "
                "enough.",
                names=_some(self._without_credentials),
            )
        for policy in list(self._policies)[:_MOST_NAMED]:
            yield text(
                "Nessus used the policy {name}, which looks for a part of the vulnerabilities only.",
                name=storable(policy, 80),
            )
        if self._failed:
            yield text("The credentials of Nessus did not work for everything on {names}.", names=_some(self._failed))
        if self._old:
            yield text(
                "Nessus says that its plugins were out of date for {names}, so it did not know newer vulnerabilities.",
                names=_some(self._old),
            )
        for day, hosts in self._of_before.items() if not self._old else ():
            yield text(
                "The plugins of Nessus for {names} were of {day}, so it did not know newer vulnerabilities.",
                names=_some(hosts),
                day=datetime.fromisoformat(day).date(),
            )
        if self._closed:
            yield text(
                "Ports of {names} that were open no longer answered at the end of the scan, which may have missed what "
                "is behind them.",
                names=_some(self._closed),
            )
        if self._spared:
            yield text(
                "Nessus did not scan {names} further, as it took them for devices that a scan may harm.",
                names=_some(self._spared),
            )
        if self._no_ports:
            yield text(
                "Nessus says that it did not look for open ports or services on {names}, so its results are not "
                "complete.",
                names=_some(self._no_ports),
            )
        if self._unknown:
            yield text(
                "The file does not say how Nessus scanned {names} (plugin {plugin}); export it without a filter, with "
                "that plugin on.",
                names=_some(self._unknown),
                plugin=SCAN_INFORMATION,
            )


def _some(hosts: list[str]) -> str:
    names = list(dict.fromkeys(storable(host, 60) or "-" for host in hosts))
    return ", ".join(names[:_MOST_NAMED]) + (", …" if len(names) > _MOST_NAMED else "")
