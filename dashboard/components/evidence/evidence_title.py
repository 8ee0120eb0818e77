"""The title of evidence: of the product's own checks in the reader's language, of all other as it was written."""

from typing import Final, Protocol

from evidence.collect.live.kinds import LIVE_KINDS
from evidence.collect.own_checks.collectors import COLLECTORS
from locales import Language

_OWN_TOOLS: Final = "Aantoonbaar "
_OWN_TITLES: Final = frozenset(
    map(str, [each.title for each in COLLECTORS] + [kind.title for kind in LIVE_KINDS.values()])
)


class Titled(Protocol):
    """Evidence with its title and the tool of its results."""

    @property
    def title(self) -> str: ...

    @property
    def tool(self) -> str: ...


def evidence_title(t: Language, evidence: Titled) -> str:
    """The title; that of a live check is followed by what it looked at."""
    name, colon, address = evidence.title.partition(": ")
    is_own = evidence.tool.startswith(_OWN_TOOLS) and name in _OWN_TITLES
    return f"{t(name)}{colon}{address}" if is_own else evidence.title
