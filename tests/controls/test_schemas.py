"""JSON Schemas agree with the structures, accept every included file, and refuse invalid ones."""

import re
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from controls.load import HERE
from controls.schemas import FOLDER, KINDS, schema


class _Yaml12Loader(yaml.SafeLoader):
    """A loader with the core types of YAML 1.2, as editors use: a date is text."""


_Yaml12Loader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in resolvers if tag in ("tag:yaml.org,2002:int", "tag:yaml.org,2002:null")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for first in "tf":
    _Yaml12Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list(first))

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
    values = yaml.load(content, Loader=_Yaml12Loader)  # noqa: S506
    return [error.message for error in Draft202012Validator(yaml.safe_load(schema(kind))).iter_errors(values)]


def test_every_kind_has_files():
    assert {kind for kind, _ in SHIPPED} == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_schemas_agree_with_the_structures(kind):
    Draft202012Validator.check_schema(yaml.safe_load(schema(kind)))
    assert (FOLDER / f"{kind}.json").read_text(encoding="utf-8") == schema(kind), "run python -m controls.schemas"


@pytest.mark.parametrize(("kind", "path"), SHIPPED, ids=[path.stem for _, path in SHIPPED])
def test_every_file_is_valid_and_names_its_schema(kind, path: Path):
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
def test_invalid_content_is_reported(kind, content):
    assert problems(kind, content)
