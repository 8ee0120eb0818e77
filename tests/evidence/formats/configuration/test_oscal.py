"""OSCAL: states, observations, several assessments, other documents, and results that are read back from JSON and XML."""

import io
import json
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.formats import formats, recognise
from evidence.formats.findings import SET_ASIDE, value_of

ENDED = {"title": "Toets", "start": "2026-11-20T08:00:00Z", "end": "2026-11-20T09:00:00Z"}


def document(*results):
    return {"assessment-results": {"metadata": {"oscal-version": "1.1.2"}, "results": list(results)}}


def read(content):
    content = content if isinstance(content, bytes) else json.dumps(content).encode()
    assert recognise(content[:65_536]).NAME == "oscal"
    run, results = formats()["oscal"].read(io.BytesIO(content))
    return run, list(results)


def finding(state, target="ac-1", **more):
    return {"title": "t", "target": {"type": "objective-id", "target-id": target, "status": state}, **more}


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ({"state": "satisfied"}, "pass"),
        ({"state": "not-satisfied"}, "fail"),
        ("satisfied", "pass"),
        ({"state": "satisfied", "reason": "pass"}, "pass"),
        ({"state": "satisfied", "reason": "other"}, "pass"),
        ({"state": "satisfied", "reason": "fail"}, "not evaluated"),
        ({"state": "not-satisfied", "reason": "pass"}, "not evaluated"),
        ({"state": "maybe"}, "not evaluated"),
        ({}, "not evaluated"),
        (None, "not evaluated"),
    ],
)
def test_state_of_a_finding_is_its_outcome(status, outcome):
    _, (result,) = read(document({**ENDED, "findings": [finding(status)]}))
    assert (result.check, result.outcome) == ("ac-1", outcome)


@pytest.mark.parametrize(
    ("words", "outcome"),
    [
        (["pass"], "pass"),
        (["pass", "fail"], "fail"),
        (["fixed"], "pass"),
        (["notselected"], "skipped"),
        (["notapplicable"], "not applicable"),
        (["unknown"], "error"),
        (["FAIL", "pass"], "fail"),
        (["green"], "not evaluated"),
        (["pass", "green"], "not evaluated"),
        ([], "informational"),
    ],
)
def test_worst_result_of_an_observation_is_its_outcome(words, outcome):
    properties = [{"name": "result", "value": word} for word in words]
    subjects = [{"subject-uuid": each["value"], "props": [each]} for each in properties]
    for holder in ({"props": properties}, {"subjects": subjects}):
        _, (result,) = read(document({**ENDED, "observations": [{"uuid": "o", "title": "t", **holder}]}))
        assert result.outcome == outcome


def test_later_assessment_replaces_an_earlier_finding_on_the_same_target_only():
    earlier = {**ENDED, "start": "2026-10-01T08:00:00+02:00"}
    failing = [finding({"state": "not-satisfied"}, "ac-1"), finding({"state": "not-satisfied"}, "ac-2")]
    passing = [finding({"state": "satisfied"}, "ac-1")]
    for assessments in (
        [{**earlier, "findings": failing}, {**ENDED, "findings": passing}],
        [{**ENDED, "findings": passing}, {**earlier, "findings": failing}],
        [{"findings": failing, **earlier}, {"findings": passing, **ENDED}],
    ):
        _, results = read(document(*assessments))
        aside = {(result.check, result.outcome): value_of(result, SET_ASIDE) for result in results}
        assert aside == {("ac-1", "fail"): "gone", ("ac-2", "fail"): "", ("ac-1", "pass"): ""}


def test_conclusion_of_a_person_is_left_to_a_person():
    observations = [{"uuid": "o", "methods": ["TEST-AUTOMATED"]}, {"uuid": "p", "methods": ["INTERVIEW"]}]
    by_hand = ("TEST", "TEST-MANUAL", "TESTIMONY")
    observations += [{"uuid": method, "methods": [method]} for method in by_hand]

    def undecided(*related):
        observed = [{"observation-uuid": uuid} for uuid in related]
        findings = [finding({"state": "satisfied"}, **{"related-observations": observed})]
        run, _ = read(document({**ENDED, "observations": observations, "findings": findings}))
        return run.facts.undecided

    assert [undecided("o"), undecided("p"), undecided("o", "p"), undecided()] == [0, 1, 1, 1]
    assert [undecided(method) for method in by_hand] == [1, 1, 1]


