"""After a run with a clock that was 400 days ahead: reported, and days, sessions, waits and codes follow the right clock."""

from datetime import timedelta

import pyotp
import pytest

from access.activity import clock_notice
from access.errors import LinkNotValid, WrongCode
from access.people import accounts, links, sessions, tokens
from access.permissions import BUILT_IN, READER, SECURITY_OFFICER
from access.sign_in import link_redemption, password_sign_in, passwords, second_factor, throttling
from access.sign_in.outcomes import Refused, SignedIn
from access.sign_in.throttling import FREE_PER_NAME
from models.moments import wall_clock
from models.transaction import last_moment, present, ran_ahead, reading, writing
from tests.access.households import (
    CHEAP,
    DAY,
    GOOD,
    HOUR,
    KEY,
    MINUTE,
    NOON,
    OTHER,
    SECOND,
    TODAY,
    do,
    log,
    person,
    rows,
    within,
)
from tests.days import CALENDAR

AHEAD = NOON + 400 * DAY
LENA = "lena@example.org"


@pytest.fixture
def office(engine, monkeypatch):
    """Lena, who also signed in, failed and was sent a link while the clock was 400 days ahead; it is noon again."""
    monkeypatch.setattr(passwords, "hasher", CHEAP)
    engine.olga = person(engine, "Olga", "olga@example.org", [(SECURITY_OFFICER, None, None)])
    engine.lena = person(engine, "Lena", LENA, [(READER, None, None)])
    engine.before = do(engine, sessions.start, engine.lena, at=NOON - MINUTE)
    engine.ahead = do(engine, sessions.start, engine.lena, at=AHEAD)
    for _ in range(FREE_PER_NAME + 3):
        try_password(engine, "wrong", AHEAD, address="203.0.113.9")
    engine.link = do(engine, links.reset, BUILT_IN, engine.lena, at=AHEAD)
    return engine


def try_password(engine, password, at, address="203.0.113.1"):
    return within(engine, lambda s, now: password_sign_in.sign_in(s, LENA, password, address, "test", now), at)


def live(engine, token, at):
    with reading(engine) as session:
        return sessions.find(session, token, present(session, at))


def test_clock_that_ran_ahead_is_reported_at_the_next_start(office):
    with writing(office, NOON) as (session, now):
        notice = clock_notice.record_clock_ahead(session, now)
    assert notice is not None and notice.values["wall"] == NOON and notice.values["last"] > AHEAD
    verb, who, about, details = log(office)[-1]
    assert (verb, who, about) == ("clock.ran_ahead", "Aantoonbaar", "clock")
    assert details == {"clock": NOON.isoformat()}
    with reading(office) as session:
        assert ran_ahead(session, NOON) == last_moment(session)
        assert ran_ahead(session, AHEAD + DAY) is None


def test_right_clock_is_not_reported(engine):
    with writing(engine, NOON):
        pass
    for wall in (NOON + SECOND, NOON - SECOND):  # set right by a second
        with writing(engine, wall) as (session, now):
            assert clock_notice.record_clock_ahead(session, now) is None
            assert type(now) is type(NOON)


def test_moments_keep_their_order_and_days_follow_the_clock(office):
    moments = []
    for n in range(3):
        with writing(office, NOON + n * DAY) as (_, now):
            moments.append(now)
            assert CALENDAR.day_of(now) == TODAY + n * DAY
            assert wall_clock(now) == NOON + n * DAY
    assert moments == sorted(moments) and moments[0] > AHEAD
    with reading(office) as session:
        now = present(session, NOON + 3 * DAY)
        assert now >= moments[-1] and CALENDAR.day_of(now) == TODAY + 3 * DAY
    with writing(office, AHEAD + DAY) as (_, now):  # the clock has caught up
        assert (now, wall_clock(now), CALENDAR.day_of(now)) == (AHEAD + DAY, AHEAD + DAY, CALENDAR.day_of(AHEAD + DAY))


def test_recorded_moment_used_as_clock_gives_the_wall_clock(office):
    """A round of the collectors takes its moment once, and writes in several transactions."""
    with writing(office, NOON) as (_, first):
        pass
    with writing(office, first) as (_, second):
        assert second > first and wall_clock(second) == NOON


