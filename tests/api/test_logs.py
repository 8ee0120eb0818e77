"""The exports: streamed CSV for those who may, a problem for those who may not."""

import csv
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from access.permissions import AUDITOR, READER, Person
from access.sign_in import login_log
from access.sign_in.login_log import HEADER, SignInAttempt
from models.transaction import writing
from tests.api.calls import problem
from tests.api.conftest import client_of
from tests.evidence.office import NOW, Office

MANY = 1_203


def rows(answer):
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith('attachment; filename="')
    return answer.text.splitlines()


def test_attempts_of_a_period_come_whole_and_in_order(client: TestClient, office: Office) -> None:
    with writing(office.engine) as (session, _):
        for number in range(MANY):
            at = NOW - timedelta(minutes=number % 600)
            attempt = SignInAttempt(f"n{number}@example.org", None, "192.0.2.9", "agent", "password")
            login_log.record_attempt(session, attempt, at, "unknown")
        old = NOW - timedelta(days=60)
        attempt = SignInAttempt("old@example.org", None, "192.0.2.9", "agent", "password")
        login_log.record_attempt(session, attempt, old, "unknown")
    lines = rows(client.get("/api/v1/login-attempts"))
    assert lines[0] == ";".join(HEADER)
    ids = [int(line[0]) for line in csv.reader(lines[1:], delimiter=";")]
    assert ids == list(range(1, MANY + 1))
    day = (NOW - timedelta(days=60)).date().isoformat()
    assert len(rows(client.get("/api/v1/login-attempts", params={"since": day, "until": day}))) == 2
    assert "example.org" not in "\n".join(lines)


def test_acceptances_of_a_day(client: TestClient) -> None:
    lines = rows(client.get("/api/v1/agreement-acceptances", params={"on": "2026-11-20"}))
    assert lines[0].startswith("role,eura_version")


@pytest.mark.parametrize("path", ["login-attempts", "agreement-acceptances"])
def test_export_without_permission_is_refused_before_anything_is_sent(small_office: Office, path: str) -> None:
    for role in (READER, AUDITOR):
        person = Person("someone", frozenset({role}), audits=frozenset({"audit"}))
        with client_of(small_office, person) as client:
            assert "may not do this" in problem(client.get(f"/api/v1/{path}"), 403)["detail"]


def test_a_period_that_ends_before_it_begins_is_named(small_client: TestClient) -> None:
    queried = {"since": "2026-11-02", "until": "2026-11-01"}
    assert "before it begins" in problem(small_client.get("/api/v1/login-attempts", params=queried), 422)["detail"]
