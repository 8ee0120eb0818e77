"""Levels that policies give to results, and which of them are open: what a person still has to mend or accept."""

from typing import Final

from evidence.formats.values import ERROR
from evidence.formats.values import FAIL as FAILED

#: levels of failing results, worst first; without a level, the tool's own outcome counts
FAILING_LEVELS: Final = ("fail", "insufficient", "phase-out")
#: levels of findings that do not fail: fewer than a limit, set aside in the file, and before the end of their term
WITHIN: Final = "within"
ASIDE: Final = "set aside"
IN_TERM: Final = "in its term"
#: levels of findings that VEX statements take out of account, and of those statements
EXCUSED: Final = "by statement"
STATEMENT: Final = "statement"
_OPEN: Final = frozenset((*FAILING_LEVELS, WITHIN, IN_TERM, EXCUSED))


def is_open(outcome: str, level: str) -> bool:
    """Whether a result tells of something that is wrong, also where the policy lets it pass."""
    return level in _OPEN or (not level and outcome in (FAILED, ERROR))
