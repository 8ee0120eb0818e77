"""Checks of an upload that need no bytes happen before any are read."""

from collections import Counter
from datetime import date, timedelta
from types import SimpleNamespace

import anyio
import pytest

from access.permissions import BUILT_IN, READER, NotAllowed, Person
from access.web.authentication import Admission
from api.request_limits import RequestLimits
from evidence.errors import TooLarge, Unfitting, Unknown
from evidence.intake.admission import admit
from evidence.intake.reading import inspection
from evidence.intake.reading.readers_and_budgets import Budget
from models.transaction import reading
from tests.access.limited import MEMBER, TEAMLESS, two_teams
from tests.api.calls import problem, upload
from tests.api.conftest import client_of
from tests.coroutines import result_of
from tests.days import CALENDAR
from tests.evidence.office import JUNIT, NOW

TOKEN = Person(
    "build server", BUILT_IN.roles, only=frozenset({"evidence.file"}),
    requirements=frozenset({"role-tests"}), systems=frozenset({"portal"}),
)  # fmt: skip
READS = Person("Rik", frozenset({READER}))


@pytest.fixture
def office(engine, tmp_path):
    return two_teams(engine, tmp_path)


def admitted(office, person=BUILT_IN, requirements=("role-tests",), systems=("portal",), files=1, days=()):
    with reading(office.engine) as session:
        admit(session, person, requirements, systems, files, days, NOW)


def test_valid_upload_is_admitted(office):
    for person in (BUILT_IN, MEMBER, TOKEN):
        admitted(office, person)
    admitted(office, requirements=("policy",), systems=(), days=(date(2026, 1, 1), None))


@pytest.mark.parametrize(
    ("person", "requirements", "systems", "problem"),
    [
        (READS, ("role-tests",), ("portal",), NotAllowed),
        (TEAMLESS, ("role-tests",), ("portal",), NotAllowed),
        (MEMBER, ("role-tests", "reviewed-tests"), ("portal",), NotAllowed),
        (TOKEN, ("reviewed-tests",), ("portal",), NotAllowed),
        (TOKEN, ("role-tests",), ("website",), NotAllowed),
        (TOKEN, ("policy",), (), NotAllowed),
        (BUILT_IN, ("nothing",), ("portal",), Unknown),
        (BUILT_IN, ("role-tests", "nothing"), ("portal",), Unknown),
        (BUILT_IN, (), ("portal",), Unfitting),
        (BUILT_IN, ("role-tests",), ("nowhere",), Unfitting),
    ],
)
def test_invalid_upload_is_not_admitted(office, person, requirements, systems, problem):
    with pytest.raises(problem):
        admitted(office, person, requirements, systems)


def test_too_many_files_and_future_days_are_refused(office):
    with pytest.raises(TooLarge, match="21 files"):
        admitted(office, files=21)
    with pytest.raises(Unfitting, match="future"):
        admitted(office, days=(None, CALENDAR.day_of(NOW) + timedelta(days=1)))


@pytest.mark.parametrize(
    ("person", "fields", "status"),
    [
        (READS, {"requirement": "role-tests", "system": "portal"}, 403),
        (MEMBER, {"requirement": "reviewed-tests", "system": "portal"}, 403),
        (BUILT_IN, {"requirement": "nothing", "system": "portal"}, 422),
        (BUILT_IN, {"requirement": "role-tests", "system": "nowhere"}, 422),
        (BUILT_IN, {"requirement": "role-tests", "system": "portal", "last_day": "2199-01-01"}, 422),
    ],
)
def test_route_reads_nothing_of_a_refused_upload(office, monkeypatch, person, fields, status):
    def read(*_, **__):
        raise AssertionError("a file was read")

    monkeypatch.setattr(inspection, "readers", read)
    monkeypatch.setattr(office.store, "stage", read)
    with client_of(office, person) as client:
        problem(upload(client, JUNIT, **fields), status)


def test_no_byte_is_read_without_permission_to_upload(sqlite):
    answered = []

    async def receive():
        raise AssertionError("the body was asked for")

    async def send(message):
        answered.append(message)

    scope = {"type": "http", "method": "POST", "path": "/api/v1/evidence", "query_string": b"", "headers": []}
    around = SimpleNamespace(state=SimpleNamespace(resources=SimpleNamespace(engine=lambda: sqlite)))
    request_scope = {**scope, "app": around, "admission": Admission(READS, "en")}
    result_of(RequestLimits(None, 1 << 20)(request_scope, receive, send))
    assert answered[0]["status"] == 403


def test_number_of_simultaneous_uploads_of_a_person_is_limited():
    """Further uploads of a person wait unread; another person does not wait for them."""
    busy = Counter()
    most = Counter()

    async def app(scope, receive, send):
        name = scope["admission"].person.name
        busy[name] += 1
        most[name] = max(most[name], busy[name])
        await anyio.sleep(0.05 if name == "mallory" else 0)
        busy[name] -= 1

    async def all_of_them():
        limits, done = RequestLimits(app, 1 << 20), []
        scope = {"type": "http", "method": "POST", "path": "/api/v1/evidence", "query_string": b"", "headers": []}

        async def post(name):
            admission = Admission(Person(name, BUILT_IN.roles, name), "en")
            await limits({**scope, "admission": admission}, None, None)
            done.append(name)

        async with anyio.create_task_group() as group:
            for _ in range(12):
                group.start_soon(post, "mallory")
            await anyio.sleep(0.01)
            group.start_soon(post, "anna")
        return done

    done = result_of(all_of_them())
    assert done[0] == "anna"
    assert most["mallory"] == 4


def test_too_costly_file_is_refused_and_nothing_is_recorded(office, monkeypatch):
    monkeypatch.setattr("evidence.intake.reading.readers_and_budgets.budget_of", lambda _: Budget(0.05, 1 << 30))
    many = b"<testsuite>" + b'<testcase name="a"/>' * 200_000 + b"</testsuite>"
    with client_of(office) as client:
        message = problem(upload(client, many, requirement="role-tests", system="portal"), 422)
    assert message["type"].endswith("too-costly")
    assert message["detail"].startswith("file0: reading this file takes more than 0.05 s of")
    assert office.count("evidence") == 0
