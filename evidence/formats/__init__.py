"""Formats of test results, discovered: each module in these folders with a `NAME` is one."""

import pkgutil
from collections.abc import Container, Iterable, Iterator
from functools import cache, lru_cache
from importlib import import_module
from typing import BinaryIO, Protocol, cast

from evidence.formats.tables.table_head import Match
from evidence.formats.unsupported import unsupported_format
from evidence.formats.values import Format, Result, Run
from locales import Text


class TableFormat(Protocol):
    """A format whose results are rows (`TABLE`); reading takes a function that recognises headers."""

    def read(self, stream: BinaryIO, match: Match) -> tuple[Run, Iterator[Result]]: ...


@cache
def formats() -> dict[str, Format]:
    """Formats by name; those that hold files of others (`HOLDS_OTHERS`) come first, and `GENERAL` ones last."""
    modules = [import_module(module.name) for module in pkgutil.walk_packages(__path__, f"{__name__}.")]
    format_modules = [module for module in modules if hasattr(module, "NAME")]
    format_modules.sort(key=lambda module: (getattr(module, "GENERAL", False), not hasattr(module, "HOLDS_OTHERS")))
    return {module.NAME: cast("Format", module) for module in format_modules}


def is_table(name: str) -> bool:
    """Whether results of this format are rows (`TABLE`), which no tool judged."""
    return bool(getattr(formats().get(name), "TABLE", False))


def taken_as(name: str, stated: Container[str] = ()) -> str:
    """The name under which requirements and policies take a format: another's (`TAKEN_AS`) or its own.

    It is its own where that is among the `stated` names.
    """
    return name if name in stated else str(getattr(formats().get(name), "TAKEN_AS", name))


def title_of(name: str) -> str:
    """The display name of a format; of no known format its name."""
    return formats()[name].TITLE if name in formats() else name


def recognised_by(name: str) -> Text | None:
    """By what in its content a file of this format is recognised, as a sentence; None for no known format."""
    return getattr(formats().get(name), "RECOGNISED_BY", None)


def with_relatives(names: Iterable[str]) -> tuple[str, ...]:
    """Names of formats in requirements and policies, followed by those of the formats that are taken like them."""
    return _with_relatives(tuple(names))


@lru_cache(maxsize=1024)  # asked for every policy and requirement that may take a file
def _with_relatives(stated: tuple[str, ...]) -> tuple[str, ...]:
    relatives = (name for name in sorted(formats()) if name not in stated and taken_as(name) in stated)
    return (*stated, *relatives)


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
