"""An office of two teams, and every verb that reads one evidence, for the tests of limits."""

from datetime import UTC, datetime
from functools import partial

import pytest
from sqlalchemy import insert, select

from access.permissions import TEAM_MEMBER, Person
from evidence.errors import Unknown
from evidence.library import evidence_items, results, run_comparison
from evidence.library.evidence_filters import Filters
from models.bulk_changes import table
from models.queries import latest
from models.transaction import writing
from tests.evidence.office import NOW, open_office

MEMBER = Person("member", frozenset({TEAM_MEMBER}), teams=frozenset({"platform"}))
OTHER = Person("other", frozenset({TEAM_MEMBER}), teams=frozenset({"apps"}))
TEAMLESS = Person("teamless", frozenset({TEAM_MEMBER}))


def redefine(session, now, requirement, **changes):
    """A new version of a requirement, or of another made after it."""
    requirements = table("evidence_requirement")
    current = select(requirements).where(requirements.c.key == requirement, latest(requirements, "key"))
    row = dict(session.execute(current).mappings().one())
    del row["id"]
    session.execute(insert(requirements), [{**row, "recorded_at": now, **changes}])


def two_teams(engine, folder):
    """The same office, in which `reviewed-tests` and `policy` belong to another team."""
    made = open_office(engine, folder)
    with writing(engine, datetime(2027, 1, 5, tzinfo=UTC)) as (session, now):
        session.execute(insert(table("team")), [{"key": "apps", "title_nl": "A", "title_en": "A"}])
        for requirement in ("reviewed-tests", "policy"):
            redefine(session, now, requirement, team="apps")
    return made


def seen(session, person, **filters):
    page = evidence_items.search(session, person, Filters(**filters))
    assert page.total == len(page.rows)
    return {row.id for row in page.rows}


def read(office, session, person, key):
    """As the route of the bytes does."""
    opened = evidence_items.file(session, person, key, 0)
    evidence_items.log_opening(session, person, key, NOW, opened)
    with office.store.open_verified(opened.sha256) as stream:
        return stream.read()


def every_way_in(office, session, person, key):
    """Each verb that returns something about one evidence."""
    file = evidence_items.FileRow(0, "f", 1, "text/xml", "0" * 64)
    return {
        "evidence": lambda: evidence_items.evidence(session, person, key),
        "exists": lambda: evidence_items.require_readable(session, person, key),
        "files": lambda: evidence_items.files(session, person, key),
        "file": lambda: evidence_items.file(session, person, key, 0),
        "bytes": partial(read, office, session, person, key),
        "log": lambda: evidence_items.log_opening(session, person, key, NOW, file),
        "results": lambda: results.results(session, person, key),
        "compare": lambda: run_comparison.compare(session, person, key),
    }


def closed(office, person, key):
    with writing(office.engine, NOW) as (session, _):
        for name, way in every_way_in(office, session, person, key).items():
            with pytest.raises(Unknown):
                raise AssertionError(f"{name} told {way()}")


def opened(office, person, key):
    with writing(office.engine, NOW) as (session, _):
        for way in every_way_in(office, session, person, key).values():
            way()
