"""Policies of one's own with the largest and smallest numbers: they judge, or are refused, and never break."""

import io
import re
from datetime import date

import pytest

from evidence.formats import formats, read_file
from evidence.formats.tables.heading_comparison import best_match
from evidence.judging.own_policies.edition_text import checked_edition
from evidence.judging.policies import policies, register_headings
from evidence.judging.values import JudgeContext
from models.working_days import after
from tests.days import CALENDAR
from tests.evidence.judging.own_policies.policy_office import content
from tests.evidence.judging.policy_judging import DAY
from tests.evidence.judging.register.test_policy_register_rules import ROWS
from tests.evidence.judging.register.test_policy_registers import table

LARGEST = "999999999"


def with_numbers(number: str, of: str) -> str:
    """The content of a policy with this number for each of its terms and limits."""
    return re.sub(r"((?:days|months|hours|minutes|fresh|seconds): )\d+", rf"\g<1>{number}", content(of=of))


@pytest.mark.parametrize("number", ["0", LARGEST])
@pytest.mark.parametrize("key", ROWS)
def test_a_register_is_judged_with_any_number(key: str, number: str) -> None:
    policy = checked_edition(policies()[key], "own-copy", 1, with_numbers(number, key))
    for row in (ROWS[key], {**ROWS[key], **dict.fromkeys(ROWS[key], "2026-11-02")}):
        run, results = read_file(
            formats()["csv"], io.BytesIO(table(row).encode()), best_match(register_headings().values())
        )
        judge = policy.judge(run, JudgeContext(DAY, CALENDAR, population=1))
        for result in results:
            judge.add_result(result)
        assert judge.verdicts()


def test_working_days_end_with_the_calendar() -> None:
    assert after(date(9999, 12, 29), 5) == date.max
