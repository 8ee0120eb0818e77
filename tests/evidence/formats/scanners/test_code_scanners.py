"""Semgrep, Bandit, Gitleaks and Nuclei: scans that show nothing, relatives, and files that are read back."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.formats import formats, recognise
from evidence.formats.findings import FINDING_KIND, SET_ASIDE, value_of


def read(name, document, *, recognised=True):
    content = (document if isinstance(document, str) else json.dumps(document)).encode()
    if recognised:
        assert name == recognise(content[:65_536]).NAME
    run, results = formats()[name].read(io.BytesIO(content))
    return run, list(results)


SEMGREP = {"version": "1.140.0", "results": [], "errors": [], "paths": {"scanned": ["a.py"]}, "skipped_rules": []}
BANDIT = {"errors": [], "generated_at": "2026-11-20T03:00:00Z", "metrics": {"_totals": {}, "a.py": {}}, "results": []}


@pytest.mark.parametrize(("name", "document"), [("semgrep", SEMGREP), ("bandit", BANDIT)])
def test_clean_scan_that_names_its_files_is_complete(name, document):
    run, results = read(name, document)
    assert (run.complete, results, run.facts.examined) == (True, [], ["a.py"])


@pytest.mark.parametrize(
    ("name", "document", "problem"),
    [
        ("semgrep", {**SEMGREP, "paths": {"scanned": []}}, "no file"),
        ("semgrep", {**SEMGREP, "errors": [{"level": "warn", "type": "Syntax error"}]}, "one error"),
        ("semgrep", {**SEMGREP, "errors": [{"level": "error"}] * 2}, "2 errors"),
        ("semgrep", {**SEMGREP, "skipped_rules": [{"rule_id": "x"}]}, "skipped one rule"),
        ("bandit", {**BANDIT, "metrics": {"_totals": {}}}, "no file"),
        ("bandit", {**BANDIT, "errors": [{"filename": "b.py", "reason": "syntax"}]}, "one file"),
    ],
)
def test_scan_that_left_something_out_or_says_nothing_is_incomplete(name, document, problem):
    run, _ = read(name, document)
    assert not run.complete
    assert problem in str(run.remark)


@pytest.mark.parametrize(("name", "document"), [("gitleaks", "[]"), ("gitleaks", "null"), ("nuclei", "[]")])
def test_empty_files_are_not_recognised_and_show_nothing(name, document):
    assert recognise(document.encode()) is None
    run, results = read(name, document, recognised=False)
    assert (results, run.complete, run.facts.examined) == ([], False, [])


def test_remark_of_semgrep_that_only_informs_leaves_the_scan_complete():
    assert read("semgrep", {**SEMGREP, "errors": [{"level": "info"}]})[0].complete


@pytest.mark.parametrize(
    ("extra", "check", "kind"),
    [
        ({}, "a.b", "weakness"),
        ({"validation_state": "NO_VALIDATOR"}, "a.b", "secret"),
        ({}, "generic.secrets.key", "secret"),
        ({"sca_info": {"reachable": True}}, "a.b", "vulnerability"),
    ],
)
def test_semgrep_finds_several_kinds(extra, check, kind):
    _, (result,) = read(
        "semgrep", {**SEMGREP, "results": [{"check_id": check, "extra": {"severity": "ERROR", **extra}}]}
    )
    assert value_of(result, FINDING_KIND) == kind


@pytest.mark.parametrize(
    ("severity", "rating"),
    [("INFO", "info"), ("WARNING", "medium"), ("ERROR", "high"), ("CRITICAL", "critical"), ("INVENTORY", "info"), ("", "unknown")],
)  # fmt: skip
def test_severities_of_semgrep_have_a_rating(severity, rating):
    _, (result,) = read("semgrep", {**SEMGREP, "results": [{"check_id": "a", "extra": {"severity": severity}}]})
    assert (result.severity, result.rating) == (severity, rating)


def test_secret_itself_and_its_author_are_not_taken_over():
    leak = {
        "RuleID": "r",
        "StartLine": 1,
        "Secret": "geheim",
        "Match": "geheim",
        "File": "f",
        "Author": "Jan",
        "Email": "jan@example.nl",
    }
    _, (result,) = read("gitleaks", [leak])
    assert not any(word in str(result) for word in ("geheim", "Jan", "jan@"))
    assert value_of(result, FINDING_KIND) == "secret"


def test_password_that_bandit_quotes_is_not_taken_over():
    said = "Possible hardcoded password: 'it's geheim'"
    _, (result,) = read("bandit", {**BANDIT, "results": [{"test_id": "B105", "issue_text": said, "line_number": 2}]})
    assert result.message == "line 2: Possible hardcoded password: '…'"
    run = {"tool": {"driver": {"name": "Bandit"}}, "results": [{"ruleId": "B106", "message": {"text": said}}]}
    _, (result,) = read("sarif", {"version": "2.1.0", "runs": [run]})
    assert result.message == "Possible hardcoded password: '…'"


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("C",)), min_size=1, max_size=12)
LINES = st.integers(1, 99_999)
ROWS = st.lists(
    st.tuples(NAMES, NAMES, LINES, NAMES, st.sampled_from(["LOW", "MEDIUM", "HIGH"]), st.booleans()), max_size=6
)


def written(rows):
    """The same findings as each tool writes them."""
    return {
        "semgrep": {**SEMGREP, "results": [
            {"check_id": c, "path": f, "start": {"line": n}, "extra": {"message": m, "severity": s, "is_ignored": i}}
            for c, f, n, m, s, i in rows]},
        "bandit": {**BANDIT, "results": [
            {"test_id": c, "filename": f, "line_number": n, "issue_text": m, "issue_severity": s} for c, f, n, m, s, _ in rows]},
        "gitleaks": [{"RuleID": c, "File": f, "StartLine": n, "Description": m, "Secret": "x"} for c, f, n, m, _, _ in rows],
    }  # fmt: skip


@given(rows=ROWS)
def test_any_file_is_read_back(rows):
    for name, document in written(rows).items():
        run, results = read(name, document, recognised=bool(rows))
        assert run.complete is (name != "gitleaks")
        messages = [" ".join(m.split()) if name == "semgrep" else m for _, _, _, m, _, _ in rows]
        assert [(each.check, each.target, each.message) for each in results] == [
            (check, file, f"line {line}: {message}")
            for (check, file, line, *_), message in zip(rows, messages, strict=True)
        ]
        if name != "gitleaks":
            assert [each.severity for each in results] == [row[4] for row in rows]
        if name == "semgrep":
            assert [value_of(each, SET_ASIDE) == "suppressed" for each in results] == [row[5] for row in rows]


EVENTS = st.lists(
    st.tuples(
        st.from_regex(r"[a-z][a-z0-9-]{0,9}", fullmatch=True),
        st.from_regex(r"[a-z]{1,9}\.example", fullmatch=True),
        st.sampled_from(["info", "low", "medium", "high", "critical", "unknown"]),
        st.sampled_from([None, True, False]),
    ),
    min_size=1,
    max_size=6,
)


@given(events=EVENTS, old=st.booleans(), as_lines=st.booleans())
def test_any_file_of_nuclei_is_read_back(events, old, as_lines):
    documents = [
        {"templateID" if old else "template-id": template, "info": {"name": "n", "severity": severity}, "host": f"https://{host}",
         **({} if matched is None else {"matcher-status": matched})}
        for template, host, severity, matched in events
    ]  # fmt: skip
    content = "\n".join(map(json.dumps, documents)) if as_lines else json.dumps(documents)
    run, results = read("nuclei", content)
    assert not run.complete
    assert [(each.check, each.target, each.outcome) for each in results] == [
        (template, host, "pass" if matched is False else "informational" if severity == "info" else "fail")
        for template, host, severity, matched in events
    ]
    assert run.targets == {host for _, host, _, _ in events}
