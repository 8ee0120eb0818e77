"""What a TLS scan left out that a full run looks at: before it counts, someone must look at it."""

from evidence.intake.delivery_fit import DeliveryFit
from evidence.intake.inspection import Inspection
from evidence.intake.judging import policies_of
from evidence.judging.tls.tls_policy import TlsJudge
from evidence.judging.values import JudgeContext
from locales import Text
from models.calendar import Calendar


def left_out(fit: DeliveryFit, inspection: Inspection, calendar: Calendar) -> list[Text]:
    """Each reason once, of all files that a TLS policy judges."""
    reasons: list[Text] = []
    for policy in policies_of(fit):
        for file in inspection.files:
            if file.run is None or file.format not in policy.formats:
                continue
            judge = policy.judge(file.run, JudgeContext(fit.last_day, calendar)) if policy.judges == "tls" else None
            if isinstance(judge, TlsJudge):
                for batch in file.spool.batches():
                    for result in batch:
                        judge.see(result)
                reasons += judge.left_out()
    return list({str(one): one for one in reasons}.values())
