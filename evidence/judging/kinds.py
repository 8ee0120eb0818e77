"""Kinds of policies, discovered: each module with a `KIND` in a folder of this room is one."""

import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

from evidence import judging
from evidence.judging.policy import Policy


@cache
def kinds() -> dict[str, type[Policy[Any]]]:
    """Kinds of policies by the name after `judges:` in their files, sorted by name."""
    kind_by_name: dict[str, type[Policy[Any]]] = {kind.judges: kind for kind in _declared()}
    return dict(sorted(kind_by_name.items()))


def _declared() -> Iterator[type[Policy[Any]]]:
    for folder in pkgutil.iter_modules(judging.__path__):
        if folder.ispkg:
            package = import_module(f"{judging.__name__}.{folder.name}")
            for module in pkgutil.iter_modules(package.__path__):
                kind = getattr(import_module(f"{package.__name__}.{module.name}"), "KIND", None)
                if kind is not None:
                    yield kind
