"""Port scans: only what may be open in a target's zone is, what must answer does, and all of it was looked at."""

from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatchcase
from typing import Annotated, Any

from pydantic import Field

from controls.yaml_source import Given, Key, Shape, Source, matching
from evidence.formats.values import Result, Run
from evidence.judge import FAIL, NONE, PASS, Explained, JudgeContext, Line, Verdict
from evidence.judges.ranges import within
from evidence.judges.shapes import PolicyFile
from locales import Text, plural, text

Port = Annotated[str, matching(r"(tcp|udp|sctp)/\d{1,5}", text("a port such as tcp/443"))]
_CLOSED = frozenset(("closed", "filtered", "unfiltered"))
PUBLIC = "public"
_LISTED = 12  # ports that a message names


class Allowed(Shape):
    """Ports that may be open on one target."""

    target: Given
    ports: list[Port]


class Service(Shape):
    """A way by which servers are managed, and its ports."""

    service: Given
    ports: list[Port]


class Zone(Shape):
    """Targets that are alike, and the ports of each."""

    zone: Key
    targets: list[Given]
    allowed: list[Port]
    must_open: list[Port] = Field(default_factory=list)


class Rules(PolicyFile):
    """What may be open, what must be, and what must have been scanned. What stands at the top is the zone `public`."""

    allowed: list[Port]
    must_open: list[Port] = Field(default_factory=list)
    allowed_at: list[Allowed]
    zones: list[Zone] = Field(default_factory=list)
    must_scan: list[Service]

    def check(self, source: Source[Any]) -> None:
        """Each zone once, and none called as the default."""
        source.all_different(
            [PUBLIC, *(one.zone for one in self.zones)],
            lambda zone: text("the zone {zone} is there already.", zone=zone),
            lambda index: ("zones", index - 1, "zone"),
        )

    def zone_of(self, target: str) -> Zone:
        """The first zone that names the target, else `public`, with what may be open at this target alone."""
        known = (one for one in self.zones if any(fnmatchcase(target, pattern.lower()) for pattern in one.targets))
        zone = next(known, Zone(zone=PUBLIC, targets=["*"], allowed=self.allowed, must_open=self.must_open))
        extra = [port for one in self.allowed_at if one.target.lower() == target for port in one.ports]
        return zone.model_copy(update={"allowed": [*zone.allowed, *zone.must_open, *extra]})


@dataclass(slots=True)
class _Host:
    """What was seen of one target, and what may be."""

    zone: str
    allowed: frozenset[str]
    must_open: list[str]
    failing: dict[str, Text] = field(default_factory=dict)
    listed: set[str] = field(default_factory=set)
    untold: list[str] = field(default_factory=list)


