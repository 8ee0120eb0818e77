"""The formats that a request says its files are of, whatever their content shows."""

from collections.abc import Sequence

from evidence.errors import Unfitting
from locales import text


def chosen_formats(entries: Sequence[str], names: Sequence[str]) -> dict[str, str]:
    """The chosen format by file name, of entries `file=format`, or `format` for all files. Raises `Unfitting`."""
    chosen: dict[str, str] = {}
    for entry in entries:
        name, equals, format_name = entry.rpartition("=")
        if equals and name not in names:
            raise Unfitting(text("There is no file {name}; the files are {names}.", name=name, names=", ".join(names)))
        chosen |= dict.fromkeys([name] if equals else names, format_name)
    return chosen
