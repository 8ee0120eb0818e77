"""The result is cached for a second; a person's action is recorded all the same."""

from datetime import timedelta

import pytest
from sqlalchemy import insert

from access.people import accounts, sessions, tokens
from access.permissions import BUILT_IN, READER, REVIEWER, NotAllowed
from access.web.authentication import SESSION, Admission, Admissions, require_unchanged
from models.bulk_changes import table
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


def test_change_after_a_role_ended_is_refused_at_once(engine):
    """What is read may come from the cache for a second; what is changed never does."""
    account = person(engine, "Rik", "rik@example.org", [(READER, None, None), (REVIEWER, None, None)])
    with writing(engine, NOON) as (session, now):
        token = sessions.start(session, account, now)
    admission = Admissions(lambda: engine, lambda: NOON).find_by_session(token, is_action=True)
    with writing(engine, NOON) as (session, now):
        require_unchanged(session, admission, now)
        grant = next(row.grants for row in accounts.list_accounts(session, BUILT_IN, now) if row.id == account)[0]
    with writing(engine, NOON) as (session, now):
        accounts.end_grant(session, BUILT_IN, grant.id, now)
        with pytest.raises(NotAllowed, match="changed while this was sent"):
            require_unchanged(session, admission, now)


def test_change_by_a_token_that_was_revoked_is_refused_at_once(engine):
    with writing(engine, NOON) as (session, now):
        session.execute(insert(table("team")), [{"key": "platform", "title_nl": "P", "title_en": "P"}])
        secret = tokens.issue(session, BUILT_IN, "build", "platform", ["evidence.file"], NOON.date(), now)
    admission = Admissions(lambda: engine, lambda: NOON).find_by_token(secret)
    with writing(engine, NOON) as (session, now):
        require_unchanged(session, admission, now)
        tokens.revoke(session, BUILT_IN, admission.person.token, now)
        with pytest.raises(NotAllowed, match="changed while this was sent"):
            require_unchanged(session, admission, now)


def test_people_without_a_session_or_token_change_nothing_by_themselves(engine):
    with writing(engine, NOON) as (session, now):
        require_unchanged(session, Admission(BUILT_IN, "en"), now)
