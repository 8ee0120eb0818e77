"""The formats of test results. A module of this folder with a NAME is a format; there is no other list of them."""

import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import BinaryIO, Protocol, cast

from evidence.formats.table_head import Match
from evidence.formats.unread import named
from evidence.formats.values import Format, Result, Run


class TableFormat(Protocol):
    """A format whose results are rows (`TABLE`): it takes what is known of headers along."""

    def read(self, stream: BinaryIO, match: Match) -> tuple[Run, Iterator[Result]]: ...


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


def read_file(found: Format, stream: BinaryIO, match: Match) -> tuple[Run, Iterator[Result]]:
    """What a format reads. Of a table, `match` finds the sheet and the row with its header. Raises `Unreadable`."""
    return cast("TableFormat", found).read(stream, match) if is_table(found.NAME) else found.read(stream)


def recognise(head: bytes) -> Format | None:
    """The format that the first 64 KiB of a file are of; by content, never by its name.

    A format that is known and not read is found too, and says so when it is read. `GENERAL` formats are asked last.
    """
    own = [one for one in formats().values() if not getattr(one, "GENERAL", False)]
    found = next((one for one in own if one.recognises(head)), None) or cast("Format | None", named(head))
    return found or next((one for one in formats().values() if one.recognises(head)), None)
