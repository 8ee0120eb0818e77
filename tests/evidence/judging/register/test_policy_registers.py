"""Judging registers: rows by rules, the whole by the population."""

import csv
import io
import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.formats.tables.heading_comparison import plain
from evidence.judging.values import DoesNotFit
from locales import Language, Problem
from models.durations import months_before
from tests.evidence.judging.policy_judging import failing, judged

ACCESS = {
    "system": "portal",
    "account_ref": "A-1",
    "person_ref": "P-1",
    "account_type": "persoonlijk",
    "privileged": "nee",
    "role": "support",
    "task_reason": "klantvragen",
    "engaged_until": "",
    "last_used_on": "2026-11-01",
    "decision": "behouden",
    "decided_by_ref": "P-9",
    "decided_on": "2026-10-12",
    "executed_on": "",
}
PROCESSOR = {
    "recipient": "Voorbeeld BV",
    "role": "subverwerker",
    "service": "hosting",
    "data_categories": "alle",
    "systems": "portal|downloads",
    "first_transfer_on": "2021-02-01",
    "agreement_ref": "VWO-11",
    "signed_on": "2021-01-10",
    "art28_complete": "ja",
    "agreement_ends_on": "",
    "data_returned_on": "",
    "country": "NL",
    "transfer_ground": "",
    "disclosure_ground": "",
    "customers_informed_on": "2020-12-15",
    "risk_reviewed_on": "2026-03-02",
}


def table(*rows, names=None):
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow(names or rows[0])
    writer.writerows(row.values() for row in rows)
    return text.getvalue()


def judge(policy, *rows, names=None, population=None, **context):
    number = len(rows) if population is None else population
    return judged(policy, table(*rows, names=names), population=number, **context)


def access(**changes):
    return {**ACCESS, **changes}


def processor(**changes):
    return {**PROCESSOR, **changes}


@pytest.mark.parametrize("policy", ["access-review", "processor-register"])
def test_reference_examples_have_the_expected_verdicts(shared, policy):
    folder = shared / "reference" / "register-examples"
    expected = json.loads((folder / "expected.json").read_text())[policy]
    content = (folder / f"{policy}.csv").read_bytes()
    as_of = date.fromisoformat(expected["as_of"])
    levels, verdicts, _ = judged(policy, content, population=len(expected["rows"]), as_of=as_of)
    assert [level for _, level in levels] == [row["verdict"] for row in expected["rows"]]
    (verdict,) = verdicts.values()
    assert verdict.verdict == "fail"
    assert len(verdict.failing) == sum(len(row["reasons"]) for row in expected["rows"])


def test_correct_register_passes():
    _, verdicts, register_judge = judge("access-review", ACCESS, access(account_ref="A-2", person_ref="P-2"))
    assert {name: judgement.verdict for name, judgement in verdicts.items()} == {"portal": "pass"}
    assert register_judge.warnings == []
    assert judge("processor-register", PROCESSOR)[1][""].verdict == "pass"


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"decided_on": "2026-04-21"}, "too-long-ago"),
        ({"decided_on": "21-04-2026"}, "too-long-ago"),
        ({"decided_on": "2026-11-23"}, "decided_on"),
        ({"decided_on": "04/21/2026"}, "decided_on"),
        ({"decided_on": "2026-02-30"}, "decided_on"),
        ({"decided_by_ref": "P-1"}, "own-decision"),
        ({"task_reason": ""}, "no-task"),
        ({"decision": "intrekken"}, "not-carried-out"),
        ({"decision": "wijzigen", "executed_on": "2026-10-20"}, "not-carried-out"),
        ({"engaged_until": "2026-11-21"}, "leaver"),
        ({"engaged_until": "2026-11-21", "decision": "revoke", "decided_on": "2026-11-20"}, "leaver"),
        ({"account_type": "gedeeld"}, "shared"),
        ({"account_type": "anders"}, "account_type"),
        ({"person_ref": ""}, "person_ref"),
        ({"person_ref": "Jan Jansen"}, "person_ref"),
        ({"privileged": "misschien"}, "privileged"),
        ({"role": ""}, "role"),
    ],
)
def test_access_review_row_fails_for_the_expected_rule(changes, rule):
    levels, verdicts, register_judge = judge("access-review", access(**changes))
    assert [level for _, level in levels] == ["fail"]
    assert [check.rpartition(": ")[2] for check in failing(verdicts["portal"])] == [rule]
    for language in ("nl", "en"):
        assert all(Language(language).render(reason).strip() for reason in register_judge.reasons)


