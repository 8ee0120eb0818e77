"""JSON lines: recognition, refusals, and the same verdict as the same table in CSV."""

import io
import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.formats import recognise
from evidence.formats.tables import jsonl
from evidence.formats.values import HEAD, Unreadable
from tests.evidence.judging.policy_judging import judged
from tests.evidence.judging.register.test_policy_registers import table
from tests.evidence.judging.register.test_policy_registers_agree import MATRIX, RECORDS

FLAT = st.dictionaries(st.text(min_size=1, max_size=5), st.none() | st.booleans() | st.integers() | st.text(max_size=9))


def lines(*rows):
    return "\n".join(json.dumps(row) for row in rows).encode()


def read(content):
    run, results = jsonl.read(io.BytesIO(content))
    return run, list(results)


@pytest.mark.parametrize(
    ("content", "format_name"),
    [
        (b'{"a": 1, "b": 2}\n{"a": 3}', "jsonl"),
        (b'{"a": 1}', None),  # one object is a document
        (b'{"a": 1}\n\n{"a":', "jsonl"),
        (b'[{"a": 1}]', "json"),  # of no particular tool
        (b'{"a": {"b": 1}}\n{"a": 3}', "json"),
        (b'{\n"a": 1}', None),
        (b"{}", None),
        (b'{"a": 1}\nnot at all', None),
        (b'{"a": "' + b"x" * HEAD, None),
    ],
)
def test_recognised_by_content_alone(content, format_name):
    recognised = recognise(content[:HEAD])
    assert (recognised.NAME if recognised else None) == format_name


@given(st.lists(FLAT.filter(bool), min_size=1, max_size=8))
def test_every_value_of_every_line_is_read(rows):
    _, results = read(lines(*rows))
    assert len(results) == len(rows)
    for row, result in zip(rows, results, strict=True):
        assert len(result.properties) == len(row)


@given(st.binary(max_size=300))
def test_random_bytes_are_read_or_refused(content):
    with suppress(Unreadable):  # any other error fails
        assert read(content)[1]


def test_name_after_the_header_lines_is_refused():
    rows = [{"a": 1, "b": 2}] * 1_000 + [{"a": 1, "c": 3}]
    with pytest.raises(Unreadable, match="line 1001 has c"):
        read(lines(*rows))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\n\n", "no line with an object"),
        (b'{"a": "' + b"x" * 70_000 + b'"}', "longer than"),
        (json.dumps({str(n): n for n in range(201)}).encode(), "201 different names"),
        (b"[" * 60_000, "no JSON object"),
        (b'{"a": "\xff"}', "no JSON object"),
    ],
)
def test_unreadable_file_has_a_reason(content, message):
    with pytest.raises(Unreadable, match=message):
        read(content)


@pytest.mark.parametrize(("policy", "rows"), [("record-access-extract", RECORDS), ("care-relation-matrix", MATRIX)])
def test_verdict_equals_that_of_the_same_csv_table(policy, rows):
    wrong = [row | {"system": ""} if number == 1 else row for number, row in enumerate(rows)]
    for table_of in (rows, wrong):
        given_number = {"population": len(rows)}
        in_csv = judged(policy, table(*table_of), **given_number)
        in_lines = judged(policy, b"\n" + lines(*table_of), **given_number)  # rows are numbered as in the file
        assert in_csv[:2] == in_lines[:2]
