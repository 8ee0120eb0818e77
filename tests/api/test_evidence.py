"""Evidence through the API: uploading, searching, reading, downloading."""

import hashlib
import threading
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from access.permissions import REVIEWER, Person
from demo.files.pdf import document
from tests.api.calls import POLICY, ROLE_TESTS, problem, upload
from tests.api.conftest import client_of
from tests.evidence.office import BUILD_SERVER, DAY, NOBODY, Office, tls_file

JUNIT = b"""<testsuite name="roles" timestamp="2026-11-02T08:00:00">
<testcase classname="roles" name="reader may not write"/><testcase classname="roles" name="writer may"/>
</testsuite>"""
FAILING = JUNIT.replace(b'name="writer may"/>', b'name="writer may"><failure message="403"/></testcase>')
TEXT = b"# Policy\n\nWe encrypt what we send.\n"


def test_upload_is_judged_and_counted_at_once(client: TestClient, server: TestClient) -> None:
    answer = upload(server, JUNIT, **ROLE_TESTS)
    assert answer.status_code == 201
    body = answer.json()
    assert answer.headers["location"] == f"/api/v1/evidence/{body['id']}"
    assert body["is_new"] is True
    assert body["counts"] == {"pass": 2}
    assert body["declared"] == ["tested was portal (declared by build server)"]
    assert body["review_reasons"] == []
    assert [(row["system"], row["verdict"], row["failing"]) for row in body["coverage"]] == [("portal", "pass", [])]
    on = client.get("/api/v1/readiness", params={"on": "2026-11-10"}).json()
    statuses = {(cell["requirement"], cell["system"]): cell["status"] for cell in on["cells"]}
    assert statuses["role-tests", "portal"] == "demonstrated"


def test_declared_facts_are_answered_with_the_reason_for_a_review(client: TestClient) -> None:
    body = upload(client, JUNIT, **ROLE_TESTS).json()
    assert [(row["first_day"], row["last_day"]) for row in body["coverage"]] == [("2026-11-02", "2026-11-02")]
    assert body["review_reasons"] == ["security officer declared what no file says: tested was portal"]
    detail = client.get(f"/api/v1/evidence/{body['id']}").json()
    assert detail["review_reasons"] == body["review_reasons"]
    assert detail["declared_facts"] == ["tested was portal (declared by security officer)"]
    assert detail["evidence"]["review"] == "waiting"
    cell = {"requirement": "role-tests", "system": "portal", "on": "2026-11-10"}
    assert client.get("/api/v1/readiness/cell", params=cell).json()["status"] == "in_review"


def test_evidence_its_results_and_the_list_say_until_when_it_counts(small_office: Office) -> None:
    expired = small_office.deliver(JUNIT).evidence  # its run is of 2 November, and is repeated every thirty days
    waiting = small_office.deliver(TEXT, requirements=("policy",), systems=(), first_day=DAY, last_day=DAY).evidence
    with client_of(small_office) as client:
        (cell,) = client.get(f"/api/v1/evidence/{expired}").json()["coverage"]
        assert (cell["counts_until"], cell["counts_because"]) == ("2026-12-01", "lapsed")
        answer = client.get(f"/api/v1/evidence/{expired}/results").json()
        place = {"requirement": "role-tests", "system": "portal", "target": ""}
        assert answer["ends"] == [{**place, "counts_until": "2026-12-01", "counts_because": "lapsed"}]
        rows = client.get("/api/v1/evidence").json()["rows"]
    ends = {row["id"]: (row["counts_until"], row["counts_because"]) for row in rows}
    assert ends == {expired: ("2026-12-01", "lapsed"), waiting: (None, "unreviewed")}


def test_upload_is_answered_with_its_end_although_a_build_server_reads_no_readiness(small_office: Office) -> None:
    with client_of(small_office, BUILD_SERVER) as server:
        tried = upload(server, JUNIT, **ROLE_TESTS, dry_run=True).json()["coverage"][0]
        assert (tried["counts_until"], tried["counts_because"]) == (None, None)
        (old,) = upload(server, JUNIT, **ROLE_TESTS).json()["coverage"]
        (failing,) = upload(server, FAILING, **ROLE_TESTS).json()["coverage"]
        newest = JUNIT.replace(b"2026-11-02", b"2027-03-03")
        (new,) = upload(server, newest, **ROLE_TESTS).json()["coverage"]
    ends = [(cell["counts_until"], cell["counts_because"]) for cell in (old, failing, new)]
    assert ends == [("2026-12-01", "expired"), (None, "fails"), ("2027-04-01", "valid")]