@pytest.mark.parametrize(
    "changes",
    [
        {"decided_on": "2026-04-22"},
        {"account_type": "dienst", "person_ref": ""},
        {"decision": "revoke", "decided_on": "2026-11-15"},  # seven days still run
        {"decision": "intrekken", "executed_on": "2026-10-19"},
        {
            "engaged_until": "2026-10-31",
            "decision": "intrekken",
            "executed_on": "2026-10-12",
            "last_used_on": "2026-10-09",
        },
        {"last_used_on": "2026-01-01"},  # a remark
        {"engaged_until": "2026-11-22"},  # the last working day
        {"account_type": "gedeeld", "person_ref": "", "decision": "intrekken", "executed_on": "2026-10-13"},
        {"privileged": "TRUE", "decision": "Keep"},
    ],
)
def test_access_review_row_passes(changes):
    assert judge("access-review", access(**changes))[1]["portal"].verdict == "pass"


def test_a_remark_is_shown_and_does_not_fail():
    _, verdicts, register_judge = judge("access-review", access(last_used_on="2026-01-01"))
    assert verdicts["portal"].verdict == "pass"
    assert "not used" in str(register_judge.reasons[0])
    assert "niet gebruikt" in Language("nl").render(register_judge.reasons[0])


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"signed_on": "2021-02-02"}, "signed-late"),
        ({"signed_on": ""}, "signed_on"),
        ({"art28_complete": "nee"}, "incomplete-agreement"),
        ({"agreement_ends_on": "2026-11-22"}, "data-not-returned"),
        ({"country": "US"}, "transfer_ground"),
        ({"country": "Atlantis"}, "country"),
        ({"role": "ontvanger"}, "disclosure_ground"),
        ({"access_countries": "NL|US"}, "access-from-outside"),
        ({"first_signed_on": "2021-02-02", "signed_on": "2025-01-01"}, "signed-late"),
        (
            {"signed_on": "2025-01-01", "first_signed_on": "2021-01-10", "previous_ended_on": "2024-12-31"},
            "between-agreements",
        ),
    ],
)
def test_processor_register_row_fails_for_the_expected_rule(changes, rule):
    verdict = judge("processor-register", processor(**changes))[1][""]
    assert [check.rpartition(": ")[2] for check in failing(verdict)] == [rule]


def test_two_reasons_for_one_row_are_two_checks():
    verdict = judge("access-review", access(task_reason="", account_type="gedeeld", person_ref=""))[1]["portal"]
    assert failing(verdict) == ["portal/A-1/support: no-task", "portal/A-1/support: shared"]


def test_repeated_row_fails():
    verdict = judge("access-review", ACCESS, access(account_ref="a-1"))[1]["portal"]
    assert failing(verdict) == ["portal/a-1/support: double"]


def test_register_must_match_the_population():
    assert failing(judge("access-review", ACCESS, population=2)[1]["portal"]) == ["population"]
    assert failing(judge("processor-register", PROCESSOR, population=2)[1][""]) == ["population"]
    two = processor(service="back-up")
    assert judge("processor-register", PROCESSOR, two, population=1)[1][""].verdict == "pass"


def test_each_system_has_its_own_population():
    rows = (ACCESS, access(system="downloads"), access(system="downloads", account_ref="A-2"))
    both = {"systems": ["portal", "downloads"], "populations": {"portal": 1, "downloads": 2}}
    verdicts = judged("access-review", table(*rows), **both)[1]
    assert {name: judgement.verdict for name, judgement in verdicts.items()} == {"portal": "pass", "downloads": "pass"}
    together = judge("access-review", *rows, population=3, systems=["portal", "downloads"])[1]
    assert {judgement.verdict for judgement in together.values()} == {"pass"}
    only = judge("access-review", *rows, population=1, systems=["Portal"])
    assert only[1]["Portal"].verdict == "pass"
    assert any("downloads" in str(warning) for warning in only[2].warnings)


def test_a_system_without_rows_fails():
    verdicts = judge("access-review", ACCESS, systems=["portal", "mail"], population=1)[1]
    assert "empty" in failing(verdicts["mail"])


def test_an_empty_register_fails_even_with_population_nought():
    verdicts = judged("access-review", ";".join(ACCESS) + "\n", population=0, systems=["portal"])[1]
    assert failing(verdicts["portal"]) == ["empty"]


def test_without_a_population_it_is_refused():
    with pytest.raises(DoesNotFit, match="source system"):
        judged("access-review", table(ACCESS))


