"""Columns that are proposed though their heading does not say so: only where nothing else can be it, and told apart."""

import pytest

from evidence.judging.register.word_similarity import stem
from evidence.judging.table_mapping import TableMapping
from evidence.judging.values import DoesNotFit
from tests.evidence.judging.policy_judging import failing, judged
from tests.evidence.judging.register.proposed_mapping.test_proposal import proposed
from tests.evidence.judging.register.test_policy_registers import access, table

SECRECY = {
    "person_ref": "P-1", "relation": "employee", "basis": "agreement", "signed_on": "2024-01-02",
    "access_from": "2024-02-01", "lasts_after": "yes", "document_ref": "HR-1",
}  # fmt: skip
RULE = {
    "device_ref": "FW-1", "rule_id": "R1", "source": "any", "destination": "web", "service": "tcp/443",
    "action": "allow", "owner": "team", "reason": "site", "reviewed_on": "2026-10-05", "decision": "keep",
}  # fmt: skip


def renamed(row, **names):
    """A table of one row with other headings."""
    return table({names.get(key, key): cell for key, cell in row.items()})


def guessed(policy, content):
    return {column.key: column.heading for column in proposed(policy, content).columns if column.is_guess}


def test_column_is_guessed_by_words_that_only_it_has():
    content = table(access(), names=["Persoonlijk of niet" if key == "account_type" else key for key in access()])
    proposal = proposed("access-review", content)
    assert proposal.asks
    assert proposal.missing == []
    assert guessed("access-review", content) == {"account_type": "Persoonlijk of niet"}


@pytest.mark.parametrize("heading", ["Afdeling", "Team", "Opmerkingen", "Notes", "Status", "Landcode"])
def test_reference_of_a_document_is_not_guessed_from_something_else(heading):
    assert "document_ref" not in guessed("confidentiality-register", renamed(SECRECY, document_ref=heading))


@pytest.mark.parametrize("heading", ["Opmerkingen", "Afdeling", "Eigenaar"])
def test_reason_is_not_guessed_from_remarks_or_who(heading):
    row = {key: cell for key, cell in RULE.items() if key not in ("reason", "owner")} | {heading: "x y"}
    assert "reason" not in guessed("firewall-rule-review", table(row))


@pytest.mark.parametrize("heading", ["Gewijzigd op", "Aangemaakt op", "Gepland op", "Volgende controle"])
def test_day_is_not_guessed_from_a_heading_that_says_of_what(heading):
    content = renamed(RULE, reviewed_on=heading)
    assert [column.key for column in proposed("firewall-rule-review", content).missing] == ["reviewed_on"]


def test_start_beside_a_course_is_not_that_of_access_and_beside_employment_is():
    rest = {"Employee ID": "1", "completed_on": "2026-10-09", "passed": "yes"}
    beside_course = table({"Employee type": "employee", **rest, "Course": "privacy", "Start date": "2026-11-09"})
    assert "access_from" in [column.key for column in proposed("training-register", beside_course).missing]
    beside_employment = table({"Course": "privacy", **rest, "Employment": "employee", "Start date": "2024-11-09"})
    assert proposed("training-register", beside_employment).missing == []


def test_bare_headings_are_read_with_the_one_before_them():
    names = {"decision": "Besluit", "decided_by_ref": "Door", "decided_on": "Datum", "executed_on": "Uitgevoerd"}
    proposal = proposed("access-review", renamed(access(), **names))
    assert proposal.mapping.columns == {key: name for key, name in names.items() if key != "decision"}


def test_marks_are_no_name_and_the_end_of_something_is_not_its_start():
    row = {"recipient": "Aap", "Cijfer": "8", "role": "none", "risk_reviewed_on": "2026-03-02"}
    assert "service" not in guessed("supplier-risk", table(row, row | {"recipient": "Noot", "Cijfer": "7"}))
    assert "access_from" not in guessed("confidentiality-register", renamed(SECRECY, access_from="Stop"))


def test_number_of_the_rows_is_no_number_of_a_person():
    rows = [{**SECRECY, "person_ref": str(number)} for number in (1, 2, 3)]
    numbered = table(*({("Nr" if key == "person_ref" else key): cell for key, cell in row.items()} for row in rows))
    assert [column.key for column in proposed("confidentiality-register", numbered).missing] == ["person_ref"]


@pytest.mark.parametrize(
    ("heading", "word", "value"),
    [("Blijft?", "nee", "revoke"), ("Blijft?", "ja", "keep"), ("Intrekken?", "ja", "revoke"), ("Besluit?", "ja", None)],
)
def test_yes_and_no_mean_what_their_heading_asks(heading, word, value):
    proposal = proposed("access-review", renamed(access(decision=word), decision=heading))
    assert proposal.mapping.values.get("decision", {word: None}) == {word: value}


# ── Crosses ──────────────────────────────────────────────────────────────────────────────────────────────────────────

CROSSED = table(access(privileged="x"), access(privileged="", account_ref="A-2"))


