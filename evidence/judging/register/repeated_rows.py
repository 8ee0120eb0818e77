"""Rows that may stand once in a register: by the key of its policy, in their own system."""

from collections.abc import Iterator

from evidence.formats.values import Result
from evidence.judging.register.row_positions import sheet_of, stands_already
from evidence.judging.register.rules import Rules
from evidence.judging.values import Row
from locales import Text


class SeenRows:
    """Remembers each row by its key, and tells of a second with the same."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._seen: dict[tuple[str | int, ...], tuple[int, int, str]] = {}  # position, row and sheet of the first

    def repeated(self, row: Row, result: Result) -> Text | None:
        """The reason of a row that stands already: its key in its system, or all of it under another system."""
        for key in self._keys(row):
            position, number, sheet = self._seen.setdefault(key, (result.position, result.row, sheet_of(result)))
            if position != result.position:
                return stands_already(number or position, sheet)
        return None

    def _keys(self, row: Row) -> Iterator[tuple[str | int, ...]]:
        """What may stand once: each system may number its own rows, but no two have a row with the same moments."""
        per, key = self._rules.per, tuple(str(row.get(name, "")).casefold() for name in self._rules.key)
        if per is None or per in self._rules.key:
            yield key
            return
        yield str(row.get(per, "")).casefold(), *key
        if self._rules.tells_times:
            yield hash(tuple(str(value) for name, value in row.items() if name != per)), *key
