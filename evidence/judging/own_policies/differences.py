"""The difference between two policies in words: the sentences of their pages that came, went or stayed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any, Final

from evidence.judging import policy_pages
from evidence.judging.policy import Policy
from locales import Language

_RULE: Final = re.compile(r"\|[-|: ]+\|")  # the line below the heads of a table


class Change(StrEnum):
    """What became of a sentence."""

    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class ChangedSentence:
    """A sentence of one of two policies that the other does not have; names stand between backticks."""

    change: Change
    sentence: str


def difference(t: Language, old: Policy[Any], new: Policy[Any]) -> list[ChangedSentence]:
    """What the new policy says otherwise, in order: what it no longer says before what it says instead."""
    before, after = sentences(t, old), sentences(t, new)
    changed: list[ChangedSentence] = []
    for kind, old_from, old_to, new_from, new_to in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            changed += [ChangedSentence(Change.REMOVED, sentence) for sentence in before[old_from:old_to]]
            changed += [ChangedSentence(Change.ADDED, sentence) for sentence in after[new_from:new_to]]
    return changed


def sentences(t: Language, policy: Policy[Any]) -> list[str]:
    """What a policy says, sentence by sentence: its title, its rules, and the parts of its page."""
    words = policy_pages.in_words(t, policy)
    rules = [". ".join(part for part in (rule.must, rule.checked, rule.otherwise) if part) for rule in words.rules]
    columns = [f"{column.title}: {column.holds}" for column in words.columns]
    parts = [f"{title}: {line}" for title, body in words.sections for line in _lines(body)]
    return [t.title(policy), words.about, *words.sentences, *rules, *columns, *parts]


def _lines(body: str) -> Iterator[str]:
    """The lines of a part in Markdown without its marks; the cells of a table's row are one line."""
    for line in body.splitlines():
        stripped = line.strip()
        if stripped.startswith("|") and not _RULE.fullmatch(stripped):
            yield " · ".join(cell.strip() for cell in stripped.strip("|").split("|") if cell.strip())
        elif stripped and not stripped.startswith("|"):
            yield stripped.removeprefix("- ").removeprefix("#").strip("# ")
