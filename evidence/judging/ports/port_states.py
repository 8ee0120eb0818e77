"""Interprets port scans: the state of a port, whether a host was reached, and what is undetermined.

Both kinds of policies for port scans use it.
"""

from collections.abc import Collection, Iterable
from enum import StrEnum

from evidence.formats.facts import Host, PortGroup, PortScan
from evidence.formats.network.nmap_reasons import is_port, never_arrived, no_answer, reason_of
from evidence.formats.network.port_ranges import size, within
from evidence.formats.values import Run
from locales import Text, plural, text

CLOSED = frozenset(
    ("closed", "filtered")
)  # states of a port that is not open; `unfiltered` says nothing about the port itself
OPEN = "open"
_MOST_NAMED = 12  # ports or names in a message


class Shown(StrEnum):
    """What the state of a port, with nmap's reason, shows."""

    OPEN = "open"
    CLOSED = "closed"  # the probe arrived; for UDP there was also an answer
    NEVER_ARRIVED = "never arrived"  # the probe was lost, so nothing is shown
    UNCLEAR = "unclear"


def shown(port: str, state: str, message: str) -> Shown:
    """What a result shows about a port (`tcp/443`). `message`: the result's, which ends with nmap's reason."""
    return _shown(port.partition("/")[0], state, reason_of(message))


def _shown(protocol: str, state: str, reason: str) -> Shown:
    if state == OPEN:
        return Shown.OPEN
    if state not in CLOSED:
        return Shown.UNCLEAR
    if never_arrived(reason):
        return Shown.NEVER_ARRIVED
    return Shown.CLOSED if protocol == "tcp" or not no_answer(reason) else Shown.UNCLEAR


def scan_of(run: Run) -> PortScan:
    """The facts of a scan; empty if the run is no port scan."""
    return run.facts if isinstance(run.facts, PortScan) else PortScan()


def is_scanned(scan: PortScan, port: str) -> bool:
    """Whether the port is among those that were scanned."""
    protocol, _, number = port.partition("/")
    return within(int(number), scan.scanned.get(protocol, ""))


def some(names: Iterable[str]) -> str:
    """The first names, sorted; dots mean that there are more."""
    listed = sorted(names)
    return ", ".join(listed[:_MOST_NAMED]) + (" ..." if len(listed) > _MOST_NAMED else "")


def not_scanned(host: Host) -> Text | None:
    """Why an address was not scanned, or not to the end; None if it was."""
    if host.timed_out:
        return text("{address} timed out, so it was not scanned to the end; scan it again.", address=host.address)
    if not host.up:
        return text("{address} did not answer, so it was not scanned.", address=host.address)
    if not host.ports_with_state:
        return text("The scan says nothing of the ports of {address}.", address=host.address)
    return None


def not_listed(scan: PortScan, host: Host) -> Text | None:
    """Why ports that were scanned may be open though none of them is listed; None if all are told."""
    if summed := sum(group.count for group in host.groups if group.state == OPEN):
        return plural(
            "One port of {address} is open and not listed by itself; list it.",
            "{n} ports of {address} are open and not listed one by one; list them.",
            summed,
            address=host.address,
        )
    if unclear := sum(group.count for group in host.groups if _is_unclear(group, scan.only_protocol)):
        return plural(
            "The scan can't tell of one TCP port of {address} whether it is open.",
            "The scan can't tell of {n} TCP ports of {address} whether they are open.",
            unclear,
            address=host.address,
        )
    scanned = sum(size(ranges) for protocol, ranges in scan.scanned.items() if is_port(f"{protocol}/"))
    if host.ports_with_state < scanned:
        return plural(
            "The scan does not tell the state of the one port of {address}.",
            "The scan tells the state of {told} of the {n} ports of {address}.",
            scanned,
            told=host.ports_with_state,
            address=host.address,
        )
    return None


def _is_unclear(group: PortGroup, only_protocol: str) -> bool:
    return (group.protocol or only_protocol) == "tcp" and group.state != OPEN and group.state not in CLOSED


def not_reached(host: Host) -> Text | None:
    """Why a scan shows nothing about an address; None if it was scanned and answered."""
    reason = not_scanned(host)
    if reason is None and not host.answered:
        return text(
            "Nothing came back from {address}: the scan does not show that it was reached. Scan from where it can be "
            "reached; without -Pn, nmap tells whether a host is up.",
            address=host.address,
        )
    return reason


def nothing_heard(host: Host, listed: Iterable[tuple[str, str]]) -> Text | None:
    """Why a scan without one answer from a port or a filter shows nothing closed; `listed`: states with reasons.

    A scan that was blocked on its way looks just like it.
    """
    states = [*listed, *((group.state, group.reason) for group in host.groups if group.count)]
    if any(state in (OPEN, "closed") or not (no_answer(reason) or never_arrived(reason)) for state, reason in states):
        return None
    return text(
        "No port of {address} answered, and nothing refused the scan: one that was blocked on its way looks the same. "
        "Scan from where a port that may be open answers.",
        address=host.address,
    )


class Groups:
    """The states of those ports of one host that nmap sums up (`extraports`). `ports`: those that are looked up."""

    def __init__(self, only_protocol: str, host: Host, ports: Collection[str]) -> None:
        self._named = [group for group in host.groups if group.ports]
        nameless = [group for group in host.groups if not group.ports]
        self._nameless = {
            protocol: [group for group in nameless if (group.protocol or only_protocol) == protocol]
            for protocol in {port.partition("/")[0] for port in ports}
        }
        for protocol, groups in self._nameless.items():
            if not groups:
                continue
            left = [port for port in ports if port.startswith(f"{protocol}/") and not self._naming(port)]
            if sum(group.count for group in groups) < len(left):
                self._nameless[protocol] = []  # too small to hold all of these ports

    def state(self, port: str) -> str:
        """The state of a port; empty where the groups do not tell it, or its probe never arrived."""
        protocol = port.partition("/")[0]
        groups = self._naming(port) or self._nameless.get(protocol, [])
        if not groups or any(
            group.state in CLOSED and _shown(protocol, group.state, group.reason) != Shown.CLOSED for group in groups
        ):
            return ""
        return groups[0].state if len({group.state in CLOSED for group in groups}) == 1 else ""

    def _naming(self, port: str) -> list[PortGroup]:
        if not self._named:
            return []
        protocol, _, number = port.partition("/")
        return [group for group in self._named if group.protocol == protocol and within(int(number), group.ports)]
