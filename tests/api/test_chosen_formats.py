"""The format of a file over the API: why it was recognised, another that is chosen, tables of test results."""

import json

import pytest

from tests.api.calls import ROLE_TESTS, problem, upload
from tests.api.conftest import client_of
from tests.evidence.intake.test_mapping import OFFICER, SERVER
from tests.evidence.office import DAY, JUNIT

LINES = b'{"check": "a", "outcome": "ok"}\n{"check": "b", "outcome": "ok"}\n'
ON = {**ROLE_TESTS, "first_day": str(DAY)}


@pytest.fixture
def client(office):
    with client_of(office, OFFICER) as client:
        yield client


@pytest.mark.parametrize("dry_run", [True, False])
def test_answer_says_by_what_the_format_was_recognised(client, dry_run):
    (recognised,) = upload(client, JUNIT, names=("a.xml",), dry_run=dry_run, **ROLE_TESTS).json()["recognised"]
    assert recognised == {
        "file": "a.xml",
        "format": "junit",
        "because": "Its root element is `testsuites` or `testsuite`, as JUnit XML has it.",
        "is_chosen": False,
    }


@pytest.mark.parametrize("person", [OFFICER, SERVER])
@pytest.mark.parametrize("chosen", ["json", "lines.jsonl=json"])
def test_chosen_format_is_declared_beside_what_the_content_shows_and_waits(office, person, chosen):
    with client_of(office, person) as client:
        answer = upload(client, LINES, names=("lines.jsonl",), format=chosen, **ON).json()
    assert answer["recognised"][0]["is_chosen"]
    assert "the content shows JSON lines" in answer["recognised"][0]["because"]
    fact = "lines.jsonl is read as JSON; its content shows JSON lines"
    assert any(reason.endswith(fact) for reason in answer["review_reasons"])
    assert any(declared.startswith(fact) for declared in answer["declared"])
    with client_of(office, OFFICER) as client:
        detail = client.get(f"/api/v1/evidence/{answer['id']}").json()
    assert detail["declared"]["formats"] == {"lines.jsonl": ["json", "jsonl"]}
    assert detail["recognised"][0]["is_chosen"]
    assert [run["format"] for run in detail["runs"]] == ["json"]


def test_chosen_format_that_the_content_shows_is_no_declaration(client):
    answer = upload(client, JUNIT, format="junit", **ROLE_TESTS).json()
    assert not answer["recognised"][0]["is_chosen"]
    assert not any("read as" in fact for fact in answer["declared"])


def test_same_file_read_as_another_format_is_other_evidence(client):
    first = upload(client, LINES, names=("lines.jsonl",), **ON).json()
    other = upload(client, LINES, names=("lines.jsonl",), format="json", **ON).json()
    again = upload(client, LINES, names=("lines.jsonl",), format="json", **ON).json()
    assert (other["is_new"], again["is_new"]) == (True, False)
    assert first["id"] != other["id"] == again["id"]
    assert again["recognised"][0]["format"] == "json"


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ("trx", "TRX"),
        ("pdf", "pdf is no format that is read; expected one of"),
        ("other.json=json", "There is no file other.json"),
        ("lines.jsonl=", ""),
    ],
)
def test_file_that_the_chosen_format_can_not_read_is_refused_with_its_reason(client, office, chosen, told):
    answer = upload(client, LINES, names=("lines.jsonl",), format=chosen, **ON)
    if not told:  # an empty format is none
        assert answer.status_code == 201
        return
    assert told in problem(answer, 422)["detail"]
    assert office.count("evidence") == 0


def test_proposal_says_by_what_the_format_was_recognised(client):
    answer = client.post("/api/v1/evidence/proposals", files=[("files", ("a.xml", JUNIT))])
    (row,) = answer.json()["rows"]
    assert row["recognised_by"] == "Its root element is `testsuites` or `testsuite`, as JUnit XML has it."


@pytest.mark.parametrize("dry_run", [True, False])
def test_unknown_word_of_a_table_is_refused_with_a_mapping_that_is_accepted_when_sent_back(client, dry_run):
    content = LINES.replace(b'"b", "outcome": "ok"', b'"b", "outcome": "mauve"')
    body = problem(upload(client, content, dry_run=dry_run, **ON), 422)
    assert body["type"] == "urn:aantoonbaar:problem:mapping-needed"
    assert body["proposed_mapping"]["values"] == {"result": {"mauve": None}}
    mapping = {"values": {"result": {"mauve": "fail"}}}
    answer = upload(client, content, dry_run=dry_run, mapping=json.dumps(mapping), **ON).json()
    assert [cell["verdict"] for cell in answer["coverage"]] == ["fail"]
    assert answer["counts"] == {"pass": 1, "fail": 1}
