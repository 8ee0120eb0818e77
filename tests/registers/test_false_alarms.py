"""Personal data is seen in registers that have it, and in no other: system, product and street names are no people."""

import io

import pytest

from evidence.formats import formats, read_file, recognise
from evidence.formats.tables.heading_comparison import best_match
from evidence.judging.policies import policies, register_headings
from evidence.judging.table_mapping import NOTHING, Systems
from tests.days import CALENDAR
from tests.registers.corpus import REGISTERS

#: what the registers of the corpus have of people, by their names
PERSONAL = {
    "users of Entra ID with the review beside them": {"UserPrincipalName"},
    "secrecy with the names of people beside their numbers": {"Full name", "Work e-mail"},
    "customers by the relation system": {"Klantnaam"},
    "results of an access review of a directory": {"User", "User principal name", "Reviewed by"},
    "items of a certification campaign": {
        "reviewItem.principalUserFullName",
        "reviewItem.principalUserEmail",
        "reviewItem.reviewerFullName",
        "reviewItem.reviewerEmail",
    },
    "enrolments of a learning platform beside columns of personnel": {"First Name", "Last Name", "Email"},
    "secrecy in a sheet with first and last days": {"Name"},
    "accounts with names, per quarter": {"Naam"},
    "accounts under their system, judged by the one who is named above": {"Naam"},
}


def personal(policy, content):
    file_format = recognise(content[:65_536]) or formats()["csv"]
    run, results = read_file(file_format, io.BytesIO(content), best_match(register_headings().values()))
    rows = list(results)
    proposal = policies()[policy].propose(run, lambda: rows, CALENDAR, NOTHING, Systems(), is_final=False)
    assert proposal is not None
    return set(proposal.mapping.personal)


@pytest.mark.parametrize("register", REGISTERS, ids=lambda register: f"{register.policy}: {register.name}")
def test_only_personal_data_is_asked_about(register):
    assert personal(register.policy, register.good()) == PERSONAL.get(register.name, set())
