"""The result is cached for a second; a person's action is recorded all the same."""

from datetime import timedelta

from access.people import sessions
from access.permissions import READER
from access.web.authentication import SESSION, Admissions
from models.transaction import reading, writing
from tests.access.households import NOON, person


def test_action_right_after_an_automatic_request_keeps_the_session_alive(engine):
    account = person(engine, "Rik", "rik@example.org", [(READER, None, None)])
    with writing(engine, NOON) as (session, now):
        token = sessions.start(session, account, now)
    later = NOON + timedelta(minutes=20)
    admissions = Admissions(lambda: engine, lambda: later, lambda act: act())

    def seen_at():
        with reading(engine) as session:
            return sessions.find(session, token, later).seen_at

    assert admissions.find_by_session(token, is_action=False).person.account == account
    assert admissions.find_cached(SESSION, token) is not None
    assert seen_at() == NOON
    assert admissions.find_cached(SESSION, token, is_action=True) is None
    admissions.find_by_session(token, is_action=True)
    assert seen_at() == later
    assert admissions.find_cached(SESSION, token, is_action=True) is not None
