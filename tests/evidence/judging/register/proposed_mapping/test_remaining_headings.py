"""What is left of a table is weighed at once: by which rows fill it, what stands there, and what only it can be."""

import pytest

from tests.evidence.judging.register.proposed_mapping.test_guessed_headings import RULE, SECRECY, guessed, renamed
from tests.evidence.judging.register.proposed_mapping.test_proposal import proposed
from tests.evidence.judging.register.test_policy_registers import access, table

KEPT = {"decision": "keep", "executed_on": ""}
REVOKED = {"decision": "revoke", "executed_on": "2026-11-05", "account_ref": "A-2"}


def rows_called(heading, *changes):
    """Rows of a review of access, in which the day of carrying out has another heading."""
    rows = [access(**change) for change in changes]
    return table(*rows, names=[heading if key == "executed_on" else key for key in rows[0]])


@pytest.mark.parametrize("heading", ["Gewijzigd", "Afgerond door ICT d.d.", "Kolom 12"])
def test_day_that_exactly_those_rows_fill_which_must_is_proposed(heading):
    found = proposed("access-review", rows_called(heading, KEPT, {**KEPT, "account_ref": "A-3"}, REVOKED))
    assert found.mapping.columns == {"executed_on": heading}
    assert found.asks


def test_day_that_says_something_else_is_asked_though_those_rows_fill_it():
    found = proposed("access-review", rows_called("Klant gebeld", KEPT, {**KEPT, "account_ref": "A-3"}, REVOKED))
    assert "executed_on" not in found.mapping.columns
    assert [(doubt.heading, list(doubt.columns)) for doubt in found.doubts] == [("Klant gebeld", ["executed_on"])]


def test_two_days_that_the_same_rows_fill_are_not_told_apart():
    rows = [access(**change) | {"Kolom 13": change["executed_on"]} for change in (KEPT, REVOKED)]
    content = table(*rows, names=["Kolom 12" if key == "executed_on" else key for key in rows[0]])
    assert "executed_on" not in proposed("access-review", content).mapping.columns


def test_required_day_is_not_guessed_where_two_days_are_left():
    row = {key: cell for key, cell in RULE.items() if key != "reviewed_on"}
    content = table(row | {"Kolom 8": "2026-10-05", "Kolom 9": "2026-10-06"})
    assert "reviewed_on" not in guessed("firewall-rule-review", content)


def test_column_that_only_excuses_is_never_guessed():
    row = {"system": "portal", "update_ref": "U-1", "severity": "critical", "released_on": "2026-03-02"}
    content = table(row | {"installed_on": "2026-03-20", "Kolom 6": "poort dicht"})
    assert "meanwhile" not in proposed("patch-register", content).mapping.columns


def test_answer_to_an_unknown_question_is_not_what_only_some_rows_must_tell():
    row = {"recipient": "A", "role": "processor", "service": "hosting", "data_categories": "x", "systems": "portal"}
    row |= {"first_transfer_on": "2024-02-01", "agreement_ref": "V-1", "signed_on": "2024-01-02", "country": "NL"}
    found = proposed("processor-register", table(row | {"Kolom 9": "ja"}, row | {"recipient": "B", "Kolom 9": "nee"}))
    assert "art28_complete" not in found.mapping.columns


def test_heading_that_rows_leave_empty_which_must_fill_it_is_another_column():
    row = {"system": "portal", "severity": "low", "installed_on": "2026-03-20"}
    rows = [row | {"update_ref": f"U-{n}", "Kolom 5": "2026-03-02", "Sinds": ""} for n in range(4)]
    found = proposed("patch-register", table(rows[0] | {"Sinds": "2026-03-03"}, *rows[1:]))
    assert found.mapping.columns["released_on"] == "Kolom 5"


def test_services_of_a_firewall_are_known_by_their_ports():
    content = renamed(RULE, service="Kolom 3", reason="Omschrijving")
    assert proposed("firewall-rule-review", content).mapping.columns["service"] == "Kolom 3"


def test_codes_and_words_that_are_left_are_told_apart():
    rows = [SECRECY | {"person_ref": f"P-{n}", "document_ref": f"HR-{n}"} for n in (1, 2, 3)]
    content = table(*({**row, "Kleur": "blauw"} for row in rows), names=[*list(rows[0])[:-1], "Kolom 7", "Kleur"])
    assert guessed("confidentiality-register", content) == {"document_ref": "Kolom 7"}


def test_empty_heading_in_doubt_needs_no_answer_once_the_mapping_was_sent():
    content = rows_called("Laatst gewijzigd", KEPT, {**KEPT, "account_ref": "A-3"})
    first = proposed("access-review", content)
    assert first.doubts
    assert not proposed("access-review", content, first.mapping, is_final=True).asks
