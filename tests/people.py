"""People for tests: created through verbs and signed in without pages."""

from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session

from access.people import accounts, agreements, links, sessions
from access.permissions import Person
from access.sign_in import link_redemption
from models.transaction import writing
from tests.days import CALENDAR

PASSWORD = "paarse eilanden zingen zelden"  # noqa: S105 - of fictional people


def officer(engine: Engine, name: str = "Anna Bakker", email: str = "anna@example.org") -> tuple[Person, str]:
    """Create the first security officer, with accepted agreements; returns the person and a session token."""
    with writing(engine) as (session, now):
        agreements.publish_first_versions(session, now)
        link = links.first_set_up(session, now)
        assert link is not None
        account = link_redemption.redeem(session, link, now, PASSWORD, name, email, "nl")
        return _signed_in(session, account, now)


def colleague(
    engine: Engine,
    by: Person,
    name: str,
    role: str,
    *,
    team: str | None = None,
    audit: str | None = None,
    language: str = "nl",
) -> tuple[Person, str]:
    """Invite a person, who accepts the agreements; returns the person and a session token."""
    with writing(engine) as (session, now):
        email = f"{name.split(maxsplit=1)[0].lower()}@example.org"
        account = accounts.add(session, by, name, email, language, CALENDAR.day_of(now), None, now)
        accounts.grant(session, by, account, role, now, team=team, audit=audit)
        link_redemption.redeem(session, links.invite(session, by, account, now), now, PASSWORD)
        return _signed_in(session, account, now)


def _signed_in(session: Session, account: str, now: datetime) -> tuple[Person, str]:
    person = accounts.find_person(session, account, now)
    assert person is not None
    for agreement in agreements.list_to_accept(session, account, person.roles, CALENDAR.day_of(now)):
        agreements.accept(session, person, account, agreement.id, "127.0.0.1", now)
    return person, sessions.start(session, account, now, "127.0.0.1", "test", second_factor=False)
