"""What a port scan shows beside the ports that it lists: whether a host was reached, and sums of ports."""

from collections.abc import Collection

from evidence.formats.nmap_hosts import Host, Sum, is_port, never_arrived, no_answer
from evidence.formats.values import Run
from evidence.judging.ports.ranges import size, within
from locales import Text, plural, text

CLOSED = frozenset(("closed", "filtered"))  # states of a port that is not open; `unfiltered` tells of a filter alone
_SERVICES = "services:"
_OPEN = "open"


def scanned(run: Run, port: str) -> bool:
    """Whether the scan says that it looked at this port."""
    protocol, _, number = port.partition("/")
    return within(int(number), run.facts.get(f"{_SERVICES}{protocol}", ""))


def is_closed(protocol: str, state: str, reason: str) -> bool:
    """Whether a state shows that a port is not open: what was sent arrived; of UDP, something came back as well."""
    if state not in CLOSED or never_arrived(reason):
        return False
    return protocol == "tcp" or not no_answer(reason)


def not_scanned(host: Host) -> Text | None:
    """Why an address was not scanned, or not to the end; None if it was."""
    if host.timed_out:
        return text("{address} timed out, so it was not scanned to the end; scan it again.", address=host.address)
    if not host.up:
        return text("{address} did not answer, so it was not scanned.", address=host.address)
    if not host.told:
        return text("The scan says nothing of the ports of {address}.", address=host.address)
    return None


def untold(run: Run, host: Host) -> Text | None:
    """Why ports that were scanned may be open though none of them is listed; None if all are told."""
    summed = sum(one.count for one in host.sums if one.state == _OPEN)
    if summed:
        return plural(
            "One port of {address} is open and not listed by itself; list it.",
            "{n} ports of {address} are open and not listed one by one; list them.",
            summed,
            address=host.address,
        )
    if unsure := sum(one.count for one in host.sums if _is_unsure(one, only_protocol(run))):
        return plural(
            "The scan can't tell of one TCP port of {address} whether it is open.",
            "The scan can't tell of {n} TCP ports of {address} whether they are open.",
            unsure,
            address=host.address,
        )
    asked = sum(
        size(ports) for fact, ports in run.facts.items() if fact.startswith(_SERVICES) and is_port(_protocol(fact))
    )
    if host.told < asked:
        return text(
            "The scan tells the state of {told} of the {asked} ports of {address}.",
            told=host.told,
            asked=asked,
            address=host.address,
        )
    return None


def _is_unsure(one: Sum, only: str) -> bool:
    return (one.protocol or only) == "tcp" and one.state != _OPEN and one.state not in CLOSED


def _protocol(fact: str) -> str:
    return fact.removeprefix(_SERVICES)


def not_reached(host: Host) -> Text | None:
    """Why nothing was shown of an address; None if it was scanned and something came back from it."""
    reason = not_scanned(host)
    if reason is None and not host.answered:
        return text(
            "Nothing came back from {address}: the scan does not show that it was reached. Scan from where it can be "
            "reached; without -Pn, nmap tells whether a host is up.",
            address=host.address,
        )
    return reason


def only_protocol(run: Run) -> str:
    """The protocol of every sum that does not say its own: the one that was scanned; empty if there are several."""
    scans = [_protocol(fact) for fact, ports in run.facts.items() if fact.startswith(_SERVICES) and ports]
    return scans[0] if len(scans) == 1 else ""


class Sums:
    """The ports of one host that stand in sums (`extraports`), by state. `asked`: the ports that are looked up."""

    def __init__(self, only: str, host: Host, asked: Collection[str]) -> None:
        self._told = [one for one in host.sums if one.ports]
        silent = [one for one in host.sums if not one.ports]
        self._silent = {
            protocol: [one for one in silent if (one.protocol or only) == protocol]
            for protocol in {port.partition("/")[0] for port in asked}
        }
        for protocol, sums in self._silent.items():
            if not sums:
                continue
            resting = [port for port in asked if port.startswith(f"{protocol}/") and not self._holding(port)]
            if sum(one.count for one in sums) < len(resting):
                self._silent[protocol] = []  # too small to hold all that is asked of them

    def state(self, port: str) -> str:
        """The state of a port; empty where the sums do not tell it, or its probe never arrived."""
        found = self._holding(port) or self._silent.get(port.partition("/")[0], [])
        protocol = port.partition("/")[0]
        if not found or any(one.state in CLOSED and not is_closed(protocol, one.state, one.reason) for one in found):
            return ""
        return found[0].state if len({one.state in CLOSED for one in found}) == 1 else ""

    def _holding(self, port: str) -> list[Sum]:
        protocol, _, number = port.partition("/")
        return [one for one in self._told if one.protocol == protocol and within(int(number), one.ports)]
