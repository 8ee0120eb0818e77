"""nmap XML (-oX). One result per listed port; nmap judges nothing itself, so an outcome is never a pass or a fail.

What a policy needs beside the ports is in the run's facts: `services:<protocol>` (the ports that were scanned),
`hosts:<target>` (each address: whether it answered, and the ports that are not listed one by one; `nmap_hosts.py`),
`up`, `exit`, `cannot_tell` (the kinds of scan that do not tell open from closed). Targets are the host names that the
user gave, else the address; a result has its address as a property. `hosthint` elements repeat hosts and are left out.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import BinaryIO

from evidence.formats.moments import FIRST_YEAR, Moments
from evidence.formats.nmap_hosts import FACT, STATES, Host, Sum, answers, is_known, line_of
from evidence.formats.values import INFORMATIONAL, NOT_EVALUATED, Result, Run, storable, unix_moment
from evidence.formats.xml_stream import first, local, prolog, results
from locales import text

NAME = "nmap"
TITLE = "nmap XML"

_ROOTS = frozenset(("nmaprun",))
_DETERMINED = frozenset(("open", "closed", "filtered"))
#: scans that tell open from closed; the others (ack, window, null, fin, xmas, maimon, ...) depend on what answers
_TELLING = frozenset(("syn", "connect", "udp", "sctpinit", "ipproto"))
_ADDRESSES = ("ipv4", "ipv6")
_LONGEST_SERVICES = 200_000  # characters of the ports that were scanned
_MOST_SCANS = 100  # of which a file tells the ports


def recognises(head: bytes) -> bool:
    """Whether the root is `nmaprun`."""
    found = prolog(head)
    return found is not None and found.root in _ROOTS


def read(stream: BinaryIO) -> tuple[Run, Iterator[Result]]:
    """The run, filled while its results are read. Raises `Unreadable`, also while iterating."""
    head = first(stream, TITLE, _ROOTS)
    run = Run(NAME, NAME, facts={"up": "0", "exit": ""})
    return run, results(stream, head, _Ports(run), TITLE)


class _Ports:
    """Told of each element by the parser; holds the results that were not taken yet."""

    def __init__(self, run: Run) -> None:
        self.results: list[Result] = []
        self._run = run
        self._path: list[str] = [""]
        self._count = 0
        self._up = 0
        self._host = Host()
        self._hosts: dict[str, list[str]] = defaultdict(list)
        self._port: dict[str, str] = {}
        self._sum: Sum | None = None  # what an `extraports` says, of which its reasons tell more
        self._services: dict[str, list[str]] = defaultdict(list)
        self._moments = Moments()
        self._cannot_tell: dict[str, None] = {}
        self._unknown = ""  # the first port in words that nmap does not write
        self._finished = False
        self._began = {
            "nmaprun": self._run_began,
            "scaninfo": self._scan,
            "host": self._host_began,
            "status": self._status,
            "address": self._address,
            "hostname": self._hostname,
            "extraports": self._sum_began,
            "extrareasons": self._sum_reason,
            "port": self._port_began,
            "state": self._state,
            "service": self._service,
            "finished": self._exit,
        }
        self._ended = {"port": self._close_port, "extraports": self._close_sum, "host": self._close_host}

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
        """Texts hold what scripts say, which is no verdict."""

    def comment(self, text: str) -> None:
        """Comments say nothing of a port."""

    def close(self) -> None:
        """All was read."""

    # the run

    def _run_began(self, attributes: dict[str, str]) -> None:
        self._run.tool = storable(attributes.get("scanner", ""), 40).strip().lower() or NAME
        self._run.tool_version = attributes.get("version", "")[:40]
        self._run.facts["args"] = storable(attributes.get("args", ""), 1_000)
        self._moment(attributes, "start")

    def _moment(self, attributes: dict[str, str], *names: str) -> None:
        for name in names:
            moment = unix_moment(attributes.get(name, ""))
            if moment and moment.year >= FIRST_YEAR:
                self._moments.add(moment)

    def _scan(self, attributes: dict[str, str]) -> None:
        kind = attributes.get("type", "")[:20]
        if kind not in _TELLING or "scanflags" in attributes:
            self._cannot_tell[storable("scanflags" if kind in _TELLING else kind or "-", 20)] = None
            self._run.facts["cannot_tell"] = ", ".join(list(self._cannot_tell)[:5])
        services = self._services[attributes.get("protocol", "")[:10]]
        if len(services) < _MOST_SCANS:
            services.append(attributes.get("services", "")[:_LONGEST_SERVICES])

    def _exit(self, attributes: dict[str, str]) -> None:
        self._finished = True
        self._run.facts["exit"] = attributes.get("exit", "success")[:40]
        self._run.facts["exit_message"] = storable(attributes.get("errormsg", ""), 500)
        self._moment(attributes, "time")

    # a host

    def _host_began(self, attributes: dict[str, str]) -> None:
        self._host = Host(timed_out=attributes.get("timedout", "").strip().lower() in ("true", "1", "yes"))
        self._moment(attributes, "starttime", "endtime")

    def _status(self, attributes: dict[str, str]) -> None:
        if self._path[-2] == "host":
            self._host.up = attributes.get("state") == "up"
            self._host.answered = self._host.answered or answers(attributes.get("reason", ""))
            self._up += self._host.up

    def _address(self, attributes: dict[str, str]) -> None:
        if attributes.get("addrtype", "ipv4") in _ADDRESSES:
            self._host.address = self._host.address or storable(attributes.get("addr", ""), 255)

    def _hostname(self, attributes: dict[str, str]) -> None:
        if attributes.get("type") == "user":
            self._host.name = self._host.name or storable(attributes.get("name", ""), 255).lower().rstrip(".")

    def _close_host(self) -> None:
        host = self._host
        if host.target and host.up:
            self._run.targets.add(host.target)
        if host.target and (host.up or host.name):
            self._hosts[host.target].append(line_of(host))

    # its ports

    def _sum_began(self, attributes: dict[str, str]) -> None:
        state = attributes.get("state", "")[:40]
        self._sum = Sum(state, _number(attributes))
        if state not in STATES:
            self._not_known("extraports", state)

    def _sum_reason(self, attributes: dict[str, str]) -> None:
        if self._sum:
            count, reason = _number(attributes), attributes.get("reason", "")[:80]
            protocol, ports = attributes.get("proto", "")[:10], attributes.get("ports", "")[:_LONGEST_SERVICES]
            self._sum.count -= count
            self._add_sum(Sum(self._sum.state, count, reason, protocol or ("tcp" if ports else ""), ports))

    def _close_sum(self) -> None:
        if self._sum and self._sum.count > 0:
            self._add_sum(self._sum)
        self._sum = None

    def _add_sum(self, one: Sum) -> None:
        self._host.sums.append(one)
        self._host.told += one.count
        self._host.answered = self._host.answered or (one.count > 0 and answers(one.reason, one.state))

    def _port_began(self, attributes: dict[str, str]) -> None:
        if self._path[-2] == "ports":
            self._port = {"check": f"{attributes.get('protocol', 'tcp')[:10]}/{attributes.get('portid', '')[:10]}"}

    def _state(self, attributes: dict[str, str]) -> None:
        if self._port:
            if "state" in self._port:  # the other one would hide it
                self._not_known(self._port["check"], attributes.get("state", ""))
            self._port["state"] = attributes.get("state", "unknown")[:40]
            self._port["reason"] = attributes.get("reason", "")[:80]

    def _service(self, attributes: dict[str, str]) -> None:
        if self._port:
            words = (attributes.get(name, "") for name in ("name", "product", "version"))
            self._port["service"] = storable(" ".join(word for word in words if word), 300)

    def _close_port(self) -> None:
        if not self._port:
            return
        self._count += 1
        state, reason = self._port.get("state", "unknown"), self._port.get("reason", "")
        if not is_known(self._port["check"], state):
            self._not_known(self._port["check"], state)
        outcome = INFORMATIONAL if state in _DETERMINED else NOT_EVALUATED
        message = ", ".join(word for word in (state, self._port.get("service", ""), reason) if word)
        address = (("address", self._host.address),)
        self.results.append(
            Result(self._count, self._port["check"], self._host.target, outcome, state, message, address)
        )
        self._host.told += 1
        self._host.answered = self._host.answered or answers(reason, state)
        self._port = {}

    def _not_known(self, what: str, state: str) -> None:
        self._unknown = self._unknown or storable(f"{what} {state or '-'}", 80)

    def finish(self) -> None:
        """Once all was read: when it ran, whether to its end, and whether it reached anything."""
        run, facts = self._run, self._run.facts
        facts["up"] = str(self._up)
        facts.update((f"services:{protocol}", ",".join(services)) for protocol, services in self._services.items())
        facts.update((f"{FACT}{target}", "\n".join(lines)) for target, lines in self._hosts.items())
        run.started_at, run.ended_at = self._moments.first, self._moments.last
        if run.tool != NAME:
            run.complete = False
            run.remark = text(
                "{tool} wrote this file. It does not tell which hosts answered and which ports were looked at; "
                "scan with nmap.",
                tool=run.tool,
            )
        elif not self._finished or facts["exit"] != "success":
            run.complete = False
            run.remark = text("nmap did not finish this scan: {reason}", reason=facts.get("exit_message") or "-")
        elif self._unknown:
            run.complete = False
            run.remark = text(
                "nmap writes no such port or state: {given}. Hand in the file as it wrote it.", given=self._unknown
            )
        elif "cannot_tell" in facts:
            run.complete = False
            run.remark = text(
                "A scan of this kind ({kind}) does not tell open ports from closed ones; scan with -sS or -sT.",
                kind=facts["cannot_tell"],
            )
        elif not self._up:
            run.remark = text("No host answered; nothing was scanned.")


def _number(attributes: dict[str, str]) -> int:
    given = attributes.get("count", "0")
    return int(given) if given.isdecimal() and len(given) < 10 else 0  # noqa: PLR2004 - there are no more ports
