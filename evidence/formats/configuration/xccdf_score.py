"""Whether the score of an XCCDF TestResult agrees with its rule results (NIST IR 7275, 7.3).

The score of the default model depends on weights and groups, but is the maximum if, and only if, no rule with a weight
failed. The flat unweighted model counts the rules.
"""

from collections.abc import Iterator
from typing import NamedTuple

from evidence.formats.values import storable

_FLAT_UNWEIGHTED = "flat-unweighted"
_ROUNDING = 0.001
_DEFAULT_MAXIMUM = "100"


class Score(NamedTuple):
    """A score as it is written, with its maximum and the system by which it was computed."""

    written: str
    maximum: str = _DEFAULT_MAXIMUM
    system: str = ""

    def contradicts(self, passed: int, failed: int) -> bool:
        """Whether it is lower than these numbers of rules that passed, or did not, can explain."""
        below = _number(self.maximum) - _number(self.written)
        if not passed or below <= _ROUNDING * max(1.0, _number(self.maximum)):
            return False
        return below > failed + _ROUNDING if self.system.endswith(_FLAT_UNWEIGHTED) else not failed

    @property
    def shown(self) -> str:
        """The score and its maximum."""
        return storable(f"{self.written} of {self.maximum}", 60)


def contradicting(scores: list[Score], passed: int, failed: int) -> Iterator[Score]:
    """The scores that contradict the rule results."""
    return (score for score in scores if score.contradicts(passed, failed))


def _number(written: str) -> float:
    """The number in a text; 0 if there is none."""
    try:
        return float(written)
    except ValueError:
        return 0.0
