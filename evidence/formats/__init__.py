"""The formats of test results. A module of this folder with a NAME is a format; there is no other list of them."""

import pkgutil
from functools import cache
from importlib import import_module
from typing import cast

from evidence.formats.unread import named
from evidence.formats.values import Format


@cache
def formats() -> dict[str, Format]:
    """All formats by name; those that fit almost any text (`GENERAL`) stand last, as they are tried last."""
    modules = [import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
    found = [module for module in modules if hasattr(module, "NAME")]
    found.sort(key=lambda module: getattr(module, "GENERAL", False))
    return {module.NAME: cast("Format", module) for module in found}


def is_table(name: str) -> bool:
    """Whether the results of this format are rows (`TABLE`): no tool judged them."""
    return bool(getattr(formats().get(name), "TABLE", False))


def recognise(head: bytes) -> Format | None:
    """The format that the first 64 KiB of a file are of; by content, never by its name.

    A format that is known and not read is found too, and says so when it is read. `GENERAL` formats are asked last.
    """
    own = [one for one in formats().values() if not getattr(one, "GENERAL", False)]
    found = next((one for one in own if one.recognises(head)), None) or cast("Format | None", named(head))
    return found or next((one for one in formats().values() if one.recognises(head)), None)
