"""What a Nessus file says of its own scan by which something may have been missed: credentials, plugins, ports.

Nessus tells it in plugins: 19506 (scan information, of every host) and those about credentials. An export that was
filtered lacks these, as they are informational.
"""

from collections.abc import Iterator

from evidence.formats.findings import Scan
from evidence.formats.values import storable
from locales import Text, text

SCAN_INFORMATION = "19506"
#: plugins that say that credentials did not work, or not for everything
_FAILED_CREDENTIALS = frozenset(("21745", "24786", "104410", "110385"))
_NO_CREDENTIALS = "credentialed checks : no"
_OLD_PLUGINS = "plugins have not been updated since"
_NO_PORTS = ("no port scanner was enabled", "service discovery has been disabled")
_MOST_NAMED = 5


class Coverage:
    """What the items of each host say of the scan, as they are read."""

    def __init__(self) -> None:
        self._without_credentials: list[str] = []
        self._failed: list[str] = []
        self._old: list[str] = []
        self._no_ports: list[str] = []
        self._unknown: list[str] = []
        self._is_told = False

    def add_item(self, host: str, plugin: str, output: str) -> None:
        """Note what a plugin says."""
        if plugin in _FAILED_CREDENTIALS:
            self._failed.append(host)
        if plugin != SCAN_INFORMATION:
            return
        self._is_told = True
        said = " ".join(output.lower().split())
        if _NO_CREDENTIALS in said:
            self._without_credentials.append(host)
        if _OLD_PLUGINS in said:
            self._old.append(host)
        if any(words in said for words in _NO_PORTS):
            self._no_ports.append(host)

    def close_host(self, host: str, credentialed: str) -> None:
        """Note what the properties of a host say. `credentialed`: its property Credentialed_Scan."""
        if credentialed.lower() == "false":
            self._without_credentials.append(host)
        if not self._is_told:
            self._unknown.append(host)
        self._is_told = False

    def add_doubts(self, scan: Scan) -> None:
        """Tell what may have been missed, after everything was read."""
        for doubt in self._doubts():
            scan.doubt(doubt)

    def _doubts(self) -> Iterator[Text]:
        if self._without_credentials:
            yield text(
                "Nessus had no credentials for {names}, so it saw these hosts from outside only; see whether that is "
                "enough.",
                names=_some(self._without_credentials),
            )
        if self._failed:
            yield text("The credentials of Nessus did not work for everything on {names}.", names=_some(self._failed))
        if self._old:
            yield text(
                "Nessus says that its plugins were out of date for {names}, so it did not know newer vulnerabilities.",
                names=_some(self._old),
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
