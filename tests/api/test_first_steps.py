"""The route for the first steps."""

from access.permissions import BUILT_IN
from controls.load import load
from models.transaction import writing
from tests.api.calls import problem
from tests.api.conftest import client_of
from tests.evidence.office import Office

ROUTE = "/api/v1/first-steps"


def test_steps_are_read_skipped_and_confirmed(office: Office) -> None:
    with writing(office.engine) as (session, now):
        load(session, BUILT_IN, now)
    with client_of(office, now=now) as client:
        at_first = client.get(ROUTE).json()
        assert [row["step"] for row in at_first["steps"]][:3] == ["statement", "systems", "audit"]
        assert at_first["steps"][0]["state"] == "open"
        assert client.put(f"{ROUTE}/statement", json={"state": "confirmed"}).status_code == 204
        assert client.put(f"{ROUTE}/colleagues", json={"state": "skipped"}).status_code == 204
        states = {row["step"]: row["state"] for row in client.get(ROUTE).json()["steps"]}
        assert (states["statement"], states["colleagues"]) == ("confirmed", "skipped")
        problem(client.put(f"{ROUTE}/audit", json={"state": "confirmed"}), 409)
        problem(client.put(f"{ROUTE}/audit", json={"state": "done"}), 422)
        problem(client.put(f"{ROUTE}/lunch", json={"state": "open"}), 422)
