"""The first and the last moment of a run."""

from datetime import datetime

FIRST_YEAR = 1971  # tools that don't know the time write the first moment of 1970


class Moments:
    """The first and the last of many moments, of which some may name a zone and others not."""

    def __init__(self) -> None:
        self._known: dict[bool, tuple[datetime, datetime]] = {}  # by whether they name a zone

    def add(self, *moments: datetime) -> None:
        """Moments that all name a zone, or all do not."""
        kind = moments[0].tzinfo is not None
        known = (*self._known.get(kind, ()), *moments)
        self._known[kind] = min(known), max(known)

    @property
    def first(self) -> datetime | None:
        return min((first for first, _ in self._known.values()), key=_as_written, default=None)

    @property
    def last(self) -> datetime | None:
        return max((last for _, last in self._known.values()), key=_as_written, default=None)


def _as_written(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)
