"""JSON read in pieces of any length: the values of a parser that has all of it, and the same refusals."""

import io
import json
from contextlib import contextmanager

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from evidence.formats.reading import json_text
from evidence.formats.reading.json_stream import values
from evidence.formats.values import Unreadable

WHOLE = frozenset(("",))
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=6)
)
DOCUMENTS = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4)
)


@contextmanager
def in_pieces(length, whole):
    """Sets how many bytes are read at once, and how many characters are decoded as a whole."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_text, "_LEAST_PIECE", length)
        patch.setattr(json_text, "_MOST_PIECE", length)
        patch.setattr(json_text, "_WHOLE", whole)
        yield


def read(content, wanted=WHOLE, **how):
    return list(values(io.BytesIO(content), "JSON", wanted, **how))


@pytest.mark.parametrize("length", [1, 2, 7])
@pytest.mark.parametrize("whole", [0, 12])
@given(document=DOCUMENTS, indent=st.sampled_from([None, 1]), ascii_only=st.booleans())
@example(document=[-1.5e300, 12, {"a": '\N{GRINNING FACE}\\"', "": []}], indent=None, ascii_only=True)
def test_any_document_is_read_back_in_pieces(length, whole, document, indent, ascii_only):
    written = json.dumps(document, indent=indent, ensure_ascii=ascii_only).encode()
    with in_pieces(length, whole):
        assert read(written) == [("", document)]
        listed = read(b"[%s,0,%s]" % (written, written), frozenset(("[]",)))
    assert listed == [("[]", document), ("[]", 0), ("[]", document)]


def reference(content):
    """What Python's parser reads, where it accepts no more than JSON; None where it refuses."""

    def once(pairs):
        if len(dict(pairs)) < len(pairs):
            raise ValueError
        return dict(pairs)

    def no_number(written):
        raise ValueError(written)

    try:
        return [json.loads(content.decode(), object_pairs_hook=once, parse_constant=no_number)]
    except ValueError:
        return None


PARTS = st.sampled_from(['"a"', '"b', '"', "[", "]", "{", "}", ",", ":", "1", "-", "e5", ".5", "true", "nul", "l", "\\", "u00e9", "\n", " "])  # fmt: skip


@pytest.mark.parametrize("length", [1, 65_536])
@given(parts=st.lists(PARTS, min_size=1, max_size=12))
@example(parts=["{", '"a"', ":", "1", ",", '"a"', ":", "1", "}"])
@example(parts=["[", "1", ",", "]"])
@example(parts=["1", "1"])
def test_what_no_other_parser_accepts_is_refused(length, parts):
    content = "".join(parts).encode()
    try:
        with in_pieces(length, length):
            found = [value for _, value in read(content)]
    except Unreadable:
        found = None
    assert found == reference(content)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "cut off"),
        (b'[{"a":1},{"a"', "after record 2 .* cut off"),
        (b'[{"a":1},{"a":"x', "after record 2 .* cut off"),
        (b'[{"a":1},{"a":"\\u00', "cut off"),
        (b'[{"a":1},tru', "cut off"),
        (b'[{"a":1},-', "cut off"),
        (b'[{"a":"\t"}]', "control character"),
        (b'[{"a":"\\x"}]', "begins no character"),
        (b'[{"a":"\\u00zz"}]', "begins no character"),
        (b'[{"a":1},"\xff"]', "after record 2 .* not text in its encoding"),
        (b'[{"a":NaN}]', "not valid JSON"),
        (b'[{"a":1e999}]', "not valid JSON"),
        (b'[{"a" 1}]', "not valid JSON"),
        (b'[{"a":x}]', "not valid JSON"),
        (b'[{"a":1}] 2', "follows the end"),
        (b'[{"a":{"b":1,"b":2}}]', "b stands twice"),
        (b"[" * 61 + b"]" * 61, "nested deeper than 60"),
        (b"[" * 5_000, "nested deeper than 60"),
        (b'[{"a":' * 31 + b'"[[["' + b"}]" * 31, "nested deeper than 60"),
    ],
)
def test_refusals_tell_what_is_wrong_and_after_which_record(content, told):
    with pytest.raises(Unreadable, match=told):
        read(content, frozenset(("[]",)))


def test_signs_in_a_text_are_no_nesting():
    text = "[{" * 100
    assert read(json.dumps([[text] * 3]).encode(), frozenset(("[]",))) == [("[]", [text] * 3)]


def test_half_of_a_pair_is_replaced():
    ((_, value),) = read(b'{"\\ud800":["\\uDC00 \\ud83d\\ude00 \\\\ud800"]}')
    assert value == {"\ufffd": ["\ufffd \N{GRINNING FACE} \\ud800"]}


@pytest.mark.parametrize("whole", [0, 100_000])
def test_what_is_left_out_is_counted_and_need_not_be_read(whole):
    content = b'{"a":[1,{"x":1,"x":2},[3]],"b":{"a":[1],"c":2},"d":"e"}'
    with in_pieces(4, whole):
        ((_, value),) = read(content, without=frozenset(("a", "c")))
    assert value == {"a": 3, "b": {"a": 1, "c": None}, "d": "e"}


def test_what_is_left_out_may_be_longer_than_a_value():
    content = b'{"runs":[{"a":[' + b'"%s",' % (b"x" * 1_000_000) * 10 + b'1],"b":2}]}'
    assert read(content, frozenset(("runs[]",)), without=frozenset("a")) == [("runs[]", {"a": 11, "b": 2})]
    with pytest.raises(Unreadable, match="longer than 8,388,608 bytes"):
        read(content, frozenset(("runs[]",)))


def test_names_with_their_values_may_be_longer_than_a_value_together():
    with in_pieces(4, 0), pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_text, "_LONGEST", 40)
        content = b'{"m":{' + b",".join(b'"%d":{"x":1}' % number for number in range(20)) + b"}}"
        found = read(content, frozenset(("m{}",)))
    assert found == [("m{}", (str(number), {"x": 1})) for number in range(20)]


def test_documents_may_follow_each_other_only_where_they_are_expected():
    assert read(b'{"a":1}{"a":2}\n[3]', several=True) == [("", {"a": 1}), ("", {"a": 2}), ("", [3])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_are_told_by_the_mark(encoding):
    assert read('["é€\N{GRINNING FACE}"]'.encode(encoding)) == [("", ["é€\N{GRINNING FACE}"])]
