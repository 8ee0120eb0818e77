"""A mapping proposed for a table with headings and words of its own, and what it can't do."""

import csv
import io
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.formats import formats, read_file
from evidence.formats.tables.heading_comparison import best_match
from evidence.judging.policies import policies, register_headings
from evidence.judging.register.proposed_mapping.proposal import propose
from evidence.judging.table_mapping import NOTHING, Systems, TableMapping, mapping_of
from evidence.judging.values import DoesNotFit
from locales import Problem
from tests.days import CALENDAR
from tests.evidence.judging.policy_judging import failing, judged
from tests.evidence.judging.register.test_policy_registers import ACCESS, access, table

NO_SYSTEMS = Systems()
#: an access review as a company keeps it, and what each heading is
OWN = {
    "system": "Applicatienaam",
    "account_ref": "Login",
    "person_ref": "Pers.nr",
    "account_type": "Type account",
    "privileged": "Beheerrechten?",
    "role": "Autorisatie",
    "task_reason": "Waarom nodig",
    "engaged_until": "Datum uit dienst",
    "last_used_on": "Laatste login",
    "decision": "Actie",
    "decided_by_ref": "Beoordelaar",
    "decided_on": "Datum beoordeling",
    "executed_on": "Uitgevoerd d.d.",
}


def proposed(policy, content, given=NOTHING, systems=NO_SYSTEMS, *, is_final=False):
    run, results = read_file(formats()["csv"], io.BytesIO(content.encode()), best_match(register_headings().values()))
    rows = list(results)
    return propose(policies()[policy].rules, run, lambda: rows, CALENDAR, given, systems, is_final=is_final)


def own(**changes):
    return table(access(**changes), names=list(OWN.values()))


def test_headings_that_no_policy_knows_are_proposed_and_judged_as_if_it_did():
    found = proposed("access-review", own())
    assert found.asks
    assert found.missing == []
    assert {column.key: column.heading for column in found.columns} == OWN
    assert set(found.mapping.columns) == set(OWN) - {"privileged"}  # which is recognised
    _, verdicts, _ = judged("access-review", own(), population=1, mapping=found.mapping)
    assert verdicts["portal"].verdict == "pass"
    again = proposed("access-review", own(), found.mapping, is_final=True)
    assert not again.asks
    assert again.mapping == found.mapping


def test_what_the_policy_knows_is_asked_of_nobody():
    found = proposed("access-review", table(ACCESS))
    assert (found.asks, found.mapping, found.missing) == (False, NOTHING, [])


def test_words_of_their_own_are_proposed_and_one_that_is_like_none_is_asked():
    content = table(access(decision="laten staan"), access(decision="paars", account_ref="A-2"))
    found = proposed("access-review", content)
    assert found.asks
    assert found.mapping.values == {"decision": {"laten staan": "keep", "paars": None}}
    _, verdicts, _ = judged("access-review", content, population=2, mapping=found.mapping)
    assert failing(verdicts["portal"]) == ["portal/A-2/support: decision"]
    assert not proposed("access-review", content, found.mapping, is_final=True).asks


def test_an_error_of_a_spreadsheet_is_asked_of_nobody_and_never_a_word():
    content = table(access(decision="#N/B"))
    assert not proposed("access-review", content).asks
    mapping = TableMapping(values={"decision": {"#N/B": "keep"}})
    _, verdicts, _ = judged("access-review", content, population=1, mapping=mapping)
    assert verdicts["portal"].verdict == "fail"


@pytest.mark.parametrize(
    ("cells", "order"),
    [(("12/10/2026", "13/10/2026"), "d/m/y"), (("10/12/2026", "10/13/2026"), "m/d/y"), (("1/2/26", "3/4/26"), "d/m/y")],
)
def test_dates_in_numbers_have_the_order_in_which_all_are_dates(cells, order):
    content = table(*(access(last_used_on=cell, account_ref=cell) for cell in cells))
    assert proposed("access-review", content).mapping.dates == {"last_used_on": order}


