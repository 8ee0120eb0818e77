"""What a test left out that a full run looks at: before it counts, someone must look at it."""

from evidence.intake.delivery_fit import DeliveryFit
from evidence.intake.inspection import Inspection
from evidence.intake.judging import policies_of
from locales import Text


def left_out(fit: DeliveryFit, inspection: Inspection) -> list[Text]:
    """Each reason once, of all files that a policy with a full run judges."""
    reasons = [
        reason
        for policy in policies_of(fit)
        for file in inspection.files
        if file.run is not None and file.format in policy.formats
        for reason in policy.parts_left_out(file.run, file.spool.results(), fit.last_day, fit.calendar)
    ]
    return list({str(reason): reason for reason in reasons}.values())
