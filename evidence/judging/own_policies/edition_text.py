"""The text of an edition: as a person typed it, checked, and as it is recorded."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, Final

import yaml

from controls.errors import WrongFile
from controls.files.yaml_tree import Tree
from evidence.errors import Unfitting
from evidence.judging.own_policies.in_force import edition_id
from evidence.judging.policies import WrongPolicy, parse_policy
from evidence.judging.policy import Policy
from locales import text

_LONGEST: Final = 200_000  # characters; four times the longest policy that comes along
_GIVEN: Final = ("id", "edition")  # what the product fills in
_EXAMPLES: Final = "examples"  # of policies that come along, which are tested with each version


class _Dumper(yaml.SafeDumper):
    """Writes numbers, `true` and `false` as people do; every value is read as text, so that quotes change nothing."""


def _scalar(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    if re.fullmatch(r"0|[1-9]\d{0,8}", value):
        return dumper.represent_scalar("tag:yaml.org,2002:int", value)
    if value in ("true", "false"):
        return dumper.represent_scalar("tag:yaml.org,2002:bool", value)
    return dumper.represent_str(value)


_Dumper.add_representer(str, _scalar)


def typed(values: Mapping[str, Any]) -> str:
    """The content of a policy as a person edits it, without what the product fills in and without examples."""
    return in_yaml({name: value for name, value in values.items() if name not in (*_GIVEN, "judges", _EXAMPLES)})


def in_yaml(values: Mapping[str, Any]) -> str:
    """Values as YAML, in their order."""
    return yaml.dump(dict(values), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)


def checked_edition(copied: Policy[Any], policy: str, number: int, content: str) -> Policy[Any]:
    """The edition of which a person typed the content, a copy of another policy.

    Raises `Unfitting` with the line and what was expected there.
    """
    if len(content) > _LONGEST:
        raise Unfitting(text("This policy is longer than {n} characters; shorten it.", n=_LONGEST))
    name = f"{policy}.yaml"
    head = {"id": edition_id(policy, number), "edition": str(number), "judges": copied.judges}
    try:
        values = _completed(name, content, head)
        made = parse_policy(name, in_yaml({**head, **values, **{key: head[key] for key in _GIVEN}}))
    except (WrongFile, WrongPolicy) as problem:
        raise Unfitting(problem.message) from problem
    return made


def check_like(copied: Policy[Any], made: Policy[Any]) -> None:
    """Check that an edition reads what the policy reads that it is a copy of. Raises `Unfitting`."""
    if others := [name for name in made.rules.formats if name not in copied.rules.formats]:
        raise Unfitting(
            text(
                "formats: {others} is not read by {policy}, of which this is a copy; expected some of {known}.",
                others=", ".join(others),
                policy=copied.title,
                known=", ".join(copied.rules.formats),
            )
        )
    if made.scan_zones() != copied.scan_zones():
        raise Unfitting(text("zones: a copy has the same zones as {policy}.", policy=copied.title))
    if made.headings() != copied.headings():
        raise Unfitting(
            text("columns: a copy reads the same columns, by the same names, as {policy}.", policy=copied.title)
        )


def _completed(name: str, content: str, head: Mapping[str, str]) -> dict[str, Any]:
    """The values of a typed text, each at its own line. Raises `WrongFile` and `WrongPolicy`."""
    tree = Tree(name, content.encode("utf-8", "replace"))
    if not isinstance(tree.values, dict):
        raise tree.wrong(text("expected a group of fields, such as title: and formats:."))
    for where, value in _texts(tree.values, ()):
        if any(unicodedata.category(sign)[0] == "C" and sign not in "\n\t" for sign in value):
            raise tree.wrong(text("a control character stands here; expected plain text."), where)
    if tree.values.get("judges", head["judges"]) != head["judges"]:
        raise tree.wrong(text("judges: expected {kind}, as in the copied policy.", kind=head["judges"]), ("judges",))
    if _EXAMPLES in tree.values:
        raise tree.wrong(
            text("examples: leave them out; only those of policies that come along are tested."), (_EXAMPLES,)
        )
    lacking = {key: value for key, value in head.items() if key not in tree.values}
    parse_policy(name, f"{content.rstrip()}\n{in_yaml(lacking) if lacking else ''}")
    return tree.values


def _texts(value: Any, where: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every text in some values, with its place."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield where, key
            yield from _texts(each, (*where, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _texts(each, (*where, index))
    elif isinstance(value, str):
        yield where, value
