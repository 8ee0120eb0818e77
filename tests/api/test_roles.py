"""Every route of the API with every role, against the table of permissions; and random requests to each: never a server error."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from starlette.testclient import TestClient

from access.people.token_rules import TOKEN_PERMISSIONS
from access.permissions import (
    ADMINISTRATOR,
    AUDITOR,
    BUILT_IN,
    PERMISSIONS,
    READER,
    REVIEWER,
    SECURITY_OFFICER,
    TEAM_MEMBER,
    Person,
)
from api import create_api
from migrations import bring_up_to_date
from models.transaction import make_engine
from tests.api.calls import problem
from tests.api.conftest import client_of
from tests.days import CALENDAR
from tests.evidence.office import JUNIT, TEXT, Office, open_office

ROLES = (SECURITY_OFFICER, REVIEWER, TEAM_MEMBER, AUDITOR, READER, ADMINISTRATOR)
AUDIT = {
    "key": "a-2027",
    "title": "Audit",
    "day": "2027-03-16",
    "period_first": "2026-03-16",
    "period_last": "2027-03-15",
    "catalogues": ["iso"],
}
EDITION = {"content": "title: a", "first_day": "2027-03-04", "reason": "r", "copy_of": "junit"}
UPLOAD = {"requirement": "role-tests", "system": "portal"}
DAYS = {"first_day": "2027-03-04", "last_day": "2027-04-04"}

#: Method and path → the permissions of which one is needed, and a request that fits. A new route is added here.
ROUTES: dict[tuple[str, str], tuple[tuple[str, ...], dict[str, Any]]] = {
    ("GET", "/v1/me"): ((), {}),  # whoever is let in may ask who they are
    ("POST", "/v1/evidence"): (("evidence.file",), {"files": [("files", ("f.xml", JUNIT))], "data": UPLOAD}),
    ("GET", "/v1/uploads"): (("evidence.file", "evidence.read"), {}),
    ("GET", "/v1/uploads/{upload}"): (("evidence.file", "evidence.read"), {}),
    ("POST", "/v1/evidence/proposals"): (("evidence.file",), {"files": [("files", ("f.xml", JUNIT))]}),
    ("GET", "/v1/evidence"): (("evidence.read",), {}),
    ("GET", "/v1/evidence/{evidence}"): (("evidence.read",), {}),
    ("POST", "/v1/evidence/{evidence}/judge"): (("evidence.review", "evidence.file"), {}),
    ("GET", "/v1/evidence/{evidence}/results"): (("evidence.read",), {}),
    ("GET", "/v1/evidence/{evidence}/comparison"): (("evidence.read",), {}),
    ("GET", "/v1/evidence/{evidence}/files/{position}"): (("evidence.read",), {}),
    ("GET", "/v1/evidence/{evidence}/files/{position}/preview"): (("evidence.read",), {}),
    ("GET", "/v1/login-attempts"): (("login_log.read",), {}),
    ("GET", "/v1/agreement-acceptances"): (("agreement.read",), {}),
    ("GET", "/v1/readiness"): (("readiness.read",), {}),
    ("GET", "/v1/to-do"): (("readiness.read",), {}),
    ("GET", "/v1/applicability"): (("controls.read",), {"params": {"catalogue": "iso"}}),
    ("GET", "/v1/applicability/history"): (("controls.read",), {"params": {"control": "iso:A.1"}}),
    ("GET", "/v1/applicability/sheet"): (("controls.read",), {"params": {"catalogue": "iso", "format": "csv"}}),
    ("GET", "/v1/tasks"): (("readiness.read",), {}),
    ("GET", "/v1/review-queue"): (("evidence.review",), {}),
    ("POST", "/v1/readiness/what-if"): (("readiness.read",), {"json": {}}),
    ("GET", "/v1/calendar-feeds"): (("readiness.read",), {}),
    ("POST", "/v1/calendar-feeds"): (("readiness.read",), {"json": {"team": "none"}}),
    ("POST", "/v1/calendar-feeds/{feed}/revocation"): (("readiness.read",), {}),
    ("POST", "/v1/tasks/plan"): (("task.plan",), {"json": {"cells": [{"requirement": "policy"}], "day": "2027-03-10"}}),
    ("PUT", "/v1/tasks/renewal-margin"): (("task.plan",), {"json": {"days": 10}}),
    ("GET", "/v1/assignments"): (("readiness.read",), {}),
    ("GET", "/v1/assignments/people"): (("task.plan",), {"params": {"team": "operations"}}),
    ("POST", "/v1/assignments"): (("task.plan",), {"json": {"requirement": "policy", "team": "operations"}}),
    ("GET", "/v1/readiness/cell"): (("readiness.read",), {"params": UPLOAD}),
    ("GET", "/v1/readiness/control"): (("readiness.read",), {"params": {"key": "iso:A.1"}}),
    ("GET", "/v1/readiness/measure"): (("readiness.read",), {"params": {"key": "m"}}),
    ("GET", "/v1/first-steps"): (("audit.plan",), {}),
    ("PUT", "/v1/first-steps/{step}"): (("audit.plan",), {"json": {"state": "skipped"}}),
    ("GET", "/v1/exceptions"): (("evidence.read",), {}),
    ("GET", "/v1/catalogues"): (("controls.read",), {}),
    ("GET", "/v1/controls"): (("controls.read",), {"params": {"catalogue": "iso"}}),
    ("GET", "/v1/controls/{key}"): (("controls.read",), {}),
    ("GET", "/v1/measures"): (("controls.read",), {}),
    ("GET", "/v1/measures/{key}"): (("controls.read",), {}),
    ("GET", "/v1/policies"): (("controls.read",), {}),
    ("GET", "/v1/policies/{key}"): (("controls.read",), {}),
    ("GET", "/v1/policies/{key}/template"): (("controls.read",), {}),
    ("GET", "/v1/policies/{key}/differences"): (("controls.read",), {"params": {"new": "junit"}}),
    ("GET", "/v1/policies/{key}/editions"): (("controls.read",), {}),
    ("POST", "/v1/policies/{key}/editions"): (("policy.publish",), {"json": EDITION}),
    ("POST", "/v1/policies/{key}/editions/preview"): (("policy.publish",), {"json": {"content": "title: a"}}),
    ("GET", "/v1/statement"): (("controls.read",), {}),
    ("GET", "/v1/statement/versions"): (("controls.read",), {}),
    ("GET", "/v1/statement/differences"): (("controls.read",), {"params": {"old": "s", "new": "s"}}),
    ("POST", "/v1/statement-drafts"): (("controls.load",), {"json": {"text": "We encrypt our traffic with TLS."}}),
    ("POST", "/v1/statement-drafts/document"): (("controls.load",), {"files": [("file", ("s.md", TEXT))]}),
    ("GET", "/v1/statement-drafts"): (("controls.load",), {}),
    ("GET", "/v1/statement-drafts/{key}"): (("controls.load",), {}),
    ("PUT", "/v1/statement-drafts/{key}"): (("controls.load",), {"json": {"version": 1, "details": {"title": "T"}}}),
    ("POST", "/v1/statement-drafts/{key}/publication"): (("controls.load",), {"json": {"version": 1}}),
    ("POST", "/v1/statement-drafts/{key}/discarding"): (("controls.load",), {"json": {"version": 1}}),
    ("GET", "/v1/statement-drafts/{key}/files/{kind}"): (("controls.load",), {}),
    ("GET", "/v1/requirements"): (("controls.read",), {}),
    ("GET", "/v1/teams"): (("controls.read", "people.manage"), {}),
    ("GET", "/v1/systems"): (("controls.read",), {}),
    ("POST", "/v1/systems"): (
        ("scope.change",),
        {"json": {"key": "new", "title_nl": "N", "title_en": "N", "first_day": "2027-01-04"}},
    ),
    ("POST", "/v1/systems/{key}/targets"): (
        ("scope.change",),
        {"json": {"target": "new.example.nl", "first_day": "2027-01-04"}},
    ),
    ("POST", "/v1/systems/{key}/addresses"): (
        ("scope.change",),
        {"json": {"address": "192.0.2.7", "first_day": "2027-01-04"}},
    ),
    ("GET", "/v1/addresses"): (("controls.read",), {}),
    ("POST", "/v1/addresses/{address}/end"): (("scope.change",), {"json": {"last_day": "2027-03-04"}}),
    ("POST", "/v1/addresses/{address}/withdrawal"): (("scope.change",), {}),
    ("GET", "/v1/live-checks"): (("controls.read", "status.read"), {}),
    ("POST", "/v1/live-checks"): (
        ("scope.change",),
        {"json": {"requirement": "tls-scan", "system": "portal", "target": "portal.example.nl"}},
    ),
    ("POST", "/v1/live-checks/{key}/off"): (("scope.change",), {}),
    ("POST", "/v1/live-checks/{key}/run"): (("scope.change",), {}),
    ("POST", "/v1/scope-periods/{period}/end"): (("scope.change",), {"json": {"last_day": "2027-03-04"}}),
    ("GET", "/v1/audit"): (("readiness.read", "controls.read"), {}),
    ("PUT", "/v1/audit"): (("audit.plan",), {"json": AUDIT}),
    ("POST", "/v1/audit"): (("audit.plan",), {"json": AUDIT}),
    ("POST", "/v1/reviews"): (("evidence.review",), {"json": {"evidence": "none", "decision": "accepted"}}),
    ("POST", "/v1/exceptions"): (
        ("exception.decide",),
        {"json": {**UPLOAD, "tool": "junit", "check": "c", "reason": "r", **DAYS}},
    ),
    ("POST", "/v1/exceptions/{exception}/extension"): (("exception.decide",), {"json": {"last_day": "2027-04-01"}}),
    ("POST", "/v1/exceptions/{exception}/revocation"): (("exception.decide",), {}),
    ("POST", "/v1/series-closings"): (("series.close",), {"json": {**UPLOAD, "tool": "junit", "reason": "r"}}),
    ("POST", "/v1/applicability"): (
        ("applicability.decide",),
        {"json": {"control": "iso:A.1", "applicable": True, "first_day": "2027-03-04"}},
    ),
    ("GET", "/v1/nonconformities"): (("readiness.read",), {"params": {"control": "iso:A.1"}}),
    ("POST", "/v1/nonconformities"): (
        ("nonconformity.record",),
        {"json": {"control": "iso:A.1", "grade": "minor", "title": "t", "first_day": "2027-03-04"}},
    ),
    ("POST", "/v1/nonconformities/{nonconformity}/closing"): (
        ("nonconformity.record",),
        {"json": {"closed_day": "2027-03-04"}},
    ),
    ("GET", "/v1/mappings"): (("controls.read",), {}),
    ("POST", "/v1/mapping-reviews"): (("mapping.review",), {"json": {"ids": [1]}}),
    ("POST", "/v1/mapping-confirmations"): (("mapping.review",), {"json": {}}),
    ("POST", "/v1/mappings/{number}/ending"): (("mapping.review",), {}),
}
PLACES = {
    "{key}": "iso:A.1",
    "{position}": "0",
    "{period}": "none",
    "{address}": "none",
    "{exception}": "1",
    "{nonconformity}": "1",
    "{number}": "1",
    "{kind}": "yaml",
    "{upload}": "0",
    "{step}": "colleagues",
    "{feed}": "1",
}


def someone(role: str, **narrowed: Any) -> Person:
    return Person(
        f"someone who is {role}",
        frozenset({role}),
        "u-1",
        frozenset({"platform"}),
        frozenset({"a-2027"}),
        **narrowed,
    )


def openapi() -> dict[str, Any]:
    def nothing() -> Any:
        raise AssertionError

    return create_api(nothing, nothing, 1).openapi()


DESCRIBED = openapi()
OPERATIONS = [
    (method.upper(), path, operation)
    for path, operations in DESCRIBED["paths"].items()
    for method, operation in operations.items()
]


def prepared(engine: Engine, folder: Path) -> Office:
    """The office with an audit that is planned."""
    office = open_office(engine, folder)
    with client_of(office) as client:
        assert client.post("/api/v1/audit", json=AUDIT).status_code == 201
    return office


@pytest.fixture(scope="module")
def shared_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One for all: what is asked here is who may, not what comes of it."""
    folder = tmp_path_factory.mktemp("roles")
    engine = make_engine(f"sqlite:///{folder / 'test.db'}", CALENDAR)
    bring_up_to_date(engine)
    yield prepared(engine, folder)
    engine.dispose()


