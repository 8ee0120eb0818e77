"""Findings of a scan judged with VEX statements: what does not count, until when, and what is told."""

from datetime import date, timedelta

import pytest

from evidence.formats.findings import MISCONFIGURATION, VULNERABILITY, Scan, finding
from evidence.formats.vex_statements import Statement, as_properties, components
from evidence.judging.findings.explanation import FindingsExplanation
from evidence.judging.findings.judge import FindingsJudge
from evidence.judging.findings.kind import FindingsPolicy
from evidence.judging.findings.rules import Rules
from evidence.judging.values import JudgeContext
from evidence.judging.vex_matching import Statements
from tests.days import CALENDAR
from tests.evidence.judging.policy_judging import DAY, failing

LODAS = "pkg:npm/lodas@4.17.20"


def rules(**more):
    return Rules.model_validate(
        {
            "id": "test", "title": {"nl": "t", "en": "t"}, "edition": "1", "judges": "findings", "formats": ["trivy"],
            "most": {"high": "0"}, "under_investigation_days": "14", **more,
        }
    )  # fmt: skip


def said(status, justification="", moment="2026-11-20T00:00:00Z"):
    return Statement(status, ("CVE-1",), ((LODAS, ""),), justification, "Duinroos", moment, moment)


def found(kind=VULNERABILITY, rating="high"):
    return finding(1, "CVE-1", "package.json", "fail", "HIGH", rating, "m", kind, more=components([LODAS]))


def scan():
    made = Scan("trivy", "trivy")
    made.add_examined(["portal"])
    made.run.complete = True
    return made.run


def document(statement):
    made = Scan("openvex", "vexctl")
    made.facts.only_statements, made.facts.statements = True, 1
    outcome = {"affected": "fail", "under_investigation": "informational"}.get(statement.status, "pass")
    return made.run, finding(
        1, "CVE-1", LODAS, outcome, "", "unknown", "m", VULNERABILITY, more=as_properties(statement)
    )


def judged(*statements, result=None, day=DAY, run=None, beside_scan=True, **more):
    context = JudgeContext(day, CALENDAR, statements=Statements(statements, beside_scan=beside_scan))
    judge = FindingsJudge(rules(**more), run or scan(), context)
    result = result or found()
    level = judge.add_result(result)
    noted = judge.noted(result)
    return level, judge.verdicts(), judge, noted


@pytest.mark.parametrize(
    ("statement", "level"),
    [
        (said("not_affected", "component_not_present"), "by statement"),
        (said("not_affected"), "fail"),
        (said("fixed"), "by statement"),
        (said("affected"), "fail"),
        (said("under_investigation"), "by statement"),
        (said("under_investigation", moment="2026-11-01T00:00:00Z"), "fail"),
        (said("under_investigation", moment=""), "fail"),
    ],
)
def test_statement_takes_a_finding_out_of_account_or_not(statement, level):
    given, verdicts, judge, noted = judged(statement)
    assert given == level
    assert verdicts[""].verdict == ("fail" if level == "fail" else "pass")
    assert bool(judge.to_review) == (level != "fail")
    assert noted.message.startswith(f"m — VEX: {statement.status}; ")
    assert "Duinroos" in noted.message
    explained = FindingsExplanation(rules()).explain(noted_line(noted, level), DAY)
    assert {each.level for each in explained} == {level}
    assert "Duinroos" in str(explained[-1].why)


def noted_line(result, level):
    class Line:
        check, target, outcome, severity, message = result.check, result.target, result.outcome, "", result.message

    Line.level = level
    return Line


def test_finding_without_a_statement_is_judged_as_before():
    level, verdicts, judge, noted = judged()
    assert (level, failing(verdicts[""]), judge.to_review, noted.message) == ("fail", ["CVE-1 package.json"], [], "m")


def test_statement_is_about_vulnerabilities_above_a_limit_only():
    fixed = said("fixed")
    assert judged(fixed, result=found(MISCONFIGURATION))[0] == "fail"
    level, _, judge, _ = judged(fixed, result=found(rating="low"))
    assert (level, judge.to_review) == ("within", [])


def test_what_a_person_wrote_waits_for_a_review_and_is_named():
    _, verdicts, judge, _ = judged(said("not_affected", "component_not_present"))
    (point,) = judge.to_review
    assert "CVE-1 (not_affected)" in str(point)
    assert "By statements in VEX documents 1 of them" in str(verdicts[""].reason)


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (said("not_affected"), "without a justification, so it has no effect"),
        (said("under_investigation", moment="2026-11-01T00:00:00Z"), "longer than the policy allows"),
    ],
)
def test_statement_without_effect_is_told(statement, told):
    _, _, judge, _ = judged(statement)
    assert told in " ".join(map(str, judge.warnings))


def test_investigation_holds_until_its_term_ends():
    first = said("under_investigation")
    end = date(2026, 12, 4)
    assert judged(first)[1][""].ends == end
    assert judged(first, day=end)[1][""].verdict == "pass"
    assert judged(first, day=end + timedelta(days=1))[1][""].verdict == "fail"
    renewed = said("under_investigation", moment="2026-12-03T00:00:00Z")
    assert judged(first, renewed, day=end + timedelta(days=1))[1][""].verdict == "fail"


def test_investigation_has_no_effect_without_a_term():
    assert judged(said("under_investigation"), under_investigation_days=None)[0] == "fail"
    assert judged(said("fixed"))[1][""].ends is None


@pytest.mark.parametrize("status", ["affected", "not_affected", "fixed", "under_investigation"])
def test_document_beside_a_scan_has_no_verdict_of_its_own(status):
    run, result = document(said(status, "x"))
    level, verdicts, judge, _ = judged(said(status, "x"), result=result, run=run)
    assert (level, verdicts) == ("statement", {})
    assert bool(judge.to_review) == (status in {"affected", "under_investigation"})


def test_document_alone_never_passes():
    run, result = document(said("fixed"))
    level, verdicts, _, _ = judged(result=result, run=run, beside_scan=False)
    assert (level, verdicts[""].verdict) == ("statement", "none")
    run, result = document(said("affected"))
    _, verdicts, _, _ = judged(result=result, run=run, beside_scan=False, most={"unknown": "0"})
    assert verdicts[""].verdict == "fail"


def test_long_message_keeps_the_statement():
    result = found()._replace(message="x" * 10_000)
    noted = judged(said("fixed"), result=result)[3]
    assert len(noted.message) == 10_000
    assert noted.message.endswith("VEX: fixed; Duinroos; 2026-11-20")


def test_results_are_read_again_for_a_review_when_there_are_statements(tmp_path):
    policy = FindingsPolicy(rules(), "", tmp_path)
    context = JudgeContext(DAY, CALENDAR, statements=Statements([said("fixed")], beside_scan=True))
    assert len(policy.points_to_review(scan(), [found()], context)) == 1
    assert policy.points_to_review(scan(), iter([None]), JudgeContext(DAY, CALENDAR)) == []
