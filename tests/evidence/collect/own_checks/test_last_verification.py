"""The last verification by the collector, as the status page shows it: its time and its problems."""

from access.permissions import BUILT_IN
from jobs import status
from models.transaction import reading
from tests.access.households import DAY, NOON, TODAY


def test_daily_verification_has_its_time_and_problems(product):
    assert last_verification(product) is None
    product.collect("activity-log")
    clean = last_verification(product)
    assert (clean.at.date(), clean.problems) == (TODAY, [])
    product.change("activity", person="Mallory")
    product.collect("activity-log", at=NOON + DAY)
    damaged = last_verification(product)
    assert damaged.at > clean.at
    assert any("entry" in problem for problem in damaged.problems)


def last_verification(product):
    with reading(product.engine) as session:
        return status.last_verification(session, BUILT_IN)
