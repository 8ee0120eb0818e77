"""Tables of test results through intake: settled, recorded as results, always reviewed, remembered, judged again."""

import io
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from access.permissions import SECURITY_OFFICER, Person
from evidence.errors import MappingNeeded, Unfitting
from evidence.intake import submission
from evidence.intake.column_mapping import redaction
from evidence.intake.judged_again import judging_again
from evidence.judging.table_mapping import TableMapping
from evidence.judging.values import DoesNotFit
from models.bulk_changes import table
from models.transaction import reading, writing
from tests.access.limited import redefine
from tests.evidence.formats.workbooks import table as sheets
from tests.evidence.formats.workbooks import workbook
from tests.evidence.office import BUILD_SERVER, DAY, NOW, Office

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


def judged_again(office, filed, monkeypatch):
    monkeypatch.setattr(judging_again, "_require_change", lambda *_: [])
    with reading(office.engine) as session:
        files = judging_again.files_to_judge(session, OFFICER, filed.evidence)
    with judging_again.read_again(office.store, files) as inspection, writing(office.engine) as (session, now):
        again = judging_again.judge_again(session, office.store, OFFICER, filed.evidence, inspection, now)
    return [cell.verdict for cell in again.covered], files


def test_evidence_is_judged_again_with_the_mapping_that_is_kept(office, monkeypatch):
    mapping = TableMapping(values={"result": {"paars": "fail"}}, fixed={"system": "portal"})
    verdict, _ = judged_again(office, deliver(office, OTHERS, mapping=mapping), monkeypatch)
    assert verdict == ["fail"]
    assert sorted(stored(office)) == sorted(2 * stored(office)[:3])


def test_evidence_is_judged_again_as_the_format_that_was_chosen(office, monkeypatch):
    incoming = [submission.Incoming(io.BytesIO(LINES.encode()), "lines.jsonl", "json")]
    with submission.inspect(office.store, incoming) as inspection, writing(office.engine, NOW) as (session, now):
        delivery = submission.Delivery(inspection, ("role-tests",), ("portal",), first_day=DAY)
        filed = submission.submit(session, office.store, OFFICER, delivery, now)
    verdict, files = judged_again(office, filed, monkeypatch)
    assert ([file.format for file in files], verdict) == (["json"], ["fail"])
    assert office.column("test_run", "format") == ["json", "json"]


PEOPLE = SHEET.replace("Datum\n", "Datum;Tester\n").replace(f"{DAY}\n", f"{DAY};Jan Jansen\n", 1)
PEOPLE = PEOPLE.replace(f"{DAY}\n", f"{DAY};Petra de Vries\n", 1).replace("n.v.t.;", "n.v.t.;;Kees de Boer")


def test_columns_of_people_are_left_out_before_anything_is_stored(office):
    with pytest.raises(MappingNeeded, match="personal data") as problem:
        deliver(office, PEOPLE)
    mapping = TableMapping.model_validate(problem.value.proposed_mapping)
    assert mapping.personal == {"Tester": "leave out"}
    with pytest.raises(Unfitting, match="still holds personal data"):
        deliver(office, PEOPLE, mapping=mapping)
    incoming = [submission.Incoming(io.BytesIO(PEOPLE.encode()), "checks.csv", "csv")]
    with (
        submission.inspect(office.store, incoming) as raw,
        redaction.redacted(office.store, raw, mapping, b"k") as inspection,
        writing(office.engine, NOW) as (session, now),
    ):
        delivery = submission.Delivery(inspection, ("role-tests",), ("portal",), mapping=mapping)
        assert verdicts(submission.submit(session, office.store, OFFICER, delivery, now)) == [("portal", "pass")]
    (sha256,) = office.column("evidence_file", "sha256")
    with office.store.open_verified(sha256) as stream:
        kept = stream.read()
    assert b"Controle" in kept
    assert b"Jansen" not in kept


def test_workbook_is_read_with_titles_above_and_tells_what_it_leaves_out(office):
    rows = (("Toegangstests, week 9",), ("Controle", "Uitslag", "Kleur"), ("a", "geslaagd", "x"), ("b", "gezakt", "y"))
    content = workbook(sheets(*rows), sheets(("Notities", "Uitleg"), ("c", "d")))
    filed = office.deliver(content, person=OFFICER, names=("checks.xlsx",), first_day=DAY)
    assert verdicts(filed) == [("portal", "fail")]
    assert [check for check, _, _ in stored(office)] == ["a", "b"]
    told = " ".join(map(str, filed.warnings))
    assert "row 2" in told
    assert "Kleur is not known and is left out" in told


def test_check_that_the_last_table_had_and_this_one_lacks_is_told(office):
    with writing(office.engine, datetime(2027, 1, 5, tzinfo=UTC)) as (session, now):
        redefine(session, now, "role-tests", policy="origin-and-session-tests")
    heads = "Controle;Component;Uitslag;Datum\n"
    names = ("forged-origin", "no-session", "foreign-session")
    rows = [f"{name};{component};OK;{DAY}\n" for component in ("kassa", "balie") for name in names]
    first = deliver(office, heads + "".join(rows))
    assert verdicts(first) == [("portal", "pass")]
    office.review(first.evidence, "accepted")
    again = deliver(office, heads + "".join(rows[:3] + rows[:3]).replace("OK", "pass"))
    assert any("balie" in str(reason) for reason in again.review_reasons)
