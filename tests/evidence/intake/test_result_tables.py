"""Tables of test results through intake: settled, recorded as results, always reviewed, remembered, judged again."""

from datetime import date

import pytest
from sqlalchemy import select

from access.permissions import SECURITY_OFFICER, Person
from evidence.errors import MappingNeeded, Unfitting
from evidence.intake import judging_again
from evidence.judging.table_mapping import TableMapping
from evidence.judging.values import DoesNotFit
from models.rows import table
from models.transaction import reading, writing
from tests.evidence.office import BUILD_SERVER, DAY, Office

OFFICER = Person("officer", frozenset({SECURITY_OFFICER}))
SHEET = f"Controle;Uitslag;Datum\nlezer mag niet schrijven;Geslaagd;{DAY}\nschrijver mag;OK;{DAY}\nlater;n.v.t.;\n"
OTHERS = SHEET.replace("OK", "paars")
LINES = '{"check": "a", "outcome": "passed"}\n{"check": "b", "outcome": "failed"}\n'


def deliver(office: Office, content: str, person: Person = OFFICER, **more):
    return office.deliver(content.encode(), person=person, names=("checks.csv",), **more)


def verdicts(filed):
    return [(cell.system, cell.verdict) for cell in filed.covered]


def stored(office: Office):
    row = table("test_result")
    with reading(office.engine) as session:
        query = select(row.c.check, row.c.outcome, row.c.level).order_by(row.c.run, row.c.position)
        return [tuple(each) for each in session.execute(query)]


def test_rows_are_recorded_as_results_with_the_days_that_they_say(office):
    filed = deliver(office, SHEET)
    assert verdicts(filed) == [("portal", "pass")]
    assert filed.counts == {"pass": 2, "not applicable": 1}
    assert stored(office) == [
        ("lezer mag niet schrijven", "pass", "pass"), ("schrijver mag", "pass", "pass"), ("later", "not applicable", ""),
    ]  # fmt: skip
    assert office.column("evidence", "first_day") == [DAY]
    assert office.column("test_run", "tool") == ["table"]
    assert office.column("test_run", "format") == ["csv"]


@pytest.mark.parametrize("person", [OFFICER, BUILD_SERVER])
def test_table_is_never_accepted_automatically(office, person):
    filed = deliver(office, SHEET, person)
    assert filed.needs_review
    assert any("shows no tool that made its results" in str(reason) for reason in filed.review_reasons)
    assert office.status("role-tests") == "in_review"
    office.review(filed.evidence, "accepted")
    assert office.status("role-tests") == "demonstrated"


def test_failed_check_fails_at_once(office):
    assert verdicts(deliver(office, SHEET.replace("OK", "NOK"))) == [("portal", "fail")]
    assert office.status("role-tests") == "failing"


@pytest.mark.parametrize("content", ["Controle;Uitslag\n", "Controle;Uitslag\na;\n", "Controle;Uitslag\na;n.v.t.\n"])
def test_nothing_that_ran_proves_nothing(office, content):
    assert verdicts(deliver(office, content, first_day=DAY)) == [("portal", "none")]


def test_days_are_declared_where_the_rows_have_none_and_are_those_of_the_rows_where_they_do(office):
    undated = SHEET.replace(str(DAY), "")
    with pytest.raises(Unfitting):
        deliver(office, undated)
    filed = deliver(office, undated, first_day=DAY)
    assert any("the day is" in str(fact) for fact in filed.declared_facts)
    with pytest.raises(Unfitting, match="represents the days on which it ran"):
        deliver(office, SHEET, first_day=date(2027, 2, 1))


def test_unknown_word_is_asked_then_used_and_remembered(office):
    with pytest.raises(MappingNeeded, match="paars") as problem:
        deliver(office, OTHERS)
    assert problem.value.proposed_mapping["values"] == {"result": {"paars": None}}
    none = TableMapping.model_validate(problem.value.proposed_mapping)
    assert verdicts(deliver(office, OTHERS, mapping=none)) == [("portal", "none")]
    mapping = TableMapping(values={"result": {"paars": "pass"}}, fixed={"system": "portal"})
    filed = deliver(office, OTHERS, mapping=mapping)
    assert verdicts(filed) == [("portal", "pass")]
    assert any('"paars" under result is pass' in str(reason) for reason in filed.review_reasons)
    assert verdicts(deliver(office, OTHERS.replace("later", "nog later"))) == [("portal", "pass")]


def test_mapping_of_an_unknown_column_or_word_of_no_outcome_is_refused_or_told(office):
    with pytest.raises(Unfitting, match="colour is no column"):
        deliver(office, SHEET, mapping=TableMapping(columns={"colour": "Controle"}))
    with pytest.raises((DoesNotFit, MappingNeeded), match="uitslag|result"):
        deliver(office, "Controle;Kleur\na;ok\n", first_day=DAY)


def test_json_lines_and_json_are_read_alike(office):
    assert verdicts(deliver(office, LINES, first_day=DAY)) == [("portal", "fail")]
    listed = '{"results": [' + LINES.strip().replace("\n", ",") + "]}"
    assert verdicts(deliver(office, listed, first_day=DAY)) == [("portal", "fail")]
    assert office.column("test_run", "format") == ["jsonl", "json"]


def test_results_of_a_system_count_for_that_system(office):
    sheet = SHEET.replace("Datum\n", "Datum;Systeem\n").replace(f"{DAY}\n", f"{DAY};portal\n")
    with pytest.raises(Unfitting):
        deliver(office, sheet, requirements=("role-tests", "tls-scan"))
    assert verdicts(deliver(office, sheet)) == [("portal", "pass")]
    other = sheet.replace("OK", "NOK").replace(f"NOK;{DAY};portal", f"NOK;{DAY};website")
    filed = deliver(office, other)
    assert verdicts(filed) == [("portal", "pass")]
    assert any("website" in str(warning) for warning in filed.warnings)


def test_target_is_declared_as_no_row_decides_it(office):
    with pytest.raises(Unfitting, match="do not name what was tested"):
        deliver(office, SHEET, requirements=("port-scan",))


def test_evidence_is_judged_again_with_the_mapping_that_is_kept(office, monkeypatch):
    mapping = TableMapping(values={"result": {"paars": "fail"}}, fixed={"system": "portal"})
    filed = deliver(office, OTHERS, mapping=mapping)
    monkeypatch.setattr(judging_again, "changed", lambda *_: ["changed"])
    monkeypatch.setattr(judging_again, "_require_change", lambda *_: [])
    with reading(office.engine) as session:
        files = judging_again.files_to_judge(session, OFFICER, filed.evidence)
    with judging_again.read_again(office.store, files) as inspection, writing(office.engine) as (session, now):
        again = judging_again.judge_again(session, office.store, OFFICER, filed.evidence, inspection, now)
    assert [cell.verdict for cell in again.covered] == ["fail"]