def test_dates_that_could_have_either_order_have_that_of_other_dates_of_the_file():
    content = table(access(decided_on="11/08/2026", last_used_on="10/29/2026", executed_on="", engaged_until=""))
    assert proposed("access-review", content).mapping.dates == {"decided_on": "m/d/y", "last_used_on": "m/d/y"}


def test_the_start_of_a_course_is_not_that_of_access():
    row = {"Employee ID": "1", "Employee type": "employee", "Course": "privacy", "Start date": "2026-11-09"}
    found = proposed("training-register", table(row, {**row, "Employee ID": "2"}))
    assert [column.key for column in found.missing] == ["access_from"]


def test_moments_in_numbers_have_an_order_too_and_the_zone_of_the_organisation():
    names = ["incident", "ontdekt op", "omschrijving", "ernst", "getroffen klanten", "datalek", "afgesloten op"]
    row = ["I-1", "13/10/2026 08:30", "storing", "laag", "0", "nee", "14/10/2026"]
    content = table(dict(zip(names, row, strict=True)))
    found = proposed("incident-register", content)
    assert found.mapping.dates == {"found_at": "d/m/y", "closed_on": "d/m/y"}
    _, verdicts, one = judged("incident-register", content, population=1, mapping=found.mapping)
    assert "found_at" not in "".join(failing(verdicts[""]))
    assert one.moments == (date(2026, 10, 13), date(2026, 10, 13))


@pytest.mark.parametrize(("heading", "is_proposed"), [("Datum beoordeling", True), ("Datum", False)])
def test_empty_column_is_proposed_for_a_required_one_only_by_a_telling_heading(heading, is_proposed):
    names = [heading if name == OWN["decided_on"] else name for name in OWN.values()]
    missing = {column.key for column in proposed("access-review", table(access(decided_on=""), names=names)).missing}
    assert ("decided_on" not in missing) is is_proposed


def test_dates_in_no_single_order_are_read_in_none():
    content = table(access(decided_on="13/10/2026"), access(decided_on="10/13/2026", account_ref="A-2"))
    assert proposed("access-review", content).mapping.dates == {}


def test_a_heading_that_is_almost_certainly_a_needed_column_is_asked_even_if_a_mapping_says_nothing_of_it():
    names = ["Datum uit dienst" if name == "engaged_until" else name for name in ACCESS]
    content = table(access(engaged_until="2026-10-31", last_used_on="2026-10-30"), names=names)
    assert proposed("access-review", content).asks
    assert proposed("access-review", content, TableMapping(values={"role": {}}), is_final=True).asks
    left = TableMapping(left_out=["Datum uit dienst"])
    found = proposed("access-review", content, left, is_final=True)
    assert (found.asks, found.mapping) == (False, left)
    mapping = proposed("access-review", content).mapping
    _, verdicts, _ = judged("access-review", content, population=1, mapping=mapping)
    assert failing(verdicts["portal"]) == ["portal/A-1/support: leaver"]


def test_of_two_headings_of_one_column_the_mapping_says_which():
    names = ["tijdstip ontdekking", "datalek", "incident", "ontdekt op", "omschrijving", "ernst", "getroffen klanten"]
    row = ["bij de ochtendcontrole", "nee", "I-1", "2026-10-01 10:00", "storing", "laag", "0"]
    content = table(dict(zip(names, row, strict=True)))
    with pytest.raises(DoesNotFit, match="Two columns"):
        judged("incident-register", content, population=1)
    found = proposed("incident-register", content)
    assert found.mapping.columns == {"found_at": "ontdekt op"}
    _, verdicts, _ = judged("incident-register", content, population=1, mapping=found.mapping)
    assert verdicts[""].verdict == "pass"


# ── What may be several columns ──────────────────────────────────────────────────────────────────────────────────────


def incidents(*headings, **values):
    """A register of one incident with these headings; their cells are moments unless `values` says otherwise."""
    names = ["incident", "omschrijving", "ernst", "getroffen klanten", "datalek", *headings]
    row = ["I-1", "storing", "laag", "0", "nee", *("2026-10-01 10:00" for _ in headings)]
    return table({**dict(zip(names, row, strict=True)), **values})


