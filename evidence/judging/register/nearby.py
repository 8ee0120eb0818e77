"""A heading that says little by itself, read with the one before it: `Decision | By | Date`."""

from collections.abc import Sequence

from evidence.judging.register.likeness import is_bare, tells_when, tells_who

_LOOKED_BACK = 3  # headings


def in_context(heading: str, before: Sequence[str]) -> list[str]:
    """The ways to read a heading: as it is, and if it is bare, with the nearest telling headings to its left.

    Who did something stands between what was done and when: the heading before that one is tried as well.
    """
    readings = [heading]
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
