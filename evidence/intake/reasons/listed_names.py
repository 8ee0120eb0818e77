"""Names in a reason to review: some of them, each as long as a reader takes in, and a sign that there are more."""

from collections.abc import Sequence
from typing import Final

_LONGEST: Final = 80  # characters of a name


def listed(names: Sequence[str], most: int = 5) -> str:
    """The first `most` names, parted by commas; what is cut ends with an ellipsis."""
    shown = ", ".join(map(_shortened, names[:most]))
    return f"{shown}, …" if len(names) > most else shown


def _shortened(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"
