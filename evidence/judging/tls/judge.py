"""Judges TLS scans by the levels of a guideline, besides the scanner's own severities.

A target may have several addresses: each must have been scanned completely, and the worst counts.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from controls.scope.address import find
from evidence.formats import taken_as
from evidence.formats.addresses import target as tested_target
from evidence.formats.facts import TlsScan
from evidence.formats.values import ERROR, INFORMATIONAL, NOT_EVALUATED, Result, Run
from evidence.formats.values import PASS as GOOD
from evidence.judging.levels import FAILING_LEVELS
from evidence.judging.tls.items import Items, on_day
from evidence.judging.tls.readings import ReadItem, readings
from evidence.judging.tls.rules import LEVELS, Rules
from evidence.judging.values import FAIL, NONE, PASS, Judge, JudgeContext, Verdict
from locales import Text, plural, text
from models.vocabulary import TlsLevel

if TYPE_CHECKING:
    from datetime import date

_RANK = {level: rank for rank, level in enumerate(("", *LEVELS))}
_OWN_CA = re.compile(r"--add-ca\b", re.IGNORECASE)
_WITHOUT_END = text("The file does not say that the scan was finished (scanTime is missing).")
_MOST_NAMED = 3
_LONGEST = 200  # characters of a finding in a reason


@dataclass(slots=True)
class _Address:
    """What was seen of an address of a target."""

    seen: set[str] = field(default_factory=set)
    offered: set[str] = field(default_factory=set)  # versions of the protocol
    broken: str = ""
    read: bool = False  # whether any of its records was read
    unread: Text | None = None  # why one of its records prevents a pass


@dataclass(slots=True)
class _Check:
    """A failing item, and the records that show it."""

    level: str
    basis: str
    shown_by: list[str] = field(default_factory=list)

    def reason(self) -> Text:
        return text(
            "{level} ({basis}); seen in {records}.",
            level=_level_text(self.level),
            basis=self.basis,
            records=", ".join(self.shown_by[:_MOST_NAMED]) + (" ..." if len(self.shown_by) > _MOST_NAMED else ""),
        )


def _level_text(level: str) -> Text:
    return text("to be phased out") if level == TlsLevel.PHASE_OUT else text("insufficient")


def _not_looked_at(target: str, missing: list[Text]) -> Text:
    if len(missing) == 1:
        return text(
            "The scan of {target} left out something that a full run looks at: {what}.", target=target, what=missing[0]
        )
    return text(
        "The scan of {target} left out {n} things that a full run looks at, such as {what}.",
        target=target,
        n=len(missing),
        what=missing[0],
    )


class TlsJudge(Judge):
    """Judges a TLS scan of one or more targets."""

    def __init__(self, rules: Rules, run: Run, context: JudgeContext) -> None:
        super().__init__()
        self._run = run
        self._scanner = taken_as(run.format)
        self._scan = run.facts if isinstance(run.facts, TlsScan) else TlsScan()
        self._rules = rules
        self._as_of = context.as_of
        self._items = Items(rules)
        self._readings = readings(*rules.readings)
        self._not_read = frozenset(check.lower() for check in rules.not_read)
        self._addresses: dict[str, dict[str, _Address]] = defaultdict(dict)
        self._failing: dict[str, dict[str, _Check]] = defaultdict(dict)
        self._ends: dict[str, date] = {}

    # a record

    def add_result(self, result: Result, /) -> str:
        self.reasons = []
        address = self._address(result)
        if result.outcome == ERROR:
            address.broken = address.broken or result.message
            return ""
        address.unread = address.unread or self._unread(result)
        if result.check.lower() in self._not_read:
            return ""
        if not self._warns(result):
            address.seen.update(self._readings.seen_by(result.check))
        read = self._readings.read(result.check, result.message, warning=self._warns(result))
        if read is None:
            return ""
        seen, items = read
        address.read = True
        address.seen.update(seen)
        address.offered.update(name for item in items if item.kind == "protocol" for name in item.names)
        return max((self._judge(item, result) for item in items), key=_RANK.__getitem__, default="")

    def _unread(self, result: Result) -> Text | None:
        """Why a record prevents its address from passing, whatever items it has."""
        check, finding = result.check or "-", result.message[:_LONGEST]
        if not self._readings.has_known_severity(self._scanner, result.severity):
            return text("The severity of {check} is unknown: {given}", check=check, given=result.severity or "-")
        if check.lower() in self._not_read:
            return None
        if not self._readings.is_read(check):
            harmless = result.outcome in (GOOD, INFORMATIONAL) or self._readings.why_not(check)
            return None if harmless else text("The check {check} is unknown: {finding}", check=check, finding=finding)
        if self._warns(result):
            return self._why_uncertain(result)
        if self._readings.read(check, finding) is None:
            return text("The wording of {check} is unknown: {finding}", check=check, finding=finding)
        return None

    def _warns(self, result: Result) -> bool:
        """Whether the scanner reports that it could not determine this."""
        return result.outcome == NOT_EVALUATED and self._readings.has_known_severity(self._scanner, result.severity)

    def _why_uncertain(self, result: Result) -> Text | None:
        """Why a record of which the scanner is not certain prevents a pass; None if its wording is known."""
        if self._readings.read(result.check, result.message, warning=True):
            return None
        return text(
            "The scanner is not certain of {check}: {finding}",
            check=result.check,
            finding=result.message[:_LONGEST],
        )

    def _address(self, result: Result) -> _Address:
        name = result.properties[0][1] if result.properties else ""
        return self._addresses[result.target].setdefault(name, _Address())

    def _judge(self, item: ReadItem, result: Result) -> str:
        if item.kind == "certificate" and not item.names:
            item = self._term(item, result.target)
        name, level, basis = self._items.level(item)
        if level in FAILING_LEVELS:
            self._fails(f"{item.kind}: {name}", level, basis, result)
        return level

    def _term(self, item: ReadItem, target: str) -> ReadItem:
        if item.until:
            self._ends[target] = min(item.until, self._ends.get(target, item.until))
        return on_day(item, self._as_of, self._rules.days_left)

    def _fails(self, check: str, level: str, basis: str, result: Result) -> None:
        failing = self._failing[result.target].setdefault(check, _Check(level, basis))
        if result.check not in failing.shown_by:
            failing.shown_by.append(result.check)
        self.reasons.append(text("{check}: {level}", check=check, level=_level_text(level)))

    # the whole scan

    def parts_left_out(self) -> list[Text]:
        """What a full run checks and this one left out, after all results were added; it then waits for a review."""
        parts = [] if self._scan.has_end else [_WITHOUT_END]
        for target in sorted(self._run.targets):
            for address in self._addresses.get(target, {}).values():
                missing = self._left_out(address) if address.read else []
                parts += [_not_looked_at(target, missing)] if missing else []
        return parts

    def _left_out(self, address: _Address) -> list[Text]:
        return self._readings.left_out(self._scanner, address.seen, address.offered)

    def verdicts(self) -> dict[str, Verdict]:
        targets = set(self._run.targets) | {target for target in self._failing if target}
        if not targets:
            return {"": Verdict(NONE, self._run.remark or text("The scan reached no address."))}
        return {target: self._verdict(target) for target in sorted(targets)}

    def _verdict(self, target: str) -> Verdict:
        checks = {
            check: failing_check
            for name in self._related_targets(target)
            for check, failing_check in self._failing.get(name, {}).items()
        }
        ends = self._ends.get(target)
        if checks:
            failing = [(check, failing_check.reason()) for check, failing_check in sorted(checks.items())]
            return Verdict(FAIL, plural("One item fails.", "{n} items fail.", len(failing)), failing, ends)
        reason = self._no_verdict(target)
        if reason:
            return Verdict(NONE, reason)
        return Verdict(PASS, text("Everything that was found is good or sufficient."), [], ends)

    def _related_targets(self, target: str) -> list[str]:
        """Target names whose records apply to a target: itself, its IP addresses, and records without target."""
        address = find(target)
        port = str(address.port or "") if address else ""
        return ["", *(tested_target(name, port) for name in self._addresses.get(target, {}) if name), target]

    def _no_verdict(self, target: str) -> Text | None:
        addresses = self._addresses.get(target, {})
        every = [pair for name in self._related_targets(target) for pair in self._addresses.get(name, {}).items()]
        for name, address in every:
            if address.broken:
                return text("{address} could not be scanned: {reason}", address=name or target, reason=address.broken)
        if self._scan.interrupted and self._scan.interrupted in (target, "/"):
            return text("The scan was interrupted before it was finished.")
        if reason := self._why_run_proves_nothing():
            return reason
        scanned = [address for name, address in addresses.items() if name or address.read]
        for address in scanned or [_Address()]:
            if missing := self._readings.missing(address.seen):
                return text("The scan did not look at everything that it must: {what} is missing.", what=missing)
        return next((address.unread for _, address in every if address.unread), None)

    def _why_run_proves_nothing(self) -> Text | None:
        """Why the whole scan proves nothing: it has no end, or trusted its own authorities."""
        if not self._scan.has_end and "Invocation" in self._scan.header:
            return _WITHOUT_END
        if _OWN_CA.search(self._scan.header.get("Invocation", "")):
            return text("The scan was told to trust authorities of its own (--add-ca); scan without.")
        return None
