"""The daily verification leaves evidence; the status page says when, and what it found."""

from access.permissions import BUILT_IN
from jobs import status
from models.transaction import reading
from tests.access.households import DAY, NOON, TODAY


def test_the_daily_verification_says_when_and_what_it_found(premises):
    assert last_verification(premises) is None
    premises.collect("activity-log")
    clean = last_verification(premises)
    assert (clean.at.date(), clean.problems) == (TODAY, [])
    premises.change("activity", person="Mallory")
    premises.collect("activity-log", at=NOON + DAY)
    found = last_verification(premises)
    assert found.at > clean.at
    assert any("entry" in one for one in found.problems)


def last_verification(premises):
    with reading(premises.engine) as session:
        return status.last_verification(session, BUILT_IN)
