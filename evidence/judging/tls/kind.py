"""The kind of policy for TLS scans, judged by the levels of a guideline."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

from evidence.formats.values import PASS as GOOD
from evidence.formats.values import Result, Run
from evidence.judging.example_runs import ExampleRun
from evidence.judging.levels import FAILING_LEVELS
from evidence.judging.policy import FieldLines, Policy
from evidence.judging.tls import page
from evidence.judging.tls.explanation import TlsExplanation
from evidence.judging.tls.judge import TlsJudge
from evidence.judging.tls.rules import Rules
from evidence.judging.values import FAIL, PASS, Explained, JudgeContext, StoredResult
from evidence.judging.words import LEVELS
from locales import Text, text
from models.calendar import Calendar

#: records of testssl; of the last one editions differ
_RECORDS = (
    ("TLS1_3", "offered with final"),
    ("TLS1", "offered (deprecated)"),
    ("cert_keySize", "RSA 2048 bits (exponent is 65537)"),
)


class TlsPolicy(Policy[Rules]):
    """A guideline with levels for versions, cipher suites, keys, options and certificates."""

    judges = "tls"
    shape = Rules
    tests_from_outside = True
    about = text(
        "A TLS scan, judged by the levels of a guideline. Anything insufficient or to be phased out fails. Any check "
        "that fails can be accepted by an exception with a reason and an end date. A scan that skipped a required "
        "check gives no verdict."
    )
    field_titles: ClassVar[Mapping[str, Text]] = {
        "groups": text("Levels"),
        "days_left": text("Days that a certificate must have left, on the day of the scan"),
        "not_read": text("Checks that this edition leaves out"),
    }

    def __init__(self, rules: Rules, sha256: str, path: Path) -> None:
        super().__init__(rules, sha256, path)
        self._explanation = TlsExplanation(rules)

    def judge(self, run: Run, context: JudgeContext) -> TlsJudge:
        return TlsJudge(self.rules, run, context)

    def explain(self, line: StoredResult, day: date) -> list[Explained]:
        return self._explanation.explain(line, day)

    def parts_left_out(self, run: Run, results: Iterable[Result], day: date, calendar: Calendar) -> list[Text]:
        judge = self.judge(run, JudgeContext(day, calendar))
        for result in results:
            judge.add_result(result)
        return judge.parts_left_out()

    @classmethod
    def field_lines(cls) -> Mapping[str, FieldLines]:
        return {"groups": page.groups, "readings": page.scanner_readings}

    @classmethod
    def example_runs(cls, values: Mapping[str, Any]) -> Sequence[ExampleRun]:
        """Single records of a scan, with the level that this edition gives them, if it gives any."""
        explanation = TlsExplanation(Rules.model_validate(values))
        explained = [
            (record, explanation.explain(Result(1, record[0], "", GOOD, "OK", record[1]), date.max)[0])
            for record in _RECORDS
        ]
        return [
            ExampleRun(
                (record,),
                FAIL if item.level in FAILING_LEVELS else PASS,
                text("{level} ({basis})", level=LEVELS[item.level], basis=item.basis),
                border=record == _RECORDS[-1],
            )
            for record, item in explained
            if item.level in LEVELS
        ]

    @classmethod
    def example(cls, values: Mapping[str, Any]) -> Sequence[str]:
        del values
        return ["testssl.sh --jsonfile-pretty scan.json https://portal.example.nl"]


KIND = TlsPolicy
