"""Policies of one's own through the API: copied, previewed, published, compared, and refused with what was expected."""

from typing import Any

from starlette.testclient import TestClient

from tests.api.calls import problem
from tests.api.conftest import client_of
from tests.evidence.judging.own_policies.policy_office import OWN, SCAN, SOFTER, content, scan
from tests.evidence.office import DAY, NOW, Office

TODAY = NOW.date()
PATH = f"/api/v1/policies/{OWN}"
NEW = {"content": SOFTER, "requirements": ["scan"], "copy_of": SCAN, "first_day": str(TODAY), "reason": "agreed"}


def publish(client: TestClient, **other: Any) -> Any:
    return client.post(f"{PATH}/editions", json={**NEW, **other})


def test_an_edition_is_published_listed_and_compared(client: TestClient) -> None:
    made = publish(client)
    assert made.status_code == 201 and made.json()["id"] == f"{OWN}@1"
    assert publish(client, content=content(("high: 0", "high: 1")), after=1).status_code == 201
    listed = client.get(f"{PATH}/editions").json()
    assert [(row["number"], row["reason"], row["requirements"]) for row in listed] == [
        (2, "agreed", ["scan"]),
        (1, "agreed", ["scan"]),
    ]
    assert client.get(f"/api/v1/policies/{SCAN}/editions").json() == []
    changed = client.get(f"/api/v1/policies/{SCAN}/differences", params={"new": OWN}).json()
    assert [row["change"] for row in changed] == ["removed", "added"]
    assert "High: at most 1" in changed[1]["sentence"]
    assert OWN + "@2" in [row["id"] for row in client.get("/api/v1/policies").json()]
    assert client.get(PATH).json()["policy"]["edition"] == "2"
    assert client.get(f"{PATH}@1").json()["policy"]["edition"] == "1"


def test_a_preview_says_what_would_have_been_judged_otherwise(office: Office, client: TestClient) -> None:
    evidence = office.deliver(scan(DAY), requirements=("scan",)).evidence
    draft = {name: NEW[name] for name in ("content", "requirements", "copy_of")}
    found = client.post(f"{PATH}/editions/preview", json=draft).json()
    assert (found["judged"], found["left_out"], found["not_judged"]) == (1, 0, [])
    (row,) = found["changed"]
    assert (row["evidence"], row["day"], row["before"], row["after"]) == (evidence, str(DAY), "fail", "pass")
    assert client.get(f"{PATH}/editions").json() == []


def test_what_is_wrong_is_told_with_its_line(client: TestClient) -> None:
    wrong = publish(client, content=content(("high: 0", "high: few")))
    assert "high: expected a whole number" in problem(wrong, 422)["detail"]
    past = publish(client, first_day="2027-03-01")
    assert "changes no past day" in problem(past, 409)["detail"]
    assert publish(client, copy_of="nothing").status_code == 404
    assert publish(client, reason="").status_code == 422
    assert client.get(f"{PATH}/differences", params={"new": "nothing"}).status_code == 404


def test_two_officers_do_not_publish_over_each_other(office: Office, client: TestClient) -> None:
    assert publish(client).status_code == 201
    with client_of(office) as other:
        second = publish(other, content=content(("high: 0", "high: 3")))
    assert "Edition 1 of this policy was published by" in problem(second, 409)["detail"]