def test_empty_cell_in_a_column_of_crosses_is_no_once_somebody_says_so():
    proposal = proposed("access-review", CROSSED)
    assert proposal.asks
    assert proposal.mapping.values == {"privileged": {"": "no"}}
    _, verdicts, _ = judged("access-review", CROSSED, population=2, mapping=proposal.mapping)
    assert verdicts["portal"].verdict == "pass"
    _, verdicts, _ = judged("access-review", CROSSED, population=2)
    assert failing(verdicts["portal"]) == ["portal/A-2/support: privileged"]


@pytest.mark.parametrize("cell", ["ja", "nee"])
def test_empty_cell_means_nothing_beside_other_words(cell):
    content = table(access(privileged=cell), access(privileged="", account_ref="A-2"))
    mapping = TableMapping(values={"privileged": {"": "no"}})
    assert proposed("access-review", content, mapping, is_final=True).mapping.values == {"privileged": {}}


def test_empty_cell_is_never_yes_nor_a_word_of_a_list():
    mapping = TableMapping(values={"privileged": {"": "yes"}, "decision": {"": "keep"}})
    content = table(access(privileged="x", decision=""), access(privileged="", account_ref="A-2"))
    assert proposed("access-review", content, mapping, is_final=True).mapping.values == {
        "privileged": {},
        "decision": {},
    }
    _, verdicts, _ = judged("access-review", content, population=2, mapping=mapping)
    assert "portal/A-1/support: decision" in failing(verdicts["portal"])


# ── Headings that say too little ─────────────────────────────────────────────────────────────────────────────────────


def test_type_of_something_else_is_another_column():
    content = renamed(SECRECY, relation="Soort", basis="Soort document")
    proposal = proposed("confidentiality-register", content)
    assert proposal.asks
    assert proposal.mapping.columns == {"relation": "Soort", "basis": "Soort document"}
    again = proposed("confidentiality-register", content, proposal.mapping, is_final=True)
    assert (again.asks, again.missing) == (False, [])


def test_heading_that_says_little_may_be_corrected_but_its_column_is_still_needed():
    content = renamed(SECRECY, basis="Soort", relation="Vorm")
    mapping = TableMapping(columns={"relation": "Soort"})
    assert "basis" in [
        column.key for column in proposed("confidentiality-register", content, mapping, is_final=True).missing
    ]
    with pytest.raises(DoesNotFit):
        judged("confidentiality-register", content, population=1, mapping=mapping)


# ── A column for each course ─────────────────────────────────────────────────────────────────────────────────────────

COURSES = """Personeelsnummer;Dienstverband;In dienst;Phishing;Privacy
P-1;vast;2020-01-01;2026-05-01;2026-06-01
P-2;vast;2020-01-01;{0};2026-06-02
"""


def test_day_under_each_course_is_a_row_for_each():
    proposal = proposed("training-register", COURSES.format("2026-05-02"))
    assert list(proposal.mapping.matrix.headings) == ["Phishing", "Privacy"]
    _, verdicts, _ = judged("training-register", COURSES.format("2026-05-02"), population=2, mapping=proposal.mapping)
    assert verdicts[""].verdict == "pass"


@pytest.mark.parametrize(("cell", "rule"), [("", "never-trained"), ("2025-01-01", "too-long-ago")])
def test_course_that_somebody_did_not_follow_fails(cell, rule):
    mapping = proposed("training-register", COURSES.format("2026-05-02")).mapping
    _, verdicts, _ = judged("training-register", COURSES.format(cell), population=2, mapping=mapping)
    assert failing(verdicts[""]) == [f"P-2/Phishing: {rule}"]


def test_course_without_rows_of_its_empty_cells_is_asked_again():
    mapping = proposed("training-register", COURSES.format("")).mapping
    hiding = mapping.model_copy(update={"matrix": mapping.matrix.model_copy(update={"rows_of_empty": False})})
    again = proposed("training-register", COURSES.format(""), hiding, is_final=True)
    assert again.asks
    assert again.mapping.matrix.rows_of_empty


def test_days_of_employment_are_no_course():
    content = COURSES.format("2026-05-02").replace("In dienst", "Datum uit dienst")
    assert "Datum uit dienst" not in proposed("training-register", content).mapping.matrix.headings


def test_table_with_roles_in_a_column_is_not_wide():
    rows = [
        {"Functie": role, "Onderdeel": "dossier", "Handeling": "lezen", "Relatie": "ander", "Moet kunnen": "nee",
         "Kan": "nee", "Getest op": "2026-11-10", "Wijze": "aanroep"} for role in ("arts", "balie")
    ]  # fmt: skip
    proposal = proposed("care-relation-matrix", table(*rows))
    assert proposal.mapping.matrix is None
    assert proposal.mapping.columns["expected"] == "Moet kunnen"
    assert proposal.mapping.columns["actual"] == "Kan"


@pytest.mark.parametrize("word", ["getekend", "tekenen", "tekent", "tekening"])
def test_forms_of_a_word_have_one_stem(word):
    assert stem(word) == "teken"
