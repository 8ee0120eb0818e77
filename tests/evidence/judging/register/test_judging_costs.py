"""The time to judge a register grows in proportion to its rows, whatever they hold."""

from datetime import datetime, timedelta
from time import thread_time

import pytest

from evidence.judging.policies import policies
from tests.evidence.judging.policy_judging import DAY, judged
from tests.evidence.judging.register.test_policy_registers import table

REGISTERS = sorted(key for key, policy in policies().items() if policy.table is not None)
FEW, MANY = 100, 1_200
AT = datetime(2026, 11, 20, 8)


def value(column, number, differs):
    values = {
        "date": AT.date().isoformat(),
        "datetime": (AT - timedelta(minutes=number)).isoformat(),
        "enum": next(iter(column.values or ()), ""),
        "bool": "ja",
        "sha256": "a" * 64,
        "int": str(number),
    }
    return values.get(column.type, f"{column.key[:9]}-{number if differs else 1}")


def rows(policy, number, kind):
    """`differs`: every value is another; `nameless`: of half of the rows the system is missing as well."""
    columns = policies()[policy].rules.columns
    made = [{column.key: value(column, at, kind != "alike") for column in columns} for at in range(number)]
    if kind == "nameless" and "system" in made[0]:
        for row in made[::2]:
            row["system"] = ""
    return made


def others(policy, number, kind):
    """What it is compared with, as large as it is itself."""
    named = {other for part in policies()[policy].judging_policies() for other in part.compared_with()}
    moments = {"last_attempt": AT, "in_force_from": AT.date()}
    return {other: [{**row, **moments} for row in rows(other, number, kind)] for other in named}


def cost(policy, number, kind):
    content, compared = table(*rows(policy, number, kind)), others(policy, number, kind)
    began = thread_time()
    judged(policy, content, population=number, others=compared, as_of=DAY, systems=["system-1"])
    return thread_time() - began


@pytest.mark.parametrize("kind", ["differs", "alike", "nameless"])
@pytest.mark.parametrize("policy", REGISTERS)
def test_time_to_judge_grows_in_proportion_to_the_rows(policy, kind):
    cost(policy, 10, kind)  # what is made once
    tries = ((cost(policy, MANY, kind), cost(policy, FEW, kind)) for _ in range(3))  # another may be busy once
    assert any(many < 30 * few + 0.1 for many, few in tries)
