"""First and last moment of a run."""

from datetime import datetime, timedelta

FIRST_YEAR = 1971  # tools without a clock write the start of 1970
_LAST_YEAR = 9000  # tools without an end write the last moment that they know, in 9999
_ROUNDING = timedelta(seconds=1)  # of a moment that is written without fractions


class Moments:
    """First and last of many moments, some with a time zone and some without.

    `reversed`: begin and end of the first part of the run that ended, by its file, before it began.
    """

    def __init__(self) -> None:
        self.reversed: tuple[datetime, datetime] | None = None
        self._known: dict[bool, tuple[datetime, datetime]] = {}  # by whether they have a zone

    def add(self, *moments: datetime) -> None:
        """Add moments that all have a time zone, or all have none."""
        kind = moments[0].tzinfo is not None
        first, last = self._known.get(kind, (moments[0], moments[0]))
        for moment in moments:
            if moment < first:
                first = moment
            elif moment > last:
                last = moment
        self._known[kind] = first, last

    def add_part(self, began: datetime | None, ended: datetime | None) -> None:
        """Add the moments at which a part of the run began and ended, as far as the file has them."""
        for moment in (began, ended):
            if moment is not None:
                self.add(moment)
        if began is None or ended is None or (began.tzinfo is None) != (ended.tzinfo is None):
            return
        if began - ended > _ROUNDING:
            self.reversed = self.reversed or (began, ended)

    @property
    def first(self) -> datetime | None:
        return min((first for first, _ in self._known.values()), key=_as_written, default=None)

    @property
    def last(self) -> datetime | None:
        return max((last for _, last in self._known.values()), key=_as_written, default=None)


def iso_moment(value: str) -> datetime | None:
    """The moment of an ISO 8601 text, aware if it names a time zone; None for none, and for a tool's first or last."""
    if not value:
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    return moment if FIRST_YEAR <= moment.year <= _LAST_YEAR else None


def _as_written(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)
