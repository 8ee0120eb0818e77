"""Policies: YAML files that define which results fail a run. Read and validated at first use."""

from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

from controls.errors import WrongFile
from controls.files.yaml_source import parse_source, read_source
from controls.files.yaml_tree import Tree
from evidence.formats.tables.heading_comparison import Headings
from evidence.judging.kinds import kinds
from evidence.judging.policy import Policy
from evidence.judging.values import PolicyProblem
from locales import Language, Text, text

FOLDER = Path(__file__).parents[1] / "policies"
_MOST: Final = 256  # policies that are kept as parsed

#: the organisation's own folder, if it has one
_OWN_FOLDER: list[Path] = []


class WrongPolicy(PolicyProblem):
    """A policy file is invalid: file, line, and what was expected."""


def use(folder: Path | None) -> None:
    """Add the policies of the organisation's own folder (None: none); equal ids replace built-in policies.

    They are read at once. Raises `WrongPolicy`.
    """
    _OWN_FOLDER[:] = [folder] if folder else []
    policies.cache_clear()
    register_headings.cache_clear()
    titles_of_columns.cache_clear()
    policies()


@cache
def register_headings() -> dict[str, Headings]:
    """Accepted column headings of each register, by policy id."""
    headings_by_policy = {key: policy.headings() for key, policy in policies().items()}
    return {key: headings for key, headings in headings_by_policy.items() if headings is not None}


def titles_of_policies(t: Language) -> dict[str, str]:
    """The titles of the policies that came along, by key."""
    return {key: t.title(policy) for key, policy in policies().items()}


@cache
def titles_of_columns() -> dict[str, Text]:
    """The titles of the columns of registers, by key; of two with the same key, the title in the first register."""
    titles: dict[str, Text] = {}
    for policy in policies().values():
        titles = {**policy.titles_of_columns(), **titles}
    return titles


@cache
def policies(folder: Path | None = None) -> dict[str, Policy[Any]]:
    """Policies by id: built-in and own ones, or those of `folder` only. Raises `WrongPolicy`."""
    by_id: dict[str, Policy[Any]] = {}
    for source in [folder] if folder else [FOLDER, *_OWN_FOLDER]:
        by_id |= _in_folder(source)
    for policy in by_id.values():
        try:
            policy.check_others(by_id)
        except PolicyProblem as problem:
            raise WrongPolicy(problem.message) from problem
    return by_id


@lru_cache(_MOST)
def parse_policy(name: str, content: str) -> Policy[Any]:
    """The policy in the text of a file, parsed once for each text; `name` is for messages. Raises `WrongPolicy`."""
    try:
        encoded = content.encode()
        kind = kind_of(Tree(name, encoded))
        policy = kind.of_file(parse_source(Path(name), encoded, kind.shape))
        policy.check_others(policies())
    except (WrongFile, PolicyProblem) as problem:
        raise WrongPolicy(problem.message) from problem
    return policy


def _in_folder(folder: Path) -> dict[str, Policy[Any]]:
    by_id: dict[str, Policy[Any]] = {}
    for path in sorted(folder.glob("*.yaml")):
        policy = _read(path)
        if policy.id in by_id:
            raise WrongPolicy(
                text("{file}: the policy {id} is there already; ids are given once.", file=path.name, id=policy.id)
            )
        by_id[policy.id] = policy
    return by_id


def _read(path: Path) -> Policy[Any]:
    try:
        kind = kind_of(Tree(path.name, path.read_bytes()))
        return kind.of_file(read_source(path, kind.shape))
    except WrongFile as problem:
        raise WrongPolicy(problem.message) from problem


def kind_of(tree: Tree) -> type[Policy[Any]]:
    """The kind of policy in a file, by its `judges`. Raises `WrongFile`."""
    name = tree.values.get("judges") if isinstance(tree.values, dict) else None
    kind = kinds().get(name) if isinstance(name, str) else None
    if kind is None:
        raise tree.wrong(
            text("judges: {kind} is unknown; expected one of {known}.", kind=str(name), known=", ".join(kinds())),
            ("judges",),
        )
    return kind