def request_as(office: Office, person: Person, method: str, path: str) -> Any:
    """The answer to a request that fits."""
    filled = path
    for place, value in {**PLACES, "{evidence}": office.deliver(JUNIT).evidence}.items():
        filled = filled.replace(place, value)
    with client_of(office, person) as client:
        return client.request(method, f"/api{filled}", **ROUTES[method, path][1])


def check_answer(answer: Any, *, allowed: bool) -> None:
    """Refused in words if it is not allowed; and if it is, whatever comes of it."""
    if allowed:
        assert answer.status_code in (200, 201, 204, 404, 409, 422), answer.text
    else:
        problem(answer, 403)
        assert answer.json()["type"] == "urn:aantoonbaar:problem:not-allowed"


# ── The table ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_route_is_in_the_table_of_this_test() -> None:
    assert sorted((method, path) for method, path, _ in OPERATIONS) == sorted(ROUTES)


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("role", ROLES)
def test_route_admits_only_the_roles_of_its_permission(
    shared_office: Office, role: str, method: str, path: str
) -> None:
    needed = ROUTES[method, path][0]
    allowed = not needed or any(role in PERMISSIONS[item] for item in needed)
    check_answer(request_as(shared_office, someone(role), method, path), allowed=allowed)


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("permission", [*TOKEN_PERMISSIONS, None])
def test_token_admits_only_to_the_routes_of_its_permissions(
    shared_office: Office, permission: str | None, method: str, path: str
) -> None:
    """Also a token of the security officer, who may do everything that the API offers."""
    only = frozenset({permission} if permission else ())
    needed = ROUTES[method, path][0]
    person = someone(SECURITY_OFFICER, token=1, only=only)
    check_answer(request_as(shared_office, person, method, path), allowed=not needed or bool(only & set(needed)))


