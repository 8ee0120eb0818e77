"""Harmful mappings over the API, and uploads by tokens with a mapping that someone else accepted."""

import json
from time import process_time

import pytest

from access.permissions import SECURITY_OFFICER, Person
from evidence.judging.personal_data.headings_and_values import personal
from tests.api.calls import problem, upload
from tests.api.conftest import client_of
from tests.api.test_mapping import REVIEW
from tests.evidence.intake.test_mapping import NOW_ON, OFFICER, own
from tests.evidence.judging.register.test_policy_registers import access, table
from tests.evidence.office import ask_for_access_reviews

TEAM = Person("other team", frozenset({SECURITY_OFFICER}), token=2, only=frozenset({"evidence.file"}))


@pytest.fixture
def client(small_office):
    ask_for_access_reviews(small_office)
    with client_of(small_office, OFFICER) as client:
        yield client


@pytest.mark.parametrize(
    "mapping",
    [
        "[" * 50_000,
        '{"columns":' * 9_000 + "1" + "}" * 9_000,
        '{"fixed": {"decided_on": "2027-03-03"}}',
        '{"values": {"decision": {"jan@example.org": "keep"}}}',
        json.dumps({"x" * 90_000: {}}),
        json.dumps({"columns": {"decided_by_ref": "x" * 5_000}}),
        json.dumps({"left_out": ["a"] * 20_000}),
        '{"columns": {"decided_by_ref": "\\ud800"}}',
        '{"matrix": {"names": "role", "headings": {}}}',
        '{"columns": {"(a+)+$": "<script>alert(1)</script>"}}',
        '{"columns": {"decided_by_ref": "=cmd|calc!A1"}}',
        '{"columns": {"decided_by_ref": "\\u0000"}}',
        '{"columns": {"{problem}": "{name}"}}',
        '{"matrix": {"names": "system", "headings": {"Login": {"of": "x", "column": "no such column"}}}}',
        "null",
        "1e999",
    ],
)
def test_harmful_mapping_gives_a_short_problem(client, mapping):
    start = process_time()
    body = problem(upload(client, own(), mapping=mapping, **REVIEW), 422)
    assert len(body["detail"]) < 1_000
    assert "jan@example.org" not in body["detail"]
    assert process_time() - start < 3


def _with(before: str, after: str) -> str:
    assert before in own().decode()
    return own().decode().replace(before, after)


def _wider(heading: str) -> str:
    """The register with three hundred columns more."""
    extra = ";".join(f"{heading} {number}" for number in range(300)), ";".join(["jan@example.org"] * 300)
    return "".join(f"{line};{more}\n" for line, more in zip(own().decode().splitlines(), extra, strict=False))


TABLES = {
    "a long word": _with("behouden", "x" * 500),
    "many columns of personal data": _wider("e-mailadres"),
    "a moment at the end of the years": _with("2027-03-01", "9999-12-31T23:59:59-14:00"),
    "a moment at their begin": _with("2027-03-01", "0001-01-01T00:00:00+14:00"),
}


@pytest.mark.parametrize("name", TABLES)
def test_table_beyond_the_limits_is_a_problem_and_no_fault(client, name):
    detail = problem(upload(client, TABLES[name].encode(), names=("register.csv",), **REVIEW), 422)["detail"]
    assert len(detail) < 2_000
    assert "jan@example.org" not in detail


def test_too_long_mapping_is_refused_as_too_long(client):
    body = problem(upload(client, own(), mapping=" " * 100_001, **REVIEW), 422)
    assert len(json.dumps(body)) < 2_000


@pytest.mark.parametrize("value", ["\0", "<b>x</b>", "=1+1", "{name}", "%s", "a" * 400])
def test_value_with_any_characters_is_stored_as_text(client, value):
    mapping = {
        **problem(upload(client, own(), **REVIEW), 422)["proposed_mapping"],
        "values": {"decision": {value: "keep"}},
    }
    answer = upload(client, own(), mapping=json.dumps(mapping), **REVIEW)
    assert answer.status_code in (201, 422), answer.text
    if answer.status_code == 201:
        assert client.get(f"/api/v1/evidence/{answer.json()['id']}").status_code == 200


def test_sheet_with_many_long_headings_gets_a_proposal_in_time(client):
    names = [f"{n} " + "zeer lang opschrift " * 5 for n in range(490)]
    rows = [";".join(names), *(";".join(f"waarde {n} {row}" for n in range(490)) for row in range(400))]
    start = process_time()
    problem(upload(client, "\n".join(rows).encode(), **REVIEW), 422)
    assert process_time() - start < 10


def test_sheet_with_a_million_columns_is_refused_in_time(client):
    start = process_time()
    problem(upload(client, (";".join("kolom" for _ in range(1_000_000)) + "\nx;y\n").encode(), **REVIEW), 422)
    assert process_time() - start < 5


def accepted_mapping(client, office):
    """What somebody else accepted."""
    proposed = problem(upload(client, own(), **REVIEW), 422)["proposed_mapping"]
    filed = upload(client, own(), mapping=json.dumps(proposed), **REVIEW).json()
    office.review(filed["id"], "accepted")
    return proposed


def test_upload_by_a_token_without_a_mapped_column_waits_for_review(client, small_office):
    accepted_mapping(client, small_office)
    content = own().replace(b"Datum uit dienst", b"Einddatum")
    with client_of(small_office, TEAM) as server:
        answer = upload(server, content, **REVIEW)
    assert answer.status_code == 422 or answer.json()["review_reasons"], answer.text


def test_token_must_map_a_new_column_that_a_rule_needs(client, small_office):
    first = own().replace(b"Datum uit dienst", b"Extra")
    proposed = problem(upload(client, first, **REVIEW), 422)["proposed_mapping"]
    filed = upload(client, first, mapping=json.dumps(proposed), **REVIEW).json()
    small_office.review(filed["id"], "accepted")
    with client_of(small_office, TEAM) as server:
        problem(upload(server, own(account_ref="A-2", engaged_until="2027-01-01"), **REVIEW), 422)


def test_second_heading_of_a_column_does_not_hide_a_failing_row(client):
    content = table({**access(**NOW_ON), "leaves on": "2027-01-01"}).encode()
    mapping = {"columns": {"engaged_until": "engaged_until"}}
    answer = upload(client, content, mapping=json.dumps(mapping), **REVIEW)
    assert answer.status_code == 422 or any("leaves on" in fact for fact in answer.json()["declared"]), answer.text


@pytest.mark.parametrize("cell", ["a" * 9_999 + "@", "@" + "a" * 9_999, "a@" + "b-" * 4_999])
def test_long_cell_is_searched_for_personal_data_in_time(cell):
    start = process_time()
    assert personal(cell) is None
    assert process_time() - start < 0.1
