"""Proposals for many files through the API: a row each, what is asked, what would be recorded; nothing is saved."""

from starlette.testclient import TestClient

from tests.api.calls import problem
from tests.api.conftest import client_of
from tests.evidence.intake.many_files.test_archive import zipped
from tests.evidence.office import BUILD_SERVER, FAILING, JUNIT, NOBODY, TEXT, Office, tls_file

STORED = ("evidence", "evidence_file", "cell", "series")


def proposals(client: TestClient, files: dict[str, bytes]):
    sent = [("files", (name, data)) for name, data in files.items()]
    answer = client.post("/api/v1/evidence/proposals", files=sent)
    assert answer.status_code == 200, answer.text
    return {row["file"]: row for row in answer.json()["rows"]}


def test_each_file_is_a_row_and_nothing_is_saved(server: TestClient, office: Office) -> None:
    files = {
        "role-tests-portal.xml": FAILING,
        "scan.json": tls_file("portal.example.nl"),
        "words.md": TEXT,
        "empty.json": b"",
        "half.xml": JUNIT[:-20],
    }
    rows = proposals(server, files)
    role = rows["role-tests-portal.xml"]
    assert (role["requirement"], role["systems"], role["format"]) == ("role-tests", ["portal"], "junit")
    assert [cell["verdict"] for cell in role["filed"]["coverage"]] == ["fail"]
    assert role["filed"]["id"] == ""
    assert role["because"]
    scan = rows["scan.json"]
    assert (scan["requirement"], scan["systems"], scan["asks"]) == ("tls-scan", ["portal"], "day")
    assert rows["words.md"]["asks"] == "requirement"
    assert "policy" in rows["words.md"]["candidates"]
    assert "is empty" in rows["empty.json"]["problem"]
    assert "can only be a document" in rows["half.xml"]["message"]
    assert all(office.count(name) == 0 for name in STORED)
    assert "evidence.file" not in office.column("activity", "verb")


def test_proposed_row_can_be_uploaded_as_it_is(server: TestClient) -> None:
    row = proposals(server, {"role-tests-portal.xml": JUNIT})["role-tests-portal.xml"]
    fields = {"requirement": row["requirement"], "system": row["systems"]}
    answer = server.post("/api/v1/evidence", files=[("files", (row["file"], JUNIT))], data=fields)
    assert answer.status_code == 201
    (filed,), (proposed,) = answer.json()["coverage"], row["filed"]["coverage"]
    ends = {"counts_until": "2027-04-01", "counts_because": "valid"}  # known once it is recorded
    assert filed == proposed | ends


def test_zip_file_with_a_manifest_is_unpacked(server: TestClient) -> None:
    manifest = b"file,requirement,system,day\ntests/a.xml,no-policy,portal,\nb.md,policy,,2027-02-01\nc.md,,,\n"
    files = {"tests/a.xml": JUNIT, "b.md": TEXT, "manifest.csv": manifest}
    rows = proposals(server, {"all.zip": zipped(files).getvalue()})
    assert (rows["a.xml"]["requirement"], rows["a.xml"]["origin"]) == ("no-policy", "all.zip")
    assert (rows["b.md"]["first_day"], rows["b.md"]["last_day"]) == ("2027-02-01", "2027-02-01")
    assert rows["b.md"]["filed"]["declared"]
    assert "c.md" in rows["c.md"]["problem"]


def test_same_file_twice_is_told(server: TestClient) -> None:
    rows = proposals(server, {"role-tests-portal.xml": JUNIT, "again.xml": JUNIT})
    assert "same file" in rows["again.xml"]["message"]
    assert rows["role-tests-portal.xml"]["message"] == ""


def test_files_without_permission_are_not_read(office: Office) -> None:
    with client_of(office, NOBODY) as client:
        answer = client.post("/api/v1/evidence/proposals", files=[("files", ("a.xml", JUNIT))])
    problem(answer, 403)


def test_tokens_get_proposals_within_their_limits(office: Office) -> None:
    token = BUILD_SERVER.__class__(
        "ci", BUILD_SERVER.roles, token=1, only=BUILD_SERVER.only, requirements=frozenset({"no-policy"})
    )
    with client_of(office, token) as client:
        row = proposals(client, {"role-tests-portal.xml": JUNIT})["role-tests-portal.xml"]
    assert row["candidates"] == ["no-policy"]


def test_too_many_files_are_refused(server: TestClient) -> None:
    sent = [("files", (f"{at}.md", b"x")) for at in range(101)]
    assert "more than 100" in problem(server.post("/api/v1/evidence/proposals", files=sent), 413)["detail"]
