"""Accounts for the tests of access: functions that add people, second factors, teams and audits."""

from datetime import UTC, date, datetime, timedelta

import pyotp
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import insert, select
from sqlmodel import SQLModel

from access.people import accounts
from access.permissions import BUILT_IN
from access.sign_in import passwords, second_factor
from models.transaction import writing

NOON = datetime(2027, 3, 1, 12, 0, 0, tzinfo=UTC)
TODAY = date(2027, 3, 1)
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
GOOD = "kapstok mosterd vlieger drempel"
OTHER = "paperclip onweer trompet kelder"
KEY = bytes(range(32))
TABLES = SQLModel.metadata.tables
CHEAP = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))


def do(engine, verb, *args, at=NOON, **named):
    """Call one verb in a transaction of its own, with its moment as last argument."""
    with writing(engine, at) as (session, now):
        return verb(session, *args, now, **named)


def within(engine, act, at=NOON):
    with writing(engine, at) as (session, now):
        return act(session, now)


def person(engine, name, email, roles=(), password=GOOD, starts=date(2027, 1, 1), ends=None, at=NOON - 10 * DAY):
    """An account with its roles (role, team, audit) and perhaps a password; its id."""

    def act(session, now):
        account = accounts.add(session, BUILT_IN, name, email, "nl", starts, ends, now)
        for role, team, audit in roles:
            accounts.grant(session, BUILT_IN, account, role, now, team=team, audit=audit)
        if password:
            row = {"password": passwords.hash_password(password), "password_at": now}
            session.execute(TABLES["account"].update().where(TABLES["account"].c.id == account).values(**row))
        return account

    return within(engine, act, at)


def team(engine, key="bouw"):
    within(engine, lambda s, now: s.execute(insert(TABLES["team"]), [{"key": key, "title_nl": key, "title_en": key}]))


def audit(engine, key="extern-2027"):
    row = {
        "key": key,
        "title": "Audit",
        "day": date(2027, 6, 1),
        "period_first": date(2027, 1, 1),
        "period_last": date(2027, 5, 31),
        "catalogues": ["iso27001-2022"],
        "systems": [],
        "recorded_by": "test",
    }
    within(engine, lambda s, now: s.execute(insert(TABLES["audit"]), [{**row, "recorded_at": now}]))


def enrol(engine, account, at=NOON - 5 * DAY):
    """A confirmed second factor; its secret."""
    enrolment = do(engine, second_factor.begin_enrolment, account, KEY, at=at)
    do(engine, second_factor.confirm_enrolment, account, pyotp.TOTP(enrolment.secret).at(at), KEY, at=at)
    return enrolment.secret


def rows(engine, table, *columns):
    with engine.connect() as connection:
        chosen = [TABLES[table].c[name] for name in columns] or [TABLES[table]]
        return connection.execute(select(*chosen)).all()


def log(engine):
    """(verb, person, subject, details) of each entry."""
    return [tuple(row) for row in rows(engine, "activity", "verb", "person", "subject", "details")]
