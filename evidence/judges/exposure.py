"""Port scans from outside: only what may be open is, and the management ports were really looked at."""

import re
from dataclasses import dataclass, field
from typing import Annotated

from controls.yaml_source import Given, Shape, matching
from evidence.formats.values import Result, Run
from evidence.judge import FAIL, NONE, PASS, JudgeContext, Verdict
from evidence.judges.shapes import PolicyFile
from locales import Text, plural, text

Port = Annotated[str, matching(r"(tcp|udp|sctp)/\d{1,5}", text("a port such as tcp/443"))]
_RANGE = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?")
_CLOSED = frozenset(("closed", "filtered", "unfiltered"))
_LISTED = 12  # ports that a message names


class Allowed(Shape):
    """Ports that may be open on one target."""

    target: Given
    ports: list[Port]


class Service(Shape):
    """A way by which servers are managed, and its ports."""

    service: Given
    ports: list[Port]


class Rules(PolicyFile):
    """What may be open, and what must have been scanned."""

    allowed: list[Port]
    allowed_at: list[Allowed]
    must_scan: list[Service]


@dataclass(slots=True)
class _Host:
    """What was seen of one target."""

    failing: dict[str, Text] = field(default_factory=dict)
    listed: set[str] = field(default_factory=set)
    undetermined: int = 0


class ExposureJudge:
    """One port scan."""

    def __init__(self, rules: Rules, run: Run, context: JudgeContext) -> None:
        self.reasons: list[Text] = []
        self.warnings: list[Text] = []
        self._run = run
        self._allowed = {*rules.allowed, *context.options.get("allowed", "").replace(",", " ").split()}
        self._allowed_at = {one.target.lower(): set(one.ports) for one in rules.allowed_at}
        self._must = {port: one.service for one in rules.must_scan for port in one.ports}
        self._hosts: dict[str, _Host] = {}

    def see(self, result: Result, /) -> str:
        host = self._hosts.setdefault(result.target, _Host())
        port, state = result.check, result.severity
        host.listed.add(port)
        self.reasons = []
        if state in _CLOSED:
            return PASS
        if state == "open":
            return self._open(host, result)
        if port in self._must:
            self._fail(host, port, _undetermined(state, self._must[port]))
            return FAIL
        host.undetermined += 1
        return ""

    def _open(self, host: _Host, result: Result) -> str:
        if result.check in self._allowed or result.check in self._allowed_at.get(result.target, ()):
            return PASS
        service = self._must.get(result.check)
        reason = (
            text("{service} can be reached from outside; expected closed or filtered.", service=service)
            if service
            else text("open ({seen}), and not among the ports that may be open.", seen=result.message)
        )
        self._fail(host, result.check, reason)
        return FAIL

    def _fail(self, host: _Host, port: str, reason: Text) -> None:
        host.failing[port] = reason
        self.reasons = [reason]

    def verdicts(self) -> dict[str, Verdict]:
        targets = set(self._run.targets) | {target for target in self._hosts if target}
        if not targets:
            return {"": Verdict(NONE, text("No host answered; nothing was scanned."))}
        return {target: self._verdict(target) for target in sorted(targets)}

    def _verdict(self, target: str) -> Verdict:
        host = self._hosts.setdefault(target, _Host())
        untold = self._unlisted(target, host)
        if host.failing:
            failing = sorted(host.failing.items())
            return Verdict(FAIL, plural("One port fails.", "{n} ports fail.", len(failing)), failing)
        if not self._run.complete:
            return Verdict(NONE, self._run.remark or text("The scan was not finished."))
        missing = sorted(port for port in self._must if port not in host.listed and not self._scanned(port))
        if missing:
            return Verdict(
                NONE, text("Not all ports that must be scanned were scanned; missing: {ports}.", ports=_some(missing))
            )
        if untold:
            return Verdict(NONE, text("The scan does not tell the state of {ports}.", ports=_some(untold)))
        return Verdict(PASS, text("Nothing is open to the outside but what may be."))

    def _unlisted(self, target: str, host: _Host) -> list[str]:
        """Management ports that stand only in a sum (`extraports`): undetermined ones fail; the rest that is untold."""
        sums = [_Sum(line) for line in self._run.facts.get(f"extraports:{target}", "").splitlines()]
        open_sums = [one for one in sums if one.state not in _CLOSED]
        untold = []
        for port in sorted(self._must):
            if port in host.listed or not self._scanned(port):
                continue
            if not sums:
                untold.append(port)
            elif any(one.holds(port) for one in open_sums) or len(open_sums) == len(sums):
                host.failing[port] = _undetermined(open_sums[0].state, self._must[port])
            elif any(not one.ports for one in open_sums) and not any(one.holds(port) for one in sums):
                untold.append(port)
        return untold

    def _scanned(self, port: str) -> bool:
        protocol, _, number = port.partition("/")
        return _within(int(number), self._run.facts.get(f"services:{protocol}", ""))


class _Sum:
    """A line of the fact `extraports`: state, count and, where nmap tells them, the ports."""

    def __init__(self, line: str) -> None:
        self.state, _, rest = line.partition(" ")
        self.ports = rest.partition(" ")[2]

    def holds(self, port: str) -> bool:
        protocol, _, number = port.partition("/")
        return self.ports.startswith(f"{protocol}/") and _within(int(number), self.ports.partition("/")[2])


def _within(number: int, ranges: str) -> bool:
    return any(int(low) <= number <= int(high or low) for low, high in _RANGE.findall(ranges))


def _undetermined(state: str, service: str) -> Text:
    return text(
        "{service}: the scan can't tell whether it is open ({state}); expected closed or filtered.",
        service=service,
        state=state,
    )


def _some(ports: list[str]) -> str:
    return ", ".join(ports[:_LISTED]) + (" ..." if len(ports) > _LISTED else "")
