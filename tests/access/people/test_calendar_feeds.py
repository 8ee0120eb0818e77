"""Calendar feeds: whose they are, as whom they read, and when they end."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from access.errors import NotFound, NotPossible
from access.people import accounts, calendar_feeds, tokens
from access.people.calendar_feeds import MOST_FEEDS, find_feed, list_feeds, make_feed, revoke_feed
from access.people.preview_as_role import as_team
from access.permissions import ADMINISTRATOR, READER, TEAM_MEMBER, NotAllowed
from models.bulk_changes import table
from models.transaction import reading, writing
from tests.days import CALENDAR
from tests.people import colleague, officer


@pytest.fixture
def anna(engine):
    anna = officer(engine)[0]
    with writing(engine) as (session, _):
        session.execute(insert(table("team")), [{"key": "platform", "title_nl": "P", "title_en": "P"}])
    return anna


@pytest.fixture
def bram(engine, anna):
    return colleague(engine, anna, "Bram", TEAM_MEMBER, team="platform", language="en")[0]


def make(engine, person, team=None):
    with writing(engine) as (session, now):
        return make_feed(session, person, team, now)


def find(engine, secret, after=timedelta()):
    with reading(engine) as session:
        return find_feed(session, secret, datetime.now(UTC) + after)


def change(engine, verb, *arguments, **more):
    with writing(engine) as (session, now):
        return verb(session, *arguments, now, **more)


def test_feed_reads_as_its_owner_and_no_more_than_the_calendar(engine, bram):
    number, secret = make(engine, bram)
    feed = find(engine, secret)
    assert (feed.id, feed.team, feed.language, feed.person.account) == (number, None, "en", bram.account)
    assert feed.person.teams == {"platform"}
    assert feed.person.only == {"evidence.read", "readiness.read", "controls.read"}
    assert not feed.person.in_person


def test_secret_is_stored_as_a_digest_only_and_is_not_in_the_log(engine, bram):
    _, secret = make(engine, bram)
    with reading(engine) as session:
        stored = session.execute(select(table("calendar_feed"))).one()
        logged = session.execute(select(table("activity").c.details)).scalars().all()
    assert secret not in repr(stored) and secret not in repr(logged)
    assert len(secret) > 40


def test_feed_has_the_roles_and_teams_of_the_moment(engine, anna, bram):
    _, secret = make(engine, bram)
    grants = {row.account: row.id for row in rows(engine, "role_grant")}
    change(engine, accounts.grant, anna, bram.account, READER)
    change(engine, accounts.end_grant, anna, grants[bram.account])
    assert find(engine, secret) is None  # the agreement of the new role is not accepted
    change(engine, accounts.grant, anna, bram.account, TEAM_MEMBER, team="platform")
    with reading(engine) as session:
        reader = session.execute(select(table("role_grant").c.id).where(table("role_grant").c.role == READER)).scalar()
    change(engine, accounts.end_grant, anna, reader)
    assert find(engine, secret).person.teams == {"platform"}


def rows(engine, name):
    with reading(engine) as session:
        return session.execute(select(table(name))).all()


@pytest.mark.parametrize("ending", ["account", "email", "role", "revoked", "last day"])
def test_feed_ends_with_its_owner(engine, anna, bram, ending):
    number, secret = make(engine, bram, "platform")
    assert find(engine, secret).team == "platform"
    if ending == "account":
        change(engine, accounts.end, anna, bram.account)
    elif ending == "email":
        change(engine, accounts.change, anna, bram.account, email="other@example.org")
    elif ending == "role":
        change(engine, accounts.end_grant, anna, max(row.id for row in rows(engine, "role_grant")))
    elif ending == "revoked":
        change(engine, revoke_feed, bram, number)
    else:
        today = CALENDAR.day_of(datetime.now(UTC))
        change(engine, accounts.change, anna, bram.account, ends_on=today + timedelta(days=9))
        assert find(engine, secret) is not None
        assert find(engine, secret, timedelta(days=11)) is None
        return
    assert find(engine, secret) is None


def test_ended_account_gets_none_of_its_feeds_back(engine, anna, bram):
    _, secret = make(engine, bram)
    change(engine, accounts.end, anna, bram.account)
    change(engine, accounts.change, anna, bram.account, ends_on=None)
    assert find(engine, secret) is None


def test_feed_of_a_token_ends_with_it(engine, anna):
    today = CALENDAR.day_of(datetime.now(UTC))
    with writing(engine) as (session, now):
        secret = tokens.issue(session, anna, "build", "platform", ["readiness.read", "controls.read"], today, now)
        program = tokens.find(session, secret, now).person
    number, address = make(engine, program)
    feed = find(engine, address)
    assert (feed.person.name, feed.language, feed.person.only) == (
        program.name,
        "en",
        {"readiness.read", "controls.read"},
    )
    with reading(engine) as session:
        assert [row.id for row in list_feeds(session, program)] == [number]
        assert list_feeds(session, anna) == list_feeds(session, replace(program, token=program.token + 1)) == []
    change(engine, tokens.revoke, anna, program.token)
    assert find(engine, address) is None


def test_colleague_sees_and_revokes_no_feed_of_another(engine, anna, bram):
    number, secret = make(engine, bram)
    with reading(engine) as session:
        assert list_feeds(session, anna) == []
        assert [row.id for row in list_feeds(session, bram)] == [number]
    with pytest.raises(NotFound):
        change(engine, revoke_feed, anna, number)
    assert find(engine, secret) is not None


def test_who_may_not_read_or_only_previews_makes_no_feed(engine, anna):
    eva = colleague(engine, anna, "Eva", ADMINISTRATOR)[0]
    for person in (eva, as_team(anna, "platform"), replace(anna, account="")):
        with pytest.raises(NotAllowed):
            make(engine, person)
    with pytest.raises(NotFound):
        make(engine, anna, "no-team")


def test_number_of_feeds_is_limited(engine, bram):
    numbers = [make(engine, bram)[0] for _ in range(MOST_FEEDS)]
    with pytest.raises(NotPossible, match="revoke one first"):
        make(engine, bram)
    change(engine, revoke_feed, bram, numbers[0])
    make(engine, bram)


@pytest.mark.parametrize("secret", ["", "x", "\0", "\ud800", "A" * 43, "aan_x"])
def test_made_up_secret_finds_nothing(engine, bram, secret):
    make(engine, bram)
    assert find(engine, secret) is None


def test_reading_is_recorded_to_the_hour(engine, bram):
    number, secret = make(engine, bram)
    with writing(engine) as (session, now):
        assert find_feed(session, secret, now).is_touch_due(now)
        calendar_feeds.touch(session, number, now)
        assert not find_feed(session, secret, now).is_touch_due(now + timedelta(minutes=59))
        assert find_feed(session, secret, now).is_touch_due(now + timedelta(minutes=61))
