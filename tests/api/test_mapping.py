"""Registers with other headings over the API: refused with a proposed mapping, accepted when it is sent back."""

import json

import pytest

from tests.api.calls import problem, upload
from tests.api.conftest import client_of
from tests.evidence.intake.test_mapping import OFFICER, own
from tests.evidence.intake.test_redaction import people
from tests.evidence.office import ask_for_access_reviews

REVIEW = {
    "requirement": "access-review", "system": "portal", "first_day": "2027-03-03", "last_day": "2027-03-03",
    "population": "1", "population_source": "directory", "population_day": "2027-03-03",
}  # fmt: skip


@pytest.fixture
def client(office):
    ask_for_access_reviews(office)
    with client_of(office, OFFICER) as client:
        yield client


@pytest.mark.parametrize("dry_run", [True, False])
def test_refusal_has_a_proposed_mapping_that_is_accepted_when_sent_back(client, dry_run):
    body = problem(upload(client, own(), dry_run=dry_run, **REVIEW), 422)
    assert body["type"] == "urn:aantoonbaar:problem:mapping-needed"
    assert body["proposed_mapping"]["columns"]["decided_by_ref"] == "Beoordelaar"
    answer = upload(client, own(), dry_run=dry_run, mapping=json.dumps(body["proposed_mapping"]), **REVIEW)
    assert answer.status_code == (200 if dry_run else 201), answer.text
    assert [cell["verdict"] for cell in answer.json()["coverage"]] == ["pass"]
    assert any("Beoordelaar" in fact for fact in answer.json()["declared"])
    assert any("Beoordelaar" in reason for reason in answer.json()["review_reasons"])


def test_mapping_is_shown_with_the_evidence_and_used_for_the_next_upload(client):
    proposed = problem(upload(client, own(), **REVIEW), 422)["proposed_mapping"]
    filed = upload(client, own(), mapping=json.dumps(proposed), **REVIEW).json()
    detail = client.get(f"/api/v1/evidence/{filed['id']}").json()
    assert detail["declared"]["mapping"] == proposed
    assert upload(client, own(account_ref="A-2"), **REVIEW).status_code == 201


@pytest.mark.parametrize(
    "mapping",
    ["{", "[]", '{"colour": 1}', '{"columns": {"role": 1}}', '{"dates": {"role": "y"}}', '{"columns": {"x": "y"}}'],
)
def test_invalid_mapping_is_refused_with_the_field_it_came_in(client, mapping):
    body = problem(upload(client, own(), mapping=mapping, **REVIEW), 422)
    assert body["detail"].startswith("mapping: ")
    assert "proposed_mapping" not in body


def test_empty_mapping_counts_as_no_mapping(client):
    assert "proposed_mapping" in problem(upload(client, own(), mapping=" ", **REVIEW), 422)


def test_personal_data_is_replaced_before_storage_and_later_uploads_need_no_confirmation(client, office):
    content = people("Jan Jansen", "Petra de Vries")
    fields = {**REVIEW, "population": "2"}
    proposed = problem(upload(client, content, **fields), 422)["proposed_mapping"]
    assert proposed["personal"] == {"Naam medewerker": "reference", "E-mail": "leave out"}
    filed = upload(client, content, mapping=json.dumps(proposed), **fields)
    assert filed.status_code == 201, filed.text
    assert any("replaced by references" in fact for fact in filed.json()["declared"])
    stored = client.get(f"/api/v1/evidence/{filed.json()['id']}/files/0").content
    assert b"Jansen" not in stored
    assert b"example.org" not in stored
    assert b"Naam medewerker" in stored
    assert upload(client, people("Jan Jansen", "Ahmed el Idrissi"), **fields).status_code == 201
    assert len(list(office.store.digests())) == 2
