"""Judges the separation of zones, by port scans made from inside each zone.

Closed ports prove something only if the host was there: each host must have answered at least one scan, and each zone
must have received an answer, or its scan may never have left the machine.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, ClassVar, Literal

from pydantic import Field

from controls.files.yaml_source import Given, Key, Shape, Source
from evidence.formats.facts import Host
from evidence.formats.network.nmap_reasons import is_port, never_arrived
from evidence.formats.network.port_ranges import holds
from evidence.formats.values import Result, Run
from evidence.judging.example_runs import ExampleRun
from evidence.judging.policy import Policy
from evidence.judging.policy_file import PolicyFile
from evidence.judging.ports.exposure_rules import Port, Ranges
from evidence.judging.ports.port_states import Shown, not_listed, not_scanned, scan_of, shown, some
from evidence.judging.values import FAIL, NONE, PASS, DoesNotFit, Judge, JudgeContext, Verdict
from locales import Text, plural, text


class Zone(Shape):
    """A part of the network, with its targets by name or address pattern."""

    zone: Key
    targets: list[Given] = Field(default_factory=list)


class Pair(Shape):
    """The ports that a zone may reach in another."""

    since: Key = Field(alias="from")
    to: Key
    allowed: list[Port] = Field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{self.since} → {self.to}"


class Rules(PolicyFile):
    """Zones, and the pairs that must have been tested. A port that no pair allows may not be open."""

    judges: Literal["segmentation"]
    zones: list[Zone]
    pairs: list[Pair]
    ports: Ranges

    def check(self, source: Source[Any]) -> None:
        """Check that zones and pairs are unique, and pairs name zones and lead to one with targets.

        Raises `WrongFile`.
        """
        zones = {zone.zone: zone for zone in self.zones}
        source.all_different(
            [zone.zone for zone in self.zones],
            lambda zone: text("the zone {zone} is there already.", zone=zone),
            lambda index: ("zones", index, "zone"),
        )
        source.all_different(
            [pair.name for pair in self.pairs],
            lambda pair: text("the pair {pair} is there already.", pair=pair),
            lambda index: ("pairs", index, "to"),
        )
        for index, pair in enumerate(self.pairs):
            if pair.since not in zones:
                raise source.wrong(text("there is no zone {zone}.", zone=pair.since), "pairs", index, "from")
            if pair.to not in zones or not zones[pair.to].targets:
                raise source.wrong(text("there is no zone {zone} with targets.", zone=pair.to), "pairs", index, "to")

    def zone_of(self, target: str) -> str:
        """The first zone that matches a target; empty if none does."""
        names = (
            zone.zone
            for zone in self.zones
            if any(fnmatchcase(target.lower(), pattern.lower()) for pattern in zone.targets)
        )
        return next(names, "")

    def pair(self, since: str, to: str) -> Pair | None:
        """The rule for a pair of zones; None if there is none."""
        return next((pair for pair in self.pairs if (pair.since, pair.to) == (since, to)), None)


@dataclass(slots=True)
class _Seen:
    """What all scans of an upload saw together."""

    failing: dict[str, Text] = field(default_factory=dict)
    covered: set[tuple[str, str]] = field(default_factory=set)
    unfinished: list[Text] = field(default_factory=list)
    nowhere: set[str] = field(default_factory=set)
    hosts: set[str] = field(default_factory=set)  # hosts that were scanned from another zone
    answered: set[str] = field(default_factory=set)  # hosts that answered any scan
    since: set[str] = field(default_factory=set)  # zones from which a scan was made
    answered_from: set[str] = field(default_factory=set)  # zones whose scan was answered
    unmerged: list[Callable[[], None]] = field(default_factory=list)  # of each scan, adds what it saw


class SegmentationJudge(Judge):
    """Judges a scan made from a zone; the verdict is that of all scans of the upload. Raises `DoesNotFit`."""

    def __init__(self, rules: Rules, run: Run, context: JudgeContext) -> None:
        super().__init__()
        self._rules, self._run = rules, run
        self._scan = scan_of(run)
        zones = [zone.zone for zone in rules.zones]
        self._from = context.zone
        if self._from not in zones:
            raise DoesNotFit(
                text("Say from which zone this scan was made; expected one of {zones}.", zones=", ".join(zones))
            )
        self._together: _Seen = context.together.setdefault(rules.id, _Seen())
        self._together.unmerged.append(self._merge)
        self._undetermined: set[str] = set()
        self._lost: set[str] = set()  # targets whose probes never arrived

    def add_result(self, result: Result, /) -> str:
        """Judge a port: `pass`, `fail`, or no level if its state is undetermined."""
        self.reasons = []
        to = self._rules.zone_of(result.target)
        if not to or not is_port(result.check):
            return ""
        shows = shown(result.check, result.severity, result.message)
        if shows == Shown.NEVER_ARRIVED:
            self._lost.add(result.target)
            return ""
        if shows == Shown.CLOSED:
            return PASS
        if shows != Shown.OPEN:
            self._undetermined.add(f"{result.target} {result.check}")
            return ""
        pair = self._rules.pair(self._from, to)
        if to == self._from or (pair is not None and result.check in pair.allowed):
            return PASS
        reason = text(
            "{target} can be reached from {zone}; nothing allows it.",
            target=f"{result.target} {result.check}",
            zone=self._from,
        )
        self._together.failing[f"{self._from} → {to}: {result.target} {result.check}"] = reason
        self.reasons = [reason]
        return FAIL

    def verdicts(self) -> dict[str, Verdict]:
        while self._together.unmerged:  # of all scans: an unfinished one affects the others
            self._together.unmerged.pop()()
        return {"": self._verdict()}

    def _merge(self) -> None:
        """Add what this scan saw to that of the other scans, after it was read completely."""
        run, together = self._run, self._together
        if self._undetermined:
            ports = some(self._undetermined)
            self.warnings.append(text("The scan can't tell whether these are open: {ports}.", ports=ports))
        if tcp := sorted(port for port in self._undetermined if " tcp/" in port):
            together.unfinished.append(text("The scan does not tell the state of {ports}.", ports=some(tcp)))
        if not run.complete or not run.targets:
            together.unfinished.append(run.remark or text("No host answered; nothing was scanned."))
        elif not holds(self._scan.scanned.get("tcp", ""), self._rules.ports):
            together.unfinished.append(
                text("Not all ports that must be scanned were scanned; missing: {ports}.", ports=self._missing())
            )
        else:
            self._record_hosts()
            zones = {target: self._rules.zone_of(target) for target in run.targets}
            together.covered |= {(self._from, zone) for zone in zones.values() if zone}
            together.nowhere |= {target for target, zone in zones.items() if not zone}

    def _record_hosts(self) -> None:
        """Record which hosts were scanned completely, and which answered."""
        together = self._together
        together.since.add(self._from)
        for target, hosts in self._scan.hosts.items():
            if self._rules.zone_of(target) not in ("", self._from):
                together.hosts.add(target)
            for host in hosts:
                if reason := not_scanned(host) or self._never_arrived(host) or not_listed(self._scan, host):
                    together.unfinished.append(reason)
                if host.answered:
                    together.answered.add(target)
                if host.answered and not host.is_scanner:  # what it asks itself never leaves the machine
                    together.answered_from.add(self._from)

    def _never_arrived(self, host: Host) -> Text | None:
        if host.target in self._lost or any(never_arrived(group.reason) for group in host.groups):
            return text("What was sent to {target} from {zone} never arrived.", target=host.target, zone=self._from)
        return None

    def _missing(self) -> str:
        scanned = self._scan.scanned.get("tcp", "") or "-"
        return f"TCP {self._rules.ports} ({scanned[:80]})"

    def _verdict(self) -> Verdict:
        seen = self._together
        if seen.failing:
            failing = sorted(seen.failing.items())
            return Verdict(FAIL, plural("One port fails.", "{n} ports fail.", len(failing)), failing)
        if reason := self._no_verdict(seen):
            return Verdict(NONE, reason)
        return Verdict(PASS, text("Each zone reaches of every other what may be, and nothing else."))

    def _no_verdict(self, seen: _Seen) -> Text | None:
        """Why the scans prove nothing, though no forbidden port is open."""
        if seen.unfinished:
            return seen.unfinished[0]
        if missing := [pair.name for pair in self._rules.pairs if (pair.since, pair.to) not in seen.covered]:
            return text("Not tested: {pairs}.", pairs=some(missing))
        if silent := seen.since - seen.answered_from:
            return text(
                "No host answered a scan from {zones}, so it may never have got out. Scan also one that answers.",
                zones=some(silent),
            )
        if silent := seen.hosts - seen.answered:
            return text("These answered in none of the scans: {names}.", names=some(silent))
        if seen.nowhere:
            return text("These belong to no zone of the policy: {names}.", names=some(seen.nowhere))
        return None


class SegmentationPolicy(Policy[Rules]):
    """The kind of policy for port scans from inside each zone of the network."""

    judges = "segmentation"
    shape = Rules
    about = text(
        "Port scans from inside each zone, uploaded together; for each scan the zone that it was made from is given. "
        "Every pair of zones must have been tested, and no port may be open that no pair allows. A TCP port whose "
        "state the scan can't determine (open|filtered) leaves the result without a verdict. Each host must have been"
        " scanned completely from each zone and have answered at least one scan, and each zone must have received at "
        "least one answer."
    )
    field_titles: ClassVar[Mapping[str, Text]] = {
        "zones": text("Zones"),
        "pairs": text("Pairs of zones that must have been tested"),
        "ports": text("TCP ports that every scan must have looked at"),
    }
    column_titles: ClassVar[Mapping[str, Text]] = {
        "zone": text("Zone"),
        "targets": text("Targets"),
        "from": text("From zone"),
        "to": text("To zone"),
        "allowed": text("May be open"),
    }

    def judge(self, run: Run, context: JudgeContext) -> SegmentationJudge:
        return SegmentationJudge(self.rules, run, context)

    def scan_zones(self) -> list[str]:
        return [zone.zone for zone in self.rules.zones]

    @classmethod
    def example_runs(cls, values: Mapping[str, Any]) -> Sequence[ExampleRun]:
        """All pairs in short, by the zones from and to which is scanned; one that allows nothing comes first."""
        pairs = sorted(values["pairs"], key=lambda pair: bool(pair.get("allowed")))
        (first, *others) = [(f"{pair['from']} > {pair['to']}", pair.get("allowed") or ["-"]) for pair in pairs]
        rest = tuple((name, f"{allowed[0]} open" if allowed[0] != "-" else "closed") for name, allowed in others)
        closed = (first[0], "closed")
        return [
            ExampleRun((closed, *rest), PASS, text("Each zone reaches of every other what may be, and nothing else.")),
            ExampleRun(((first[0], "tcp/9999 open"), *rest), FAIL, text("A port is open that no pair allows.")),
            ExampleRun(rest, NONE, text("One pair was not scanned, so nothing is known of it."), border=True),
        ]

    @classmethod
    def example(cls, values: Mapping[str, Any]) -> Sequence[str]:
        del values
        return ["nmap -Pn -p- -oX from-web.xml db1.example.nl"]


KIND = SegmentationPolicy
