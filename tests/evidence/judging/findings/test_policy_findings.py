"""Policies for findings: limits, what is set aside, and scans that show nothing."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.formats.facts import Findings
from evidence.formats.findings import Scan, finding
from evidence.formats.values import Run
from evidence.judging.findings.explanation import FindingsExplanation
from evidence.judging.findings.judge import FindingsJudge
from evidence.judging.findings.kind import FindingsPolicy
from evidence.judging.findings.rules import Rules
from evidence.judging.policies import WrongPolicy, policies
from evidence.judging.values import JudgeContext
from locales import Language
from tests.days import CALENDAR
from tests.evidence.judging.policy_judging import DAY, failing

RULES = Rules.model_validate(
    {
        "id": "test", "title": {"nl": "t", "en": "t"}, "edition": "1", "judges": "findings", "formats": ["sarif"],
        "most": {"critical": "0", "high": "0", "medium": "2", "unknown": "0", "secrets": "0"},
    }
)  # fmt: skip


def scan(*, complete=True, examined=("src",), targets=()):
    made = Scan("sarif", "ziener")
    made.add_examined(examined)
    made.run.complete = complete
    made.run.targets.update(targets)
    return made.run


def result(rating, kind="weakness", check="Z1", target="a.py", outcome="fail", aside=""):
    return finding(1, check, target, outcome, rating, rating, "m", kind, aside)


def judged(run, *results):
    judge = FindingsJudge(RULES, run, JudgeContext(DAY, CALENDAR))
    levels = [judge.add_result(each) for each in results]
    return levels, judge.verdicts(), judge


@pytest.mark.parametrize(
    ("results", "levels", "checks"),
    [
        ([], [], []),
        ([result("low"), result("info")], ["within", "within"], []),
        ([result("high")], ["fail"], ["Z1 a.py"]),
        ([result("unknown")], ["fail"], ["Z1 a.py"]),
        ([result("low", "secret")], ["fail"], ["Z1 a.py"]),
        ([result("medium")] * 2, ["within"] * 2, []),
        ([result("medium")] * 3, ["within", "within", "fail"], ["more than 2 medium"]),
        ([result("high")] * 2, ["fail"] * 2, ["Z1 a.py", "Z1 a.py #2"]),
        ([result("high", "vulnerability")] * 2, ["fail"] * 2, ["Z1 a.py"]),
        ([result("high", aside="suppressed"), result("high", aside="gone")], ["set aside"] * 2, []),
        ([result("", outcome="pass"), result("", outcome="skipped")], ["pass", ""], []),
    ],
)
def test_findings_above_a_limit_fail(results, levels, checks):
    given, verdicts, _ = judged(scan(), *results)
    assert given == levels
    assert verdicts[""].verdict == ("fail" if checks else "pass")
    assert failing(verdicts[""]) == checks


@pytest.mark.parametrize(
    ("run", "results", "reason"),
    [
        (scan(complete=False), [], "does not show that the scan finished"),
        (scan(complete=False), [result("low")], "does not show that the scan finished"),
        (scan(examined=()), [], "does not say what was scanned"),
        (scan(), [result("", outcome="error")], "could not be carried out"),
        (Run("sarif", "ziener"), [], "does not say what was scanned"),
    ],
)
def test_scan_that_shows_nothing_has_no_verdict(run, results, reason):
    _, verdicts, _ = judged(run, *results)
    assert verdicts[""].verdict == "none"
    assert reason in str(verdicts[""].reason)


def test_findings_of_an_unfinished_scan_fail_all_the_same():
    _, verdicts, _ = judged(scan(complete=False), result("critical"))
    assert verdicts[""].verdict == "fail"


def test_each_tested_address_has_its_own_verdict():
    run = scan(targets=("portal.example.nl", "www.example.nl"))
    _, verdicts, _ = judged(run, result("high", target="portal.example.nl"))
    assert {target: verdict.verdict for target, verdict in verdicts.items()} == {
        "portal.example.nl": "fail", "www.example.nl": "pass",
    }  # fmt: skip
    assert failing(verdicts["portal.example.nl"]) == ["Z1"]


def test_what_the_file_sets_aside_above_a_limit_waits_for_a_review():
    _, _, judge = judged(scan(), result("high", aside="suppressed"), result("low", aside="suppressed"))
    assert [str(point)[:11] for point in judge.to_review] == ["One finding"]
    _, _, judge = judged(scan(), result("high", aside="gone"), result("", outcome="not evaluated"))
    assert [str(point) for point in judge.to_review] == ["The tool leaves one result to a person."]


def test_results_that_a_format_counts_as_left_to_a_person_wait_for_a_review():
    run = scan()
    run.facts.undecided = 2
    _, verdicts, judge = judged(run, result("", outcome="informational"), result("", outcome="skipped"))
    assert verdicts[""].verdict == "pass"
    assert [str(point) for point in judge.to_review] == ["The tool leaves 2 results to a person."]


def test_failing_check_of_a_benchmark_without_severities_fails():
    policy = policies()["configuration-benchmark"]
    judge = policy.judge(scan(), JudgeContext(DAY, CALENDAR))
    for number in range(9):
        judge.add_result(result("", "misconfiguration", f"4.2.{number}", "node", "pass"))
    judge.add_result(result("unknown", "misconfiguration", "4.1.2", "node"))
    assert failing(judge.verdicts()[""]) == ["4.1.2 node"]


def test_policy_reads_results_again_only_when_something_may_need_a_review():
    policy = policies()["vulnerability-scan"]
    context = JudgeContext(DAY, CALENDAR)
    assert policy.points_to_review(scan(), iter([None]), context) == []
    run = Run("sarif", "ziener", facts=Findings(["src"], 1, set_aside=1))
    assert len(policy.points_to_review(run, [result("high", aside="suppressed")], context)) == 1


BENCHMARK = RULES.model_copy(update={"least_share": 75, "must_pass": ["*_root"], "profiles": ["base@*/web", "ssh@*"]})


def benchmark(*results, rules=BENCHMARK, profiles=("base@2/web",)):
    run = scan()
    run.facts.profiles += profiles
    judge = FindingsJudge(rules, run, JudgeContext(DAY, CALENDAR))
    for each in results:
        judge.add_result(each)
    return judge.verdicts()[""], judge


def check(name, outcome="pass", rating="", aside=""):
    return result(rating, "misconfiguration", name, "web1", outcome, aside)


@pytest.mark.parametrize(
    ("results", "verdict", "reason"),
    [
        ([check("a_root"), *map(check, "ab"), check("c", "fail", "low")], "pass", ""),
        ([check("a_root"), check("b"), check("c", "fail", "low")], "fail", "2 of 3 checks passed, 66 %"),
        ([check("a_root"), check("b"), check("c", "skipped", "low")], "fail", "2 of 3"),
        ([check("a_root"), check("b"), check("c", "not evaluated", "low")], "fail", "2 of 3"),
        ([check("a_root"), *[check("c", outcome) for outcome in ("not applicable", "informational")]], "pass", ""),
        ([check("a_root"), check("c", "skipped"), check("c"), check("c", "not evaluated")], "pass", ""),
        ([check("a_root"), check("c"), check("c", "fail", "low"), check("c")], "fail", "1 of 2"),
        ([check("a_root"), check("c", "skipped", "low", "suppressed")], "pass", ""),
        ([check("a_root"), check("c", "error", "low"), *map(check, "abde")], "none", "could not be carried out"),
        ([*map(check, "abcd"), check("a_root", "fail", "low")], "fail", "medium"),
        ([*map(check, "abcd")], "none", "matches *_root"),
        ([*map(check, "abcd"), check("a_root", "not applicable")], "none", "matches *_root"),
        ([*map(check, "abcd"), check("a_root", "pass", aside="suppressed")], "none", "matches *_root"),
        ([check("a_root", "not applicable")], "none", "nothing was checked"),
        ([], "none", "nothing was checked"),
    ],
)  # fmt: skip
def test_benchmark_requires_a_share_and_checks_that_must_pass(results, verdict, reason):
    judged_as, _ = benchmark(*results)
    assert judged_as.verdict == verdict
    if reason != "medium":
        reasons = [str(why) for _, why in judged_as.failing] or [str(judged_as.reason)]
        assert any(reason in each for each in reasons)
    else:
        assert failing(judged_as) == ["a_root web1"]


@pytest.mark.parametrize(
    ("profiles", "accepted"),
    [
        (["base@2/web"], True),
        (["base@3/web", "ssh@1"], True),
        (["base@2/web tailored"], False),
        (["base@2/db"], False),
        (["base@2/web", "base@2/db"], False),
        (["ssh"], False),
        ([], False),
    ],
)
def test_run_of_another_profile_has_no_verdict(profiles, accepted):
    verdict, _ = benchmark(check("a_root"), profiles=profiles)
    assert verdict.verdict == ("pass" if accepted else "none")
    failing_run, _ = benchmark(check("a_root", "fail", "critical"), profiles=profiles)
    assert failing_run.verdict == ("fail" if accepted else "none")
    if not accepted:
        assert "the policy accepts base@*/web, ssh@*" in str(verdict.reason)


def test_result_that_someone_changed_waits_for_a_review_in_a_benchmark():
    results = (check("a_root"), check("b", "pass", aside="suppressed"), check("c", "fail", "low", "suppressed"))
    _, judge = benchmark(*results)
    assert [str(point)[:26] for point in judge.to_review] == ["2 results do not count, as"]
    _, judge = benchmark(*results, rules=RULES)
    assert judge.to_review == []


OUTCOMES = st.sampled_from(["pass", "fail", "skipped", "not applicable", "informational"])


@given(results=st.lists(st.tuples(st.sampled_from("abcdef"), OUTCOMES), max_size=20))
def test_share_is_that_of_checks_whatever_the_order_of_results(results):
    rules = RULES.model_copy(update={"least_share": 50})
    verdicts = {
        benchmark(*(check(name, outcome, "low") for name, outcome in order), rules=rules)[0].verdict
        for order in (results, results[::-1], sorted(results))
    }
    by_check = {name: {outcome for each, outcome in results if each == name} for name, _ in results}
    counted = [outcomes for outcomes in by_check.values() if outcomes & {"pass", "fail", "skipped"}]
    passed = [outcomes for outcomes in counted if "pass" in outcomes and "fail" not in outcomes]
    expected = "none" if not counted else "pass" if 2 * len(passed) >= len(counted) else "fail"
    assert verdicts == {expected}


@pytest.mark.parametrize(("rules", "why"), [(BENCHMARK, "has not passed"), (RULES, "counts for nothing")])
def test_check_that_was_not_carried_out_is_explained(rules, why):
    line = SimpleNamespace(level="", outcome="skipped", severity="", check="", target="", message="")
    (explained,) = FindingsExplanation(rules).explain(line, DAY)
    assert why in str(explained.why)


@pytest.mark.parametrize(("share", "verdicts"), [(0, 4), (1, 5), (100, 5)])
def test_any_share_has_examples(share, verdicts):
    values = {"most": {"high": "0"}, "least_share": str(share)}
    assert len(FindingsPolicy.example_runs(values)) == verdicts


def test_share_above_a_hundred_percent_is_refused(tmp_path):
    shipped = policies()["configuration-benchmark"].path.read_text()
    (tmp_path / "own.yaml").write_text(shipped.replace("least_share: 80", "least_share: 101"))
    with pytest.raises(WrongPolicy, match=r"line \d+: .*percentage"):
        policies(tmp_path)


@pytest.mark.parametrize("level", ["fail", "within", "set aside", "pass", ""])
def test_every_level_is_explained_in_both_languages(level):
    line = SimpleNamespace(
        level=level, outcome="error", severity="", check="", target="", message="", rating="", first_day=None
    )
    (explained,) = FindingsExplanation(RULES).explain(line, DAY)
    assert explained.level == level
    assert Language("nl").render(explained.why) != str(explained.why)