def doubts(content, policy="incident-register", **options):
    return {doubt.heading: set(doubt.columns) for doubt in proposed(policy, content, **options).doubts}


TOLD = {"customers_told_at", "authority_told_at", "subjects_told_at"}


@pytest.mark.parametrize("heading", ["Gemeld op", "Datum melding", "Reported at", "Gemeld d.d.", "Ingelicht"])
def test_who_was_told_is_asked_where_a_heading_does_not_say_it(heading):
    found = proposed("incident-register", incidents("ontdekt op", heading))
    assert found.asks
    assert {heading: TOLD} == doubts(incidents("ontdekt op", heading))
    assert heading not in found.mapping.columns.values()
    assert heading in found.unused


def test_who_was_told_is_asked_even_if_others_have_their_heading():
    content = incidents("ontdekt op", "klanten ingelicht op", "gemeld aan toezichthouder op", "Gemeld op")
    assert doubts(content) == {"Gemeld op": {"subjects_told_at"}}


@pytest.mark.parametrize("heading", ["Gemeld op", "Datum melding"])
def test_an_incident_that_nobody_found_may_be_found_when_it_was_reported(heading):
    found = proposed("incident-register", incidents(heading))
    assert found.asks
    assert {column.key: column.heading for column in found.columns if column.is_guess} == {"found_at": heading}
    assert found.mapping.columns["found_at"] == heading


def test_a_heading_that_says_who_was_told_is_asked_of_nobody():
    content = incidents("ontdekt op", "Gemeld bij AP d.d.", "Klant geïnformeerd op", "Melding aan betrokkenen")
    found = proposed("incident-register", content)
    assert not found.doubts
    assert found.mapping.columns == {
        "authority_told_at": "Gemeld bij AP d.d.",
        "customers_told_at": "Klant geïnformeerd op",
        "subjects_told_at": "Melding aan betrokkenen",
    }


def test_a_doubt_is_settled_by_who_says_which_or_that_it_is_none():
    content = incidents("ontdekt op", "Gemeld op")
    settled = TableMapping(columns={"authority_told_at": "Gemeld op"})
    none = TableMapping(left_out=["Gemeld op"])
    assert doubts(content, given=settled) == doubts(content, given=none) == {}
    final = proposed("incident-register", content, TableMapping(), is_final=True)
    assert final.asks  # who leaves it open is asked again: it might fail a row
    assert not proposed("incident-register", content, none, is_final=True).asks


def test_of_two_headings_that_say_the_same_neither_is_proposed():
    names = [{"decided_on": "Datum beoordeling", "last_used_on": "Beoordeeld d.d."}.get(name, name) for name in ACCESS]
    content = table(access(last_used_on="2026-11-02"), names=names)
    found = doubts(content, "access-review")
    assert found == {"Datum beoordeling": {"decided_on"}, "Beoordeeld d.d.": {"decided_on"}}


@pytest.mark.parametrize(
    "heading", ["Volgende beoordeling", "Geplande beoordeling", "Next review", "Uiterste datum beoordeling"]
)
def test_what_is_to_come_is_never_what_was_done(heading):
    names = [heading if name == "decided_on" else name for name in ACCESS]
    found = proposed("access-review", table(access(), names=names))
    assert [column.key for column in found.missing] == ["decided_on"]
    assert heading in found.unused


def test_a_date_that_only_resembles_what_may_be_missing_is_asked():
    names = ["Laatst gewijzigd" if name == "executed_on" else name for name in ACCESS]
    content = table(access(decision="intrekken", executed_on="2026-11-05"), names=names)
    assert doubts(content, "access-review") == {"Laatst gewijzigd": {"executed_on"}}


