"""InSpec and HDF: impacts, waivers, overlays, what shows a finished run, and files that are read back."""

import io
import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.formats import formats, recognise
from evidence.formats.findings import SET_ASIDE, value_of
from evidence.formats.values import Unreadable

STATUSES = {
    "passed": "pass",
    "failed": "fail",
    "skipped": "skipped",
    "error": "error",
    "not_applicable": "not applicable",
    "pending": "not evaluated",
}


def result(status="passed", **more):
    return {"status": status, "code_desc": "d", "start_time": "2026-03-04T08:00:00+00:00", **more}


def control(*results, name="c", impact=0.5, **more):
    return {
        "id": name,
        "impact": impact,
        "tags": {},
        "refs": [],
        "source_location": {},
        "results": list(results),
        **more,
    }


def profile(*controls, name="p", **more):
    return {"name": name, "sha256": "0", "supports": [], "attributes": [], "groups": [], "controls": list(controls), **more}  # fmt: skip


def report(*profiles, **more):
    return {"platform": {"name": "debian", "release": "13"}, "profiles": list(profiles), "statistics": {"duration": 0.5}, "version": "6", **more}  # fmt: skip


def read(document):
    content = json.dumps(document).encode()
    assert recognise(content[:65_536]).NAME == "inspec_hdf"
    run, results = formats()["inspec_hdf"].read(io.BytesIO(content))
    return run, list(results)


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        (report(), "No control was carried out"),
        (report(profile(control())), "No control was carried out"),
        (report(profile(status="skipped")), "No control was carried out"),
        (report(profile(control(result()), status="failed", status_message="m")), "could not be loaded: p"),
        (report(profile(control(result()), depends=[{"name": "b", "status": "failed"}])), "could not be loaded: p"),
        (report(profile(control(result())), statistics={}), "no duration"),
        (report(profile(control(result())), statistics={"duration": None}), "no duration"),
        (report(profile(control(result())), statistics={"duration": True}), "no duration"),
        ({"controls": [{"id": "c", "profile_id": "p", **result()}], "statistics": {"duration": 1}, "version": "6"}, "json-min"),
    ],
)  # fmt: skip
def test_run_that_shows_nothing_is_incomplete(document, problem):
    run, _ = read(document)
    assert not run.complete
    assert problem in str(run.remark)


def test_finished_run_is_complete_and_says_what_it_examined():
    run, _ = read(report(profile(control(result()), version="2.0"), profile(name="tests from x")))
    assert (run.complete, run.facts.may_need_review) == (True, False)
    assert (run.facts.examined, run.facts.profiles) == (["debian (p)"], ["p@2.0"])
    assert run.started_at.isoformat() == "2026-03-04T08:00:00+00:00"


@pytest.mark.parametrize(
    ("impact", "rating"),
    [
        (1.0, "critical"), (0.9, "critical"), (0.89, "high"), (0.7, "high"), (0.69, "medium"), (0.4, "medium"), (0.39, "low"),
        (0.01, "low"), (0, "info"), (0.0, "info"), ("high", "high"), ("none", "info"), (None, "unknown"), (2, "unknown"), (-1, "unknown"),
    ],
)  # fmt: skip
def test_impact_gives_the_rating(impact, rating):
    _, (finding,) = read(report(profile(control(result("failed"), impact=impact))))
    assert (finding.outcome, finding.rating) == ("fail", rating)


@pytest.mark.parametrize(
    ("content", "outcome"),
    [
        *((result(status), outcome) for status, outcome in STATUSES.items()),
        (result("failed", backtrace=["a.rb:1"], exception="E"), "fail"),
        (result(None, backtrace=["a.rb:1"]), "error"),
        (result(None), "not evaluated"),
    ],
)
def test_status_gives_the_outcome(content, outcome):
    _, (finding,) = read(report(profile(control(content))))
    assert finding.outcome == outcome


def test_what_is_skipped_is_left_to_a_person_unless_it_does_not_apply():
    run, results = read(report(profile(control(result("skipped")), control(result("skipped"), name="n", impact=0))))
    assert ([each.outcome for each in results], run.facts.undecided) == (["skipped", "not applicable"], 1)


@pytest.mark.parametrize(
    ("waiver", "aside"),
    [
        ({}, False),
        (None, False),
        ({"skipped_due_to_waiver": True, "justification": "j"}, True),
        ({"skipped_due_to_waiver": "true"}, True),
        ({"run": True, "justification": "j"}, True),
        ({"run": True, "justification": "j", "expiration_date": "2026-03-05"}, True),
        ({"run": True, "justification": "j", "expiration_date": "2026-03-04"}, False),
        ({"run": True, "justification": "j", "expiration_date": "soon"}, False),
        ({"run": True, "justification": "j", "message": "Waiver expired on 2026-01-01, evaluating control normally"}, False),
        ({"run": True, "skipped_due_to_waiver": False, "message": ""}, False),
    ],
)  # fmt: skip
def test_failure_under_a_waiver_in_force_is_set_aside(waiver, aside):
    run, (finding,) = read(report(profile(control(result("failed"), waiver_data=waiver))))
    assert finding.outcome == "fail"
    assert (value_of(finding, SET_ASIDE) == "suppressed") is aside
    assert run.facts.set_aside == aside
    _, (passed,) = read(report(profile(control(result(), waiver_data=waiver))))
    assert value_of(passed, SET_ASIDE) == ""