def test_who_may_not_read_readiness_reads_no_ends(small_office: Office) -> None:
    evidence = small_office.deliver(JUNIT).evidence
    only = replace(BUILD_SERVER, only=frozenset({"evidence.read"}))
    with client_of(small_office, only) as client:
        (cell,) = client.get(f"/api/v1/evidence/{evidence}").json()["coverage"]
        assert (cell["verdict"], cell["counts_until"], cell["counts_because"]) == ("pass", None, None)
        assert client.get(f"/api/v1/evidence/{evidence}/results").json()["ends"] == []
        assert [row["counts_because"] for row in client.get("/api/v1/evidence").json()["rows"]] == [None]


def test_queue_lists_what_others_uploaded_and_counts_ones_own(client: TestClient, office: Office) -> None:
    uploaded = upload(client, JUNIT, **ROLE_TESTS).json()
    assert client.get("/api/v1/review-queue").json() == {"items": [], "own": 1}
    with client_of(office, Person("Robin", frozenset({REVIEWER}))) as reviewer:
        (item,) = reviewer.get("/api/v1/review-queue").json()["items"]
        assert (item["id"], item["uploaded_by"], item["verdict"]) == (uploaded["id"], "security officer", "pass")
        review = {"evidence": uploaded["id"], "decision": "accepted"}
        assert reviewer.post("/api/v1/reviews", json=review).status_code == 204
        assert reviewer.get("/api/v1/review-queue").json() == {"items": [], "own": 0}


def test_day_that_differs_from_the_files_is_refused(client: TestClient, server: TestClient) -> None:
    for sender in (client, server):
        body = problem(upload(sender, JUNIT, **ROLE_TESTS, first_day="2020-01-01"), 422)
        assert "2 November 2026 by the file" in body["detail"]


def test_same_bytes_uploaded_before_give_a_warning_with_their_evidence(client: TestClient, server: TestClient) -> None:
    first = upload(server, JUNIT, **ROLE_TESTS).json()
    again = upload(client, JUNIT, **ROLE_TESTS, explicit_end="2026-12-31").json()
    assert "The same file was uploaded on 4 March 2027 by build server" in " ".join(again["warnings"])
    detail = client.get(f"/api/v1/evidence/{again['id']}").json()
    assert [(item["id"], item["uploaded_by"]) for item in detail["seen_before"]] == [(first["id"], "build server")]


def test_judging_again_is_refused_while_nothing_has_changed(client: TestClient) -> None:
    filed = upload(client, JUNIT, **ROLE_TESTS).json()
    body = problem(client.post(f"/api/v1/evidence/{filed['id']}/judge"), 409)
    assert "Nothing has changed" in body["detail"]
    detail = client.get(f"/api/v1/evidence/{filed['id']}").json()
    assert detail["changed"] == []
    assert len(detail["judgements"]) == 1


def test_repeated_upload_is_answered_with_200(client: TestClient) -> None:
    first, again = (upload(client, FAILING, **ROLE_TESTS) for _ in range(2))
    assert again.status_code == 200
    assert again.json()["is_new"] is False
    assert again.json()["id"] == first.json()["id"]
    assert again.json()["coverage"] == first.json()["coverage"]


def test_several_files_requirements_and_systems(client: TestClient) -> None:
    fields = {"requirement": ["reviewed-tests", "no-policy"], "system": ["portal", "website"]}
    body = upload(client, JUNIT, FAILING, **fields).json()
    assert len(body["coverage"]) == 4
    detail = client.get(f"/api/v1/evidence/{body['id']}").json()
    assert len(detail["files"]) == 2
    assert detail["evidence"]["review"] == "waiting"
    actual = client.get("/api/v1/evidence", params={"system": "website", "review": "waiting"}).json()
    assert (actual["total"], actual["rows"][0]["id"]) == (1, body["id"])


def test_every_field_of_an_upload_is_recorded(client: TestClient) -> None:
    fields = {
        "requirement": "port-scan",
        "system": "portal",
        "target": "portal/portal.example.nl",
        "first_day": "2026-11-02",
        "last_day": "2026-11-02",
        "explicit_end": "2027-01-01",
        "title": "Scan",
        "note": "by hand",
        "tool": "own tool",
        "population": "3",
        "population_source": "directory",
        "population_day": "2026-11-01",
        "population_of": "portal=3",
    }
    identity = upload(client, JUNIT, names=("naïve.xml",), **fields).json()["id"]
    detail = client.get(f"/api/v1/evidence/{identity}").json()
    line = detail["evidence"]
    assert (line["title"], line["tool"], line["first_day"], line["last_day"], line["explicit_end"]) == (
        "Scan",
        "own tool",
        "2026-11-02",
        "2026-11-02",
        "2027-01-01",
    )
    assert detail["note"] == "by hand"
    assert detail["declared"]["population"] == {"number": 3, "source": "directory", "on": "2026-11-01"}
    assert detail["declared"]["populations"] == {"portal": 3}
    assert detail["files"][0]["name"] == "naïve.xml"
    assert detail["coverage"][0]["target"] == "portal.example.nl"