def test_requests_of_this_test_fit(shared_office: Office) -> None:
    """Else a refusal of what does not fit would pass for being let in."""
    wrong = {
        (method, path): answer.text
        for method, path in ROUTES
        if (answer := request_as(shared_office, BUILT_IN, method, path)).status_code == 422
        and answer.json()["type"].endswith(":invalid")
    }
    assert wrong == {}


def test_an_auditor_reads_within_the_audit(office: Office) -> None:
    """Also what no verb was asked for once: the audit itself, and the systems in scope."""
    with client_of(office) as client:
        client.post("/api/v1/audit", json={**AUDIT, "systems": ["portal"]})
        client.post("/api/v1/audit", json={**AUDIT, "key": "later", "title": "Another's"})
    with client_of(office, someone(AUDITOR)) as client:
        assert client.get("/api/v1/audit").json()["key"] == "a-2027"
        assert [row["key"] for row in client.get("/api/v1/systems").json()] == ["portal"]
        assert client.get("/api/v1/readiness", params={"audit": "a-2027"}).status_code == 200
        problem(client.get("/api/v1/readiness", params={"audit": "later"}), 404)


# ── Nonsense ─────────────────────────────────────────────────────────────────────────────────────────────────────────

KNOWN = ("iso", "iso:A.1", "m", "portal", "website", "role-tests", "policy", "platform", "a-2027", "junit", "accepted")
HOSTILE = ("", " ", "\0", "\ud800", "x" * 5_000, "'; --", "%", "%00", "../..", "\u202e", "null", "-1", "1e400", "[]")


