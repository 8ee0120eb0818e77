"""Routes for drafts of a statement."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from access.permissions import BUILT_IN
from controls.load import load
from models.transaction import writing
from tests.api.calls import problem
from tests.api.conftest import client_of
from tests.evidence.office import Office

ROUTE = "/api/v1/statement-drafts"
TEXT = "## Security\n\n- We encrypt all traffic with TLS.\n- We log every sign-in attempt.\n- We like tea.\n"
DETAILS = {
    "title": "Security statement",
    "organisation": "Harbour Care",
    "effective": "2026-11-01",
    "source": "https://harbour.example",
    "replaces": "vrest-2018-05-24",
}


@pytest.fixture
def officer(office: Office) -> Iterator[TestClient]:
    with client_of(office) as client:
        yield client


def create(client: TestClient) -> dict[str, Any]:
    answer = client.post(ROUTE, json={"text": TEXT})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def confirmed(made: dict[str, Any]) -> list[dict[str, Any]]:
    names = ("start", "end", "measures")
    return [{name: row[name] for name in names} | {"decision": "confirmed"} for row in made["sentences"]]


def test_draft_is_created_read_changed_and_thrown_away(officer: TestClient) -> None:
    made = create(officer)
    assert (made["language"], [row["decision"] for row in made["sentences"]]) == ("en", ["undecided"] * 2)
    assert made["sentences"][0]["quote"] == "We encrypt all traffic with TLS."
    to = f"{ROUTE}/{made['key']}"
    assert officer.get(to).json() == made
    assert [each["key"] for each in officer.get(ROUTE).json()] == [made["key"]]
    changed = officer.put(to, json={"sentences": confirmed(made), "details": DETAILS})
    assert changed.status_code == 200, changed.text
    assert [row["decision"] for row in changed.json()["sentences"]] == ["confirmed"] * 2
    assert changed.json()["details"]["effective"] == "2026-11-01"
    yaml = officer.get(f"{to}/files/yaml")
    assert "Harbour Care" in yaml.text
    assert "harbour-care-2026-11-01.yaml" in yaml.headers["content-disposition"]
    assert officer.get(f"{to}/files/md").text == TEXT
    problem(officer.get(f"{to}/files/sh"), 422)
    assert officer.post(f"{to}/discarding").status_code == 204
    problem(officer.get(to), 404)


def test_document_is_read(officer: TestClient) -> None:
    page = "<!doctype html><html><body><h2>Security</h2><p>We encrypt all traffic with TLS.</p></body></html>"
    answer = officer.post(f"{ROUTE}/document", files={"file": ("page.html", page.encode())}, data={"language": "en"})
    assert answer.status_code == 201, answer.text
    assert answer.json()["text"] == "## Security\n\nWe encrypt all traffic with TLS.\n"
    problem(officer.post(f"{ROUTE}/document", files={"file": ("x.pdf", b"%PDF-1.4 broken")}), 422)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"sentences": [{"start": 0, "end": 999}]}, 409),
        ({"sentences": [{"start": 15, "end": 47, "measures": ["evil"]}]}, 404),
        ({"sentences": [{"start": 15, "end": 47, "decision": "left_out"}]}, 409),
        ({"sentences": [{"start": 15, "end": 47, "decision": "maybe"}]}, 422),
        ({"details": {"title": "x" * 501}}, 422),
        ({"details": {"effective": "tomorrow"}}, 422),
        ({"detail": {}}, 422),
    ],
)
def test_wrong_changes_are_refused(officer: TestClient, change: dict[str, Any], status: int) -> None:
    problem(officer.put(f"{ROUTE}/{create(officer)['key']}", json=change), status)


def test_statement_is_published_once_everything_is_decided(office: Office) -> None:
    with writing(office.engine) as (session, now):
        load(session, BUILT_IN, now)
    with client_of(office, now=now) as client:
        made = create(client)
        to = f"{ROUTE}/{made['key']}"
        problem(client.post(f"{to}/publication"), 409)
        client.put(to, json={"sentences": confirmed(made), "details": DETAILS})
        published = client.post(f"{to}/publication")
        assert (published.status_code, published.json()) == (201, {"statement": "harbour-care-2026-11-01"})
        assert client.get("/api/v1/statement").json()["key"] == "harbour-care-2026-11-01"
        problem(client.post(f"{to}/publication"), 404)