@pytest.mark.parametrize(
    ("word", "outcome"),
    [
        ("pass", "pass"),
        ("PASS", "pass"),
        ("informational", "pass"),
        ("FAIL", "not evaluated"),
        ("notchecked", "not evaluated"),
        ("failed", "not evaluated"),
        ("notapplicable", "not evaluated"),
    ],
)
def test_satisfied_finding_on_an_observation_that_says_otherwise_is_not_evaluated(word, outcome):
    observed = {"uuid": "o", "methods": ["TEST-AUTOMATED"], "props": [{"name": "result", "value": word}]}
    related = {"related-observations": [{"observation-uuid": "o"}]}
    for state, expected in (("satisfied", outcome), ("not-satisfied", "fail")):
        concluded = finding({"state": state}, **related)
        _, (result,) = read(document({**ENDED, "observations": [observed], "findings": [concluded]}))
        assert result.outcome == expected


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (document(), "holds no assessment"),
        (
            document({"title": "t", "start": ENDED["start"], "findings": [finding({"state": "satisfied"})]}),
            "has no end",
        ),
        (document(ENDED), "says whether something holds"),
        (document({**ENDED, "observations": [{"uuid": "o"}]}), "says whether something holds"),
        ({"catalog": {"metadata": {"oscal-version": "1.1.2"}}}, "root catalog"),
        ({"$schema": "x", "profile": {"metadata": {"oscal-version": "1.1.2"}}}, "root profile"),
    ],
)
def test_document_without_a_finished_assessment_shows_nothing(content, problem):
    run, _ = read(content)
    assert not run.complete
    assert problem in str(run.remark)


def test_items_of_a_plan_of_action_are_informational():
    items = [{"title": "Werk bij"}, {"title": "Ruim op"}]
    run, results = read(
        {"plan-of-action-and-milestones": {"metadata": {"oscal-version": "1.0.4"}, "poam-items": items}}
    )
    assert [(result.check, result.outcome) for result in results] == [
        ("Werk bij", "informational"),
        ("Ruim op", "informational"),
    ]
    assert not run.complete


def test_later_version_is_told():
    content = document({**ENDED, "findings": [finding({"state": "satisfied"})]})
    content["assessment-results"]["metadata"]["oscal-version"] = "2.0.0"
    run, _ = read(content)
    assert run.complete
    assert "later than 1" in str(run.remark)


@pytest.mark.parametrize(
    "content", [b'{"results": []}', b'{"profile": {"name": "x"}}', b"<catalog/>", b'{"catalog": 3}']
)
def test_other_files_are_not_recognised(content):
    recognised = recognise(content)
    assert recognised is None or recognised.NAME != "oscal"


STATES = {"satisfied": "pass", "not-satisfied": "fail", "another": "not evaluated"}
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=9)
FINDINGS = st.lists(st.tuples(NAMES, st.sampled_from(sorted(STATES)), NAMES), max_size=4)
OBSERVATIONS = st.lists(st.tuples(NAMES, st.sampled_from(["pass", "fail", "error"])), max_size=4)


def as_json(findings, observations):
    return document(
        {
            **ENDED,
            "observations": [
                {"uuid": f"o{number}", "title": title, "props": [{"name": "result", "value": word}]}
                for number, (title, word) in enumerate(observations)
            ],
            "findings": [{**finding({"state": state}, target), "title": title} for title, state, target in findings],
        }
    )


def as_xml(findings, observations):
    observed = "".join(
        f"<observation uuid='o{number}'><title>{escape(title)}</title><prop name='result' value='{word}'/></observation>"
        for number, (title, word) in enumerate(observations)
    )
    concluded = "".join(
        f"<finding><title>{escape(title)}</title><target type='objective-id' target-id={quoteattr(target)}>"
        f"<status state='{state}'/></target></finding>"
        for title, state, target in findings
    )
    head = "".join(f"<{name}>{value}</{name}>" for name, value in ENDED.items())
    root = '<assessment-results xmlns="http://csrc.nist.gov/ns/oscal/1.0">'
    return f"{root}<result>{head}{observed}{concluded}</result></assessment-results>".encode()


@given(findings=FINDINGS, observations=OBSERVATIONS)
def test_any_results_are_read_back_from_both(findings, observations):
    expected = [(title, word) for title, word in observations] + [
        (target, STATES[state]) for _, state, target in findings
    ]
    for content in (as_json(findings, observations), as_xml(findings, observations)):
        run, results = read(content)
        assert [(result.check, result.outcome) for result in results] == expected
        assert run.started_at.isoformat() == "2026-11-20T08:00:00+00:00"
