"""What a TLS scan left out that a full run looks at: before it counts, someone must look at it."""

from evidence.intake.delivery.delivery_fit import DeliveryFit
from evidence.intake.judgement.delivery_judgement import policies_of
from evidence.intake.reading.inspection import Inspection
from evidence.judging.tls.tls_policy import TlsJudge
from evidence.judging.values import JudgeContext
from locales import Text


def reasons_of_parts_left_out(delivery_fit: DeliveryFit, inspection: Inspection) -> list[Text]:
    """Each reason once, of all files that a TLS policy judges."""
    reasons: list[Text] = []
    for policy in policies_of(delivery_fit):
        for file in inspection.files:
            if file.run is None or file.format not in policy.formats:
                continue
            if policy.judges != "tls":
                continue
            judge = policy.judge(file.run, JudgeContext(delivery_fit.last_day, delivery_fit.calendar))
            if isinstance(judge, TlsJudge):
                for batch in file.spool.batches():
                    for result in batch:
                        judge.see(result)
                reasons += judge.left_out()
    return list({str(one): one for one in reasons}.values())
