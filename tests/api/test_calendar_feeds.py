"""Calendar feeds: making them through the API, and reading one as a calendar program does, without sign-in."""

from datetime import date, timedelta

import pytest
from icalendar import Calendar
from sqlalchemy import insert
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

import api.calendar_feeds as routes
from access.permissions import BUILT_IN, TEAM_MEMBER, Person
from api.calendar_feeds import calendar_feed
from audits.planned_days import plan_days
from controls.scope.system_scope import rename_system
from models.bulk_changes import table
from models.transaction import writing
from tests.api.calls import problem
from tests.api.conftest import client_of
from tests.evidence.office import NOW
from tests.people import colleague, officer

PRODUCT = "https://evidence.example.org"
DUE = date(2027, 3, 19)


@pytest.fixture
def bram(office):
    """A member of the team that everything belongs to."""
    anna = officer(office.engine)[0]
    person = colleague(office.engine, anna, "Bram", TEAM_MEMBER, team="platform", language="en")[0]
    with writing(office.engine, NOW) as (session, now):
        plan_days(session, BUILT_IN, [("reviewed-tests", "portal", "")], DUE, now)
    return person


@pytest.fixture
def reader(office):
    moment = [NOW]
    route = Route("/feed/{secret}.ics", calendar_feed(lambda: office.engine, PRODUCT, lambda: moment[0]))
    with TestClient(Starlette(routes=[route])) as client:
        client.moment = moment
        yield client


def make(office, person, **wanted):
    with client_of(office, person) as client:
        answer = client.post("/api/v1/calendar-feeds", json=wanted)
    assert answer.status_code == 201, answer.text
    return answer.json()


def path(feed):
    return feed["address"].removeprefix("http://testserver")


def events(answer):
    assert answer.status_code == 200, answer.text
    return {event["summary"]: event for event in Calendar.from_ical(answer.content).walk("VEVENT")}


def test_program_reads_what_is_due(office, bram, reader):
    answer = reader.get(path(make(office, bram)))
    found = events(answer)
    assert found["To do: E, portal"].decoded("dtstart") == DUE
    assert found["To do: E, portal"]["url"].startswith(f"{PRODUCT}/measure?key=m&cell=reviewed-tests")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-cache"
    assert Calendar.from_ical(answer.content)["x-wr-calname"] == "Aantoonbaar: Bram"


def test_feed_of_another_team_has_none_of_it(office, bram, reader):
    with writing(office.engine) as (session, _):
        session.execute(insert(table("team")), [{"key": "office", "title_nl": "K", "title_en": "Office"}])
    assert events(reader.get(path(make(office, bram, team="office")))) == {}
    assert "To do: E, portal" in events(reader.get(path(make(office, bram, team="platform"))))


def test_unchanged_feed_is_not_sent_again(office, bram, reader, monkeypatch):
    address = path(make(office, bram))
    tag = reader.get(address).headers["etag"]
    with monkeypatch.context() as patch:
        patch.setattr(routes, "_file", None)  # it is not made
        for value in (tag, f"W/{tag}", f'"other", {tag}'):
            answer = reader.get(address, headers={"if-none-match": value})
            assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
    with writing(office.engine) as (session, now):
        rename_system(session, BUILT_IN, "portal", "Loket", "Desk", now)
    changed = reader.get(address, headers={"if-none-match": tag})
    assert "To do: E, Desk" in events(changed)
    reader.moment[0] = NOW + timedelta(days=30)
    late = reader.get(address, headers={"if-none-match": changed.headers["etag"]})
    assert "Overdue: E, Desk" in events(late)


def test_identity_of_an_event_stays_when_it_is_planned_for_another_day(office, bram, reader):
    address = path(make(office, bram))
    before = events(reader.get(address))["To do: E, portal"]["uid"]
    with writing(office.engine) as (session, now):
        plan_days(session, BUILT_IN, [("reviewed-tests", "portal", "")], DUE + timedelta(days=7), now)
    after = events(reader.get(address))["To do: E, portal"]
    assert (after["uid"], after.decoded("dtstart")) == (before, DUE + timedelta(days=7))


def test_address_that_does_not_exist_or_was_revoked_answers_the_same(office, bram, reader):
    feed = make(office, bram)
    with client_of(office, bram) as client:
        assert client.post(f"/api/v1/calendar-feeds/{feed['id']}/revocation").status_code == 204
        problem(client.post(f"/api/v1/calendar-feeds/{feed['id']}/revocation"), 404)
        assert client.get("/api/v1/calendar-feeds").json() == []
    answers = [reader.get(address) for address in (path(feed), "/feed/made-up.ics", "/feed/%00.ics")]
    assert {(answer.status_code, answer.text) for answer in answers} == {
        (404, "There is no calendar at this address (any more).")
    }


def test_feed_that_is_read_too_often_has_to_wait(office, bram, reader, monkeypatch):
    address, other = path(make(office, bram)), path(make(office, bram))
    for _ in range(routes._READINGS):
        assert reader.get(address).status_code == 200
    answer = reader.get(address)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "3600")
    assert reader.get(other).status_code == 200


def test_client_that_tries_many_addresses_has_to_wait_and_keeps_nobody_out(office, bram, reader):
    address = path(make(office, bram))
    for _ in range(routes._WRONG):
        assert reader.get("/feed/made-up.ics").status_code == 404
    assert reader.get("/feed/made-up.ics").status_code == 429
    assert reader.get(address).status_code == 200  # of someone else behind the same proxy


def test_list_has_no_addresses_and_says_when_each_was_read(office, bram, reader):
    feed = make(office, bram, team="platform")
    with client_of(office, bram) as client:
        (row,) = client.get("/api/v1/calendar-feeds").json()
        assert (row["id"], row["team"], row["read_at"]) == (feed["id"], "platform", None)
        reader.get(path(feed))
        (row,) = client.get("/api/v1/calendar-feeds").json()
        assert row["read_at"] is not None
    assert path(feed).removeprefix("/feed/").removesuffix(".ics") not in str(row)


def test_unknown_team_is_refused(office, bram):
    with client_of(office, bram) as client:
        problem(client.post("/api/v1/calendar-feeds", json={"team": "none"}), 422)


def test_someone_without_the_right_makes_none(office):
    with client_of(office, Person("nobody", frozenset(), "u-1")) as client:
        problem(client.post("/api/v1/calendar-feeds", json={}), 403)
