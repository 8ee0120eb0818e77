"""The schema of an SSH policy: the algorithms that a server may offer."""

from typing import Annotated, Any, Literal

from controls.files.yaml_source import Both, Given, Source, Whole, one_of
from evidence.formats.network.ssh_audit import KINDS
from evidence.judging.policy_file import PolicyFile
from locales import text

#: kinds of algorithms as they are named in policies, by their name in files of ssh-audit
NAMES = dict(zip(KINDS, ("key-exchange", "host-key", "cipher", "mac"), strict=True))


class Rules(PolicyFile):
    """The algorithms of each kind that may be offered; any other fails.

    `source`: where the lists come from, and how sure that is. `least_bits`: the shortest key or group of an algorithm.
    `only_with`: an algorithm that may be offered only if the server offers another one too. `markers`: names among key
    exchanges that are no algorithm.
    """

    judges: Literal["ssh"]
    source: Both
    accepted: dict[Annotated[str, one_of(tuple(NAMES.values()))], list[Given]]
    least_bits: dict[Given, Whole]
    only_with: dict[Given, Given]
    markers: list[Given]

    def check(self, source: Source[Any]) -> None:
        """Check that each kind has its list, and that rules are about accepted algorithms. Raises `WrongFile`."""
        for kind in NAMES.values():
            if not self.accepted.get(kind):
                raise source.wrong(text("{kind} has no accepted algorithm.", kind=kind), "accepted")
        known = {name for names in self.accepted.values() for name in names}
        for field, names in (("least_bits", self.least_bits), ("only_with", self.only_with)):
            for name in names:
                if name not in known:
                    raise source.wrong(text("{name} is not accepted at all.", name=name), field, name)
