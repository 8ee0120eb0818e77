"""The title of evidence: of the product's own checks in the reader's language, of all other as it was written."""

from typing import Final, Protocol

from evidence.library.own_titles import COLLECTOR_TITLES, LIVE_TITLES, OWN_TOOLS
from locales import LANGUAGES, Language

_OWN_TITLES: Final = frozenset(map(str, [*COLLECTOR_TITLES.values(), *LIVE_TITLES.values()]))


class Titled(Protocol):
    """Evidence with its title and the tool of its results."""

    @property
    def title(self) -> str: ...

    @property
    def tool(self) -> str: ...


def evidence_title(t: Language, evidence: Titled) -> str:
    """The title; that of a live check is followed by what it looked at."""
    name, colon, address = evidence.title.partition(": ")
    is_own = evidence.tool.startswith(OWN_TOOLS) and name in _OWN_TITLES
    return f"{t(name)}{colon}{address}" if is_own else evidence.title


def own_titles_with(words: str) -> list[str]:
    """The stored titles of own checks that contain the words in some language, in any case."""
    searched = words.strip().lower()
    return [name for name in _OWN_TITLES if any(searched in Language(code)(name).lower() for code in LANGUAGES)]
