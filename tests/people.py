"""People for the tests: made by the verbs themselves, and signed in without the pages."""

from sqlalchemy import Engine

from access import agreements, links, people, sessions
from access.permissions import Person
from models.days import local_day
from models.transaction import writing

PASSWORD = "paarse eilanden zingen zelden"


def officer(engine: Engine, name: str = "Anna Bakker", email: str = "anna@example.org") -> tuple[Person, str]:
    """The first security officer, whose agreements are accepted, and the token of a session."""
    with writing(engine) as (session, now):
        agreements.first_versions(session, now)
        link = links.first_set_up(session, now)
        assert link is not None
        account = links.redeem(session, link, now, PASSWORD, name, email, "nl")
        person = people.person_of(session, account, now)
        assert person is not None
        for one in agreements.to_accept(session, account, person.roles, local_day(now)):
            agreements.accept(session, person, account, one.id, "127.0.0.1", now)
        return person, sessions.start(session, account, now, "127.0.0.1", "test", second_factor=False)
