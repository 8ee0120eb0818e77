"""The JSON Schemas: as the shapes say, true of every file that is shipped, and able to refuse."""

import re
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from controls.load import HERE
from controls.schemas import FOLDER, KINDS, schema


class _AsEditorsRead(yaml.SafeLoader):
    """YAML 1.2's core types, as editors use: a day is a text."""


_AsEditorsRead.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in found if tag in ("tag:yaml.org,2002:int", "tag:yaml.org,2002:null")]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for first in "tf":
    _AsEditorsRead.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list(first))

FILES = {
    "catalogue": "catalogues/*.yaml",
    "crosswalk": "crosswalks/*.yaml",
    "explanations": "explanations/*/*.yaml",
    "statement": "statements/**/*.yaml",
    "measures": "measures.yaml",
    "teams": "teams.yaml",
}
SHIPPED = [(kind, path) for kind, pattern in FILES.items() for path in sorted(HERE.glob(pattern))]


def problems(kind: str, content: str) -> list[str]:
    values = yaml.load(content, Loader=_AsEditorsRead)  # noqa: S506
    return [error.message for error in Draft202012Validator(yaml.safe_load(schema(kind))).iter_errors(values)]


def test_every_kind_has_its_files():
    assert {kind for kind, _ in SHIPPED} == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_the_schemas_are_those_of_the_shapes(kind):
    Draft202012Validator.check_schema(yaml.safe_load(schema(kind)))
    assert (FOLDER / f"{kind}.json").read_text(encoding="utf-8") == schema(kind), "run python -m controls.schemas"


@pytest.mark.parametrize(("kind", "path"), SHIPPED, ids=[path.stem for _, path in SHIPPED])
def test_every_file_fits_and_names_its_schema(kind, path: Path):
    content = path.read_text(encoding="utf-8")
    assert problems(kind, content) == []
    named = content.splitlines()[0].removeprefix("# yaml-language-server: $schema=")
    assert (path.parent / named).resolve() == FOLDER / f"{kind}.json"


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("teams", "teams: [{key: a b, title: {nl: A, en: B}}]"),
        ("teams", "teams: [{key: a, title: {nl: A}}]"),
        ("catalogue", "catalogue: {key: a}"),
        ("explanations", "catalogue: a\nexplanations: [{ref: A.1}]"),
        ("crosswalk", "crosswalk: {from: a, to: b}\nrelations: [{from: A.1, relation: same, to: A.2}]"),
    ],
)
def test_what_does_not_fit_is_told(kind, content):
    assert problems(kind, content)
