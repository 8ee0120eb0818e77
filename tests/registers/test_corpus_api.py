"""Some registers of the corpus over the API: refused with a proposed mapping, accepted when it is sent back."""

import json

import pytest

from tests.api.calls import problem, upload
from tests.api.conftest import client_of
from tests.registers.corpus import REGISTERS
from tests.registers.office import DAY, OFFICER, accept_others, corrected, open_company, requirement_of

NAMES = (
    "accounts of the directory, saved from a Dutch Excel",
    "approved rights as a wide sheet with a column a role",
    "secrecy with the names of people beside their numbers",
    "destroyed in one system that the sheet does not name",
    "incidents of a Dutch ticket system",
)
SOME = [register for register in REGISTERS if any(name in register.name for name in NAMES)]


@pytest.fixture
def company(engine, tmp_path):
    return open_company(engine, tmp_path)


def fields(register):
    return {
        "requirement": requirement_of(register.policy), "system": list(register.systems), "last_day": DAY.isoformat(),
        "first_day": (register.first_day or DAY).isoformat(), "population": str(register.counts),
        "population_source": "source", "population_day": DAY.isoformat(),
    }  # fmt: skip


def hand_in(client, register, content):
    """Upload again with the mapping that the first upload was refused with."""
    proposed = problem(upload(client, content, names=(register.file,), **fields(register)), 422)["proposed_mapping"]
    mapping = json.dumps(corrected(proposed, register.correction))
    return upload(client, content, names=(register.file,), mapping=mapping, **fields(register))


@pytest.mark.parametrize("register", SOME, ids=lambda register: register.name)
def test_register_is_accepted_with_its_proposed_mapping_and_names_a_violation(company, register):
    accept_others(company, register)
    with client_of(company, OFFICER) as client:
        good = hand_in(client, register, register.good())
        assert good.status_code == 201, good.text
        assert {cell["verdict"] for cell in good.json()["coverage"]} == {"pass"}
        bad = upload(client, register.bad(), names=(register.file,), **fields(register))
        assert bad.status_code == 201, bad.text  # the mapping is remembered
    covered = bad.json()["coverage"]
    assert {cell["verdict"] for cell in covered} == {"fail"}
    reasons = [f"{each['check']}: {each['reason']}" for cell in covered for each in cell["failing"]]
    assert any(register.named in reason for reason in reasons), reasons


def test_names_of_people_are_not_stored(company):
    register = next(register for register in REGISTERS if "names of people" in register.name)
    accept_others(company, register)
    with client_of(company, OFFICER) as client:
        answer = hand_in(client, register, register.good())
        content = client.get(f"/api/v1/evidence/{answer.json()['id']}/files/0").content
    assert b"S-02" in content
    assert b"Bruin" not in content
    assert b"huisblauw" not in content
