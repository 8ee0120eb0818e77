"""Every other route: it answers what its verb says, and every error is a problem in the reader's language."""

import io
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from access.permissions import BUILT_IN, TEAM_MEMBER, Person
from api import create_api, health
from controls.load import HERE, load
from evidence.storage.store import EvidenceStore
from models.transaction import writing
from tests.api.calls import ROLE_TESTS, problem, upload
from tests.api.conftest import client_of
from tests.api.test_evidence import FAILING, JUNIT
from tests.evidence.office import NOW, Office, tls_file

V1 = "/api/v1"


def get(client: TestClient, path: str, **params: Any) -> Any:
    answer = client.get(f"{V1}/{path}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def post(client: TestClient, path: str, status: int = 201, **body: Any) -> Any:
    answer = client.post(f"{V1}/{path}", json=body)
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


def test_catalogues_controls_and_requirements_can_be_read(client: TestClient) -> None:
    assert [row["key"] for row in get(client, "catalogues")] == ["iso"]
    assert [row["ref"] for row in get(client, "controls", catalogue="iso")] == ["A.1"]
    assert get(client, "controls/iso:A.1")["control"]["title_nl"] == "C"
    assert get(client, "measures")[0]["requirements"][0]["formats"]
    assert get(client, "measures/m")["key"] == "m"
    assert {row["key"] for row in get(client, "requirements")} >= {"tls-scan", "policy"}
    assert [row["key"] for row in get(client, "requirements", search="testssl")] == ["tls-scan"]
    assert get(client, "requirements", search="zzz") == []
    assert [row["key"] for row in get(client, "teams")] == ["platform"]
    assert get(client, "mappings") == []
    assert [[target["target"] for target in row["targets"]] for row in get(client, "systems")] == [
        ["api.example.nl:8443", "portal.example.nl"],
        [],
    ]


def test_template_of_a_register_comes_as_an_attachment_in_the_readers_language(small_client: TestClient) -> None:
    answer = small_client.get(f"{V1}/policies/patch-register/template", headers={"accept-language": "nl"})
    assert answer.status_code == 200
    assert 'filename="patch-register.nl.xlsx"' in answer.headers["content-disposition"]
    assert load_workbook(io.BytesIO(answer.content)).worksheets[0]["A1"].value == "systeem"
    answer = small_client.get(f"{V1}/policies/patch-register/template", params={"format": "csv", "language": "en"})
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.content.decode("utf-8-sig").startswith("system;")
    for policy in ("nowhere", "tls-ncsc-nl@2025-05"):
        assert small_client.get(f"{V1}/policies/{policy}/template").status_code == 404


def test_statement_lists_sentences_without_a_measure(client: TestClient, office: Office) -> None:
    with writing(office.engine, NOW) as (session, now):
        load(session, BUILT_IN, now, statements=HERE / "statements" / "examples")
    answer = get(client, "statement")
    story = next(row for row in answer["no_measure"] if "kettle" in row["quote"])
    assert answer["text"][story["start"] : story["end"]] == story["quote"]
    assert story["reason_nl"] == "Vertelt over het bedrijf; belooft niets."
    assert story["reason_en"] == "Tells about the company; promises nothing."


@pytest.mark.parametrize(
    "path",
    [
        "controls/iso:A.9",
        "controls?catalogue=none",
        "measures/none",
        "statement",
        "statement/differences?old=none&new=none",
        "to-do",
        "readiness?audit=none",
        "none",
    ],
)
def test_unknown_keys_are_not_found(small_client: TestClient, path: str) -> None:
    problem(small_client.get(f"{V1}/{path}"), 404)


@pytest.mark.parametrize(
    "path",
    [
        "controls",
        "readiness?on=tomorrow",
        "readiness?known=2027-01-01",
        "readiness?at=2027-01-01",
        "readiness?on=9999-12-31",
        "readiness?known=0001-01-01T00:00:00%2B14:00",
        "readiness?known=9999-12-31T23:59:59-14:00",
        "readiness/cell",
    ],
)
def test_wrong_parameters_are_named(small_client: TestClient, path: str) -> None:
    assert problem(small_client.get(f"{V1}/{path}"), 422)["errors"]


def test_readiness_on_any_day_and_by_any_knowledge(client: TestClient, server: TestClient) -> None:
    upload(server, JUNIT, **ROLE_TESTS)
    cells = {
        on: {
            cell["requirement"]: cell for cell in get(client, "readiness", on=on)["cells"] if cell["system"] == "portal"
        }
        for on in ("2026-11-01", "2026-11-10", "2026-12-24")
    }
    assert [cells[on]["role-tests"]["status"] for on in cells] == ["missing", "demonstrated", "lapsed"]
    assert cells["2026-11-10"]["role-tests"]["valid_until"] == "2026-12-02"
    before = get(client, "readiness", on="2026-11-10", known="2026-11-10T00:00:00Z")
    assert before["cells"] == []
    assert get(client, "readiness")["verdict"]["ready"] is False
    facts = get(client, "readiness/cell", requirement="role-tests", system="portal", on="2026-11-10")
    assert facts["status"] == "demonstrated"
    assert facts["facts"][0]["deciding"] is True
    assert facts["facts"][0]["declared"] == ["tested was portal (declared by build server)"]


def test_explanation_of_a_measure_and_exceptions_can_be_read(client: TestClient) -> None:
    filed = upload(client, FAILING.replace(b"2026-11-02", b"2027-03-03"), **ROLE_TESTS).json()
    check = filed["coverage"][0]["failing"][0]["check"]
    days = {"first_day": "2027-03-04", "last_day": "2027-04-04"}
    refused = client.post(
        f"{V1}/exceptions", json={**ROLE_TESTS, "tool": "junit", "check": "nope", "reason": "x", **days}
    )
    assert check in problem(refused, 409)["detail"]
    number = post(client, "exceptions", **ROLE_TESTS, tool="junit", check=check, reason="next week", **days)["id"]
    message = {"check": check, "kind": "accepted risk", "reason": "next week", "granted_by": "security officer", **days}
    on = {"on": "2027-03-04"}
    facts = get(client, "readiness/cell", **ROLE_TESTS, **on)["facts"]
    assert (facts[0]["exceptions"], facts[0]["evidence"]) == ([message], filed["id"])
    actual = get(client, "readiness/measure", key="m", **on)
    cell = next(item for item in actual["cells"] if item["evidence"])
    assert (cell["requirement"], cell["exceptions"], cell["valid_until"]) == ("role-tests", [message], "2027-04-02")
    assert actual["over_time"]["share"] == 0
    assert get(client, "readiness/control", key="iso:A.1", **on)["over_time"]["share"] is None, "nothing is asked of it"
    standing = get(client, "exceptions", requirement="role-tests")
    assert [(item["id"], item["in_force"], item["reason"]) for item in standing] == [(int(number), True, "next week")]
    longer = post(client, f"exceptions/{number}/extension", last_day="2027-05-04")["id"]
    assert [item["id"] for item in get(client, "exceptions")] == [int(longer), int(number)]
    several = {**ROLE_TESTS, "tool": "junit", "checks": [check], "kind": "false positive", "reason": "x", **days}
    granted = post(client, "exceptions", **several)
    assert granted["ids"] == [granted["id"]]
    assert get(client, "exceptions")[0]["kind"] == "false positive"
    assert get(client, "exceptions", evidence="none") == []
    for path in ("readiness/control", "readiness/measure"):
        problem(client.get(f"{V1}/{path}", params={"key": "none"}), 404)


def examples(office: Office, of: str) -> dict[str, list[Any]]:
    """The examples that the schema gives of each property of a body."""
    schema = create_api(lambda: office.engine, lambda: office.store, 1).openapi()
    properties = schema["components"]["schemas"][of]["properties"]
    return {name: item["examples"] for name, item in properties.items() if "examples" in item}


def test_every_example_of_an_exception_works_on_a_failing_scan(client: TestClient, office: Office) -> None:
    supplied = examples(office, "NewException")
    days = {"first_day": "2027-03-03", "last_day": "2027-03-03"}
    scan = tls_file("portal.example.nl", protocol="offered")
    filed = upload(client, scan, requirement="tls-scan", system="portal", **days)
    assert filed.json()["coverage"][0]["verdict"] == "fail", filed.text
    first = {name: values[0] for name, values in supplied.items()}
    days = {"first_day": "2027-03-04", "last_day": "2027-04-04", "reason": "replaced"}
    for check in supplied["check"]:
        post(client, "exceptions", **{**first, **days, "check": check})
    assert {item["check"] for item in get(client, "exceptions")} == {"protocol: TLS 1.0"}


def test_readiness_names_no_evidence_that_its_reader_can_not_open(client: TestClient, office: Office) -> None:
    """A member of another team sees the statuses, as a reader does."""
    scan = tls_file("portal.example.nl", protocol="offered")
    days = {"first_day": "2027-03-03", "last_day": "2027-03-03"}
    evidence = upload(client, scan, requirement="tls-scan", system="portal", **days).json()["id"]
    members = {team: Person("Tess", frozenset({TEAM_MEMBER}), teams=frozenset({team})) for team in ("platform", "care")}
    cells = {}
    for team, member in members.items():
        with client_of(office, member) as other:
            cells_of_portal = [
                cell for cell in get(other, "readiness")["cells"] if cell["target"] == "portal.example.nl"
            ]
            cells[team] = next(cell for cell in cells_of_portal if cell["requirement"] == "tls-scan")
    assert cells["platform"]["evidence"] == evidence
    assert cells["care"] == {**cells["platform"], "evidence": None, "fails": 0}


def test_an_audit_has_its_own_day_criteria_and_scope(client: TestClient) -> None:
    assert get(client, "audit") is None
    plan = {"key": "a-2027", "title": "Audit", "period_first": "2026-03-16", "period_last": "2027-03-15"}
    post(client, "audit", **plan, day="2027-03-16", catalogues=["iso"], systems=["portal"])
    assert get(client, "audit")["systems"] == ["portal"]
    answer = get(client, "readiness", audit="a-2027")
    assert (answer["on"], answer["audit"]) == ("2027-03-16", "a-2027")
    assert answer["verdict"]["applicable"] == 1
    assert {cell["system"] for cell in answer["cells"]} == {"", "portal"}
    assert isinstance(get(client, "to-do"), list)
    changed = client.put(f"{V1}/audit", json={**plan, "title": "Other", "day": "2027-03-17", "catalogues": ["iso"]})
    assert changed.status_code == 200
    assert get(client, "audit")["day"] == "2027-03-17"


def test_systems_and_targets_are_added_and_ended(client: TestClient) -> None:
    new = {"key": "lab", "title_nl": "Lab", "title_en": "Lab", "first_day": "2026-01-01"}
    post(client, "systems", **new, attributes=["has-end-users"], targets=["lab.example.nl"])
    problem(client.post(f"{V1}/systems", json=new), 409)
    period = post(client, "systems/lab/targets", target="LAB2.example.nl", first_day="2026-01-01")["id"]
    names = {row["key"]: [target["target"] for target in row["targets"]] for row in get(client, "systems")}
    assert names["lab"] == ["lab.example.nl", "lab2.example.nl"]
    post(client, f"scope-periods/{period}/end", 204, last_day="2026-02-01")
    names = {row["key"]: [target["target"] for target in row["targets"]] for row in get(client, "systems")}
    assert names["lab"] == ["lab.example.nl"]
    problem(client.post(f"{V1}/systems/none/targets", json={"target": "x", "first_day": "2026-01-01"}), 404)


def test_live_checks_are_switched_on_asked_for_and_switched_off(client: TestClient) -> None:
    assert get(client, "live-checks") == []
    made = post(client, "live-checks", requirement="tls-scan", system="portal", target="portal.example.nl")["id"]
    mail = {"requirement": "mail-domain-protection", "address": "example.nl", "selectors": ["s1"]}
    post(client, "live-checks", **mail)
    assert "is on already" in problem(client.post(f"{V1}/live-checks", json=mail), 409)["detail"]
    post(client, f"live-checks/{made}/run", 202)
    post(client, f"live-checks/{made}/off", 204)
    assert "is off" in problem(client.post(f"{V1}/live-checks/{made}/run"), 409)["detail"]
    rows = {row["requirement"]: row for row in get(client, "live-checks")}
    assert (rows["tls-scan"]["is_on"], rows["mail-domain-protection"]["is_on"]) == (False, True)
    assert rows["tls-scan"]["last"] is None
    problem(client.post(f"{V1}/live-checks", json={"requirement": "tls-scan", "system": "portal", "target": "x"}), 422)
    problem(client.post(f"{V1}/live-checks", json={"requirement": "ping"}), 409)
    problem(client.post(f"{V1}/live-checks/none/off"), 404)


def test_addresses_are_added_ended_and_stay_readable(client: TestClient) -> None:
    supplied = {"target": "portal.example.nl", "address": "https://Portal.example.nl:8443/", "first_day": "2026-01-01"}
    made = post(client, "systems/portal/addresses", **supplied)["id"]
    whole = post(client, "systems/website/addresses", address="192.0.2.7", first_day="2026-01-01")["id"]
    systems = {row["key"]: row for row in get(client, "systems")}
    target = next(item for item in systems["portal"]["targets"] if item["target"] == "portal.example.nl")
    assert [item["address"] for item in target["addresses"]] == ["portal.example.nl:8443"]
    assert [item["address"] for item in systems["website"]["addresses"]] == ["192.0.2.7"]
    post(client, f"addresses/{made}/end", 204, last_day="2026-02-01")
    post(client, f"addresses/{whole}/withdrawal", 204)
    assert "was withdrawn as an address" in problem(client.post(f"{V1}/addresses/{whole}/withdrawal"), 409)["detail"]
    actual = get(client, "addresses")
    assert [(row["address"], row["last_day"], row["is_current"], row["is_withdrawn"]) for row in actual] == [
        ("192.0.2.7", "2025-12-31", True, True),
        ("portal.example.nl:8443", "2026-02-01", True, False),
        ("192.0.2.7", None, False, False),
        ("portal.example.nl:8443", None, False, False),
    ]
    assert {row["system"] for row in client.get(f"{V1}/addresses", params={"system": "portal"}).json()} == {"portal"}
    wrong = {**supplied, "address": "*.example.nl"}
    assert "is not an address" in problem(client.post(f"{V1}/systems/portal/addresses", json=wrong), 409)["detail"]
    problem(client.post(f"{V1}/systems/portal/addresses", json={**supplied, "target": "gone"}), 404)
    problem(client.post(f"{V1}/addresses/none/end", json={}), 404)


def test_decisions_are_recorded(client: TestClient, office: Office) -> None:
    filed = upload(client, FAILING, **ROLE_TESTS).json()
    check = filed["coverage"][0]["failing"][0]["check"]
    cell = {"requirement": "role-tests", "system": "portal"}
    days = {"first_day": "2027-03-04", "last_day": "2027-04-04"}
    number = post(client, "exceptions", **cell, tool="junit", check=check, reason="next week", **days)["id"]
    post(client, f"exceptions/{number}/revocation", 204)
    problem(client.post(f"{V1}/exceptions/{number}/revocation"), 409)
    problem(client.post(f"{V1}/exceptions/99/revocation"), 404)
    problem(client.post(f"{V1}/series-closings", json={**cell, "tool": "junit", "reason": "replaced"}), 409)
    newer = upload(client, JUNIT, **ROLE_TESTS, tool="pytest").json()["id"]
    office.review(newer, "accepted")
    post(client, "series-closings", 204, **cell, tool="junit", reason="replaced")
    post(
        client,
        "applicability",
        204,
        control="iso:A.1",
        applicable=False,
        justification="no such thing",
        first_day="2027-01-04",
    )
    problem(
        client.post(f"{V1}/applicability", json={"control": "iso:A.1", "applicable": False, "first_day": "2027-01-04"}),
        409,
    )
    finding = post(
        client, "nonconformities", control="iso:A.1", grade="major", title="No list", first_day="2026-12-01"
    )["id"]
    post(client, f"nonconformities/{finding}/closing", 204, closed_day="2027-01-04")
    post(client, "nonconformities", control="iso:A.1", grade="minor", title="No list", first_day="2026-12-02")
    listed = client.get(f"{V1}/nonconformities", params={"control": "iso:A.1"}).json()
    assert [(item["title"], item["closed_day"]) for item in listed] == [("No list", None), ("No list", "2027-03-04")]
    assert post(client, "mapping-confirmations") == {"confirmed": 0}
    problem(
        client.post(
            f"{V1}/nonconformities",
            json={"control": "iso:A.9", "grade": "major", "title": "x", "first_day": "2026-12-01"},
        ),
        422,
    )
    problem(client.post(f"{V1}/mapping-reviews", json={"ids": [7]}), 422)
    problem(client.post(f"{V1}/mappings/7/ending"), 404)
    withdrawn = {"decision": "withdrawn", "remark": "wrong build"}
    problem(client.post(f"{V1}/reviews", json={"evidence": filed["id"], **withdrawn}), 409)
    post(client, "reviews", 204, evidence=newer, **withdrawn)
    verbs = office.column("activity", "verb")
    for verb in (
        "exception.grant",
        "exception.revoke",
        "series.close",
        "applicability.decide",
        "nonconformity.record",
        "nonconformity.close",
        "evidence.review",
    ):
        assert verb in verbs


def test_nobody_reviews_their_own_upload(client: TestClient) -> None:
    filed = upload(client, JUNIT, **ROLE_TESTS).json()
    body = problem(client.post(f"{V1}/reviews", json={"evidence": filed["id"], "decision": "accepted"}), 409)
    assert "someone else" in body["detail"]


def test_missing_permission_is_answered_with_403(small_office: Office) -> None:
    visitor = client_of(small_office, Person("visitor", frozenset()))
    for path in ("readiness", "measures", "evidence", "controls?catalogue=iso"):
        problem(visitor.get(f"{V1}/{path}"), 403)
    problem(upload(visitor, JUNIT, **ROLE_TESTS), 403)


def test_unsupported_method_lists_the_supported_ones(small_client: TestClient) -> None:
    answer = small_client.delete(f"{V1}/measures")
    problem(answer, 405)
    assert answer.headers["allow"] == "GET"


def test_problems_are_in_the_readers_language(small_client: TestClient) -> None:
    output = {}
    for language in ("nl", "en"):
        answer = small_client.get(f"{V1}/measures/none", headers={"accept-language": language})
        assert answer.headers["content-language"] == language
        output[language] = problem(answer, 404)
    assert output["nl"]["title"] != output["en"]["title"]
    assert output["nl"]["detail"] != output["en"]["detail"]


def test_unreachable_database_is_answered_with_503(
    small_client: TestClient, small_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise OperationalError("SELECT", {}, Exception("gone"))

    monkeypatch.setattr("api.request_context.reading", away)
    assert "gone" not in problem(small_client.get(f"{V1}/measures"), 503)["detail"]


def test_server_error_reveals_nothing(small_client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise KeyError("secret")

    monkeypatch.setattr("api.request_context.reading", broken)
    assert "secret" not in str(problem(small_client.get(f"{V1}/measures"), 500))


def test_openapi_description_is_complete(small_client: TestClient) -> None:
    described = small_client.get("/api/openapi.json").json()
    operations = [item for path in described["paths"].values() for item in path.values()]
    assert len(operations) > 25
    assert all(item["summary"] and item["description"] and item["tags"] for item in operations)
    assert {"/v1/evidence", "/v1/readiness", "/v1/evidence/{evidence}/files/{position}"} <= set(described["paths"])
    upload_fields = described["components"]["schemas"]["Upload"]["properties"]
    assert {"files", "requirement", "system", "first_day", "last_day", "explicit_end", "population"} <= set(
        upload_fields
    )


def test_reference_page_has_no_external_resources(small_client: TestClient) -> None:
    page = small_client.get("/api/docs", headers={"accept-language": "nl"})
    assert page.status_code == 200
    assert '<html lang="nl">' in page.text
    assert "/api/v1/evidence" in page.text
    assert "<script" not in page.text
    assert "http" not in page.text.replace("http:", "", 0).split("<style>")[0]


def test_health_shows_the_state_of_each_part(
    client: TestClient, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    well = {"status": "ok", "database": "ok", "store": "ok", "jobs": "ok", "clock": "ok"}
    assert client.get("/health").json() == well

    def broken(_: object) -> None:
        from evidence.errors import StoreUnavailable
        from locales import text

        raise StoreUnavailable(text("The evidence store can't be used now: {reason}.", reason="full"))

    monkeypatch.setattr(EvidenceStore, "check", broken)
    answer = client.get("/health")
    assert answer.status_code == 200  # what is there can be read
    assert (answer.json()["status"], answer.json()["store"]) == ("degraded", "not writable")


def test_health_examines_the_parts_once_in_a_while(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    examined: list[object] = []
    check = EvidenceStore.check

    def counted(store: EvidenceStore) -> None:
        examined.append(store)
        check(store)

    monkeypatch.setattr(EvidenceStore, "check", counted)
    app = Starlette(routes=[Route("/health", health(lambda: office.engine, lambda: office.store, fresh_seconds=60))])
    with TestClient(app) as client:
        answers = [client.get("/health").json() for _ in range(3)]
    assert len(examined) == 1
    assert answers == [answers[0]] * 3