def test_consent_that_was_withdrawn_is_none_that_was_given():
    row = {"kenmerk toestemming": "F-1", "systeem": "portal", "doel": "foto", "versie van de tekst": "2"}
    days = {"Datum akkoord": "2026-04-01", "verwerking vanaf": "2026-04-03", "Toestemming ingetrokken": "2026-10-01"}
    content = table({**row, **days, "Verwijderd op": "2026-10-02"})
    found = proposed("consent-register", content)
    withdrawn = {"withdrawn_on": "Toestemming ingetrokken", "executed_on": "Verwijderd op"}
    assert found.mapping.columns == {"consent_on": "Datum akkoord", **withdrawn}


def test_known_values_tell_a_column_whatever_its_heading():
    row = {"gegeven": "naam", "systeem": "portal", "betrokkenen": "cliënten", "categorie": "gewoon"}
    content = table({**row, "rol": "verantwoordelijke", "doel": "zorg", "Kolom 7": "art. 6 lid 1 sub b"})
    assert proposed("data-inventory-review", content).mapping.columns["legal_basis"] == "Kolom 7"


def test_a_measure_may_be_what_was_done_or_what_was_learned():
    assert doubts(incidents("ontdekt op", Maatregel="filter aangepast")) == {"Maatregel": {"lesson", "measures_taken"}}


def test_groups_of_rights_are_no_names_of_people():
    names = ["Groepslidmaatschap" if name == "role" else name for name in ACCESS]
    content = table(access(role="Domain Admins"), access(role="Server Admins"), names=names)
    found = proposed("access-review", content).mapping
    assert (found.columns, found.personal) == ({"role": "Groepslidmaatschap"}, {})


def test_the_end_of_an_agreement_is_not_that_of_the_one_before():
    row = {"klant": "K-1", "systemen": "portal", "overeenkomst": "V-1", "ondertekend op": "2026-01-05"}
    content = table({**row, "live sinds": "2026-02-01", "Einddatum overeenkomst": "2027-01-05"})
    assert "Einddatum overeenkomst" in proposed("customer-agreement-register", content).unused


def test_codes_of_persons_are_no_words_of_a_decision():
    names = ["Akkoord" if name == "decision" else name for name in ACCESS]
    found = proposed("access-review", table(access(decision="2001"), names=names))
    assert "decision" in [column.key for column in found.missing]


# ── What a mapping can't do ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "mapping",
    [
        TableMapping(left_out=["engaged_until"]),
        TableMapping(columns={"task_reason": "engaged_until"}),
        TableMapping(columns={"engaged_until": "anders"}),
    ],
)
def test_a_column_that_the_policy_knows_can_t_be_hidden(mapping):
    content = table(access(engaged_until="2026-10-31", anders=""))
    with pytest.raises(DoesNotFit, match="can't leave it out"):
        judged("access-review", content, population=1, mapping=mapping)


MAPPINGS = st.builds(
    TableMapping,
    columns=st.dictionaries(
        st.sampled_from(sorted(ACCESS)), st.sampled_from([*sorted(ACCESS), "anders"]), max_size=3
    ).filter(lambda columns: len(set(columns.values())) == len(columns)),
    fixed=st.dictionaries(st.just("system"), st.sampled_from(["keep", "P-8"]), max_size=1),
    values=st.dictionaries(
        st.sampled_from(sorted(ACCESS)),
        st.dictionaries(
            st.sampled_from(sorted(set(ACCESS.values()))), st.sampled_from(["keep", "yes", "P-8"]), max_size=3
        ),
        max_size=3,
    ),
    dates=st.dictionaries(st.sampled_from(sorted(ACCESS)), st.sampled_from(["d/m/y", "m/d/y"]), max_size=2),
    left_out=st.lists(st.sampled_from([*sorted(ACCESS), "anders"]), max_size=2),
)
BAD = st.sampled_from(
    [{"engaged_until": "2026-10-31"}, {"decided_by_ref": "P-1"}, {"task_reason": ""}, {"account_type": "gedeeld"},
     {"decision": "intrekken"}, {"decided_on": "2026-01-05"}, {"privileged": ""}]
)  # fmt: skip


