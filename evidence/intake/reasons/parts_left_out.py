"""What a test left out that a full run looks at: before it counts, someone must look at it."""

from evidence.intake.delivery.delivery_fit import DeliveryFit
from evidence.intake.judgement.delivery_judgement import policies_of
from evidence.intake.reading.inspection import Inspection
from locales import Text


def reasons_of_parts_left_out(delivery_fit: DeliveryFit, inspection: Inspection) -> list[Text]:
    """Each reason once, of all files that a policy with a full run judges."""
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
