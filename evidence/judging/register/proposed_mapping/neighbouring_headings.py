"""A heading that says little by itself, read with the one before it: `Decision | By | Date`."""

import re
from collections.abc import Sequence

from evidence.judging.register.word_similarity import is_bare, tells_when, tells_who

_LOOKED_BACK = 3  # headings


_PLURAL = re.compile(r"(?<=\w)\((?:s|n|en|es|'s)\)")  # `system(s)`
_BRACKETS = re.compile(r"\s*\([^()]*\)")


def _without_brackets(heading: str) -> list[str]:
    """The heading without what is in brackets, if anything is left."""
    rest = _BRACKETS.sub("", _PLURAL.sub("", heading)).strip()
    return [rest] if rest else []


def in_context(heading: str, before: Sequence[str]) -> list[str]:
    """The ways to read a heading: as it is, and if it is bare, with the nearest telling headings to its left.

    Who did something stands between what was done and when: the heading before that one is tried as well.
    """
    readings = list(dict.fromkeys([heading, *_without_brackets(heading)]))
    if not is_bare(heading):
        return readings
    for other in reversed(before[-_LOOKED_BACK:]):
        if is_bare(other):
            continue
        if tells_when(other) and not tells_who(heading):
            break  # a date of its own
        readings.append(f"{other} {heading}")
        if not tells_who(other):
            break
    return readings
