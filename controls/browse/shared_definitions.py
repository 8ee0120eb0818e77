"""All definitions in force, read once for each version of the database and shared by all readers.

A version is the moment of the last recorded fact, read in the current session: every later change has a later moment
and is read by the next session, so nothing goes stale, in this process or in another. The shared values are complete
and read-only; `Definitions.within` limits them to what an auditor may see.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from threading import Lock
from types import MappingProxyType
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlmodel import Session

from access.permissions import SYSTEM, Person, require, scoped_audits
from controls.audit.audit_bounds import Bounds, audit_bounds, audit_of, catalogue_of
from controls.audit.audit_plan import AuditPlan, current
from controls.browse import lookup
from controls.browse.values import CatalogueRow, ControlRow, MeasureRow, RequirementRow, TeamRow
from controls.scope.system_scope import SystemInScope, scope_on
from models.transaction import last_fact

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Definitions:
    """The definitions in force at one moment, by key and in their order; read-only."""

    catalogues: Mapping[str, CatalogueRow]
    controls: Mapping[str, ControlRow]
    measures: Mapping[str, MeasureRow]
    requirements: Mapping[str, RequirementRow]
    teams: Mapping[str, TeamRow]

    def within(self, bounds: Bounds) -> "Definitions":
        """Return the definitions within an audit: without other catalogues, their controls and references to these."""
        readable = bounds.catalogues
        return Definitions(
            by_key(row for row in self.catalogues.values() if row.key in readable),
            by_key(_limited_partners(row, readable) for row in self.controls.values() if row.catalogue in readable),
            by_key(_limited_mappings(row, readable) for row in self.measures.values()),
            by_key(
                row
                for row in self.requirements.values()
                if row.control is None or catalogue_of(row.control) in readable
            ),
            self.teams,
        )


def definitions(session: Session, person: Person) -> Definitions:
    """Return the definitions in force now; for an auditor those within the audit."""
    require(person, "controls.read")
    bounds = audit_bounds(session, person, "controls.read")
    whole = _definitions.of(session)
    return whole.within(bounds) if bounds else whole


def scope(session: Session, person: Person, day: date) -> Mapping[str, SystemInScope]:
    """Return the systems in scope on a day as known now, by key; for an auditor those of the audit."""
    require(person, "controls.read")
    bounds = audit_bounds(session, person, "controls.read")
    whole = _scopes.of(session, day)
    if not (bounds and bounds.systems):
        return whole
    return by_key(row for row in whole.values() if row.key in bounds.systems)


def audit(session: Session, person: Person) -> AuditPlan | None:
    """Return the audit that pages show by default: the one planned last; for an auditor, of their own audits."""
    require(person, "readiness.read", "controls.read")
    if scoped_audits(person, "readiness.read") is not None:
        return audit_of(session, person, last_fact(session))
    return _plans.of(session)[0]


def by_key(things: Iterable[Any]) -> Mapping[str, Any]:
    """Return things with a `key` as a read-only mapping by that key."""
    return MappingProxyType({thing.key: thing for thing in things})


def _limited_partners(control: ControlRow, readable: frozenset[str]) -> ControlRow:
    return replace(control, partners=tuple(row for row in control.partners if row.catalogue in readable))


def _limited_mappings(measure: MeasureRow, readable: frozenset[str]) -> MeasureRow:
    return replace(measure, mappings=tuple(row for row in measure.mappings if row.catalogue in readable))


# ── Read once for each version ───────────────────────────────────────────────────────────────────────────────────────


class _Shared(Generic[Answer]):
    """A cache of one query for the latest version of each database; one thread reads while others wait."""

    def __init__(self, read: Callable[..., Answer]) -> None:
        self._read, self._lock = read, Lock()
        self._answers: WeakKeyDictionary[Engine, tuple[datetime, dict[Any, Answer]]] = WeakKeyDictionary()

    def of(self, session: Session, *key: Any) -> Answer:
        """Return the answer as the session sees it; a writing transaction is not cached, because it may be undone."""
        bind: Any = session.get_bind()
        engine: Engine = getattr(bind, "engine", bind)
        if engine.get_execution_options().get("writes"):
            return self._read(session, *key)
        version = last_fact(session)  # read first: what is read afterwards is at least of this version
        answer = self._answer(engine, version, key)
        if answer is None:
            with self._lock:
                answer = self._answer(engine, version, key)
                if answer is None:
                    answer = self._read(session, *key)
                    self._store(engine, version, key, answer)
        return answer

    def _answer(self, engine: Engine, version: datetime, key: Any) -> Answer | None:
        latest = self._answers.get(engine)
        return latest[1].get(key) if latest and latest[0] == version else None

    def _store(self, engine: Engine, version: datetime, key: Any, answer: Answer) -> None:
        """Store an answer, unless a later version is stored already."""
        latest = self._answers.get(engine)
        if latest is None or latest[0] < version:
            self._answers[engine] = version, {key: answer}
        elif latest[0] == version and len(latest[1]) < _MOST_ANSWERS:
            latest[1][key] = answer


#: most answers of one version: scope on today, on an auditor's nearest day, and a few more
_MOST_ANSWERS = 16


def _read_definitions(session: Session) -> Definitions:
    known = last_fact(session)
    catalogues = by_key(lookup.catalogues(session, SYSTEM))
    controls: dict[str, list[ControlRow]] = {key: [] for key in catalogues}
    for row in lookup.standing_controls(session, SYSTEM):
        controls[row.catalogue].append(row)
    return Definitions(
        catalogues,
        by_key(row for own in controls.values() for row in own),
        by_key(lookup.measures(session, SYSTEM)),
        by_key(lookup.requirements(session, SYSTEM, known)),
        by_key(lookup.teams(session, SYSTEM)),
    )


def _read_scope(session: Session, day: date) -> Mapping[str, SystemInScope]:
    return by_key(scope_on(session, day, last_fact(session)))


def _read_plan(session: Session) -> tuple[AuditPlan | None]:
    return (current(session, last_fact(session)),)


_definitions, _scopes, _plans = _Shared(_read_definitions), _Shared(_read_scope), _Shared(_read_plan)
