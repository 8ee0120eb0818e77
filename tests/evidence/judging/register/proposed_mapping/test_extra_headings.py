"""Headings that companies use: each is likest the column that it is listed for, in the words of its values."""

import pytest

from evidence.judging.policies import policies
from evidence.judging.register.proposed_mapping.column_similarity import as_named, is_known, named, names_of
from evidence.judging.register.proposed_mapping.extra_headings import known_headings, with_known_headings
from evidence.judging.register.word_similarity import likeness
from tests.evidence.judging.register.proposed_mapping.test_proposal import proposed
from tests.evidence.judging.register.test_policy_registers import access, table

REGISTERS = {key: with_known_headings(policy.rules) for key, policy in policies().items() if policy.has_template}
_USUAL = 0.9  # what a listed heading counts for: less than the words of a policy
_FEWEST = 5  # headings of a column beside those in its policy


def columns(policy):
    return {column.key: column for column in REGISTERS[policy].columns}


@pytest.mark.parametrize("policy", REGISTERS)
def test_every_column_knows_headings_that_are_likest_it(policy):
    for column in columns(policy).values():
        assert len(known_headings(column)) >= _FEWEST, column.key
        for heading in known_headings(column):
            alike = named(column, heading)
            for other in columns(policy).values():
                assert named(other, heading) <= alike or is_as_usual(other, heading), (heading, other.key)


def is_as_usual(column, heading):
    """Whether a heading is in the words of a column, or is known for it: it may be more alike than another's."""
    return is_known(column, heading) or likeness(heading, as_named(column, heading)) > _USUAL


def test_policy_decides_what_a_heading_is_by_itself():
    known = columns("access-review")["decided_on"]
    own = next(column for column in policies()["access-review"].rules.columns if column.key == "decided_on")
    assert names_of(known) == names_of(own)
    assert known_headings(own) == []


@pytest.mark.parametrize(
    ("policy", "heading", "key"),
    [
        ("access-review", "Recertified by (manager)", "decided_by_ref"),
        ("access-review", "lastSignInDateTime", "last_used_on"),
        ("processor-register", "Used in system(s)", "systems"),
        ("request-register", "Reactiedatum", "answered_on"),
        ("destruction-log", "Back-up schoon d.d.", "backups_expire_on"),
        ("confidentiality-register", "Begindatum", "access_from"),
        ("customer-agreement-register", "Datum huidige VWO", "signed_on"),
        ("data-inventory-review", "Weggehaald op", "done_on"),
        ("processor-register", "Supplier legal entity", "recipient"),
        ("processor-register", "Ontvangt gegevens sinds", "first_transfer_on"),
        ("patch-register", "Vendor fix available", "released_on"),
        ("consent-register", "First contacted", "processing_from"),
        ("minors-consent-register", "Profile enabled", "processing_from"),
        ("minors-consent-register", "Profile disabled", "processing_stopped_on"),
        ("request-register", "Confirmed to requester", "answered_on"),
        ("request-register", "On suppression list", "executed_on"),
        ("destruction-log", "Client agreed", "consent_on"),
    ],
)
def test_heading_is_like_its_column(policy, heading, key):
    best = max(columns(policy).values(), key=lambda column: named(column, heading))
    assert best.key == key


def test_number_that_rows_share_is_not_what_tells_them_apart():
    rows = [{"Formulier": "v3", "Contact": f"C-{n}", "systeem": "portal", "doel": "post"} for n in range(4)]
    days = {"toestemming op": "2026-04-01", "verwerking vanaf": "2026-04-03"}
    found = proposed("consent-register", table(*({**row, **days} for row in rows))).mapping.columns
    assert found == {"consent_ref": "Contact", "text_version": "Formulier"}


def test_list_of_something_else_is_not_proposed_for_a_column_that_may_be_missing():
    row = {"leverancier": "A", "dienst": "post", "risico beoordeeld op": "2026-02-03"}
    content = table({**row, "Categorie": "inkoop"}, {**row, "leverancier": "B", "Categorie": "facilitair"})
    assert "role" not in proposed("supplier-risk", content).mapping.columns


def test_checksum_is_known_by_its_form():
    row = {"rol": "verpleegkundige", "versie": "4.0", "geldt vanaf": "2026-07-01", "Zegel": "a1" * 32}
    assert proposed("eura-text", table(row)).mapping.columns == {"text_hash": "Zegel"}


def test_brackets_of_a_heading_say_more_of_it():
    names = ["Uitgevoerd (in het systeem)" if name == "executed_on" else name for name in access()]
    found = proposed("access-review", table(access(executed_on="2026-11-02"), names=names))
    assert found.mapping.columns == {"executed_on": "Uitgevoerd (in het systeem)"}


def test_bare_number_is_no_user_where_another_heading_is():
    rows = [{"id": f"{n}", "gebruiker_hash": f"u-{n}a", "rol": "arts", "versie": "4.0"} for n in (1, 2, 3)]
    days = {"akkoord": "2026-03-01 10:00", "eerste gebruik": "2026-03-01 10:05", "laatste gebruik": "2026-03-20 09:00"}
    content = table(*({"systeem": "portal", **row, **days} for row in rows))
    assert proposed("eura", content).mapping.columns["user_ref"] == "gebruiker_hash"
