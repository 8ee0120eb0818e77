"""The headings that companies use for columns of registers (`headings.yaml`), beside the names in a policy.

Only proposals rest on them, which a person confirms: what a heading is by itself, the policy's own names decide.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from evidence.judging.register.rules import Column, Rules

_BETWEEN = ", "


class KnownColumn(Column):
    """A column with other headings that companies use for it."""

    known: list[str]


def with_known_headings(rules: Rules) -> Rules:
    """The policy, each column of which knows the headings that companies use for it."""
    columns = [_known(rules, column) for column in rules.columns]
    return rules.model_copy(update={"columns": columns})


def known_headings(column: Column) -> list[str]:
    """The other headings of a column; none of one that knows none."""
    return column.known if isinstance(column, KnownColumn) else []


def _known(rules: Rules, column: Column) -> Column:
    listed = _headings()["registers"].get(rules.id.split("@")[0], {}).get(column.key, "")
    known = dict.fromkeys([*_listed(_headings()["columns"].get(column.key, "")), *_listed(listed)])
    return KnownColumn.model_construct(column.model_fields_set, **dict(column), known=list(known))


def _listed(headings: str) -> Iterator[str]:
    yield from (heading for heading in headings.split(_BETWEEN) if heading)


@cache
def _headings() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "headings.yaml").read_text())
    return content
