"""Sessions: the token is in the cookie only, and expires by inactivity, age or the end of the account."""

from datetime import date, timedelta

import pytest

from access.people import sessions
from access.permissions import BUILT_IN, READER
from access.sign_in import passwords
from models.transaction import reading
from tests.access.households import CHEAP, DAY, HOUR, MINUTE, NOON, SECOND, do, log, person, rows, within


@pytest.fixture
def office(engine, monkeypatch):
    monkeypatch.setattr(passwords, "hasher", CHEAP)
    engine.lena = person(engine, "Lena Lezer", "lena@example.org", [(READER, None, None)])
    engine.ravi = person(engine, "Ravi", "ravi@example.org", [(READER, None, None)], ends=date(2027, 3, 1))
    return engine


def begin(engine, account, at=NOON, **named):
    return do(engine, sessions.start, account, at=at, address="203.0.113.9", agent="Firefox", **named)


def find(engine, token, at):
    with reading(engine) as session:
        return sessions.find(session, token, at)


def test_a_session_is_found_by_its_token_only_and_the_token_is_not_stored(office):
    token = begin(office, office.lena, second_factor=True)
    session_row = find(office, token, NOON + MINUTE)
    assert (session_row.account, session_row.second_factor, session_row.seen_at) == (office.lena, True, NOON)
    assert session_row.token_sha256 == sessions.digest(token)
    assert len(token) >= 43
    assert token not in repr(rows(office, "sign_in_session"))
    for other in ("", token[:-1], token + "x", session_row.token_sha256, "\ud800", "' OR 1=1"):
        assert find(office, other, NOON + MINUTE) is None


def test_session_ends_after_half_an_hour_of_inactivity(office):
    token = begin(office, office.lena)
    assert find(office, token, NOON + sessions.IDLE_LIMIT - SECOND)
    assert find(office, token, NOON + sessions.IDLE_LIMIT) is None


def test_action_keeps_the_session_alive_for_at_most_twelve_hours(office):
    token, at = begin(office, office.lena), NOON
    while at < NOON + sessions.ABSOLUTE_LIMIT:
        assert find(office, token, at), at
        do(office, sessions.touch, sessions.digest(token), at=at)
        at += 20 * MINUTE
    assert find(office, token, NOON + sessions.ABSOLUTE_LIMIT - SECOND)
    assert find(office, token, NOON + sessions.ABSOLUTE_LIMIT) is None


def test_action_is_recorded_once_a_minute_and_revives_no_ended_session(office):
    token = begin(office, office.lena)
    key = sessions.digest(token)
    do(office, sessions.touch, key, at=NOON + 59 * SECOND)
    assert rows(office, "sign_in_session", "seen_at")[0].seen_at == NOON
    assert not find(office, token, NOON + 59 * SECOND).is_touch_due(NOON + 59 * SECOND)
    do(office, sessions.touch, key, at=NOON + MINUTE)
    assert rows(office, "sign_in_session", "seen_at")[0].seen_at == NOON + MINUTE
    do(office, sessions.touch, key, at=NOON + HOUR)
    assert find(office, token, NOON + HOUR) is None


def test_signing_out_ends_one_and_is_written_down(office):
    first, other = begin(office, office.lena), begin(office, office.lena, NOON + SECOND)
    do(office, sessions.end, sessions.digest(first), at=NOON + MINUTE)
    assert find(office, first, NOON + 2 * MINUTE) is None
    assert find(office, other, NOON + 2 * MINUTE)
    assert log(office)[-1][:3] == ("session.end", "Lena Lezer", office.lena)
    before = len(log(office))
    do(office, sessions.end, sessions.digest(first), at=NOON + 3 * MINUTE)
    do(office, sessions.end, "\x00nothing\ud800", at=NOON + 3 * MINUTE)
    assert len(log(office)) == before


def test_people_end_only_their_own_sessions(office):
    token = begin(office, office.lena)
    do(office, sessions.end, sessions.digest(token), at=NOON + MINUTE, account=office.ravi)
    assert find(office, token, NOON + MINUTE)
    do(office, sessions.end, sessions.digest(token), at=NOON + MINUTE, account=office.lena)
    assert find(office, token, NOON + MINUTE) is None


def test_ending_all_sessions_keeps_the_requesting_one(office):
    tokens = [begin(office, office.lena, NOON + n * SECOND) for n in range(3)]
    others = begin(office, office.ravi, NOON + 5 * SECOND)
    do(office, sessions.end_all, office.lena, at=NOON + MINUTE, keep=sessions.digest(tokens[1]))
    assert [bool(find(office, token, NOON + MINUTE)) for token in (*tokens, others)] == [False, True, False, True]
    assert log(office)[-1] == ("session.end_all", "Lena Lezer", office.lena, {"sessions": 2})
    do(office, sessions.end_all, office.lena, at=NOON + 2 * MINUTE, by=BUILT_IN)
    assert log(office)[-1] == ("session.end_all", "security officer", office.lena, {"sessions": 1})


def test_session_ends_after_the_account_s_last_day(office):
    token = begin(office, office.ravi, NOON + 10 * HOUR + 50 * MINUTE)  # 23:50 in Amsterdam
    assert find(office, token, NOON + 10 * HOUR + 59 * MINUTE)
    assert find(office, token, NOON + 11 * HOUR) is None


def test_own_sessions_are_listed_last_used_first(office):
    begin(office, office.lena, NOON - DAY)
    begin(office, office.ravi, NOON)
    first, second = begin(office, office.lena, NOON + SECOND), begin(office, office.lena, NOON + 2 * SECOND)
    do(office, sessions.touch, sessions.digest(first), at=NOON + 2 * MINUTE)
    own = within(office, lambda session, now: sessions.list_own(session, office.lena, now), NOON + 3 * MINUTE)
    assert [row.token_sha256 for row in own] == [sessions.digest(first), sessions.digest(second)]
    assert (own[0].address, own[0].agent, own[0].ends_at) == (
        "203.0.113.9",
        "Firefox",
        NOON + SECOND + timedelta(hours=12),
    )


def test_user_agent_is_shortened_and_cleaned(office):
    do(office, sessions.start, office.lena, at=NOON, address="\x00\u202e::1", agent="\ud800x\n" * 500)
    row = rows(office, "sign_in_session", "address", "agent")[0]
    assert (row.address, row.agent) == ("::1", "x" * 200)
