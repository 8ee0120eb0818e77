"""What is known of a delivery without its bytes is asked before any of them is read."""

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
from evidence.intake.reading.processes import Budget
from models.transaction import reading
from tests.access.limited import MEMBER, TEAMLESS, two_teams
from tests.api.calls import problem, upload
from tests.api.conftest import client_of
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


def asked(office, person=BUILT_IN, requirements=("role-tests",), systems=("portal",), files=1, days=()):
    with reading(office.engine) as session:
        admit(session, person, requirements, systems, files, days, NOW)


def test_what_fits_so_far_is_read(office):
    for person in (BUILT_IN, MEMBER, TOKEN):
        asked(office, person)
    asked(office, requirements=("policy",), systems=(), days=(date(2026, 1, 1), None))


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
def test_what_does_not_is_refused(office, person, requirements, systems, problem):
    with pytest.raises(problem):
        asked(office, person, requirements, systems)


def test_too_many_files_and_days_to_come_are_refused(office):
    with pytest.raises(TooLarge, match="21 files"):
        asked(office, files=21)
    with pytest.raises(Unfitting, match="future"):
        asked(office, days=(None, CALENDAR.day_of(NOW) + timedelta(days=1)))


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
def test_the_route_reads_nothing_of_it(office, monkeypatch, person, fields, status):
    def read(*_, **__):
        raise AssertionError("a file was read")

    monkeypatch.setattr(inspection, "readers", read)
    monkeypatch.setattr(office.store, "stage", read)
    with client_of(office, person) as client:
        problem(upload(client, JUNIT, **fields), status)


def test_no_byte_is_taken_in_from_who_may_not_hand_in(sqlite):
    answered = []

    async def receive():
        raise AssertionError("the body was asked for")

    async def send(message):
        answered.append(message)

    scope = {"type": "http", "method": "POST", "path": "/api/v1/evidence", "query_string": b"", "headers": []}
    around = SimpleNamespace(state=SimpleNamespace(resources=SimpleNamespace(engine=lambda: sqlite)))
    given = {**scope, "app": around, "admission": Admission(READS, "en")}
    anyio.run(RequestLimits(None, 1 << 20), given, receive, send)
    assert answered[0]["status"] == 403


def test_of_one_person_a_few_are_taken_in_at_a_time():
    """The others wait, their bodies not asked for; another person does not wait for them."""
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

    done = anyio.run(all_of_them)
    assert done[0] == "anna"
    assert most["mallory"] == 4


def test_a_file_that_costs_too_much_is_told_and_nothing_is_filed(office, monkeypatch):
    monkeypatch.setattr("evidence.intake.reading.processes.budget_of", lambda _: Budget(0.05, 1 << 30))
    many = b"<testsuite>" + b'<testcase name="a"/>' * 200_000 + b"</testsuite>"
    with client_of(office) as client:
        told = problem(upload(client, many, requirement="role-tests", system="portal"), 422)
    assert told["type"].endswith("too-costly")
    assert told["detail"].startswith("file0: reading this file takes more than 0.05 seconds")
    assert office.count("evidence") == 0