def usually(usual: st.SearchStrategy[Any], odd: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Nine times in ten the first: a request with many odd parts is refused for one of them."""
    return st.integers(0, 9).flatmap(lambda roll: odd if roll == 9 else usual)


STRINGS = usually(st.sampled_from(KNOWN), st.sampled_from(HOSTILE) | st.text(max_size=12))
NUMBERS = usually(st.integers(0, 200), st.sampled_from([-1, 2**31 - 1, 2**31, 2**63, -(2**63), 10**30]))
ANYTHING = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.floats(allow_nan=False) | STRINGS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(STRINGS, inner, max_size=3),
    max_leaves=6,
)
DATES = usually(
    st.sampled_from(["2027-03-04", "2026-03-16", "2027-03-04T08:00:00Z"]),
    st.sampled_from(["0001-01-01", "9999-12-31", "2027-02-30", "2027-03-04T08:00:00"]),
)


def fitting(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values of about the shape that a schema describes."""
    if "$ref" in schema:
        schema = DESCRIBED["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        return st.one_of([fitting(item) for item in schema["anyOf"]])
    if "enum" in schema or "const" in schema:
        return st.sampled_from(schema.get("enum") or [schema["const"]])
    if "properties" in schema:
        parts = {name: nearly(item) for name, item in schema["properties"].items()}
        needed = {name: parts.pop(name) for name in schema.get("required", ())}
        return st.fixed_dictionaries(needed, optional=parts)
    if "format" in schema:
        return DATES
    simple = {"string": STRINGS, "integer": NUMBERS, "boolean": st.booleans(), "null": st.none()}
    if schema.get("type") == "array":
        return st.lists(fitting(schema["items"]), max_size=3)
    return simple.get(schema.get("type", ""), ANYTHING)


def nearly(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    return usually(fitting(schema), ANYTHING)


def sent(data: st.DataObject, method: str, path: str, operation: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """An address with its query, and the rest of a request."""
    query = []
    for item in operation.get("parameters", ()):
        value = as_text(data.draw(nearly(item["schema"]), item["name"]))
        if item["in"] == "path":
            path = path.replace(f"{{{item['name']}}}", value)
        elif data.draw(st.booleans()):
            query.append(f"{item['name']}={value}")
    if method != "GET" and data.draw(st.integers(0, 9)) == 9:
        return path, in_json(data.draw(ANYTHING))
    return f"{path}?{'&'.join(query)}", body(data, operation)


def body(data: st.DataObject, operation: dict[str, Any]) -> dict[str, Any]:
    for media, content in operation.get("requestBody", {}).get("content", {}).items():
        value = data.draw(fitting(content["schema"]), "body")
        if media == "application/json":
            return in_json(value)
        return upload_of(data, value)
    return {}


def upload_of(data: st.DataObject, value: dict[str, Any]) -> dict[str, Any]:
    sent = {name: item for name, item in value.items() if name != "files" and data.draw(st.booleans())}
    fields = {name: str(item).encode("utf-8", "replace").decode() for name, item in sent.items()}
    bytes_of = st.sampled_from([JUNIT, TEXT, b"", b"\0", b"<a>", b"[" * 99]) | st.binary(max_size=40)
    file = (data.draw(st.sampled_from(["f.xml", "../x", "\u202e"])), data.draw(bytes_of))
    return {"files": [("files", file)], "data": fields}


def in_json(value: Any) -> dict[str, Any]:
    return {"content": json.dumps(value), "headers": {"content-type": "application/json"}}


def as_text(value: Any) -> str:
    output = value if isinstance(value, str) else json.dumps(value)
    return quote(output.encode("utf-8", "surrogatepass"), safe="")


@pytest.mark.parametrize("role", ROLES)
def test_no_request_causes_a_server_error_or_bypasses_permissions(engine: Engine, tmp_path: Path, role: str) -> None:
    office = prepared(engine, tmp_path)
    with client_of(office, someone(role)) as client:
        _throw(client, role)


def _throw(client: TestClient, role: str) -> None:
    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data(), st.sampled_from(OPERATIONS))
    def thrown(data: st.DataObject, operation: tuple[str, str, dict[str, Any]]) -> None:
        method, path, description = operation
        address, rest = sent(data, method, path, description)
        answer = client.request(method, f"/api{address}", **rest)
        assert answer.status_code < 500, answer.text
        if answer.status_code >= 400 and "%0A" not in address:  # no route of ours, nor the mount, has a line break
            assert answer.headers["content-type"] == "application/problem+json"
        needed = ROUTES[method, path][0]
        if needed and not any(role in PERMISSIONS[item] for item in needed) and not is_another(address, path):
            assert answer.status_code >= 400

    thrown()


def is_another(address: str, path: str) -> bool:
    """A place that was left empty or holds slashes or dots makes it another route's address."""
    return address.partition("?")[0].count("/") != path.count("/") or ".." in address or "//" in address
