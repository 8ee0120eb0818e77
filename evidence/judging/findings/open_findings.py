"""Findings before the end of their term, and the day on which a proof ends for them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple


class Open(NamedTuple):
    """A finding before the end of its term. `last_day`: of the term."""

    last_day: date
    check: str
    target: str


def first_end(
    of_limits: Mapping[str, Sequence[Open]], numbers: Mapping[str, int], most: Mapping[str, int]
) -> Open | None:
    """The finding after whose term a limit is exceeded first; None if none will be.

    `of_limits`: findings before the end of their term, by limit; `numbers`: findings that count already.
    """
    ends = []
    for limit, findings in of_limits.items():
        allowed = max(0, most[limit] - numbers.get(limit, 0))
        if len(findings) > allowed:
            ends.append(sorted(findings)[allowed])
    return min(ends, default=None)
