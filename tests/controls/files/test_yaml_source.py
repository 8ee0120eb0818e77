"""Reading YAML: line numbers, and what is refused."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from controls.errors import WrongFile
from controls.files.yaml_source import Flag, Shape, Whole, read_source
from controls.files.yaml_tree import Tree


class Box(Shape):
    name: str = ""
    open: Flag = False
    size: Whole = 0


def refused(content: bytes | str) -> str:
    with pytest.raises(WrongFile) as caught:
        Tree("a.yaml", content if isinstance(content, bytes) else content.encode())
    return str(caught.value)


def test_scalars_stay_text():
    tree = Tree("a.yaml", b"a: 5.10\nb: no\nc: 2020-02-29\nd: ~\ne: ''\nf: '~'\n")
    assert tree.values == {"a": "5.10", "b": "no", "c": "2020-02-29", "d": None, "e": "", "f": "~"}


def test_values_have_their_line_numbers():
    tree = Tree("a.yaml", b"# a comment\na:\n  - x\n  - b: 1\n    c: 2\n")
    assert tree.line(("a",)) == 2
    assert tree.line(("a", 1, "c")) == 5
    assert tree.line(("a", 1, "missing", "deeper")) == 4


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        (b"", 1, "empty"),
        (b"# only a comment\n", 1, "empty"),
        (b"a: 1\nb: [1, 2\nc: 3\n", 3, "not YAML"),
        (b"a: 1\n\tb: 2\n", 2, "not YAML"),
        (b"a: 1\nb: \xff\n", 2, "UTF-8"),
        (b"a: \x00\n", 1, "not YAML"),
        (b"a: 1\nb: 2\na: 3\n", 3, "a occurs twice (first on line 1)"),
        (b"a: &x [1]\nb: *x\n", 2, "aliases"),
        (b"a: &x\n  b: *x\n", 2, "aliases"),
        (b"a: &x {b: 1}\nc:\n  <<: *x\n", 3, "aliases"),
        (b"a: 1\nb: !!python/object/apply:os.system ['true']\n", 2, "tags"),
        (b"a: !secret x\n", 1, "tags"),
        (b"a: 1\n---\nb: 2\n", 2, "second document"),
        (b"? [a, b]\n: 1\n", 1, "name of a field"),
        (b"a:\n  " + b"[" * 500 + b"]" * 500, 2, "nested too deeply"),
        (b"[" * 100_000, 1, "nested too deeply"),
    ],
)
def test_invalid_yaml_is_refused_with_its_line(content, line, words):
    message = refused(content)
    assert message.startswith(f"a.yaml, line {line}: "), message
    assert words in message


def test_alias_bomb_is_refused_at_its_first_alias():
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
    assert refused(bomb).startswith("a.yaml, line 2: aliases")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("name: a\nopne: true\n", "a.yaml, line 2: opne is not a known field here."),
        ("open: yes\n", "a.yaml, line 1: open: expected true or false."),
        ("name: a\nsize: -1\n", "a.yaml, line 2: size: expected a whole number."),
        ("name: [a]\n", "a.yaml, line 1: name: expected a text."),
        ("name:\n", "a.yaml, line 1: name: expected a text."),
        ("- a\n", "a.yaml, line 1: a.yaml: expected a group of fields."),
        ("just words\n", "a.yaml, line 1: a.yaml: expected a group of fields."),
    ],
)
def test_content_with_another_structure_is_refused(tmp_path: Path, content, message):
    path = tmp_path / "a.yaml"
    path.write_text(content)
    with pytest.raises(WrongFile) as caught:
        read_source(path, Box)
    assert str(caught.value) == message


def test_too_large_file_is_refused(tmp_path: Path):
    path = tmp_path / "a.yaml"
    path.write_bytes(b"a: " + b"x" * 4_000_001)
    with pytest.raises(WrongFile, match="larger"):
        read_source(path, Box)


@given(st.binary(max_size=300) | st.text(alphabet="ab:-[]{}&*!?|>'\"\n #%@`,0", max_size=80).map(str.encode))
def test_any_bytes_are_parsed_or_refused(content):
    try:
        tree = Tree("a.yaml", content)
    except WrongFile as error:
        assert str(error).startswith("a.yaml, line ")  # noqa: PT017
    else:
        assert isinstance(tree.values, dict | list | str | None)


_plain = st.text(alphabet=st.characters(categories=["L", "N"]), min_size=1, max_size=8).map(
    lambda letters: f"x{letters}"
)
_values = st.recursive(
    _plain, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_plain, inner, max_size=4), max_leaves=15
)


@given(_values)
def test_dumped_yaml_is_read_back(values):
    written = yaml.safe_dump(values, allow_unicode=True, default_flow_style=False)
    assert Tree("a.yaml", written.encode()).values == values
