"""All definitions that stand, read once for each version of them and shared by everyone who looks something up.

A version is the moment of the last recorded fact, read in the session that asks: whatever is changed afterwards has a
later moment, and is read anew by the next session. So nothing goes stale, in this process or in another beside it. The
shared values are whole and read-only; what an auditor may see is taken out of them each time (`Definitions.within`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from threading import Lock
from types import MappingProxyType
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlmodel import Session

from access.permissions import SYSTEM, Person, require
from controls.audit.audit_bounds import Bounds, audit_bounds, catalogue_of
from controls.browse import lookup
from controls.browse.rows import CatalogueRow, ControlRow, MeasureRow, RequirementRow, TeamRow
from controls.scope.system_scope import SystemInScope, scope_on
from models.transaction import last_fact


@dataclass(frozen=True, slots=True)
class Definitions:
    """What stands at one moment, each by key and in its order; read-only."""

    catalogues: Mapping[str, CatalogueRow]
    controls: Mapping[str, ControlRow]
    measures: Mapping[str, MeasureRow]
    requirements: Mapping[str, RequirementRow]
    teams: Mapping[str, TeamRow]

    def within(self, bounds: Bounds) -> "Definitions":
        """Without what lies outside an audit: other catalogues, their controls, and all that names these."""
        readable = bounds.catalogues
        return Definitions(
            by_key(one for one in self.catalogues.values() if one.key in readable),
            by_key(_related(one, readable) for one in self.controls.values() if one.catalogue in readable),
            by_key(_mapped(one, readable) for one in self.measures.values()),
            by_key(
                one
                for one in self.requirements.values()
                if one.control is None or catalogue_of(one.control) in readable
            ),
            self.teams,
        )


def definitions(session: Session, person: Person) -> Definitions:
    """The definitions that stand now, for a person: for an auditor those within the audit."""
    require(person, "controls.read")
    bounds = audit_bounds(session, person, "controls.read")
    whole = _definitions.of(session)
    return whole.within(bounds) if bounds else whole


def scope(session: Session, person: Person, day: date) -> Mapping[str, SystemInScope]:
    """The systems in scope on a day as known now, by key: for an auditor those of the audit."""
    require(person, "controls.read")
    bounds = audit_bounds(session, person, "controls.read")
    whole = _scopes.of(session, day)
    if not (bounds and bounds.systems):
        return whole
    return by_key(one for one in whole.values() if one.key in bounds.systems)


def by_key(things: Iterable[Any]) -> Mapping[str, Any]:
    """Things by their key, read-only."""
    return MappingProxyType({thing.key: thing for thing in things})


def _related(control: ControlRow, readable: frozenset[str]) -> ControlRow:
    return replace(control, partners=tuple(one for one in control.partners if one.catalogue in readable))


def _mapped(measure: MeasureRow, readable: frozenset[str]) -> MeasureRow:
    return replace(measure, mappings=tuple(one for one in measure.mappings if one.catalogue in readable))


# ── Read once for each version ───────────────────────────────────────────────────────────────────────────────────────


class _Shared:
    """The answers of the latest version of each database, by what was asked; read by one thread while others wait."""

    def __init__(self, read: Any) -> None:
        self._read, self._lock = read, Lock()
        self._answers: WeakKeyDictionary[Engine, tuple[datetime, dict[Any, Any]]] = WeakKeyDictionary()

    def of(self, session: Session, *asked: Any) -> Any:
        """The answer as the session sees it. A transaction that writes may yet be undone: it reads its own."""
        bind: Any = session.get_bind()
        engine: Engine = getattr(bind, "engine", bind)
        if engine.get_execution_options().get("writes"):
            return self._read(session, *asked)
        version = last_fact(session)  # before the rest: what is read after it is of this version at least
        found = self._answer(engine, version, asked)
        if found is None:
            with self._lock:
                found = self._answer(engine, version, asked)
                if found is None:
                    found = self._read(session, *asked)
                    self._keep(engine, version, asked, found)
        return found

    def _answer(self, engine: Engine, version: datetime, asked: Any) -> Any:
        kept = self._answers.get(engine)
        return kept[1].get(asked) if kept and kept[0] == version else None

    def _keep(self, engine: Engine, version: datetime, asked: Any, found: Any) -> None:
        """Of a version that others have left behind nothing is kept."""
        kept = self._answers.get(engine)
        if kept is None or kept[0] < version:
            self._answers[engine] = version, {asked: found}
        elif kept[0] == version and len(kept[1]) < _MOST:
            kept[1][asked] = found


#: Days asked of one version: today, an auditor's nearest day, a few more.
_MOST = 16


def _read_definitions(session: Session) -> Definitions:
    known = last_fact(session)
    catalogues = by_key(lookup.catalogues(session, SYSTEM))
    controls: dict[str, list[ControlRow]] = {key: [] for key in catalogues}
    for one in lookup.standing_controls(session, SYSTEM):
        controls[one.catalogue].append(one)
    return Definitions(
        catalogues,
        by_key(one for own in controls.values() for one in own),
        by_key(lookup.measures(session, SYSTEM)),
        by_key(lookup.requirements(session, SYSTEM, known)),
        by_key(lookup.teams(session, SYSTEM)),
    )


def _read_scope(session: Session, day: date) -> Mapping[str, SystemInScope]:
    return by_key(scope_on(session, day, last_fact(session)))


_definitions, _scopes = _Shared(_read_definitions), _Shared(_read_scope)