class ExposureJudge:
    """One port scan."""

    def __init__(self, rules: Rules, run: Run, context: JudgeContext) -> None:
        del context  # the scan says all by itself
        self.reasons: list[Text] = []
        self.warnings: list[Text] = []
        self._run = run
        self._rules = rules
        self._must = {port: one.service for one in rules.must_scan for port in one.ports}
        self._hosts: dict[str, _Host] = {}

    def see(self, result: Result, /) -> str:
        host = self._host(result.target)
        port, state = result.check, result.severity
        host.listed.add(port)
        self.reasons = []
        if state in _CLOSED:
            return self._closed(host, port, state)
        if state == "open":
            return self._open(host, result)
        if port in self._must and port not in host.allowed:
            self._fail(host, port, _undetermined(state, self._must[port]))
            return FAIL
        if port in host.must_open:
            host.untold.append(port)
        return ""

    def _host(self, target: str) -> _Host:
        if target not in self._hosts:
            zone = self._rules.zone_of(target)
            self._hosts[target] = _Host(zone.zone, frozenset(zone.allowed), zone.must_open)
        return self._hosts[target]

    def _closed(self, host: _Host, port: str, state: str) -> str:
        if port not in host.must_open:
            return PASS
        self._fail(host, port, text("{state}; expected open: this must answer.", state=state))
        return FAIL

    def _open(self, host: _Host, result: Result) -> str:
        if result.check in host.allowed:
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
        host = self._host(target)
        untold = [*host.untold, *self._unlisted(target, host)]
        if host.failing:
            failing = sorted(host.failing.items())
            return Verdict(FAIL, plural("One port fails.", "{n} ports fail.", len(failing)), failing)
        if not self._run.complete:
            return Verdict(NONE, self._run.remark or text("The scan was not finished."))
        asked = {*self._must, *host.must_open}
        missing = sorted(port for port in asked if port not in host.listed and not self._scanned(port))
        if missing:
            return Verdict(
                NONE, text("Not all ports that must be scanned were scanned; missing: {ports}.", ports=_some(missing))
            )
        if untold:
            return Verdict(NONE, text("The scan does not tell the state of {ports}.", ports=_some(untold)))
        if host.must_open:
            return Verdict(PASS, text("All that must answer does, and nothing else is open but what may be."))
        return Verdict(PASS, text("Nothing is open to the outside but what may be."))

    def _unlisted(self, target: str, host: _Host) -> list[str]:
        """Management ports that stand only in a sum (`extraports`): undetermined ones fail; the rest that is untold."""
        sums = [_Sum(line) for line in self._run.facts.get(f"extraports:{target}", "").splitlines()]
        open_sums = [one for one in sums if one.state not in _CLOSED]
        untold = []
        for port in sorted({*self._must, *host.must_open}):
            if port in host.listed or not self._scanned(port):
                continue
            if not sums:
                untold.append(port)
            elif port in host.allowed:
                self._summed(host, port, sums, untold)
            elif any(one.holds(port) for one in open_sums) or len(open_sums) == len(sums):
                host.failing[port] = _undetermined(open_sums[0].state, self._must[port])
            elif any(not one.ports for one in open_sums) and not any(one.holds(port) for one in sums):
                untold.append(port)
        return untold

    def _summed(self, host: _Host, port: str, sums: list["_Sum"], untold: list[str]) -> None:
        """A port that may be open and stands only in a sum: it is not open, and fails if it must be."""
        if port not in host.must_open:
            return
        told = [one for one in sums if one.holds(port)] or [one for one in sums if not one.ports]
        if told and all(one.state in _CLOSED for one in told):
            self._fail(host, port, text("{state}; expected open: this must answer.", state=told[0].state))
        else:
            untold.append(port)

    def _scanned(self, port: str) -> bool:
        protocol, _, number = port.partition("/")
        return within(int(number), self._run.facts.get(f"services:{protocol}", ""))


class ExposureLines:
    """What the policy says of one port."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._must = {port: one.service for one in rules.must_scan for port in one.ports}

    def explain(self, line: Line, day: date) -> list[Explained]:
        """The same on any day."""
        del day
        zone = self._rules.zone_of(line.target)
        level, why = self._judged(zone, line.check, line.severity)
        service = self._must.get(line.check)
        return [Explained(f"{line.check} ({service})" if service else line.check, level, f"zone {zone.zone}", why)]

    def _judged(self, zone: Zone, port: str, state: str) -> tuple[str, Text]:
        if port in zone.must_open:
            return _must_answer(state)
        if state in _CLOSED:
            return PASS, text("Not open.")
        if port in zone.allowed:
            return (PASS, text("It may be open.")) if state == "open" else ("", _UNTOLD)
        if state == "open":
            return FAIL, text("Open, and not among the ports that may be open.")
        if port in self._must:
            return FAIL, text("Must be closed or filtered, and the scan can't tell.")
        return "", _UNTOLD


_UNTOLD = text("The scan can't tell whether it is open.")


def _must_answer(state: str) -> tuple[str, Text]:
    if state in _CLOSED:
        return FAIL, text("Not open, and it must answer.")
    return (PASS, text("It must answer, and does.")) if state == "open" else ("", _UNTOLD)


class _Sum:
    """A line of the fact `extraports`: state, count and, where nmap tells them, the ports."""

    def __init__(self, line: str) -> None:
        self.state, _, rest = line.partition(" ")
        self.ports = rest.partition(" ")[2]

    def holds(self, port: str) -> bool:
        protocol, _, number = port.partition("/")
        return self.ports.startswith(f"{protocol}/") and within(int(number), self.ports.partition("/")[2])


def _undetermined(state: str, service: str) -> Text:
    return text(
        "{service}: the scan can't tell whether it is open ({state}); expected closed or filtered.",
        service=service,
        state=state,
    )


def _some(ports: list[str]) -> str:
    return ", ".join(ports[:_LISTED]) + (" ..." if len(ports) > _LISTED else "")
