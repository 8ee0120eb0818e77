"""Judges port scans from outside: only allowed ports are open, required ports answer, every address was reached."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar

from evidence.formats.facts import Host
from evidence.formats.network.nmap_reasons import is_port, reason_of
from evidence.formats.network.port_ranges import holds
from evidence.formats.values import Result, Run
from evidence.judging.example_runs import ExampleRun
from evidence.judging.policy import Policy
from evidence.judging.ports.exposure_rules import Rules, Zone
from evidence.judging.ports.port_states import (
    CLOSED,
    OPEN,
    Groups,
    Shown,
    is_scanned,
    not_listed,
    not_reached,
    nothing_heard,
    scan_of,
    shown,
    some,
)
from evidence.judging.values import FAIL, NONE, PASS, Explained, Judge, JudgeContext, StoredResult, Verdict
from locales import Text, plural, text
from models.calendar import Calendar

_ASKS_WHAT_ANSWERS = re.compile(r"(?:^|\s)-(?:A|s\w*V\w*)(?=\s|$)")  # nmap -sV, -sSV, -A
_REST = "tcp/*"  # in an example: every other port


@dataclass(slots=True)
class _Seen:
    """What was seen of an address of a target."""

    failing: dict[str, Text] = field(default_factory=dict)
    listed: dict[str, tuple[str, str]] = field(default_factory=dict)  # ports with their state and reason
    undetermined: list[str] = field(default_factory=list)


class ExposureJudge(Judge):
    """Judges a port scan. Each address of a target is judged separately, and all must have been scanned."""

    def __init__(self, rules: Rules, run: Run, context: JudgeContext) -> None:
        del context  # the scan is judged by itself
        super().__init__()
        self._run = run
        self._scan = scan_of(run)
        self._rules = rules
        self._must = {port: service.service for service in rules.must_scan for port in service.ports}
        self._allowances: dict[str, _Allowance] = {}
        self._seen: dict[str, dict[str, _Seen]] = {}
        self._scanned: set[str] = set()  # ports whose state must be known and that were scanned

    def add_result(self, result: Result, /) -> str:
        self.reasons = []
        if not is_port(result.check):
            return ""
        allowance, seen = self._allowance(result.target), self._address(result)
        port, state = result.check, result.severity
        seen.listed[port] = (state, reason_of(result.message))
        shows = shown(port, state, result.message)
        if self._scan.inconclusive_kinds and shows != Shown.OPEN:
            return ""  # the whole run proves nothing
        if shows == Shown.CLOSED:
            return self._closed(allowance, seen, port, state)
        if shows == Shown.OPEN:
            return self._open(allowance, seen, result)
        if state not in CLOSED and port in self._must and port not in allowance.allowed:
            self._fail(seen, port, _undetermined(state, self._must[port]))
            return FAIL
        is_unsure = port in self._must or (port.startswith("tcp/") and state not in CLOSED)
        if port in allowance.must_open or (is_unsure and port not in allowance.allowed):
            seen.undetermined.append(port)
        return ""

    def _allowance(self, target: str) -> "_Allowance":
        if target not in self._allowances:
            zone = self._rules.zone_of(target)
            self._allowances[target] = _Allowance(frozenset(zone.allowed), zone.must_open)
        return self._allowances[target]

    def _address(self, result: Result) -> _Seen:
        name = result.properties[0][1] if result.properties else ""
        return self._seen.setdefault(result.target, {}).setdefault(name, _Seen())

    def _closed(self, allowance: "_Allowance", seen: _Seen, port: str, state: str) -> str:
        if port not in allowance.must_open:
            return PASS
        self._fail(seen, port, text("{state}; expected open: this must answer.", state=state))
        return FAIL

    def _open(self, allowance: "_Allowance", seen: _Seen, result: Result) -> str:
        if result.check in allowance.allowed:
            return self._answers(seen, result)
        service = self._must.get(result.check)
        reason = (
            text("{service} can be reached from outside; expected closed or filtered.", service=service)
            if service
            else text("open ({seen}), and not among the ports that may be open.", seen=result.message)
        )
        self._fail(seen, result.check, reason)
        return FAIL

    def _answers(self, seen: _Seen, result: Result) -> str:
        """What is behind a port that may be open: no program for administrators."""
        panel = self._rules.panel(result.message)
        if not panel:
            return PASS
        self._fail(seen, result.check, _administers(panel))
        return FAIL

    def _fail(self, seen: _Seen, port: str, reason: Text) -> None:
        seen.failing[port] = reason
        self.reasons = [reason]

    def verdicts(self) -> dict[str, Verdict]:
        self._scanned = {port for port in self._required_ports() if is_scanned(self._scan, port)}
        targets = set(self._run.targets) | {target for target in self._seen if target}
        if not targets:
            return {"": Verdict(NONE, self._run.remark or text("No host answered; nothing was scanned."))}
        return {target: self._verdict(target) for target in sorted(targets)}

    def _required_ports(self) -> set[str]:
        """All ports whose state a scan must determine, in any zone."""
        zones = [self._rules.must_open, *(zone.must_open for zone in self._rules.zones)]
        return {*self._must, *(port for ports in zones for port in ports)}

    def _verdict(self, target: str) -> Verdict:
        allowance, hosts = self._allowance(target), self._scan.hosts.get(target, [])
        seen = self._seen.get(target, {})
        undetermined = [port for address in seen.values() for port in address.undetermined]
        for host in hosts:
            undetermined += self._unlisted(allowance, seen.setdefault(host.address, _Seen()), host)
        failed = {port: reason for address in seen.values() for port, reason in address.failing.items()}
        failing = sorted({**self._failing_addresses(allowance, hosts), **failed}.items())
        if failing:
            return Verdict(FAIL, plural("One port fails.", "{n} ports fail.", len(failing)), failing)
        if reason := self._no_verdict(allowance, hosts, seen, undetermined):
            return Verdict(NONE, reason)
        if allowance.must_open:
            return Verdict(PASS, text("All that must answer does, and nothing else is open but what may be."))
        return Verdict(PASS, text("Nothing is open to the outside but what may be."))

    def _failing_addresses(self, allowance: "_Allowance", hosts: list[Host]) -> dict[str, Text]:
        """Failures at the IP addresses of a target, where the scan lists these as targets too."""
        seen = [address for host in hosts for address in self._seen.get(host.address, {}).values()]
        return {port: why for address in seen for port, why in address.failing.items() if port not in allowance.allowed}

    def _no_verdict(
        self, allowance: "_Allowance", hosts: list[Host], seen: dict[str, _Seen], undetermined: list[str]
    ) -> Text | None:
        """Why the scan proves nothing about a target without failing ports."""
        if not self._run.complete:
            return self._run.remark or text("The scan was not finished.")
        if reason := next((why for host in hosts if (why := not_reached(host))), None):
            return reason
        required = {*self._must, *allowance.must_open}
        listed = set.intersection(*(set(ports.listed) for ports in seen.values())) if seen else set()
        if missing := some(required - listed - self._scanned) or self._unscanned():
            return text("Not all ports that must be scanned were scanned; missing: {ports}.", ports=missing)
        if undetermined:
            return text("The scan does not tell the state of {ports}.", ports=some(set(undetermined)))
        if reason := next((why for host in hosts if (why := not_listed(self._scan, host))), None):
            return reason
        unheard = (nothing_heard(host, seen[host.address].listed.values()) for host in hosts)
        return next(filter(None, unheard), None)

    def _unscanned(self) -> str:
        """The TCP ports that a scan must have looked at, and those that it did, where that is not all of them."""
        scanned = self._scan.scanned.get("tcp", "")
        if not self._rules.ports or holds(scanned, self._rules.ports):
            return ""
        return f"TCP {self._rules.ports} ({scanned[:80] or '-'})"

    def _unlisted(self, allowance: "_Allowance", seen: _Seen, host: Host) -> list[str]:
        """Judge the ports that stand only in sums: undetermined management ports fail.

        Return other undetermined ports.
        """
        undetermined = []
        required = {*allowance.must_open, *(self._must.keys() - allowance.allowed)} - seen.listed.keys()
        groups = Groups(self._scan.only_protocol, host, required)
        for port in sorted(required & self._scanned):
            state = groups.state(port)
            if state in CLOSED and port in allowance.must_open:
                self._fail(seen, port, text("{state}; expected open: this must answer.", state=state))
            elif self._is_unsure(state) and port not in allowance.must_open:
                self._fail(seen, port, _undetermined(state, self._must[port]))
            elif state not in CLOSED:
                undetermined.append(port)
        return undetermined

    def _is_unsure(self, state: str) -> bool:
        """Whether a group leaves a state undetermined that this kind of scan can determine."""
        return bool(state) and state not in CLOSED and not self._scan.inconclusive_kinds


@dataclass(frozen=True, slots=True)
class _Allowance:
    """Ports that may be open at a target, and those that must be."""

    allowed: frozenset[str]
    must_open: list[str]


class ExposureExplanation:
    """Explains how a port was judged."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._must = {port: service.service for service in rules.must_scan for port in service.ports}

    def explain(self, line: StoredResult, day: date) -> list[Explained]:
        """Explain the level of a result; the day makes no difference."""
        del day
        zone = self._rules.zone_of(line.target)
        level, why = (
            self._unjudged(line) or self._administering(zone, line) or self._judged(zone, line.check, line.severity)
        )
        service = self._must.get(line.check)
        return [Explained(f"{line.check} ({service})" if service else line.check, level, f"zone {zone.zone}", why)]

    def _unjudged(self, line: StoredResult) -> tuple[str, Text] | None:
        if not is_port(line.check):
            return "", text("An IP protocol is no port; it is not judged.")
        if shown(line.check, line.severity, line.message) == Shown.NEVER_ARRIVED:
            return "", text("The scan did not reach it: nothing says that it is not open.")
        return None

    def _administering(self, zone: Zone, line: StoredResult) -> tuple[str, Text] | None:
        panel = self._rules.panel(line.message) if line.severity == OPEN and line.check in zone.allowed else ""
        return (FAIL, _administers(panel)) if panel else None

    def _judged(self, zone: Zone, port: str, state: str) -> tuple[str, Text]:
        if port in zone.must_open:
            return _must_answer(state)
        if state in CLOSED:
            return PASS, text("Not open.")
        if port in zone.allowed:
            return (PASS, text("It may be open.")) if state == OPEN else ("", _UNDETERMINED)
        if state == OPEN:
            return FAIL, text("Open, and not among the ports that may be open.")
        if port in self._must:
            return FAIL, text("Must be closed or filtered, and the scan can't tell.")
        return "", _UNDETERMINED


