"""What a TLS scan left out that a full run looks at: before it counts, someone must look at it."""

from evidence.fit import Fit
from evidence.inspection import Inspection
from evidence.judge import JudgeContext
from evidence.judges.tls import TlsJudge
from evidence.judging import policies_of
from locales import Text


def left_out(fit: Fit, inspection: Inspection) -> list[Text]:
    """Each reason once, of all files that a TLS policy judges."""
    reasons: list[Text] = []
    for policy in policies_of(fit):
        for file in inspection.files:
            if file.run is None or file.format not in policy.formats:
                continue
            judge = policy.judge(file.run, JudgeContext(fit.last_day)) if policy.judges == "tls" else None
            if isinstance(judge, TlsJudge):
                for batch in file.spool.batches():
                    for result in batch:
                        judge.see(result)
                reasons += judge.left_out()
    return list({str(one): one for one in reasons}.values())
