"""Tasks with their due days, planning, and assigning, over the API."""

import pytest
from starlette.testclient import TestClient

from tests.api.calls import problem
from tests.api.test_routes import get, post

AUDIT = {
    "key": "a-2027",
    "title": "Audit",
    "day": "2027-06-16",
    "period_first": "2026-03-16",
    "period_last": "2027-03-15",
    "catalogues": ["iso"],
}


@pytest.fixture
def planned(client: TestClient) -> TestClient:
    assert client.post("/api/v1/audit", json=AUDIT).status_code in (201, 204)
    return client


def test_task_has_a_default_day_until_a_person_plans_it(planned: TestClient) -> None:
    task = next(row for row in get(planned, "tasks") if row["requirement"] == "policy")
    assert task["planned"] == "default"
    assert "2027-03-16" < task["due_day"] <= "2027-06-02"  # a margin before the audit
    post(planned, "tasks/plan", 204, cells=[{"requirement": "policy"}], day="2027-03-10")
    task = next(row for row in get(planned, "tasks", urgency="soon") if row["requirement"] == "policy")
    assert (task["due_day"], task["planned"]) == ("2027-03-10", "person")
    assert get(planned, "tasks", team="nobody") == []


def test_requirement_is_assigned_and_its_history_stays(planned: TestClient) -> None:
    post(planned, "assignments", 204, requirement="policy", team="platform")
    assert [(row["team"], row["person"]) for row in get(planned, "assignments", requirement="policy")] == [
        ("platform", None)
    ]
    assert next(row for row in get(planned, "tasks") if row["requirement"] == "policy")["team"] == "platform"


def test_margin_is_set(planned: TestClient) -> None:
    assert planned.put("/api/v1/tasks/renewal-margin", json={"days": 30}).status_code == 204
    problem(planned.put("/api/v1/tasks/renewal-margin", json={"days": 999}), 422)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("tasks/plan", {"cells": [], "day": "2027-03-10"}, 422),
        ("tasks/plan", {"cells": [{"requirement": "policy"}], "day": "2020-01-01"}, 409),
        ("tasks/plan", {"cells": [{"requirement": "none"}], "day": "2027-03-10"}, 422),
        ("assignments", {"requirement": "policy", "team": "nobody"}, 422),
        ("assignments", {"requirement": "policy", "team": "platform", "account": "nobody"}, 422),
    ],
)
def test_what_does_not_fit_is_a_problem(planned: TestClient, path: str, body: dict[str, object], status: int) -> None:
    problem(planned.post(f"/api/v1/{path}", json=body), status)


def test_no_audit_is_a_problem(client: TestClient) -> None:
    problem(client.get("/api/v1/tasks"), 404)


def test_scenario_counts_what_would_be_demonstrated_and_records_nothing(planned: TestClient) -> None:
    today = post(planned, "readiness/what-if", 200)
    assert today["scenario"] == today["forecast"]
    task = next(row for row in get(planned, "tasks") if row["requirement"] == "policy")
    cell = {name: task[name] for name in ("requirement", "system", "target")}
    after = post(planned, "readiness/what-if", 200, done=[cell], done_by="2027-03-16", audit_day="2027-06-01")
    assert (after["done_by"], after["scenario"]["on"]) == ("2027-03-16", "2027-06-01")
    assert after["scenario"]["demonstrated"] - after["forecast"]["demonstrated"] == after["gains"].get("policy", 0)
    assert after["to_plan"] == [cell]
    assert [week["day"] for week in after["weeks"]][-1] == "2027-06-01"
    assert post(planned, "readiness/what-if", 200) == today


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"done_by": "2020-01-01"}, 409),
        ({"done": [{"requirement": "none"}]}, 422),
        ({"excluded": ["iso:none"]}, 422),
        ({"audit_day": "soon"}, 422),
    ],
)
def test_scenario_that_does_not_fit_is_a_problem(planned: TestClient, body: dict[str, object], status: int) -> None:
    problem(planned.post("/api/v1/readiness/what-if", json=body), status)
