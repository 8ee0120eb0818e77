"""The kind of policy for scans of SSH servers."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from evidence.formats.values import Run
from evidence.judging.example_runs import ExampleRun
from evidence.judging.page_parts import code, table, value
from evidence.judging.policy import FieldLines, Policy
from evidence.judging.ssh.judge import SshExplanation, SshJudge
from evidence.judging.ssh.rules import Rules
from evidence.judging.values import FAIL, PASS, Explained, JudgeContext, StoredResult
from evidence.judging.words import ITEM_KINDS
from locales import Language, Text, text

_KEY_EXCHANGE = "key-exchange"
_OLD = "diffie-hellman-group14-sha1"  # no policy should accept it (SHA-1)


class SshPolicy(Policy[Rules]):
    """Defines the algorithms that an SSH server may offer."""

    judges = "ssh"
    shape = Rules
    tests_from_outside = False
    about = text(
        "What an SSH server offers. Each algorithm that the policy does not accept fails, and so does a key or group "
        "that is too short; any check that fails can be accepted by an exception with a reason and an end date. A scan "
        "that did not see all kinds of algorithms gives no verdict."
    )
    field_titles: ClassVar[Mapping[str, Text]] = {
        "source": text("Where this comes from"),
        "accepted": text("Accepted algorithms"),
        "least_bits": text("Shortest keys and groups"),
        "only_with": text("Accepted only if the server offers another one too"),
        "markers": text("Names that are no algorithm"),
    }

    def judge(self, run: Run, context: JudgeContext) -> SshJudge:
        return SshJudge(self.rules, run, context)

    def explain(self, line: StoredResult, day: date) -> list[Explained]:
        del day
        return SshExplanation(self.rules).explain(line)

    @classmethod
    def field_lines(cls) -> Mapping[str, FieldLines]:
        return {"accepted": _accepted, "least_bits": _lengths, "only_with": _pairs}

    @classmethod
    def example_runs(cls, values: Mapping[str, Any]) -> Sequence[ExampleRun]:
        """Servers that offer one algorithm of each kind, and the key exchange that differs."""
        accepted: Mapping[str, Sequence[str]] = values["accepted"]
        good = tuple((kind, _plain(values, names)) for kind, names in accepted.items())
        short, length = next((name, int(least)) for name, least in values["least_bits"].items())
        kind = next(kind for kind, names in accepted.items() if short in names)
        others = tuple(each for each in good if each[0] != kind)
        border = text("Exactly as long as it must be.")
        return [
            ExampleRun(good, PASS, text("Every algorithm is accepted.")),
            ExampleRun((*good, (_KEY_EXCHANGE, _OLD)), FAIL, text("One algorithm is not accepted.")),
            ExampleRun((*others, (kind, f"{short} {length}")), PASS, border, border=True),
            ExampleRun((*others, (kind, f"{short} {length - 1}")), FAIL, text("Shorter than it must be.")),
        ]

    @classmethod
    def example(cls, values: Mapping[str, Any]) -> Sequence[str]:
        del values
        return ["ssh-audit -jj bastion.example.nl > scan.json"]


def _plain(values: Mapping[str, Any], names: Sequence[str]) -> str:
    """The first algorithm that is accepted without further conditions."""
    return next(name for name in names if name not in values["least_bits"] and name not in values["only_with"])


def _accepted(t: Language, accepted: Mapping[str, Sequence[str]]) -> Iterator[str]:
    rows = [[t.render(ITEM_KINDS[kind]), value(t, list(names))] for kind, names in accepted.items()]
    return iter(table([t("Kind"), t("Items")], rows))


def _lengths(t: Language, lengths: Mapping[str, str]) -> Iterator[str]:
    return (f"- {code(name)}: {t('at least {n} bits', n=int(least))}" for name, least in lengths.items())


def _pairs(t: Language, pairs: Mapping[str, str]) -> Iterator[str]:
    del t
    return (f"- {code(name)}: {code(needed)}" for name, needed in pairs.items())


KIND = SshPolicy