@pytest.mark.parametrize("target", ["portal/portal.example.nl", "=portal/portal.example.nl"])
def test_test_without_a_target_is_uploaded_for_one(client: TestClient, target: str) -> None:
    fields = {"requirement": "port-scan", "system": "portal"}
    refusal = problem(upload(client, JUNIT, **fields), 422)["detail"]
    assert "target=SYSTEM/TARGET" in refusal
    filed = upload(client, JUNIT, **fields, target=target).json()
    assert [cell["target"] for cell in filed["coverage"]] == ["portal.example.nl"]


def test_unrecorded_address_is_uploaded_for_a_target(client: TestClient) -> None:
    fields = {"requirement": "tls-scan", "system": "portal", "first_day": "2026-11-02"}
    scan = tls_file("portal.example.nl:8443")
    refusal = problem(upload(client, scan, **fields), 422)["detail"]
    assert "target=portal.example.nl:8443=SYSTEM/TARGET" in refusal
    filed = upload(client, scan, **fields, target="portal.example.nl:8443=portal/portal.example.nl").json()
    assert [cell["target"] for cell in filed["coverage"]] == ["portal.example.nl"]


def test_the_description_says_how_a_target_is_given(client: TestClient) -> None:
    described = client.get("/api/openapi.json").json()
    assert "target=portal/portal.example.org" in described["info"]["description"]
    field = described["components"]["schemas"]["Upload"]["properties"]["target"]
    assert "SYSTEM/TARGET, for a test that names none" in field["description"]


def test_results_and_comparison(client: TestClient) -> None:
    upload(client, JUNIT, **ROLE_TESTS)
    identity = upload(client, FAILING.replace(b"02T08", b"03T08"), **ROLE_TESTS).json()["id"]
    failing = client.get(f"/api/v1/evidence/{identity}/results", params={"failing": True}).json()
    assert (failing["total"], failing["rows"][0]["check"]) == (1, "roles.writer may")
    comparison = client.get(f"/api/v1/evidence/{identity}/comparison").json()
    assert comparison["counts"] == {"new fail": 1, "same": 1}


def test_texts_are_in_the_readers_language(client: TestClient) -> None:
    identity = upload(client, FAILING, **ROLE_TESTS).json()["id"]
    reasons = {
        language: client.get(f"/api/v1/evidence/{identity}", headers={"accept-language": language}).json()["coverage"][
            0
        ]["reason"]
        for language in ("nl", "en")
    }
    assert reasons["nl"] != reasons["en"]


def test_dry_run_judges_as_the_upload_after_it_and_stores_nothing(client: TestClient, office: Office) -> None:
    log = office.count("activity")
    tried = upload(client, FAILING, dry_run=True, **ROLE_TESTS)
    assert tried.status_code == 200
    assert "location" not in tried.headers
    tables = ("evidence", "evidence_file", "test_run", "test_result", "coverage", "series", "judgement", "review")
    assert {office.count(name) for name in tables} == {0}
    assert office.count("activity") == log
    assert list(office.store.digests()) == []
    effect = tried.json()["effect"]
    body = {name: value for name, value in tried.json().items() if name != "effect"}
    filed = upload(client, FAILING, **ROLE_TESTS)
    assert filed.status_code == 201
    body["coverage"][0]["counts_because"] = "fails"  # which a dry run leaves to its effect
    assert {**body, "id": filed.json()["id"], "links": filed.json()["links"]} == filed.json()
    assert (body["id"], body["links"]) == ("", None)
    cell = {"requirement": "role-tests", "system": "portal", "target": "", "before": "missing", "saved": "failing"}
    assert effect["cells"] == [{**cell, "accepted": "failing", "valid_until": None}]
    assert effect["needs_acceptance"] is False
    again = upload(client, FAILING, dry_run=True, **ROLE_TESTS)
    assert (again.status_code, again.json()["id"]) == (200, filed.json()["id"])


