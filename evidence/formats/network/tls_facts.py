"""What a scanner of TLS saw, before it is a result."""

from typing import NamedTuple


class Fact(NamedTuple):
    """A fact with its place in the report. `is_certain`: whether the scanner could determine it."""

    check: str
    message: str
    is_certain: bool = True
