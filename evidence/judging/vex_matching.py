"""Statements of the VEX documents in a delivery, and what they say of a finding.

A statement is about a finding if it names the vulnerability (by id or alias) and describes the component in the version
that was found, or the product that was scanned: by package URL or CPE name, never by a name alone. Of several the one
made last counts. One that keeps a finding failing also counts without a version or a date, as nothing then shows that
it is about something else or was replaced.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from evidence.formats.package_names import component_of, describes
from evidence.formats.values import Result
from evidence.formats.vex_statements import (
    AFFECTED,
    ALIAS,
    EACH,
    FIXED,
    NOT_AFFECTED,
    UNDER_INVESTIGATION,
    Statement,
    components_of,
    values_of,
)
from models.calendar import Calendar

#: statuses in the order in which they count when made at the same moment
_RANKS = {status: rank for rank, status in enumerate((FIXED, NOT_AFFECTED, UNDER_INVESTIGATION, AFFECTED))}
_EXCUSES = frozenset((FIXED, NOT_AFFECTED))
_NO_NAMES = frozenset(("", "-"))
_END_OF_TIME = datetime.max.replace(tzinfo=UTC)
_Key = tuple[str, tuple[str, ...]]  # a vulnerability, and the name of a component


@dataclass(frozen=True, slots=True)
class Stated:
    """What is stated of a finding: the statement that counts, and since when it is under investigation, if ever."""

    statement: Statement
    investigated_since: datetime | None = None


class Statements:
    """Statements of all files of a delivery. `beside_scan`: whether another file of it is that of a scan."""

    def __init__(self, statements: Iterable[Statement] = (), *, beside_scan: bool = False) -> None:
        self.beside_scan = beside_scan
        self._by_key: dict[_Key, list[Statement]] = {}
        for statement in statements:
            if statement.status in _RANKS:
                for key in _keys(statement.vulnerabilities, (part or product for product, part in statement.about)):
                    self._by_key.setdefault(key, []).append(statement)

    def __bool__(self) -> bool:
        return bool(self._by_key)

    def of(self, result: Result, products: Sequence[str], calendar: Calendar) -> Stated | None:
        """What is stated of a finding; None if nothing is, or not of each vulnerability and component that it is about.

        `products`: package URLs of what was scanned. Of several the least favourable statement counts.
        """
        if not self._by_key:
            return None
        vulnerabilities = [[name] for name in values_of(result, EACH)] or [[result.check, *values_of(result, ALIAS)]]
        stated = [
            _latest(self._about(names, component, products), calendar)
            for component in components_of(result) or [[]]
            for names in vulnerabilities
        ]
        known = [each for each in stated if each is not None]
        return max(known, key=lambda each: _RANKS[each.statement.status]) if len(known) == len(stated) else None

    def _about(self, names: Sequence[str], component: Sequence[str], products: Sequence[str]) -> list[Statement]:
        """Statements on a vulnerability (by its names) in a component of the scanned products."""
        keys = _keys(names, [*component, *products])
        candidates = {id(each): each for key in keys for each in self._by_key.get(key, ())}.values()
        return [each for each in candidates if _is_same(names, each) and _is_about(each, component, products)]


def _keys(names: Iterable[str], components: Iterable[str]) -> set["_Key"]:
    """Keys under which a vulnerability in components is looked up: by its name, and by theirs without version."""
    known = {component.name for each in components if (component := component_of(each))}
    return {(name, each) for name in _plain(names) for each in known}


def _plain(names: Iterable[str]) -> set[str]:
    return {name.upper() for name in names} - _NO_NAMES


def _is_same(names: Iterable[str], statement: Statement) -> bool:
    """Whether names are of a statement's vulnerability: of two that both have CVE numbers, one must be the same.

    Other names, such as that of an advisory, may be of several vulnerabilities.
    """
    numbers, stated = _numbers(names), _numbers(statement.vulnerabilities)
    return not (numbers and stated) or bool(numbers & stated)


def _numbers(names: Iterable[str]) -> set[str]:
    return {name for name in _plain(names) if name.startswith("CVE-")}


def _is_about(statement: Statement, component: Sequence[str], products: Sequence[str]) -> bool:
    """Whether a statement is about a component (by its names) of the scanned products."""
    every_version = statement.status not in _EXCUSES

    def is_any(description: str, names: Sequence[str]) -> bool:
        return any(describes(description, name, every_version=every_version) for name in names)

    return any(
        (is_any(product, products) and is_any(part, component)) if part else is_any(product, [*component, *products])
        for product, part in statement.about
    )


def _latest(statements: Sequence[Statement], calendar: Calendar) -> Stated | None:
    """The statement that counts, of those about one component."""
    dated = [(made_at, each) for each in statements if (made_at := _made_at(each, calendar))]
    if not dated:
        return None
    _, latest = max(dated, key=lambda pair: (pair[0], _RANKS[pair[1].status]))
    firsts = (_aware(each.first_made_at, calendar) for each in statements if each.status == UNDER_INVESTIGATION)
    return Stated(latest, min(filter(None, firsts), default=None))


def _made_at(statement: Statement, calendar: Calendar) -> datetime | None:
    """When a statement was made last; without a date an excuse counts for nothing, and any other as the last."""
    return _aware(statement.made_at, calendar) or (None if statement.status in _EXCUSES else _END_OF_TIME)


def _aware(moment: datetime | None, calendar: Calendar) -> datetime | None:
    """A moment with a time zone: the organisation's, if it has none."""
    return moment if moment is None or moment.tzinfo else calendar.moment_of(moment)


NO_STATEMENTS = Statements()