def test_sessions_last_as_long_after_a_clock_ran_ahead(office):
    assert live(office, office.before, NOON)
    assert live(office, office.ahead, NOON) is None  # a session of the future is not valid
    token = do(office, sessions.start, office.lena, at=NOON)
    session_row = live(office, token, NOON + MINUTE)
    assert session_row is not None and session_row.is_touch_due(NOON + 2 * MINUTE)
    assert live(office, token, NOON + 29 * MINUTE)
    assert live(office, token, NOON + 31 * MINUTE) is None
    within(office, lambda s, now: sessions.touch(s, session_row.token_sha256, now), NOON + 20 * MINUTE)
    assert live(office, token, NOON + 45 * MINUTE)


@pytest.mark.parametrize("which", ["before", "ahead"])
def test_sessions_of_either_time_can_be_ended(office, which):
    token = getattr(office, which)
    within(office, lambda s, now: sessions.end_all(s, office.lena, now), NOON + MINUTE)
    assert live(office, token, NOON + 2 * MINUTE) is None
    assert live(office, token, AHEAD + MINUTE) is None


def test_waits_end_after_a_clock_ran_ahead(office):
    with reading(office) as session:
        assert throttling.wait_seconds(session, LENA, "203.0.113.9", NOON) == 0
    for n in range(FREE_PER_NAME):
        assert try_password(office, "wrong", NOON + n * SECOND).wait_seconds == 0
    at_once = NOON + (FREE_PER_NAME - 1) * SECOND + SECOND / 2
    waiting = try_password(office, GOOD, at_once)
    assert isinstance(waiting, Refused) and waiting.wait_seconds == 1
    with reading(office) as session:
        assert [locked.tried for locked in throttling.list_locked_names(session, BUILT_IN, at_once)] == [LENA]
    outcome = try_password(office, GOOD, NOON + MINUTE)
    assert isinstance(outcome, SignedIn)
    assert live(office, outcome.token, NOON + MINUTE)


def test_links_work_for_their_time_after_a_clock_ran_ahead(office):
    with pytest.raises(LinkNotValid):
        within(office, lambda s, now: link_redemption.redeem(s, office.link, now, OTHER), NOON)
    token = do(office, links.reset, BUILT_IN, office.lena, at=NOON)
    with reading(office) as session:
        assert link_redemption.describe_link(session, token, present(session, NOON + 59 * MINUTE))
        assert link_redemption.describe_link(session, token, present(session, NOON + HOUR)) is None
    within(office, lambda s, now: link_redemption.redeem(s, token, now, OTHER), NOON + 59 * MINUTE)


def test_codes_of_an_app_are_those_of_now(office):
    secret = do(office, second_factor.begin_enrolment, office.lena, KEY, at=NOON).secret
    do(office, second_factor.confirm_enrolment, office.lena, pyotp.TOTP(secret).at(NOON), KEY, at=NOON)
    later = NOON + MINUTE
    do(office, second_factor.check_app_code, office.lena, pyotp.TOTP(secret).at(later), KEY, at=later)
    with pytest.raises(WrongCode):
        do(office, second_factor.check_app_code, office.lena, pyotp.TOTP(secret).at(AHEAD), KEY, at=later + MINUTE)


def test_accounts_and_tokens_follow_the_wall_clock(office):
    within(office, lambda s, now: accounts.add(s, BUILT_IN, "Nina", "nina@example.org", "nl", TODAY, TODAY, now), NOON)
    do(office, accounts.end, BUILT_IN, office.lena, at=NOON)
    ended = next(row.ends_on for row in rows(office, "account") if row.id == office.lena)
    assert ended == TODAY - timedelta(days=1)
    olga = within(office, lambda s, now: accounts.find_person(s, office.olga, now), NOON)
    token = within(
        office,
        lambda s, now: tokens.issue_own(s, olga, "laptop", ["readiness.read"], TODAY + timedelta(days=10), now),
        NOON,
    )
    with reading(office) as session:
        assert tokens.find(session, token, present(session, NOON + 10 * DAY))
        assert tokens.find(session, token, present(session, NOON + 11 * DAY)) is None