@settings(deadline=None)
@given(MAPPINGS, BAD)
def test_no_mapping_makes_a_fail_of_known_columns_and_words_a_pass(mapping, changes):
    try:
        _, verdicts, _ = judged("access-review", table(access(anders="", **changes)), population=1, mapping=mapping)
    except DoesNotFit:
        return
    assert {one.verdict for one in verdicts.values()} == {"fail"}  # whatever the system is called


@settings(deadline=None)
@given(
    st.lists(st.lists(st.text(max_size=12), min_size=2, max_size=6), min_size=2, max_size=5),
    st.sampled_from(["access-review", "incident-register", "patch-register"]),
)
def test_any_table_has_a_proposal_that_is_one(rows, policy):
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows([["kolom", "datum", *rows[0]], *rows])
    try:
        found = proposed(policy, text.getvalue())
    except Problem:
        return
    assert mapping_of(found.mapping.model_dump_json()) == found.mapping
    headings = [name for name in found.mapping.columns.values() if name]
    assert len(set(headings)) == len(headings)
    assert set(headings) <= set(found.rows.columns)
    assert not set(headings) & {column.heading for column in found.columns if column.by_itself}


def test_one_reviewer_with_a_name_is_recognised_as_a_person():
    found = proposed("access-review", own(decided_by_ref="Petra de Vries"))
    assert found.mapping.personal == {"Beoordelaar": "reference"}


def test_dates_are_no_words_of_a_list():
    columns = {"Medewerker": "P-1", "In dienst per": "01-01-2024", "Gevolgd op": "12-03-2026"}
    content = table(columns, {**columns, "Medewerker": "P-2", "In dienst per": "01-05-2025"})
    found = proposed("training-register", content).mapping
    assert found.columns["relation"] is None
    assert found.values == {}


def test_what_stands_under_a_heading_can_rule_a_column_out():
    row = {"Employee ID": "1001", "Last Name [Required]": "Bos", "Team": "Care"}
    content = table(row, {**row, "Employee ID": "1002", "Last Name [Required]": "Vos"})
    found = proposed("two-factor-coverage", content).mapping.columns
    assert (found["accounts"], found["enforced"]) == (None, None)  # a number counts nothing, a name is no yes or no
    row = {"Employee ID": "1001", "Completed": "Yes", "Time completed": "2026-10-12 08:00"}
    found = proposed("training-register", table(row)).mapping.columns
    assert (found["completed_on"], found["passed"]) == ("Time completed", "Completed")


def test_words_of_a_list_are_no_free_text():
    row = {"User role": "nurse", "Permission": "Read", "Allowed?": "Yes"}
    found = proposed("approved-access-matrix", table(row, {**row, "Permission": "Delete"})).mapping.columns
    assert (found["role"], found["action"]) == ("User role", "Permission")


@pytest.mark.parametrize(
    ("rows", "heading"),
    [
        ([{"Receipt ID": "R-1"}, {"Receipt ID": "R-2"}], "Receipt ID"),
        ([{"Receipt ID": "R-1"}, {"Receipt ID": "R-1"}], None),  # twice the same tells no rows apart
        ([{"Receipt ID": "R-1", "Batch no.": "1"}, {"Receipt ID": "R-2", "Batch no.": "2"}], None),
        ([{"User ID": "R-1"}, {"User ID": "R-2"}], None),
    ],
)
def test_the_only_number_that_tells_the_rows_apart_is_that_of_the_row(rows, heading):
    content = table(*({**row, "Consent date": "2026-10-12"} for row in rows))
    assert proposed("consent-register", content).mapping.columns["consent_ref"] == heading


def test_no_is_the_word_for_nothing_of_a_list_that_has_one():
    assert proposed("destruction-log", table({"hold": "No"})).mapping.values["hold"] == {"No": "none"}


@pytest.mark.parametrize(("outcome", "word"), [("Approved", "keep"), ("Denied", "revoke"), ("Not reviewed", None)])
def test_what_was_approved_is_kept_and_what_was_denied_is_revoked(outcome, word):
    assert proposed("access-review", table(access(decision=outcome))).mapping.values == {"decision": {outcome: word}}
