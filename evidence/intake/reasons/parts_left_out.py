"""Reasons for tests that left out parts of a full run."""

from evidence.intake.delivery.delivery_fit import DeliveryFit
from evidence.intake.reading.inspection import Inspection
from evidence.intake.verdicts.delivery_judgement import policies_of
from locales import Text


def reasons_of_parts_left_out(delivery_fit: DeliveryFit, inspection: Inspection) -> list[Text]:
    """Reasons, each once, of all files whose policy defines a full run."""
    reasons = [
        reason
        for policy in policies_of(delivery_fit)
        for file in inspection.files
        if file.run is not None and file.format in policy.formats
        for reason in policy.parts_left_out(
            file.run, file.spool.results(), delivery_fit.last_day, delivery_fit.calendar
        )
    ]
    return list({str(reason): reason for reason in reasons}.values())
