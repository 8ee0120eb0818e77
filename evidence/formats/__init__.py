"""Formats of test results, discovered: each module of this folder with a `NAME` is one."""

import pkgutil
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import BinaryIO, Protocol, cast

from evidence.formats.table_head import Match
from evidence.formats.unsupported import unsupported_format
from evidence.formats.values import Format, Result, Run


class TableFormat(Protocol):
    """A format whose results are rows (`TABLE`); reading takes a function that recognises headers."""

    def read(self, stream: BinaryIO, match: Match) -> tuple[Run, Iterator[Result]]: ...


@cache
def formats() -> dict[str, Format]:
    """Formats by name; those that match almost any text (`GENERAL`) come last."""
    modules = [import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)]
    format_modules = [module for module in modules if hasattr(module, "NAME")]
    format_modules.sort(key=lambda module: getattr(module, "GENERAL", False))
    return {module.NAME: cast("Format", module) for module in format_modules}


def is_table(name: str) -> bool:
    """Whether results of this format are rows (`TABLE`), which no tool judged."""
    return bool(getattr(formats().get(name), "TABLE", False))


def read_file(file_format: Format, stream: BinaryIO, match: Match) -> tuple[Run, Iterator[Result]]:
    """Read a file as a format. `match` finds the header row (and sheet) of a table. Raises `Unreadable`."""
    return (
        cast("TableFormat", file_format).read(stream, match) if is_table(file_format.NAME) else file_format.read(stream)
    )


def recognise(head: bytes) -> Format | None:
    """The format of a file, by its first 64 KiB and never by its name; None if it is unknown.

    Known but unsupported formats are recognised too; reading them raises. `GENERAL` formats are tried last.
    """
    specific = [candidate for candidate in formats().values() if not getattr(candidate, "GENERAL", False)]
    recognised = next((candidate for candidate in specific if candidate.recognises(head)), None) or cast(
        "Format | None", unsupported_format(head)
    )
    return recognised or next((candidate for candidate in formats().values() if candidate.recognises(head)), None)
