"""Judges what SSH servers offer: only accepted algorithms, with keys and groups that are long enough.

A server of which a kind of algorithms was not seen has no verdict: nothing that was not looked at passes.
"""

from dataclasses import dataclass, field

from evidence.formats.findings import value_of
from evidence.formats.network.ssh_audit import BITS, COMPRESSION, PROTOCOL
from evidence.formats.values import Result, Run
from evidence.judging.ssh.rules import NAMES, Rules
from evidence.judging.values import FAIL, NONE, PASS, Explained, Judge, JudgeContext, StoredResult, Verdict
from evidence.judging.words import ITEM_KINDS
from locales import Text, plural, text

_VERSION = "2.0"  # of the protocol; 1.99 also offers version 1 (RFC 4253, 5.1)


@dataclass(slots=True)
class _Server:
    """What was seen of a server. `offered`: names of its algorithms; `conditional`: checks that need one of them."""

    kinds: set[str] = field(default_factory=set)
    offered: set[str] = field(default_factory=set)
    failing: dict[str, Text] = field(default_factory=dict)
    conditional: dict[str, str] = field(default_factory=dict)
    unknown: Text | None = None  # why it cannot pass


class SshJudge(Judge):
    """Judges a scan of one or more SSH servers."""

    def __init__(self, rules: Rules, run: Run, context: JudgeContext) -> None:
        super().__init__()
        del context
        self._rules, self._run = rules, run
        self._servers: dict[str, _Server] = {}

    def add_result(self, result: Result, /) -> str:
        self.reasons = []
        server = self._servers.setdefault(result.target, _Server())
        kind, _, name = result.check.partition(".")
        if kind == PROTOCOL:
            server.kinds.add(kind)
            return self._version(server, name)
        if kind not in NAMES:
            return ""
        server.offered.add(name)
        if name in self._rules.markers:
            return ""
        server.kinds.add(NAMES[kind])
        return self._algorithm(server, NAMES[kind], name, result)

    def _version(self, server: _Server, version: str) -> str:
        if version == _VERSION:
            return PASS
        return self._fails(server, f"{PROTOCOL}: SSH {version}", text("Only version 2 of the protocol is accepted."))

    def _algorithm(self, server: _Server, kind: str, name: str, result: Result) -> str:
        check = f"{kind}: {name}"
        if name not in self._rules.accepted[kind]:
            return self._fails(server, check, text("The policy does not accept it."))
        if name in self._rules.least_bits:
            return self._length(server, check, name, value_of(result, BITS))
        if name in self._rules.only_with:
            server.conditional[check] = self._rules.only_with[name]
        return PASS

    def _length(self, server: _Server, check: str, name: str, bits: str) -> str:
        least = self._rules.least_bits[name]
        if not bits.isdecimal():
            server.unknown = server.unknown or text("The file does not say how long the key of {check} is.", check=name)
            return ""
        if int(bits) >= least:
            return PASS
        reason = text("{n} bits long, expected at least {least}.", n=int(bits), least=least)
        return self._fails(server, check, reason)

    def _fails(self, server: _Server, check: str, reason: Text) -> str:
        server.failing[check] = reason
        self.reasons.append(reason)
        return FAIL

    def verdicts(self) -> dict[str, Verdict]:
        if self._run.remark:
            self.warnings.append(self._run.remark)
        targets = {*self._run.targets, *self._servers} or {""}
        return {target: self._verdict(self._servers.get(target, _Server())) for target in sorted(targets)}

    def _verdict(self, server: _Server) -> Verdict:
        failing = {**server.failing, **_lacking(server)}
        if failing:
            return Verdict(FAIL, plural("One item fails.", "{n} items fail.", len(failing)), sorted(failing.items()))
        unseen = next((kind for kind in (PROTOCOL, *NAMES.values()) if kind not in server.kinds), None)
        if unseen:
            kind = ITEM_KINDS[unseen]
            return Verdict(
                NONE, text("The scan did not look at everything that it must: {what} is missing.", what=kind)
            )
        if self._run.remark and not self._run.targets:
            return Verdict(NONE, self._run.remark)
        if server.unknown:
            return Verdict(NONE, server.unknown)
        return Verdict(PASS, text("The server offers accepted algorithms only."))


def _lacking(server: _Server) -> dict[str, Text]:
    """Failing checks of algorithms that need another one which the server does not offer."""
    return {
        check: text("Accepted only if the server offers {name} too.", name=needed)
        for check, needed in server.conditional.items()
        if needed not in server.offered
    }


class SshExplanation:
    """Explains how an algorithm was judged."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    def explain(self, line: StoredResult) -> list[Explained]:
        """Explain a stored result."""
        kind, _, name = line.check.partition(".")
        if kind == COMPRESSION:
            return [Explained(why=text("The policy does not judge compression."))]
        if name in self._rules.markers:
            return [Explained(why=text("This is no algorithm: the server says with it what it can do."))]
        item = f"{NAMES.get(kind, kind)}: {name}"
        if line.level == FAIL:
            return [Explained(item, FAIL, why=text("The policy does not accept this algorithm, or this length."))]
        if line.level == PASS:
            return [Explained(item, PASS, why=self._why_accepted(name))]
        return [Explained(why=text("The file does not say enough to judge this."))]

    def _why_accepted(self, name: str) -> Text:
        if needed := self._rules.only_with.get(name):
            return text("Accepted only if the server offers {name} too.", name=needed)
        return text("The policy accepts it.")
