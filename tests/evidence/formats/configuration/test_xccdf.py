"""XCCDF and ARF: words of results, scans that show nothing, overrides, severities, and files that are read back."""

import io
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.formats import recognise
from evidence.formats.findings import SET_ASIDE, value_of
from evidence.formats.values import Unreadable

NAMESPACE = 'xmlns="http://checklists.nist.gov/xccdf/{}"'
END = 'end-time="2026-03-04T08:10:05"'
PROFILE = '<profile idref="web"/>'
RULES = {
    "pass": "pass",
    "fixed": "pass",
    "fail": "fail",
    "error": "error",
    "unknown": "error",
    "informational": "informational",
    "notapplicable": "not applicable",
    "notselected": "not applicable",
    "notchecked": "skipped",
}


def rule_result(result="pass", rule="r", inside="", **attributes):
    named = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<rule-result idref="{rule}"{named}><result>{result}</result>{inside}</rule-result>'


def of_host(*results, attributes=END, target="<target>web1</target>", before=PROFILE):
    return f'<TestResult id="t" {attributes}>{before}{target}{"".join(results)}</TestResult>'


def benchmark(*parts, rules="", version="1.2"):
    return f'<Benchmark {NAMESPACE.format(version)} id="base"><version>2</version>{rules}{"".join(parts)}</Benchmark>'


def arf(*parts):
    own = [part.replace("<TestResult ", "<TestResult " + NAMESPACE.format("1.2") + " ") for part in parts]
    reports = "".join(f"<report><content>{part}</content></report>" for part in own)
    return f'<a:asset-report-collection xmlns:a="http://scap.nist.gov/schema/asset-reporting-format/1.1">{reports}</a:asset-report-collection>'


def read(content, encoding="utf-8"):
    file_format = recognise(content.encode(encoding)[:65_536])
    assert file_format.NAME == "xccdf"
    run, results = file_format.read(io.BytesIO(content.encode(encoding)))
    return run, list(results)


@pytest.mark.parametrize(("written", "outcome"), [*RULES.items(), ("PASS", "pass"), ("", "not evaluated"), ("P", "not evaluated")])  # fmt: skip
def test_word_of_the_standard_gives_the_outcome(written, outcome):
    _, (result,) = read(benchmark(of_host(rule_result(written))))
    assert result.outcome == outcome


@pytest.mark.parametrize(
    ("written", "outcome"),
    [("pass", "not evaluated"), ("informational", "informational"), ("fail", "fail"), ("notapplicable", "not applicable")],
)  # fmt: skip
@pytest.mark.parametrize("role", ["unscored", "unchecked"])
def test_result_of_a_rule_that_does_not_count_is_left_to_a_person(role, written, outcome):
    of_rule = benchmark(of_host(rule_result(), rule_result(written, "s")), rules=f'<Rule id="s" role="{role}"/>')
    for content in (of_rule, benchmark(of_host(rule_result(role="full"), rule_result(written, role=role)))):
        run, (counted, result) = read(content)
        assert (counted.outcome, result.outcome, result.message) == ("pass", outcome, f"role: {role}")
        assert run.facts.undecided == (outcome == "not evaluated")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (benchmark(), "no TestResult"),
        (benchmark(of_host(rule_result(), attributes="")), "web1 has no end-time"),
        (benchmark(of_host(rule_result(), attributes='end-time="soon"')), "web1 has no end-time"),
        (benchmark(of_host()), "No rule was carried out on web1"),
        (benchmark(of_host(rule_result("notapplicable"), rule_result("notselected"))), "No rule was carried out"),
        (benchmark(of_host(rule_result("notchecked"))), "No rule was carried out"),
        (arf(of_host(rule_result()), of_host(rule_result("notselected"), target="<target>web2</target>")), "on web2"),
    ],
)  # fmt: skip
def test_scan_that_shows_nothing_is_incomplete(content, problem):
    run, _ = read(content)
    assert not run.complete
    assert problem in str(run.remark)


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_scan_with_an_end_is_complete_and_has_its_moments_as_written(version):
    run, _ = read(benchmark(of_host(rule_result()), version=version))
    assert run.complete
    assert run.ended_at.isoformat() == "2026-03-04T08:10:05"
    assert run.facts.examined == ["web1 (web)"]
    assert run.facts.profiles == ["base@2/web"]


def test_scan_without_target_names_nothing_that_it_examined():
    run, _ = read(benchmark(of_host(rule_result(), target="")))
    assert run.facts.examined == []


