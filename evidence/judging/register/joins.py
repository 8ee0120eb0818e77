"""What one register must have in common with another, as that was accepted last."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Annotated

from controls.files.yaml_source import Given, Key, Shape, one_of
from evidence.judging.register.values import If, Worded, day_of, parts
from evidence.judging.register.watch import Around, AtLeastOne, NotYet, Watch, group, word
from evidence.judging.values import Row


class Join(Worded):
    """Every value of a column there occurs in a column here (`every: theirs`), or the other way round (`ours`)."""

    policy: Key
    theirs: Given
    ours: Given
    every: Annotated[str, one_of(("ours", "theirs"))]
    where: If | None = None  # which of their rows
    rows: If | None = None  # which of our rows

    def columns(self) -> list[str]:
        return [self.ours, *(self.rows.columns() if self.rows else ())]

    def watch(self) -> Watch:
        return _Join(self)


class _Join:
    def __init__(self, asked: Join) -> None:
        self._asked = asked
        self._found: dict[str, str] = {}

    def see(self, row: Row, *, passed: bool, as_of: date) -> None:
        del passed
        if self._asked.rows is None or self._asked.rows.holds(row, as_of):
            self._found |= {part.casefold(): part for part in parts(row.get(self._asked.ours, ""))}

    def lacks(self, around: Around) -> Iterable[str]:
        asked = self._asked
        if asked.every == "ours" and not self._found:
            return []  # there is nothing to look up
        if asked.policy not in around.others:
            raise NotYet(asked.policy)
        theirs = {
            part.casefold(): part
            for row in around.others[asked.policy]
            if asked.where is None or asked.where.holds(row, around.as_of)
            for part in parts(row.get(asked.theirs, ""))
        }
        wanted, there = (theirs, self._found) if asked.every == "theirs" else (self._found, theirs)
        return [wanted[key] for key in sorted(wanted.keys() - there.keys())]


class Renewed(Shape):
    """Whoever used the service under a newer version has a row for it; another register has the versions."""

    policy: Key
    who: AtLeastOne
    of: Given  # what has versions; the same column in both registers
    version: Given
    used: Given

    def columns(self) -> list[str]:
        return [*self.who, self.of, self.version, self.used]

    def watch(self) -> Watch:
        return _Renewed(self)


class _Renewed:
    def __init__(self, asked: Renewed) -> None:
        self._asked = asked
        self._versions: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._used: dict[tuple[str, str], date] = {}

    def see(self, row: Row, *, passed: bool, as_of: date) -> None:
        del passed, as_of
        key = (group(row, self._asked.who), str(row.get(self._asked.of, "")))
        self._versions[key].add(str(row.get(self._asked.version, "")))
        if used := day_of(row.get(self._asked.used)):
            self._used[key] = max(used, self._used.get(key, used))

    def lacks(self, around: Around) -> Iterable[str]:
        if self._asked.policy not in around.others:
            raise NotYet(self._asked.policy)
        for (who, of), used in self._used.items():
            wanted = in_force(around.others[self._asked.policy], of, used)
            if wanted and wanted not in self._versions[who, of]:
                yield f"{who}: {wanted}"


def in_force(versions: Sequence[Row], of: str, day: date) -> str:
    """The version of something on a day, by a register with the columns role, version and in_force_from."""
    begun = [
        (first, str(row.get("version", "")))
        for row in versions
        if word(row, "role") == of.casefold() and (first := day_of(row.get("in_force_from"))) and first <= day
    ]
    return max(begun, default=(day, ""))[1]
