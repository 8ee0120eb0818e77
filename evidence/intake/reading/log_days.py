"""Days of the rows of a log, proposed as the days that it represents."""

from collections.abc import Iterable
from typing import Any

from evidence.intake.reading.inspection import Inspection
from evidence.judging.policy import Policy
from evidence.judging.table_mapping import NOTHING, TableMapping
from models.calendar import Calendar, Span


def log_days(
    inspection: Inspection, judging: Iterable[Policy[Any]], calendar: Calendar, mapping: TableMapping = NOTHING
) -> Span | None:
    """First and last day of the rows, by the columns with moments in the policies; None without any."""
    policies = {policy.id: policy for named in judging for policy in named.judging_policies()}
    days = {
        day
        for file in inspection.files
        for policy in policies.values()
        if file.run is not None and file.format in policy.formats
        for day in policy.days_of_rows(file.run, file.spool.results(), calendar, mapping)
    }
    return (min(days), max(days)) if days else None
