"""The days that a log's own rows tell, to be proposed as those that it represents."""

from collections.abc import Iterable
from typing import Any

from evidence.intake.inspection import Inspection
from evidence.judging.policy import Policy
from models.calendar import Calendar, Span


def log_days(inspection: Inspection, judging: Iterable[Policy[Any]], calendar: Calendar) -> Span | None:
    """From the first to the last day on which rows happened, by the policies that say which columns tell that."""
    policies = {policy.id: policy for each in judging for policy in each.judging_policies()}
    days = {
        day
        for file in inspection.files
        for policy in policies.values()
        if file.run is not None and file.format in policy.formats
        for day in policy.days_of_rows(file.run, file.spool.results(), calendar)
    }
    return (min(days), max(days)) if days else None
