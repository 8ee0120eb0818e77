"""What changed in the words of a document or the rows of a register since the version before it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import islice
from typing import Final

from sqlmodel import Session

from access.permissions import Person
from controls.statement.differences import ADDED, REMOVED, Words, word_changes
from evidence.library.evidence_items import evidence as read_evidence
from evidence.preview.preview import preview
from evidence.preview.values import WORDS
from evidence.storage.store import EvidenceStore

_MOST_SENTENCES: Final = 800  # compared, of each version
_MOST_CHANGES: Final = 40
_LONGEST: Final = 3_000  # characters of a passage that is compared word by word
_SENTENCE_END: Final = re.compile(r"(?<=[.!?:;])\s+|\n\s*\n")


@dataclass(frozen=True, slots=True)
class TextChanges:
    """The changed passages, each as its words. `previous`: the id of the version before.

    `is_part`: not all words were compared, or not all changes are listed.
    """

    previous: str
    passages: list[list[Words]]
    is_part: bool


def text_changes(session: Session, store: EvidenceStore, person: Person, evidence: str) -> TextChanges | None:
    """Compare the first file with that of the previous version; None without one, or if either has no words.

    Raises what `preview` raises.
    """
    previous = read_evidence(session, person, evidence).previous
    if previous is None:
        return None
    old, new = (preview(session, store, person, key, 0, WORDS) for key in (previous, evidence))
    if not (old.text and new.text):
        return None
    before, after = _sentences(old.text), _sentences(new.text)
    passages = list(islice(_changed(before[:_MOST_SENTENCES], after[:_MOST_SENTENCES]), _MOST_CHANGES + 1))
    is_part = old.is_part or new.is_part or max(len(before), len(after)) > _MOST_SENTENCES
    return TextChanges(previous, passages[:_MOST_CHANGES], is_part or len(passages) > _MOST_CHANGES)


def _sentences(words: str) -> list[str]:
    return [" ".join(sentence.split()) for sentence in _SENTENCE_END.split(words) if sentence.strip()]


def _changed(old: list[str], new: list[str]) -> Iterator[list[Words]]:
    for same, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if same != "equal" and b - a == d - c:
            yield from map(_passage, old[a:b], new[c:d])
        elif same != "equal":
            yield _passage(" ".join(old[a:b]), " ".join(new[c:d]))


def _passage(old: str, new: str) -> list[Words]:
    if old and new and max(len(old), len(new)) <= _LONGEST:
        return word_changes(old, new)
    removed = [Words(REMOVED, old, "")] if old else []
    return removed + ([Words(ADDED, "", new)] if new else [])
