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


def seen(made: dict[str, Any]) -> dict[str, Any]:
    return {"version": made["version"]}


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
    changed = officer.put(to, json=seen(made) | {"sentences": confirmed(made), "details": DETAILS})
    assert changed.status_code == 200, changed.text
    assert [row["decision"] for row in changed.json()["sentences"]] == ["confirmed"] * 2
    assert changed.json()["details"]["effective"] == "2026-11-01"
    yaml = officer.get(f"{to}/files/yaml")
    assert "Harbour Care" in yaml.text
    assert "harbour-care-2026-11-01.yaml" in yaml.headers["content-disposition"]
    assert officer.get(f"{to}/files/md").text == TEXT
    problem(officer.get(f"{to}/files/sh"), 422)
    problem(officer.post(f"{to}/discarding", json=seen(made)), 409)
    assert officer.post(f"{to}/discarding", json=seen(changed.json())).status_code == 204
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
        ({"version": None}, 422),
        ({"version": "1"}, 422),
        ({"own_measures": [{"title": "A say", "controls": []}]}, 409),
        ({"own_measures": [{"title": "A say", "controls": ["evil"], "requires": ["context-analysis"]}]}, 404),
        ({"own_measures": [{"title": "A say", "controls": [], "evidence": {}}]}, 422),
    ],
)
def test_wrong_changes_are_refused(officer: TestClient, change: dict[str, Any], status: int) -> None:
    made = create(officer)
    problem(officer.put(f"{ROUTE}/{made['key']}", json=seen(made) | change), status)


def test_statement_is_published_once_everything_is_decided(office: Office) -> None:
    with writing(office.engine) as (session, now):
        load(session, BUILT_IN, now)
    with client_of(office, now=now) as client:
        made = create(client)
        to = f"{ROUTE}/{made['key']}"
        problem(client.post(f"{to}/publication"), 422)
        problem(client.post(f"{to}/publication", json=seen(made)), 409)
        changed = client.put(to, json=seen(made) | {"sentences": confirmed(made), "details": DETAILS}).json()
        assert "after you opened it" in problem(client.put(to, json=seen(made) | {"details": DETAILS}), 409)["detail"]
        published = client.post(f"{to}/publication", json=seen(changed))
        assert (published.status_code, published.json()) == (201, {"statement": "harbour-care-2026-11-01"})
        assert client.get("/api/v1/statement").json()["key"] == "harbour-care-2026-11-01"
        problem(client.post(f"{to}/publication", json=seen(changed)), 404)


def test_measure_of_ones_own_is_kept_and_published(office: Office) -> None:
    own = {
        "title": "Clients have a say",
        "controls": ["iso27001-2022:A.5.34"],
        "requires": ["context-analysis"],
        "evidence": {"title": "Minutes of the council", "renewal": "P13M", "team": "privacy"},
    }
    with writing(office.engine) as (session, now):
        load(session, BUILT_IN, now)
    with client_of(office, now=now) as client:
        made = create(client)
        to = f"{ROUTE}/{made['key']}"
        rows = [row | {"measures": ["own-clients-have-a-say"]} for row in confirmed(made)]
        change = seen(made) | {"own_measures": [own], "sentences": rows, "details": DETAILS}
        changed = client.put(to, json=change)
        assert changed.status_code == 200, changed.text
        controls = ["iso27001-2022:A.5.34", "iso27001-2022:4.1"]
        expected = own | {"key": "own-clients-have-a-say", "other_title": "", "controls": controls}
        assert client.get(to).json()["own_measures"] == [expected]
        assert client.post(f"{to}/publication", json=seen(changed.json())).status_code == 201
        assert [measure["key"] for measure in client.get("/api/v1/measures").json()] == ["own-clients-have-a-say"]
