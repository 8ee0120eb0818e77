"""The kinds of policies. A module with a `KIND` in a folder of this room is a kind; there is no other list of them."""

import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any

from evidence import judging
from evidence.judging.policy import Policy


@cache
def kinds() -> dict[str, type[Policy[Any]]]:
    """Each kind of policy by the word after `judges:` in its files, in the order of the words."""
    found: dict[str, type[Policy[Any]]] = {kind.judges: kind for kind in _declared()}
    return dict(sorted(found.items()))


def _declared() -> Iterator[type[Policy[Any]]]:
    for folder in pkgutil.iter_modules(judging.__path__):
        if folder.ispkg:
            package = import_module(f"{judging.__name__}.{folder.name}")
            for module in pkgutil.iter_modules(package.__path__):
                kind = getattr(import_module(f"{package.__name__}.{module.name}"), "KIND", None)
                if kind is not None:
                    yield kind