def test_access_review_is_valid_until_someone_leaves():
    judgement = judge("access-review", ACCESS, access(account_ref="A-2", engaged_until="2026-12-31"))[1]["portal"]
    assert (judgement.verdict, judgement.ends) == ("pass", date(2026, 12, 31))  # the last working day counts


def test_headings_are_recognised_in_both_languages_and_any_spelling():
    dutch = ["Systeem", "Gebruikers-ID", "PERSOON", "soort_account", "Beheerrechten", "Rol", "Taak", "Uit dienst", "Laatst gebruikt", "Besluit", "Beslist door", "beslist-op", "Uitgevoerd op"]  # fmt: skip
    assert judge("access-review", ACCESS, names=dutch)[1]["portal"].verdict == "pass"
    informed = [name.replace("customers_informed_on", "afnemers geinformeerd op") for name in PROCESSOR]
    assert judge("processor-register", PROCESSOR, names=informed)[1][""].verdict == "pass"


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ([*list(ACCESS)[:-1], "applicatie"], "Two columns"),
        ([name.replace("decided_on", "when") for name in ACCESS], "decided_on"),
    ],
)
def test_a_wrong_header_is_refused(names, message):
    with pytest.raises(DoesNotFit, match=message):
        judge("access-review", ACCESS, names=names)


@pytest.mark.parametrize("name", ["BSN", "Naam", "E-mail", "first name", "Adres (thuis)", "geboortedatum"])
def test_personal_data_in_a_header_is_refused(name):
    with pytest.raises(DoesNotFit, match="personal data"):
        judge("access-review", {**ACCESS, name: "x"})


def test_an_unknown_column_is_named_and_left_out():
    _, verdicts, register_judge = judge("access-review", {**ACCESS, "opmerking": "x"})
    assert verdicts["portal"].verdict == "pass"
    assert "opmerking" in str(register_judge.warnings[0])


@pytest.mark.parametrize("value", ["jan@example.nl", "NL91 ABNA 0417 1643 00", "192.0.2.17", "111222333"])
def test_values_that_look_like_personal_data_are_warned_of(value):
    _, verdicts, register_judge = judge("access-review", access(task_reason=value))
    assert verdicts["portal"].verdict == "pass"
    assert len(register_judge.warnings) == 1


def test_an_empty_line_is_no_row_and_a_cell_too_many_fails():
    content = table(ACCESS) + ";" * 12 + "\r\n"
    assert judged("access-review", content, population=1)[1]["portal"].verdict == "pass"
    extra = table(ACCESS).rstrip() + ";x\r\n"
    assert failing(judged("access-review", extra, population=1)[1]["portal"]) == ["portal/A-1/support: columns"]


@given(cells=st.lists(st.text(max_size=12), min_size=13, max_size=13))
def test_any_row_is_judged_without_an_error(cells):
    rows = dict(zip(ACCESS, cells, strict=True))
    content = table(rows).replace("\0", "")
    try:
        levels, verdicts, _ = judged("access-review", content, population=1)
    except Problem as problem:
        assert str(problem)  # noqa: PT017
    else:
        assert {verdict.verdict for verdict in verdicts.values()} <= {"pass", "fail"}
        assert len(levels) <= 2


@given(day=st.dates(min_value=date(1990, 1, 1)), months=st.integers(0, 60))
def test_months_before_is_by_calendar(day, months):
    earlier = months_before(day, months)
    assert (day.year * 12 + day.month) - (earlier.year * 12 + earlier.month) == months
    assert earlier.day == day.day or (earlier.day < day.day and earlier.day >= 28)


def test_headings_compare_without_case_accents_and_separators():
    assert plain("  Afnemers geïnformeerd-op ") == plain("afnemers_geinformeerd/op")


def test_spellings_of_a_system_that_differ_in_case_are_one_system():
    """Rows of the first spelling were ignored once the other spelling occurred."""
    wrong = access(system="Portal", account_ref="A-9", decision="")
    rows = [access(account_ref=f"A-{number}") for number in range(3)]
    for ordered in ([wrong, *rows], [*rows, wrong]):
        verdict = judge("access-review", *ordered, population=4, systems=["portal"])[1]["portal"]
        assert failing(verdict) == ["Portal/A-9/support: decision"]


def test_a_register_of_several_systems_says_how_many_each_has():
    rows = [access(), access(system="web", account_ref="B-1")]
    judged("access-review", table(*rows), populations={"portal": 1, "web": 1}, systems=["portal", "web"])
    with pytest.raises(DoesNotFit, match="missing for web"):
        judged("access-review", table(*rows), populations={"portal": 1}, systems=["portal", "web"])
