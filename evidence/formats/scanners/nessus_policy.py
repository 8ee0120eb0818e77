"""The policy in a Nessus file: which plugins, ports and hosts the scan was told to look at.

Format: Tenable's "Nessus File (.nessus) Format": preferences of the server, the status of each family of plugins, and
that of single plugins. Families and plugins are compared with a scan of everything; some families are off by default.
"""

from collections.abc import Collection, Iterator, Mapping

from evidence.formats.addresses import normal_address
from evidence.formats.network.port_ranges import size
from evidence.formats.values import storable
from locales import Text, plural, text

PREFERENCE, VALUE = "name", "value"  # elements of a preference
FAMILY, PLUGIN, STATUS = "FamilyName", "PluginId", "Status"  # elements of a family, and of a single plugin
_DISABLED = "disabled"
_TARGETS, _PORTS, _PLUGINS = "TARGET", "port_range", "plugin_set"
#: families that templates leave off: checks of settings, and tests that can stop a service
_OFF_BY_DEFAULT = frozenset(
    (
        *("denial of service", "policy compliance", "scada", "mobile devices", "netware", "brute force attacks"),
        "incident response",
    )
)
_USUAL_PORTS = frozenset(("", "default", "sc-default", "all"))
_FEWEST_PORTS = 4_000  # of `default`, which is about 4,800
_FEWEST_PLUGINS = 1_000  # Nessus has more than 100,000
_IN_RANGES = ("/", "-", "*", "[")  # in a target that stands for several hosts, or may
_MOST, _MOST_NAMED, _LONGEST_NAME = 5_000, 5, 60
LONGEST = 20_000  # characters of a value, of which the rest is not needed


class NessusPolicy:
    """The policy as it is read."""

    def __init__(self) -> None:
        self._families: list[str] = []  # that are off
        self._plugins = 0  # that are off
        self._fewest = ""  # the list of plugins, of a scan that was told to use few
        self._ports: dict[str, None] = {}  # ranges that are narrow
        self._targets: list[str] = []

    def add_preference(self, values: Mapping[str, str]) -> None:
        """Add a preference of the server."""
        name, value = values.get(PREFERENCE, ""), values.get(VALUE, "")
        if name == _PORTS:
            self.add_ports(value)
        elif name == _TARGETS:
            names = [name.strip() for name in value.replace("\n", ",").split(",")]
            is_whole = len(value) < LONGEST
            self._targets = [name for name in (names if is_whole else names[:-1]) if name][:_MOST]
        elif name == _PLUGINS:
            self._fewest = value if value and value.count(";") < _FEWEST_PLUGINS - 1 else ""

    def add_ports(self, ranges: str) -> None:
        """Add a range of ports, of the policy or of what a host tells."""
        written = ranges.strip().lower()
        if written not in _USUAL_PORTS and size(written) < _FEWEST_PORTS and len(self._ports) < _MOST_NAMED:
            self._ports[storable(ranges.strip(), _LONGEST_NAME)] = None

    def add_selection(self, values: Mapping[str, str]) -> None:
        """Add the status of a family, or of a single plugin."""
        if values.get(STATUS, "").lower() != _DISABLED:
            return
        if values.get(PLUGIN):
            self._plugins += 1
        elif (family := values.get(FAMILY, "")).lower() not in _OFF_BY_DEFAULT and len(self._families) < _MOST:
            self._families.append(family)

    def doubts(self, hosts: Collection[str]) -> Iterator[Text]:
        """What the scan was not told to look at. `hosts`: names and addresses of the hosts in the file."""
        if self._families:
            yield text(
                "The policy of Nessus leaves out the plugins of {names}; see whether none of them matters here.",
                names=_some(self._families),
            )
        if self._plugins:
            yield plural(
                "The policy of Nessus leaves out one plugin; see whether it may.",
                "The policy of Nessus leaves out {n} plugins; see whether it may.",
                self._plugins,
            )
        if self._fewest:
            number = len([plugin for plugin in self._fewest.split(";") if plugin])
            yield plural(
                "The policy of Nessus uses only one plugin.", "The policy of Nessus uses only {n} plugins.", number
            )
        if self._ports:
            yield text("Nessus was told to look at ports {names} only.", names="; ".join(self._ports))
        single = (name for name in self._targets if not any(mark in name for mark in _IN_RANGES))
        if missing := [name for name in single if normal_address(name) not in hosts]:
            yield text(
                "Nessus was told to scan {names} too, and its file says nothing of that.",
                names=_some(missing),
            )


def _some(names: list[str]) -> str:
    listed = sorted({storable(name, _LONGEST_NAME) for name in names})
    return ", ".join(listed[:_MOST_NAMED]) + (", …" if len(listed) > _MOST_NAMED else "")
