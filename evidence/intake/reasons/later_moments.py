"""Reason for tests that ended, by their files, after they were uploaded."""

from datetime import datetime

from evidence.intake.reading.inspection import Inspection
from locales import Text, text
from models.calendar import Calendar
from models.moments import latest_possible


def reasons_of_later_moments(inspection: Inspection, calendar: Calendar, now: datetime) -> list[Text]:
    """A reason for each file with a moment after `now`. One without a zone is taken as the organisation's time."""
    latest = latest_possible(now)
    return [
        text("“{file}” says that its tests ran at a moment after it was uploaded.", file=file.name)
        for file in inspection.files
        if file.run is not None
        and any((moment if moment.tzinfo else calendar.moment_of(moment)) > latest for moment in file.run.moments)
    ]
