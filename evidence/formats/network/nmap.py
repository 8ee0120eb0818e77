"""nmap XML (-oX). A result per listed port; nmap does not judge, so outcomes are never pass or fail.

The run's facts (`PortScan`) hold what policies need besides the ports. Targets are the host names given to nmap, else
addresses; a result has its address as a property. `hosthint` elements repeat hosts and are skipped.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import BinaryIO

from evidence.formats.facts import Host, PortGroup, PortScan
from evidence.formats.moments import FIRST_YEAR, Moments
from evidence.formats.network.nmap_arguments import doubts
from evidence.formats.network.nmap_reasons import STATES, answers, is_known, is_near, is_scanner
from evidence.formats.network.port_ranges import by_protocol, holds, size
from evidence.formats.reading.xml_stream import local, prolog, read_head, results
from evidence.formats.values import INFORMATIONAL, NOT_EVALUATED, Result, Run, storable, unix_moment
from locales import plural, text

NAME = "nmap"
TITLE = "nmap XML"
ABOUT = text(
    "Each listed port is read with its state, and groups of ports that nmap only summarises. Output of "
    "scripts is not read. A scan without its end, or of a kind that does not distinguish open from closed, is "
    "incomplete. One that was told to prefer speed, to leave something out or to seem to come from elsewhere, and one "
    "whose file lacks a host that it was told to scan, wait for someone else's review."
)
RECOGNISED_BY = text("Its root element is `nmaprun`, as nmap writes it.")
COMMANDS: tuple[str, ...] = ("nmap -sS -p- -oX scan.xml portal.example.nl",)

_ROOTS = frozenset(("nmaprun",))
_DETERMINED = frozenset(("open", "closed", "filtered"))
#: scans that distinguish open from closed; others (ack, window, null, fin, xmas, maimon, ...) depend on the host
_CONCLUSIVE = frozenset(("syn", "connect", "udp", "sctpinit", "ipproto"))
_ADDRESSES = ("ipv4", "ipv6")
_LONGEST_ARGUMENTS = 1_000
_LONGEST_SERVICES = 200_000  # characters of the ports that were scanned
_MOST_KINDS = 5  # kinds of inconclusive scans that are kept
_MOST_SCANS = 100  # `scaninfo` elements per protocol that are kept


def recognises(head: bytes) -> bool:
    """Whether the root is `nmaprun`."""
    beginning = prolog(head)
    return beginning is not None and beginning.root in _ROOTS


def read(stream: BinaryIO) -> tuple[Run, Iterator[Result]]:
    """Read the run and its results; the run is filled while they are read.

    Raises `Unreadable`, also while iterating.
    """
    head = read_head(stream, TITLE, _ROOTS)
    scan = PortScan()
    run = Run(NAME, NAME, facts=scan)
    return run, results(stream, head, _Ports(run, scan), TITLE)


class _Ports:
    """The parser's target; `results` holds those not yet taken."""

    def __init__(self, run: Run, scan: PortScan) -> None:
        self.results: list[Result] = []
        self._run = run
        self._scan = scan
        self._path: list[str] = [""]
        self._count = 0
        self._host = Host()
        self._port: dict[str, str] = {}
        self._group: PortGroup | None = None  # an open `extraports`, detailed by its reasons
        self._services: dict[str, list[str]] = defaultdict(list)
        self._moments = Moments()
        self._unknown = ""  # the first port or state that nmap does not write
        self._counted_up = 0  # hosts that are up, as nmap counted them
        self._fewer = 0  # number of ports that were scanned, by a `scaninfo` that lists more
        self._began = {
            "nmaprun": self._run_began,
            "scaninfo": self._scan_info,
            "host": self._host_began,
            "status": self._status,
            "address": self._address,
            "hostname": self._hostname,
            "extraports": self._group_began,
            "extrareasons": self._group_reason,
            "port": self._port_began,
            "state": self._state,
            "service": self._service,
            "finished": self._exit,
            "hosts": self._counted_hosts,
        }
        self._ended = {"port": self._close_port, "extraports": self._close_group, "host": self._close_host}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        self._path.append(name)
        if name in self._began and "hosthint" not in self._path[:3]:
            self._began[name](attributes)

    def end(self, _tag: str) -> None:
        inside = "hosthint" not in self._path[:3]
        name = self._path.pop()
        if name in self._ended and inside:
            self._ended[name]()

    def data(self, data: str) -> None:
        """Ignore texts: output of scripts."""

    def comment(self, text: str) -> None:
        """Ignore comments."""

    def close(self) -> None:
        """Called at the end of the file."""

    # the run

    def _run_began(self, attributes: dict[str, str]) -> None:
        self._run.tool = storable(attributes.get("scanner", ""), 40).strip().lower() or NAME
        self._run.tool_version = attributes.get("version", "")[:40]
        self._scan.arguments = storable(attributes.get("args", ""), _LONGEST_ARGUMENTS)
        self._moment(attributes, "start")

    def _moment(self, attributes: dict[str, str], *names: str) -> None:
        for name in names:
            moment = unix_moment(attributes.get(name, ""))
            if moment and moment.year >= FIRST_YEAR:
                self._moments.add(moment)

    def _scan_info(self, attributes: dict[str, str]) -> None:
        kind = attributes.get("type", "")[:20]
        if kind not in _CONCLUSIVE or "scanflags" in attributes:
            unclear = storable("scanflags" if kind in _CONCLUSIVE else kind or "-", 20)
            if unclear not in self._scan.inconclusive_kinds and len(self._scan.inconclusive_kinds) < _MOST_KINDS:
                self._scan.inconclusive_kinds.append(unclear)
        services = self._services[attributes.get("protocol", "")[:10]]
        if len(services) < _MOST_SCANS:
            services.append(attributes.get("services", "")[:_LONGEST_SERVICES])
            self._scan.scanned = {protocol: ",".join(ranges) for protocol, ranges in self._services.items()}
        counted = attributes.get("numservices", "")
        if counted.isdecimal() and int(counted[:9]) < size(services[-1]):
            self._fewer = self._fewer or int(counted[:9])

    def _exit(self, attributes: dict[str, str]) -> None:
        self._scan.exit = attributes.get("exit", "success")[:40] or "-"
        self._scan.exit_message = storable(attributes.get("errormsg", ""), 500)
        self._moment(attributes, "time")

    def _counted_hosts(self, attributes: dict[str, str]) -> None:
        up = attributes.get("up", "")
        self._counted_up = int(up[:9]) if up.isascii() and up.isdecimal() else 0

    # a host

    def _host_began(self, attributes: dict[str, str]) -> None:
        self._host = Host(timed_out=attributes.get("timedout", "").strip().lower() in ("true", "1", "yes"))
        self._moment(attributes, "starttime", "endtime")

    def _status(self, attributes: dict[str, str]) -> None:
        if self._path[-2] == "host":
            self._host.up = attributes.get("state") == "up"
            reason = attributes.get("reason", "")
            self._host.answered = self._host.answered or answers(reason)
            self._host.is_near = self._host.is_near or is_near(reason)
            self._host.is_scanner = self._host.is_scanner or is_scanner(reason)
            self._scan.up += self._host.up

    def _address(self, attributes: dict[str, str]) -> None:
        if attributes.get("addrtype") == "mac":  # which nmap sees of hosts on its own network only
            self._host.is_near = True
        if attributes.get("addrtype", "ipv4") in _ADDRESSES:
            self._host.address = self._host.address or storable(attributes.get("addr", ""), 255)

    def _hostname(self, attributes: dict[str, str]) -> None:
        if attributes.get("type") == "user":
            self._host.name = self._host.name or storable(attributes.get("name", ""), 255).lower().rstrip(".")

    def _close_host(self) -> None:
        host = self._host
        if host.target and (host.up or host.name):  # one that was named and did not answer was not tested, as is told
            self._run.targets.add(host.target)
            self._scan.hosts.setdefault(host.target, []).append(host)

    # its ports

    def _group_began(self, attributes: dict[str, str]) -> None:
        state = attributes.get("state", "")[:40]
        self._group = PortGroup(state, _number(attributes))
        if state not in STATES:
            self._not_known("extraports", state)

    def _group_reason(self, attributes: dict[str, str]) -> None:
        """Add a part of the group; ports that may belong to another protocol get none."""
        if self._group is None:
            return
        count, reason = _number(attributes), attributes.get("reason", "")[:80]
        protocol, ports = attributes.get("proto", "")[:10], attributes.get("ports", "")[:_LONGEST_SERVICES]
        self._group.count -= count
        if not ports:
            self._add_group(PortGroup(self._group.state, count, reason, protocol))
            return
        parts = by_protocol(ports, protocol or self._default_protocol())
        sizes = {named: size(ranges) for named, ranges in parts.items()}
        if len(parts) == 1:
            sizes = dict.fromkeys(parts, count)
        if sum(sizes.values()) != count or not all(map(self._may_hold, parts, parts.values())):
            parts, sizes = {"": ports}, {"": count}
        for named, ranges in parts.items():
            self._add_group(PortGroup(self._group.state, sizes[named], reason, named, ranges))

    def _may_hold(self, protocol: str, ranges: str) -> bool:
        """Whether the ports can belong to the protocol: nmap may summarise ports of several protocols together."""
        scanned = {name: ports for name, ports in self._scan.scanned.items() if ports}
        return len(scanned) < 2 or holds(scanned.get(protocol, ""), ranges)  # noqa: PLR2004 - with one there is no other

    def _default_protocol(self) -> str:
        """The protocol of ports without one; empty if several were scanned."""
        scanned = [protocol for protocol, ranges in self._scan.scanned.items() if ranges]
        return self._scan.only_protocol or ("" if scanned else "tcp")

    def _close_group(self) -> None:
        if self._group and self._group.count > 0:
            self._add_group(self._group)
        self._group = None

    def _add_group(self, group: PortGroup) -> None:
        self._host.groups.append(group)
        self._host.ports_with_state += group.count
        self._host.answered = self._host.answered or (group.count > 0 and answers(group.reason, group.state))

    def _port_began(self, attributes: dict[str, str]) -> None:
        if self._path[-2] == "ports":
            self._port = {"check": f"{attributes.get('protocol', 'tcp')[:10]}/{attributes.get('portid', '')[:10]}"}

    def _state(self, attributes: dict[str, str]) -> None:
        if self._port:
            if "state" in self._port:  # a second state would hide the first
                self._not_known(self._port["check"], attributes.get("state", ""))
            self._port["state"] = attributes.get("state", "unknown")[:40]
            self._port["reason"] = attributes.get("reason", "")[:80]

    def _service(self, attributes: dict[str, str]) -> None:
        if self._port:
            words = (attributes.get(name, "") for name in ("name", "product", "version"))
            self._port["service"] = storable(" ".join(part for part in words if part), 300)

    def _close_port(self) -> None:
        if not self._port:
            return
        self._count += 1
        state, reason = self._port.get("state", "unknown"), self._port.get("reason", "")
        if not is_known(self._port["check"], state):
            self._not_known(self._port["check"], state)
        outcome = INFORMATIONAL if state in _DETERMINED else NOT_EVALUATED
        message = ", ".join(part for part in (state, self._port.get("service", ""), reason) if part)
        address = (("address", self._host.address),)
        self.results.append(
            Result(self._count, self._port["check"], self._host.target, outcome, state, message, address)
        )
        self._host.ports_with_state += 1
        self._host.answered = self._host.answered or answers(reason, state)
        self._port = {}

    def _not_known(self, what: str, state: str) -> None:
        self._unknown = self._unknown or storable(f"{what} {state or '-'}", 80)

    def _names(self) -> set[str]:
        """Names and addresses of the hosts in the file."""
        hosts = self._scan.hosts
        return {*hosts, *(host.address for listed in hosts.values() for host in listed)}

    def finish(self) -> None:
        """Set the run's moments, completeness and remark, after everything was read."""
        run, scan = self._run, self._scan
        run.add_moments(self._moments)
        is_whole = len(scan.arguments) < _LONGEST_ARGUMENTS
        for doubt in doubts(scan.arguments, self._names(), is_whole=is_whole):
            run.doubt(doubt)
        if self._counted_up > scan.up:
            run.doubt(
                plural(
                    "nmap counted {n} host that answered, and its file has {listed} of them.",
                    "nmap counted {n} hosts that answered, and its file has {listed} of them.",
                    self._counted_up,
                    listed=scan.up,
                )
            )
        if run.tool != NAME:
            run.complete = False
            run.remark = text(
                "{tool} wrote this file. It does not tell which hosts answered and which ports were looked at; "
                "scan with nmap.",
                tool=run.tool,
            )
        elif scan.exit != "success":
            run.complete = False
            run.remark = text("nmap did not finish this scan: {reason}", reason=scan.exit_message or "-")
        elif self._unknown:
            run.complete = False
            run.remark = text(
                "nmap writes no such port or state: {given}. Upload the file as nmap wrote it.", given=self._unknown
            )
        elif self._fewer:
            run.complete = False
            run.remark = plural(
                "The file says that {n} port was scanned, and lists more. Upload the file as nmap wrote it.",
                "The file says that {n} ports were scanned, and lists more. Upload the file as nmap wrote it.",
                self._fewer,
            )
        elif scan.inconclusive_kinds:
            run.complete = False
            run.remark = text(
                "A scan of this kind ({kind}) does not tell open ports from closed ones; scan with -sS or -sT.",
                kind=", ".join(scan.inconclusive_kinds),
            )
        elif not scan.up:
            run.remark = text("No host answered; nothing was scanned.")


def _number(attributes: dict[str, str]) -> int:
    count = attributes.get("count", "0")
    return int(count) if count.isdecimal() and len(count) < 10 else 0  # noqa: PLR2004 - there are no more ports
