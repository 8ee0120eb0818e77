"""JSON of no particular tool: what is a row, what is left out, what is refused, and what is other tools'."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.formats import recognise
from evidence.formats.tables.json_records import read
from evidence.formats.values import HEAD, Unreadable


def rows(content):
    run, results = read(io.BytesIO(content if isinstance(content, bytes) else json.dumps(content).encode()))
    return run, [dict(result.properties) for result in results]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ([{"check": "a"}], "json"),
        ({"team": "t", "results": [{"check": "a"}]}, "json"),
        ([], None),
        ({}, None),
        ({"check": "a"}, None),  # one object is a document
        ([1, 2], None),
        ({"results": [{"check_id": "a", "extra": {}}]}, "semgrep"),
        ([{"RuleID": "a", "StartLine": 1, "Secret": "x"}], "gitleaks"),
        ({"version": "2.1.0", "$schema": "sarif", "runs": [{"tool": {}, "results": []}]}, "sarif"),
    ],
)
def test_only_what_no_tool_is_known_to_write_is_recognised(content, name):
    recognised = recognise(json.dumps(content).encode()[:HEAD])
    assert (recognised.NAME if recognised else None) == name


def test_names_inside_an_object_are_columns_and_what_is_deeper_is_told():
    run, read_rows = rows([{"a": 1, "b": {"c": None, "d": True, "e": {"f": 1}}, "g": [1]}])
    assert read_rows == [{"a": "1", "b.c": "", "b.d": "true"}]
    assert "left out: b.e, g" in str(run.remark)


def test_empty_lists_hide_nothing_and_are_not_told():
    assert rows([{"a": 1, "tags": [], "more": {}}])[0].remark is None


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'{"results": []}', "no object in this file"),
        (b'[{"a": 1}, 2]', "record 2 is no object"),
        (b'[{"a": 1, "a": 2}]', "stands twice"),
        (b'[{"a": 1}', "cut off"),
        (b'[{"a": 1}] [{"a": 2}]', "second report"),
        (b'{"x": {"results": [{"a": 1}]}}', "no object in this file"),
        (json.dumps([{f"c{n}": 1 for n in range(300)}]).encode(), "300 different names"),
        (json.dumps([{"a": 1}] * 1_000 + [{"b": 1}]).encode(), "record 1,001 has b"),
        (b'[["a"]]', "record 1 is no object"),
        (b'[{"a": {"b": 1}, "a.b": 2}]', "record 1: a.b stands in it twice"),
        (b'[{"a": ' + b"[" * 5_000, "nested deeper"),
    ],
)
def test_what_can_not_be_read_is_refused_with_its_place(content, told):
    with pytest.raises(Unreadable) as problem:
        rows(content)
    assert told in str(problem.value)


SCALAR = st.none() | st.booleans() | st.integers(-1_000, 1_000) | st.text(st.characters(codec="utf-8"), max_size=8)
NAMES = st.text("abcxyz", min_size=1, max_size=3)
RECORDS = st.lists(st.dictionaries(NAMES, SCALAR, min_size=1, max_size=4), min_size=1, max_size=8)


def shown(value):
    return (
        "" if value is None else str(value).lower() if isinstance(value, bool) else str(value).replace("\0", "\ufffd")
    )


@given(RECORDS, st.sampled_from(["list", "results", "lines"]))
def test_every_record_is_read_back_in_each_layout(records, layout):
    written = {
        "list": json.dumps(records),
        "results": json.dumps({"results": records, "n": len(records)}),
        "lines": "\n".join(map(json.dumps, records)) if len(records) > 1 else json.dumps(records),
    }[layout]
    assert rows(written.encode())[1] == [{name: shown(value) for name, value in each.items()} for each in records]
