"""A mapping can't move the rows of one system to another."""

import pytest

from evidence.errors import Unfitting
from evidence.intake.delivery.delivery import Population
from evidence.judging.table_mapping import TableMapping
from tests.evidence.judging.register.test_policy_registers import access, table
from tests.registers.office import DAY, NOW, OFFICER


def deliver(company, mapping):
    rows = (access(system="Planbord"), access(system="Cliëntportaal", account_ref="A-2", engaged_until="2026-01-01"))
    return company.deliver(
        table(*rows).encode(), requirements=("access-review",), systems=("planner",), person=OFFICER, at=NOW,
        names=("review.csv",), first_day=DAY, last_day=DAY, population=Population(1, "source", DAY), mapping=mapping,
    )  # fmt: skip


@pytest.mark.parametrize("system", ["desk", "archief", None])
@pytest.mark.parametrize("title", ["Planbord", "Client portal", "planner"])
def test_title_of_a_system_can_not_be_mapped_to_another_system(company, title, system):
    with pytest.raises(Unfitting, match="is a system already"):
        deliver(company, TableMapping(values={"system": {title: system}}))


def test_title_of_a_system_can_be_mapped_to_that_system(company):
    filed = deliver(company, TableMapping(values={"system": {"Planbord": "planner", "Cliëntportaal": "portal"}}))
    assert [cell.verdict for cell in filed.covered] == ["pass"]
