"""nmap XML (-oX). One result per listed port; nmap judges nothing itself, so an outcome is never a pass or a fail.

What a policy needs beside the ports is in the run's facts: `services:<protocol>` (the ports that were scanned),
`extraports:<target>` (ports that are not listed one by one: state, count and, where told, which), `up`, `exit`.
Targets are the host names that the user gave, else the address; `hosthint` elements repeat hosts and are left out.
"""

from collections.abc import Iterator
from typing import BinaryIO

from evidence.formats.values import INFORMATIONAL, NOT_EVALUATED, Result, Run, storable, unix_moment
from evidence.formats.xml_stream import first, local, prolog, results
from locales import text

NAME = "nmap"
TITLE = "nmap XML"

_ROOTS = frozenset(("nmaprun",))
_DETERMINED = frozenset(("open", "closed", "filtered", "unfiltered"))
_ADDRESSES = ("ipv4", "ipv6")


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
        self._host: dict[str, str] = {}
        self._port: dict[str, str] = {}
        self._extra: list[str] = []
        self._finished = False
        self._began = {
            "nmaprun": self._run_began,
            "scaninfo": self._scan,
            "status": self._status,
            "address": self._address,
            "hostname": self._hostname,
            "extraports": self._extra_began,
            "extrareasons": self._extra_which,
            "port": self._port_began,
            "state": self._state,
            "service": self._service,
            "finished": self._exit,
        }

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        self._path.append(name)
        if name == "host":
            self._host = {}
        elif name in self._began and "hosthint" not in self._path[:3]:
            self._began[name](attributes)

    def end(self, _tag: str) -> None:
        name = self._path.pop()
        if name == "port" and self._port:
            self._close_port()
        elif name == "extraports" and self._extra:
            self._close_extra()
        elif name == "host":
            self._close_host()

    def data(self, data: str) -> None:
        """Texts hold what scripts say, which is no verdict."""

    def comment(self, text: str) -> None:
        """Comments say nothing of a port."""

    def close(self) -> None:
        """All was read."""

    # the run

    def _run_began(self, attributes: dict[str, str]) -> None:
        self._run.tool_version = attributes.get("version", "")[:40]
        self._run.facts["args"] = storable(attributes.get("args", ""), 1_000)
        self._run.started_at = unix_moment(attributes.get("start", ""))

    def _scan(self, attributes: dict[str, str]) -> None:
        name = f"services:{attributes.get('protocol', '')[:10]}"
        known = self._run.facts.get(name)
        services = attributes.get("services", "")[:200_000]
        self._run.facts[name] = f"{known},{services}" if known else services

    def _exit(self, attributes: dict[str, str]) -> None:
        self._finished = True
        self._run.facts["exit"] = attributes.get("exit", "success")[:40]
        self._run.facts["exit_message"] = storable(attributes.get("errormsg", ""), 500)

    # a host

    def _status(self, attributes: dict[str, str]) -> None:
        if self._path[-2] == "host":
            self._host["status"] = attributes.get("state", "")
            self._up += attributes.get("state") == "up"

    def _address(self, attributes: dict[str, str]) -> None:
        if attributes.get("addrtype", "ipv4") in _ADDRESSES:
            self._host.setdefault("address", storable(attributes.get("addr", ""), 255))

    def _hostname(self, attributes: dict[str, str]) -> None:
        if attributes.get("type") == "user":
            self._host.setdefault("name", storable(attributes.get("name", ""), 255).lower().rstrip("."))

    def _target(self) -> str:
        return self._host.get("name") or self._host.get("address", "")

    def _close_host(self) -> None:
        target = self._target()
        if target and self._host.get("status", "up") == "up":
            self._run.targets.add(target)

    # its ports

    def _extra_began(self, attributes: dict[str, str]) -> None:
        self._extra = [attributes.get("state", "unknown"), attributes.get("count", "0"), ""]

    def _extra_which(self, attributes: dict[str, str]) -> None:
        if self._extra and attributes.get("ports"):
            protocol = attributes.get("proto", "tcp")
            self._extra[2] += f"{',' if self._extra[2] else ''}{protocol}/{attributes['ports'][:200_000]}"

    def _close_extra(self) -> None:
        name = f"extraports:{self._target()}"
        known = self._run.facts.get(name)
        line = " ".join(self._extra).strip()
        self._run.facts[name] = f"{known}\n{line}" if known else line
        self._extra = []

    def _port_began(self, attributes: dict[str, str]) -> None:
        if self._path[-2] == "ports":
            self._port = {"check": f"{attributes.get('protocol', 'tcp')[:10]}/{attributes.get('portid', '')[:10]}"}

    def _state(self, attributes: dict[str, str]) -> None:
        if self._port:
            self._port["state"] = attributes.get("state", "unknown")[:40]
            self._port["reason"] = attributes.get("reason", "")

    def _service(self, attributes: dict[str, str]) -> None:
        if self._port:
            words = (attributes.get(name, "") for name in ("name", "product", "version"))
            self._port["service"] = storable(" ".join(word for word in words if word), 300)

    def _close_port(self) -> None:
        self._count += 1
        state = self._port.get("state", "unknown")
        outcome = INFORMATIONAL if state in _DETERMINED else NOT_EVALUATED
        words = (state, self._port.get("service", ""), self._port.get("reason", "")[:80])
        message = ", ".join(word for word in words if word)
        self.results.append(Result(self._count, self._port["check"], self._target(), outcome, state, message))
        self._port = {}

    def finish(self) -> None:
        """Once all was read: whether the scan ran to its end, and reached anything."""
        facts = self._run.facts
        facts["up"] = str(self._up)
        if not self._finished or facts["exit"] != "success":
            self._run.complete = False
            self._run.remark = text("nmap did not finish this scan: {reason}", reason=facts.get("exit_message") or "-")
        elif not self._up:
            self._run.remark = text("No host answered; nothing was scanned.")
