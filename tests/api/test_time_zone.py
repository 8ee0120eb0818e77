"""An organisation in New York: intake, decisions, readiness and the API tell the same day, stored days included."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

import tests.api.conftest
from access.permissions import BUILT_IN
from audits import applicability
from evidence.errors import Unfitting
from models.transaction import writing
from tests.api.conftest import client_of
from tests.days import in_zone
from tests.evidence.office import JUNIT, Office, open_office

EVENING = datetime(2027, 3, 5, 3, 0, tzinfo=UTC)  # of the 4th in New York; in Amsterdam it is the 5th
TODAY, TOMORROW = date(2027, 3, 4), date(2027, 3, 5)
MADE = b"2027-03-05T02:30:00Z"


@pytest.fixture
def new_york(engine: Engine, tmp_path, monkeypatch) -> Office:
    monkeypatch.setattr(tests.api.conftest, "NOW", EVENING)
    return open_office(in_zone(engine, "America/New_York"), tmp_path)


@pytest.fixture
def client(new_york: Office):
    with client_of(new_york) as client:
        yield client


def stored(office: Office, table: str, *columns: str) -> set:
    return {value for column in columns for value in office.column(table, column)}


def test_evidence_represents_the_day_on_which_it_was_made(new_york: Office):
    new_york.deliver(JUNIT.replace(b"2027-03-03T08:00:00", MADE), at=EVENING)
    assert stored(new_york, "evidence", "first_day", "last_day") == {TODAY}
    assert stored(new_york, "test_run", "first_day", "last_day") == {TODAY}
    assert stored(new_york, "coverage", "first_day", "last_day") == {TODAY}


def test_tomorrow_is_in_the_future(new_york: Office):
    undated = JUNIT.replace(b' timestamp="2027-03-03T08:00:00"', b"")
    with pytest.raises(Unfitting, match="5 March 2027 is in the future; evidence represents days up to 4 March 2027"):
        new_york.deliver(undated, first_day=TOMORROW, last_day=TOMORROW, at=EVENING)
    new_york.deliver(undated, first_day=TODAY, last_day=TODAY, at=EVENING)


def test_decisions_are_in_force_from_today(new_york: Office):
    with writing(new_york.engine, EVENING) as (session, now):
        applicability.decide(session, BUILT_IN, "iso:A.1", False, "No people.", date(2020, 1, 1), now)
    assert stored(new_york, "applicability", "in_force") == {TODAY}


def test_readiness_is_for_today_by_default(new_york: Office, client: TestClient):
    new_york.deliver(JUNIT.replace(b"2027-03-03T08:00:00", MADE), at=EVENING)
    answer = client.get("/api/v1/readiness").json()
    assert answer["on"] == TODAY.isoformat()
    name = client.get("/api/v1/login-attempts").headers["content-disposition"]
    assert name.endswith('-2027-03-04.csv"')


def test_upload_counts_in_readiness_from_today_on(new_york: Office):
    new_york.deliver(JUNIT.replace(b"2027-03-03T08:00:00", MADE), at=EVENING)
    assert new_york.status("role-tests", on=TODAY) == "demonstrated"
    assert new_york.status("role-tests", on=date(2027, 3, 3)) == "missing"