def test_severity_of_the_rule_applies_where_the_result_has_none():
    rules = '<Group><Rule id="r" severity="high"><title>R</title></Rule><Rule id="s"/></Group>'
    results = (rule_result("fail"), rule_result("fail", severity="low"), rule_result("fail", "s"), rule_result())
    _, read_results = read(benchmark(of_host(*results), rules=rules))
    assert [(each.severity, each.rating) for each in read_results] == [
        ("high", "high"), ("low", "low"), ("", "unknown"), ("high", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "aside"),
    [("fail", "pass", True), ("notchecked", "pass", True), ("fail", "notapplicable", True), ("pass", "pass", False), ("pass", "fail", False)],
)  # fmt: skip
def test_result_that_someone_changed_to_anything_but_a_failure_is_set_aside(old, new, aside):
    override = f"<override authority='x'><old-result>{old}</old-result><new-result>{new}</new-result><remark>w</remark></override>"
    run, (result,) = read(benchmark(of_host(rule_result(new, inside=override))))
    assert (value_of(result, SET_ASIDE) == "suppressed") is aside
    assert run.facts.set_aside == aside
    assert "overridden: w" in result.message


def test_results_outside_a_test_result_are_not_read():
    content = benchmark(
        "<x>" + rule_result("fail") + "</x>", of_host("<x>" + rule_result("fail") + "</x>", rule_result())
    )
    _, results = read(content)
    assert [each.outcome for each in results] == ["pass"]


@pytest.mark.parametrize(
    ("system", "tool"),
    [
        ("cpe:/a:redhat:openscap:1.3.7", ("openscap", "1.3.7")),
        ("cpe:2.3:a:niwc:scc:5.10:*:*:*:*:*:*:*", ("scc", "5.10")),
        ("cpe:/a:x", ("XCCDF", "")),
        ("cpe", ("XCCDF", "")),
        ("Eigen controle", ("Eigen controle", "")),
        ("", ("XCCDF", "")),
    ],
)
def test_tool_is_that_of_the_test_system(system, tool):
    run, _ = read(benchmark(of_host(rule_result(), attributes=f'{END} test-system="{system}"')))
    assert (run.tool, run.tool_version) == tool


@pytest.mark.parametrize(
    "content",
    [
        '<Benchmark id="b"/>',
        '<TestResult xmlns="http://junit.org"/>',
        '<asset-report-collection xmlns="urn:x"/>',
        '<html xmlns="http://checklists.nist.gov/xccdf/1.2"/>',
    ],
)
def test_relatives_are_not_taken(content):
    assert recognise(content.encode()) is None


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_other_encodings_are_read(encoding):
    assert read(benchmark(of_host(rule_result())), encoding)[0].complete


def test_a_rule_result_with_countless_messages_keeps_some():
    _, (result,) = read(benchmark(of_host(rule_result(inside="<message>abc</message>" * 100_000))))
    assert len(result.message) < 1_000


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12)
HOSTS = st.from_regex(r"[a-z]{1,8}\.example", fullmatch=True)
RESULTS = st.lists(
    st.tuples(st.sampled_from(sorted(RULES)), st.sampled_from("abc"), st.sampled_from(["high", "medium", "low", ""]), NAMES),
    max_size=5,
)  # fmt: skip


@given(
    tests=st.lists(st.tuples(HOSTS, st.booleans(), RESULTS), min_size=1, max_size=3),
    layout=st.sampled_from(["benchmark", "arf"]),
)
def test_any_file_is_read_back(tests, layout):
    written = [
        of_host(
            *(
                rule_result(result, rule, f"<message>{escape(message)}</message>", **({"severity": severity} if severity else {}))
                for result, rule, severity, message in results
            ),
            attributes=END if ended else "",
            target=f"<target>{host}</target>",
        )
        for host, ended, results in tests
    ]  # fmt: skip
    run, read_results = read(benchmark(*written) if layout == "benchmark" else arf(*written))
    carried_out = {"pass", "fail", "error", "informational"}
    assert run.complete is all(
        ended and any(RULES[result] in carried_out for result, *_ in results) for _, ended, results in tests
    )
    assert [(each.target, each.check, each.outcome, each.severity) for each in read_results] == [
        (host, rule, RULES[result], severity) for host, _, results in tests for result, rule, severity, _ in results
    ]
    assert all(
        message in each.message
        for each, message in zip(
            read_results, [message for *_, results in tests for *_, message in results], strict=True
        )
    )


@given(cut=st.integers(1, 200))
def test_file_that_is_cut_off_is_refused(cut):
    content = benchmark(of_host(*[rule_result()] * 3)).encode()
    file_format = recognise(benchmark().encode())
    with pytest.raises(Unreadable):
        list(file_format.read(io.BytesIO(content[:-cut]))[1])


def test_declared_entities_are_refused():
    content = f'<!DOCTYPE Benchmark [<!ENTITY a "b">]>{benchmark(of_host(rule_result()))}'
    file_format = recognise(content.encode())
    with pytest.raises(Unreadable, match="DTD"):
        file_format.read(io.BytesIO(content.encode()))