_UNDETERMINED = text("The scan can't tell whether it is open.")


def _must_answer(state: str) -> tuple[str, Text]:
    if state in CLOSED:
        return FAIL, text("Not open, and it must answer.")
    return (PASS, text("It must answer, and does.")) if state == OPEN else ("", _UNDETERMINED)


def _administers(panel: str) -> Text:
    return text(
        "{program} answers here, by which a system is managed; it may not be reached from outside.", program=panel
    )


def _undetermined(state: str, service: str) -> Text:
    return text(
        "{service}: the scan can't tell whether it is open ({state}); expected closed or filtered.",
        service=service,
        state=state,
    )


class ExposurePolicy(Policy[Rules]):
    """The kind of policy for port scans from outside the network."""

    judges = "exposure"
    shape = Rules
    tests_from_outside = True
    about = text(
        "A port scan from outside, judged by the ports that may be open in the zone of each target. Any other open "
        "port fails. A port whose state the scan can't determine (open|filtered) fails if servers are managed through"
        " it; any other TCP port gives no verdict, and a UDP port is only shown. Only scans that distinguish open "
        "from closed count (-sS, -sT, -sU). A target gets a verdict only if each of its addresses answered and none "
        "timed out, and one of its ports answered too or something refused the scan: a scan that is blocked on its way "
        "shows nothing closed. What answers at an open port is told only by a scan with -sV; without it someone else "
        "reviews the scan."
    )
    field_titles: ClassVar[Mapping[str, Text]] = {
        "allowed": text("Ports that may be open"),
        "must_open": text("Ports that must answer"),
        "allowed_at": text("Ports that may be open on one target"),
        "zones": text("Zones"),
        "must_scan": text("Ports by which servers are managed; all must have been scanned"),
        "ports": text("TCP ports that every scan must have looked at"),
        "panels": text("Programs by which systems are managed; none may answer, at an open port either"),
    }
    column_titles: ClassVar[Mapping[str, Text]] = {
        "service": text("Service"),
        "ports": text("Ports"),
        "zone": text("Zone"),
        "target": text("Target"),
        "targets": text("Targets"),
        "allowed": text("May be open"),
        "must_open": text("Must answer"),
    }

    def judge(self, run: Run, context: JudgeContext) -> ExposureJudge:
        return ExposureJudge(self.rules, run, context)

    def explain(self, line: StoredResult, day: date) -> list[Explained]:
        return ExposureExplanation(self.rules).explain(line, day)

    def parts_left_out(self, run: Run, results: Iterable[Result], day: date, calendar: Calendar) -> list[Text]:
        del day, calendar
        if not self.rules.panels or _ASKS_WHAT_ANSWERS.search(scan_of(run).arguments):
            return []
        if all(result.severity != OPEN for result in results):
            return []
        return [text("The scan was made without -sV, so it does not tell what answers at its open ports.")]

    @classmethod
    def example_runs(cls, values: Mapping[str, Any]) -> Sequence[ExampleRun]:
        """None where a policy has none of the ports that they name, or asks that some answer."""
        managed = [port for service in values["must_scan"] for port in service["ports"]]
        allowed = [port for port in values["allowed"] if port not in managed]
        if not allowed or not managed or values.get("must_open"):
            return []
        rest = (_REST, "filtered")
        return [
            ExampleRun(((allowed[-1], "open"), rest), PASS, text("Nothing is open to the outside but what may be.")),
            ExampleRun(
                ((allowed[-1], "open"), (managed[0], "open"), rest),
                FAIL,
                text("A port by which servers are managed can be reached from outside."),
            ),
            ExampleRun(
                (rest,), NONE, text("No port answered; a scan that was blocked on its way looks the same."), border=True
            ),
        ]

    @classmethod
    def example(cls, values: Mapping[str, Any]) -> Sequence[str]:
        del values
        return ["nmap -p- -sV -oX scan.xml portal.example.nl"]


KIND = ExposurePolicy