def test_dry_run_says_what_acceptance_changes(client: TestClient) -> None:
    effect = upload(client, JUNIT, dry_run=True, **{**ROLE_TESTS, "requirement": "reviewed-tests"}).json()["effect"]
    assert effect["needs_acceptance"] is True
    assert [(cell["saved"], cell["accepted"]) for cell in effect["cells"]] == [("missing", "lapsed")]
    assert [(score["on"], score["applicable"]) for score in effect["scores"]] == [("2027-03-04", 1)]


def test_dry_run_of_a_token_is_limited_as_its_upload(office: Office) -> None:
    token = replace(BUILD_SERVER, requirements=frozenset({"role-tests"}))
    with client_of(office, token) as server:
        answer = upload(server, JUNIT, dry_run=True, **ROLE_TESTS)
        assert (answer.status_code, answer.json()["effect"]) == (200, None)
        problem(upload(server, JUNIT, dry_run=True, **{**ROLE_TESTS, "requirement": "reviewed-tests"}), 403)
    with client_of(office, NOBODY) as nobody:
        problem(upload(nobody, JUNIT, dry_run=True, **ROLE_TESTS), 403)


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {**ROLE_TESTS, "first_day": "yesterday"},
        {**ROLE_TESTS, "first_day": "20261102"},
        {**ROLE_TESTS, "first_day": "2026-02-30"},
        {**ROLE_TESTS, "last_day": "2099-01-01", "first_day": "2026-11-01"},
        {**ROLE_TESTS, "explicit_end": "2026-10-01"},
        {**ROLE_TESTS, "system": "elsewhere"},
        {**ROLE_TESTS, "systems": "portal"},
        {**ROLE_TESTS, "requirement": "nothing"},
        {**ROLE_TESTS, "requirement": "tls-scan"},
        {**ROLE_TESTS, "title": "x" * 201},
        {**ROLE_TESTS, "note": "a\0b"},
        {**ROLE_TESTS, "target": "portal"},
        {**ROLE_TESTS, "target": "=portal"},
        {**ROLE_TESTS, "target": "x="},
        {**ROLE_TESTS, "target": "=/portal.example.nl"},
        {
            "requirement": "port-scan",
            "system": "portal",
            "target": ["portal/portal.example.nl", "portal/api.example.nl:8443"],
        },
        {**ROLE_TESTS, "population": "99999999999999999999"},
        {**ROLE_TESTS, "population": "3"},
        {**ROLE_TESTS, "population_of": "portal=many"},
    ],
)
def test_unfitting_upload_is_a_problem_and_nothing_is_recorded(
    client: TestClient, office: Office, fields: dict[str, str]
) -> None:
    problem(upload(client, JUNIT, **fields), 422)
    problem(upload(client, JUNIT, dry_run=True, **fields), 422)
    assert office.count("evidence") == 0


def test_dry_run_that_is_neither_true_nor_false_is_a_problem(small_client: TestClient) -> None:
    problem(small_client.post("/api/v1/evidence?dry_run=perhaps", data=ROLE_TESTS), 422)


def test_every_wrong_field_is_named(small_client: TestClient) -> None:
    body = problem(upload(small_client, JUNIT, first_day="x", systems="portal"), 422)
    assert {error["where"] for error in body["errors"]} == {"requirement", "first_day", "systems"}


def test_no_file_is_a_problem(small_client: TestClient) -> None:
    problem(small_client.post("/api/v1/evidence", data=ROLE_TESTS), 422)
    problem(small_client.post("/api/v1/evidence", json=ROLE_TESTS), 422)


@pytest.mark.parametrize(
    "search",
    [
        {"review": "perhaps"},
        {"page": "0"},
        {"size": "501"},
        {"page": "9" * 30},
        {"nothing": "1"},
        {"first_day": "x"},
        {"text": "\0"},
    ],
)
def test_a_wrong_search_is_a_problem(small_client: TestClient, search: dict[str, str]) -> None:
    problem(small_client.get("/api/v1/evidence", params=search), 422)


# ── Bytes ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def address(client: TestClient) -> str:
    identity = upload(client, TEXT, names=("po;licy é.md",), **POLICY).json()["id"]
    return f"/api/v1/evidence/{identity}/files/0"


