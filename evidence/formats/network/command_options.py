"""The options and operands of a command that a scanner repeats in its file."""

import shlex
from collections.abc import Collection, Iterable
from typing import NamedTuple

from evidence.formats.values import storable

_LONGEST, _MOST_NAMED = 60, 5


class Option(NamedTuple):
    """An option with its value, if it has one."""

    name: str
    value: str = ""

    @property
    def shown(self) -> str:
        """As it can be written in a command."""
        return storable(f"{self.name} {self.value}".strip(), _LONGEST)


def parsed(command: str, with_value: Collection[str]) -> tuple[list[Option], list[str]]:
    """The options and the operands of a command. `with_value`: options whose value is the next word or follows `=`."""
    try:
        words = iter(shlex.split(command)[1:])
    except ValueError:  # a quote without its end
        words = iter(command.split()[1:])
    options, operands = list[Option](), list[str]()
    for word in words:
        if not word.startswith("-"):
            operands.append(word)
            continue
        name, sign, value = word.partition("=")
        name = name.replace("_", "-")
        if not sign and name in with_value:
            value = next(words, "")
        options.append(Option(name, value))
    return options, operands


def some(names: Iterable[str]) -> str:
    """The first names, each once; dots mean that there are more."""
    listed = list(dict.fromkeys(storable(name, _LONGEST) for name in names))
    return ", ".join(listed[:_MOST_NAMED]) + (", …" if len(listed) > _MOST_NAMED else "")
