"""Dates that contradict each other: a row fails whatever the level of the rule, and says which two."""

from datetime import date

import pytest

from evidence.judging.register.conditions.row_conditions import DoneWithin
from tests.evidence.judging.policy_judging import DAY, judged
from tests.evidence.judging.register.test_policy_register_rules import ROWS
from tests.evidence.judging.register.test_policy_registers import table


def test_reason_names_both_dates_by_the_headings_of_the_file():
    row = ROWS["request-register"] | {"answered_on": "2026-06-20"}
    _, _, judge = judged("request-register", table(row), population=1)
    assert len(judge.reasons) == 1
    said = str(judge.reasons[0])
    assert all(part in said for part in ("2026-06-20", "2026-07-31", "contradict each other"))


def test_each_contradiction_is_told_once():
    row = ROWS["request-register"] | {"type": "bezwaar", "executed_on": "2026-06-20", "answered_on": "2026-06-20"}
    _, _, judge = judged("request-register", table(row), population=1)
    assert len(judge.reasons) == 2


@pytest.mark.parametrize(
    ("early", "row", "contradicts"),
    [
        ({}, {}, True),
        ({"early": "allowed"}, {}, False),
        ({"early": {"left": "filled"}}, {}, True),
        ({"early": {"left": "filled"}}, {"left": date(2026, 3, 1)}, False),
    ],
)
def test_earlier_is_right_where_the_policy_says_so(early, row, contradicts):
    condition = DoneWithin.model_validate({"column": "done", "from": "decided", "days": "7", **early})
    cells = {"done": date(2026, 3, 1), "decided": date(2026, 3, 2), **row}
    assert bool(list(condition.out_of_order(cells, DAY))) == contradicts
    assert not list(condition.out_of_order(cells | {"done": date(2026, 3, 2)}, DAY))