def test_bytes_come_back_as_an_attachment(client: TestClient, office: Office, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.content == TEXT
    assert (
        answer.headers["content-disposition"]
        == "attachment; filename=\"po_licy _.md\"; filename*=UTF-8''po%3Blicy%20%C3%A9.md"
    )
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["etag"] == f'"{hashlib.sha256(TEXT).hexdigest()}"'
    assert answer.headers["content-length"] == str(len(TEXT))
    assert office.column("activity", "verb").count("evidence.open") == 1


def test_changed_bytes_are_not_downloaded(client: TestClient, office: Office, address: str) -> None:
    digest = hashlib.sha256(TEXT).hexdigest()
    path = office.store._place._root / "sha256" / digest[:2] / digest[2:]
    path.chmod(0o600)
    path.write_bytes(b"changed")
    problem(client.get(address), 500)
    assert "evidence.open" not in office.column("activity", "verb")


@pytest.mark.parametrize(
    ("requested", "expected"),
    [
        ("bytes=0-3", TEXT[:4]),
        ("bytes=2-", TEXT[2:]),
        ("bytes=-5", TEXT[-5:]),
        ("bytes=0-999999", TEXT),
        ("bytes=-999999", TEXT),
    ],
)
def test_a_range_is_served(client: TestClient, address: str, requested: str, expected: bytes) -> None:
    answer = client.get(address, headers={"range": requested})
    assert answer.status_code == 206
    assert answer.content == expected
    first = TEXT.index(expected) if expected != TEXT else 0
    assert answer.headers["content-range"] == f"bytes {first}-{first + len(expected) - 1}/{len(TEXT)}"


@pytest.mark.parametrize("requested", ["bytes=", "bytes=-", "lines=1-2", "bytes=0-1,3-4", "bytes=x-y"])
def test_another_range_gets_all(client: TestClient, address: str, requested: str) -> None:
    answer = client.get(address, headers={"range": requested})
    assert (answer.status_code, answer.content) == (200, TEXT)


def test_an_outdated_range_gets_all(client: TestClient, address: str) -> None:
    answer = client.get(address, headers={"range": "bytes=0-3", "if-range": '"other"'})
    assert (answer.status_code, answer.content) == (200, TEXT)


@pytest.mark.parametrize("requested", ["bytes=9999-", "bytes=5-2", "bytes=-0"])
def test_a_range_beyond_the_file_is_a_problem(client: TestClient, address: str, requested: str) -> None:
    answer = client.get(address, headers={"range": requested})
    problem(answer, 416)
    assert answer.headers["content-range"] == f"bytes */{len(TEXT)}"


def test_changed_bytes_are_not_served(client: TestClient, office: Office, address: str) -> None:
    digest = hashlib.sha256(TEXT).hexdigest()
    path = office.store._place._root / "sha256" / digest[:2] / digest[2:]
    path.chmod(0o600)
    path.write_bytes(TEXT.replace(b"encrypt", b"publish"))
    body = problem(client.get(address), 500)
    assert digest in body["detail"]


@pytest.mark.parametrize("path", ["x/files/0", "x", "x/results", "x/comparison"])
def test_unknown_evidence_is_not_found(client: TestClient, path: str) -> None:
    problem(client.get(f"/api/v1/evidence/{path}"), 404)


@pytest.mark.parametrize(
    "path", ["x/files/-1", "x/files/9999999999999999999999", "x/files/first", "..%2F..%2Fetc", "a%00b"]
)
def test_wrong_addresses_are_problems(small_client: TestClient, path: str) -> None:
    answer = small_client.get(f"/api/v1/evidence/{path}")
    assert answer.status_code in (404, 422)
    assert answer.headers["content-type"] == "application/problem+json"


def test_parallel_uploads_are_all_accepted(client: TestClient, office: Office) -> None:
    """More writers than the server has threads: all are served, one after the other."""
    codes: list[int] = []

    def hand_in(number: int) -> None:
        codes.append(upload(client, TEXT + str(number).encode(), **POLICY).status_code)

    threads = [threading.Thread(target=hand_in, args=(number,)) for number in range(60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [201] * 60
    assert office.count("evidence") == 60


def test_page_of_a_document_is_a_picture(client: TestClient, office: Office) -> None:
    pages = document("Policy", "under", ["We encrypt what we send. " * 3] * 60, "foot")
    key = upload(client, pages, **POLICY).json()["id"]
    answer = client.get(f"/api/v1/evidence/{key}/files/0/preview", params={"page": 2})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.content.startswith(b"\x89PNG")
    assert office.column("activity", "verb").count("evidence.open") == 1


def test_file_without_pages_has_no_picture(client: TestClient) -> None:
    key = upload(client, TEXT, **POLICY).json()["id"]
    answer = problem(client.get(f"/api/v1/evidence/{key}/files/0/preview"), 422)
    assert "not shown here" in answer["detail"]
