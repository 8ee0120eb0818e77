"""Calls that several tests make, and what holds for every error."""

from typing import Any

from starlette.testclient import TestClient

ROLE_TESTS = {"requirement": "role-tests", "system": "portal"}
POLICY = {"requirement": "policy", "first_day": "2026-11-02", "last_day": "2026-11-02"}


def upload(
    client: TestClient, *contents: bytes, names: tuple[str, ...] = (), dry_run: bool = False, **fields: Any
) -> Any:
    files = [("files", (names[n] if names else f"file{n}", content)) for n, content in enumerate(contents)]
    address = "/api/v1/evidence?dry_run=true" if dry_run else "/api/v1/evidence"
    return client.post(address, files=files, data=fields)


def problem(response: Any, status: int) -> dict[str, Any]:
    """The body of an error, which is what RFC 9457 says."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["status"] == status
    assert body["title"] and body["detail"] and body["type"]
    assert body["instance"] == response.request.url.path
    return body
