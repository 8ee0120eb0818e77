"""While another process keeps the database locked: writing is refused in a sentence, reading goes on."""

import sqlite3
from contextlib import closing

import pytest

from models import transaction
from tests.api.calls import POLICY, problem, upload
from tests.api.conftest import client_of
from tests.days import CALENDAR


@pytest.fixture
def locked(small_office, monkeypatch):
    """A client of an office with one evidence, whose database takes nothing any more."""
    with client_of(small_office) as client:
        evidence = upload(client, b"# Policy\n", **POLICY).headers["location"].rpartition("/")[2]
    monkeypatch.setattr(transaction, "_DATABASE_WAIT", 0.1)
    small_office.engine = transaction.make_engine(str(small_office.engine.url), CALENDAR)
    with closing(sqlite3.connect(small_office.engine.url.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with client_of(small_office) as client:
            yield client, evidence
    small_office.engine.dispose()


def test_upload_is_refused_with_retry_after_when_nothing_can_be_written(locked):
    client, _ = locked
    answer = upload(client, b"# Another\n", **POLICY)
    assert "busy" in problem(answer, 503)["detail"]
    assert answer.headers["retry-after"] == "30"


def test_reading_works_when_nothing_can_be_written(locked):
    client, evidence = locked
    for address in ("me", "evidence", f"evidence/{evidence}", "readiness"):
        assert client.get(f"/api/v1/{address}").status_code == 200, address
    assert client.get("/health").json()["database"] != "failing"
