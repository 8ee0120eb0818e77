"""First and last moment of a run."""

from datetime import datetime

FIRST_YEAR = 1971  # tools without a clock write the start of 1970


class Moments:
    """First and last of many moments, some with a time zone and some without."""

    def __init__(self) -> None:
        self._known: dict[bool, tuple[datetime, datetime]] = {}  # by whether they have a zone

    def add(self, *moments: datetime) -> None:
        """Add moments that all have a time zone, or all have none."""
        kind = moments[0].tzinfo is not None
        known = (*self._known.get(kind, ()), *moments)
        self._known[kind] = min(known), max(known)

    @property
    def first(self) -> datetime | None:
        return min((first for first, _ in self._known.values()), key=_as_written, default=None)

    @property
    def last(self) -> datetime | None:
        return max((last for _, last in self._known.values()), key=_as_written, default=None)


def iso_moment(value: str) -> datetime | None:
    """The moment of an ISO 8601 text, aware if it names a time zone; None for none, and for the zero time of a tool."""
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    return moment if moment.year >= FIRST_YEAR else None


def _as_written(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)
