"""TAP: plans, numbers, directives, subtests, YAML that looks like points, and files that are read back."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.formats import formats, recognise
from evidence.formats.values import Unreadable


def read(*lines, encoding="utf-8"):
    run, results = formats()["tap"].read(io.BytesIO("\n".join(lines).encode(encoding)))
    return run, list(results)


def outcomes(*lines):
    return [(each.check, each.outcome) for each in read(*lines)[1]]


@pytest.mark.parametrize(
    ("line", "name", "outcome"),
    [
        ("ok", "1", "pass"),
        ("ok 1", "1", "pass"),
        ("ok - a", "a", "pass"),
        ("ok 1 a", "a", "pass"),
        ("not ok 1 - a", "a", "fail"),
        ("ok 1 - a # SKIP no database", "a", "skipped"),
        ("ok 1 - a # skipped: no database", "a", "skipped"),
        ("not ok 1 - a # skip", "a", "skipped"),
        ("not ok 1 - a # TODO later", "a", "skipped"),
        ("ok 1 - a # todo", "a", "skipped"),
        ("ok 1 # SKIP", "1", "skipped"),
        ("ok 1 - a \\# skip", "a # skip", "pass"),
        ("ok 1 - a # time=12.5ms", "a", "pass"),
        ("ok 1 - issue #42", "issue #42", "pass"),
        ("not ok 1 - a\r", "a", "fail"),
    ],
)
def test_point_has_its_name_and_outcome(line, name, outcome):
    run, ((_, check, _, read_as, *_),) = read("1..1", line)
    assert (check, read_as, run.complete) == (name, outcome, True)


@pytest.mark.parametrize("line", ["okay", "ok-ish", "Ok 1 - a", "not okay", "is ok 1", "\tok 1"])
def test_other_lines_are_no_points(line):
    run, results = read("1..1", line)
    assert (results, run.complete) == ([], False)


@pytest.mark.parametrize(
    ("lines", "complete"),
    [
        (("1..2", "ok 1", "ok 2"), True),
        (("ok 1", "ok 2", "1..2"), True),
        (("1..2", "ok 2", "ok 1"), True),
        (("1..0 # SKIP no server",), True),
        (("ok 1", "ok 2"), False),
        (("1..3", "ok 1", "ok 2"), False),
        (("1..1", "ok 1", "ok 2"), False),
        (("1..2", "ok 1", "ok 1"), False),
        (("1..2", "ok 1", "ok 3"), False),
        (("1..2", "1..2", "ok 1", "ok 2"), False),
        (("1..2", "ok 1", "ok 2", "Bail out!"), False),
        (("1..1", "    1..2", "    ok 1", "ok 1"), False),
        (("1..1", "    ok 1", "ok 1"), False),
        (("1..1", "ok 1", "  ---", "  message: no end"), True),
        (("1..2", "ok 1", "  ---", "ok 2"), False),
    ],
)
def test_plan_of_every_level_agrees_with_its_points(lines, complete):
    run, _ = read("TAP version 14", *lines)
    assert run.complete is complete
    assert run.complete or run.remark


def test_several_files_in_a_row_each_have_their_plan():
    whole = ("TAP version 13", "1..1", "ok 1 - a")
    assert read(*whole, *whole)[0].complete
    assert not read(*whole[:1], *whole[2:], *whole)[0].complete


def test_point_after_a_failed_subtest_is_no_pass():
    assert outcomes("1..1", "    1..1", "    not ok 1 - b", "ok 1 - a") == [("subtest 1.b", "fail"), ("a", "fail")]
    assert outcomes("1..1", "    1..1", "    not ok 1 - b # TODO", "ok 1 - a")[1] == ("a", "pass")


def test_subtests_have_the_name_that_stands_before_them_or_in_their_first_line():
    before = ("# Subtest: a", "    # Subtest: b", "    ok 1 - b", "    1..1", "ok 1 - a", "1..1")
    inside = (
        "    # Subtest: a",
        "        # Subtest: b",
        "        ok 1 - c",
        "        1..1",
        "    ok 1 - b",
        "    1..1",
    )
    assert outcomes(*before) == [("a.b", "pass"), ("a", "pass")]
    assert outcomes(*inside, "ok 1 - a", "1..1") == [("a.b.c", "pass"), ("a.b", "pass"), ("a", "pass")]


def test_yaml_explains_a_failure_and_its_lines_are_no_points():
    yaml = ("  ---", "  message: 'expected 403'", "  error: other", "  output: |", "    ok 2 - b", "  ...")
    _, results = read("1..2", "not ok 1 - a", *yaml, "ok 2 - c")
    assert [(each.check, each.message) for each in results] == [("a", "expected 403"), ("c", "")]


def test_utf_16_as_powershell_writes_is_read():
    assert read("1..1", "not ok 1 - é", encoding="utf-16")[1][0].check == "é"


@pytest.mark.parametrize(
    ("begin", "name"),
    [
        ("TAP version 13\n", "tap"),
        ("# tests of access\n1..2\nok 1 - a\n", "tap"),
        ("ok 1\n", "tap"),
        ("not ok - a\nok - b\n", "tap"),
        ("ok then\nok 1\n", None),
        ("1..5\nchapters\n", None),
        ("ok\n", None),
        ("TAP version 13 is a format.\n", None),
    ],
)
def test_only_tap_is_recognised(begin, name):
    recognised = recognise(begin.encode())
    assert (recognised.NAME if recognised else None) == name


def test_file_without_a_line_of_tap_is_refused():
    with pytest.raises(Unreadable, match="no line of TAP"):
        read("Everything is fine.")


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters="#\\"), min_size=1)
MARKS = {"": None, " # SKIP": "skipped", " # TODO": "skipped"}
POINTS = st.lists(st.tuples(st.booleans(), NAMES, st.sampled_from(sorted(MARKS))), max_size=5)


def points(indent, cases):
    return [
        f"{indent}{'ok' if ok else 'not ok'} {number} - {name}{mark}"
        for number, (ok, name, mark) in enumerate(cases, start=1)
    ]


def expected(cases, group=""):
    return [(group + name, MARKS[mark] or ("pass" if ok else "fail")) for ok, name, mark in cases]


@given(first=POINTS, inner=POINTS, lost=st.integers(0, 1), at_end=st.booleans())
def test_any_file_is_read_back(first, inner, lost, at_end):
    plan = [f"1..{len(first) + 1 + lost}"]
    subtest = ["# Subtest: s", f"    1..{len(inner)}", *points("    ", inner)]
    failed = any(not ok and not mark for ok, _, mark in inner)
    body = [*points("", first), *subtest, f"{'not ' * failed}ok {len(first) + 1} - s"]
    run, results = read("TAP version 14", *(body + plan if at_end else plan + body))
    whole = expected(first) + expected(inner, "s.") + [("s", "fail" if failed else "pass")]
    seen = [(each.check, each.outcome) for each in results]
    assert [outcome for _, outcome in seen] == [outcome for _, outcome in whole]
    assert [check for check, _ in seen if len(check) < 100] == [check for check, _ in whole if len(check) < 100]
    assert run.complete is (lost == 0)