def test_pass_that_someone_attested_or_overrode_is_set_aside():
    attested = control(result(start_time="3000-01-01"), attestation_data={"status": "passed"})
    overridden = control(result(originalStatus="failed"), result("failed", originalStatus="passed"), name="o")
    run, results = read(report(profile(attested, overridden)))
    assert [value_of(each, SET_ASIDE) for each in results] == ["suppressed", "suppressed", ""]
    assert run.ended_at.year == 2026


def test_overlay_repeats_controls_that_are_counted_once_with_the_higher_impact():
    overlay = profile(control(impact=1.0), control(name="other", impact=0.1), name="overlay")
    base = profile(
        control(result("failed"), impact=0.3), control(result("failed"), name="other"), parent_profile="overlay"
    )
    run, results = read(report(overlay, base))
    assert [(each.check, each.rating) for each in results] == [("c", "critical"), ("other", "medium")]
    assert (run.facts.examined, run.facts.undecided) == (["debian (overlay)"], 0)


def test_control_without_any_result_is_left_to_a_person():
    run, _ = read(report(profile(control(result()), control(name="empty"), control(name="none", impact=0))))
    assert run.facts.undecided == 1


def test_names_of_checks_have_no_lines():
    _, (finding,) = read(report(profile(control(result(code_desc="File: a.tf\n<pre>x</pre>"), name="CKV_1\nmodule.a"))))
    assert (finding.check, finding.target) == ("CKV_1 module.a", "File: a.tf")
    assert finding.message == "File: a.tf <pre>x</pre>"


def test_short_form_beside_profiles_is_not_counted():
    document = {"version": "1.37", "controls": [result()], "other_checks": [], **report(profile(control(result())))}
    assert len(read(document)[1]) == 1


@pytest.mark.parametrize(
    "written", ["2017-09-22 14:12:44 -0400", "2017-09-22T14:12:44-04:00", "2017-09-22 18:12:44 UTC"]
)
def test_moments_of_ruby_are_read(written):
    run, _ = read(report(profile(control(result(start_time=written)))))
    assert run.started_at.timestamp() == 1_506_103_964


def test_converted_report_is_not_taken_for_the_file_inside():
    raw = {"check_type": "terraform", "results": {"passed_checks": [], "failed_checks": []}}
    inside = {"bomFormat": "CycloneDX", "specVersion": "1.5", "vulnerabilities": []}
    for passthrough in (raw, inside, {"version": "2.1.0", "runs": []}):
        read(report(profile(control(result())), passthrough={"raw": passthrough}))


def test_report_that_begins_with_another_name_is_taken_too():
    read({"generator": {"name": "own"}, **report(profile(control(result())))})


@pytest.mark.parametrize(
    "content",
    [
        '{"name": "p", "controls": [{"id": "c", "impact": 1}], "sha256": ""}',
        '{"platform": "x", "profiles": 3}',
        '{"a": 1}',
    ],
)
def test_relatives_are_not_taken(content):
    recognised = recognise(content.encode())
    assert recognised is None or recognised.NAME != "inspec_hdf"


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12)
CONTROLS = st.lists(
    st.tuples(st.sampled_from("abcd"), st.lists(st.tuples(st.sampled_from(sorted(STATUSES)), NAMES), max_size=3)),
    max_size=4,
)


@given(
    profiles=st.lists(st.tuples(NAMES, CONTROLS), max_size=3),
    finished=st.booleans(),
    sort=st.booleans(),
    overlay=st.booleans(),
)
def test_any_report_is_read_back(profiles, finished, sort, overlay):
    written = [
        profile(
            *(
                control(*(result(status, code_desc=desc) for status, desc in results), name=name)
                for name, results in controls
            ),
            name=name,
        )
        for name, controls in profiles
    ]
    over = [profile(*(control(name=name) for name in "abcd"), name="over")] if overlay else []
    document = report(*over, *written, statistics={"duration": 1} if finished else {})
    run, results = read(json.loads(json.dumps(document, sort_keys=sort)))
    expected = [
        (control_name, desc, STATUSES[status])
        for _, controls in profiles
        for control_name, results in controls
        for status, desc in results
    ]
    assert [(each.check, each.target, each.outcome) for each in results] == expected
    assert run.complete is (finished and bool(expected))
    with_results = {name for _, controls in profiles for name, results in controls if results}
    named = {name for _, controls in profiles for name, _ in controls} | (set("abcd") if overlay else set())
    counts = Counter(outcome for *_, outcome in expected)
    assert run.facts.undecided == len(named - with_results) + counts["skipped"] + counts["not evaluated"]


@given(cut=st.integers(1, 150))
def test_file_that_is_cut_off_is_refused(cut):
    content = json.dumps(report(profile(control(result(), result())))).encode()[:-cut]
    with pytest.raises(Unreadable):
        list(formats()["inspec_hdf"].read(io.BytesIO(content))[1])
