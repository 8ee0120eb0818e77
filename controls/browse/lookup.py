"""Queries for pages and the API: catalogues, controls, measures, statements, scope; a few SQL statements each."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from access.permissions import Person, require
from controls.audit.audit_bounds import audit_bounds, of_catalogues, of_systems
from controls.browse.values import (
    CatalogueRow,
    ControlDetail,
    ControlRow,
    ExplanationRow,
    MeasureRow,
    Partner,
    PeriodRow,
    PointRow,
    RequirementRow,
    StatementRow,
    SystemRow,
    TeamRow,
)
from controls.errors import Unknown
from controls.files.crosswalk import GONE
from controls.mapping import list_mappings
from controls.scope.system_scope import SystemInScope, scope_on
from controls.statement.differences import REMOVED
from controls.statement.no_measure import no_measure_rows
from controls.statement.statement_versions import loaded_statements
from locales import text
from models.bulk_changes import table
from models.queries import latest

_SOURCE_AND_NOTE = ("source_nl", "source_en", "note_nl", "note_en")
_MIRRORED = {"superset": "subset", "subset": "superset"}


# ── Catalogues and controls ──────────────────────────────────────────────────────────────────────────────────────────


def catalogues(session: Session, person: Person) -> list[CatalogueRow]:
    """List the catalogues with controls that the person may read, in their order."""
    require(person, "controls.read")
    catalogue, control = table("catalogue"), table("control")
    columns = [catalogue.c[name] for name in CatalogueRow.__dataclass_fields__ if name in catalogue.c]
    followed = (catalogue.c.followed_at.is_not(None) & catalogue.c.left_at.is_(None)).label("followed")
    of_kind = {
        name: func.count(control.c.key).filter(control.c.kind == kind).label(name)
        for name, kind in (("controls", "control"), ("clauses", "clause"))
    }
    query = (
        select(*columns, followed, *of_kind.values())
        .join(control, (control.c.catalogue == catalogue.c.key) & control.c.retired_at.is_(None))
        .where(*of_catalogues(session, person, catalogue.c.key))
        .group_by(catalogue.c.key)
        .order_by(catalogue.c.position, catalogue.c.key)
    )
    return [CatalogueRow(**row) for row in session.execute(query).mappings()]


def controls(session: Session, person: Person, catalogue: str, *, retired: bool = False) -> list[ControlRow]:
    """List the controls and clauses of a catalogue in its order, each with its crosswalk partners."""
    require(person, "controls.read")
    control = table("control")
    conditions = [control.c.catalogue == catalogue]
    conditions += [] if retired else [control.c.retired_at.is_(None)]
    return _controls(session, person, conditions)


def standing_controls(session: Session, person: Person) -> list[ControlRow]:
    """List the controls and clauses of every catalogue that are not retired, by position, with their partners."""
    require(person, "controls.read")
    return _controls(session, person, [table("control").c.retired_at.is_(None)])


def control(session: Session, person: Person, key: str) -> ControlDetail:
    """Return a control or clause, also a retired one. Raises `Unknown`."""
    require(person, "controls.read")
    rows = _controls(session, person, [table("control").c.key == key])
    if not rows:
        raise Unknown(text("There is no control {control} in a catalogue.", control=key))
    own = [row for row in _requirements(session, None) if row.control == key]
    mapped = tuple(list_mappings(session, person, control=key))
    return ControlDetail(rows[0], _explanation(session, key), mapped, tuple(own))


def _explanation(session: Session, key: str) -> ExplanationRow | None:
    explanation = table("explanation")
    columns = [explanation.c[name] for name in ExplanationRow.__dataclass_fields__]
    row = session.execute(select(*columns).where(explanation.c.control == key)).mappings().one_or_none()
    return (
        ExplanationRow(**{**row, "looks_for": tuple(PointRow(**point) for point in row["looks_for"])}) if row else None
    )


def _controls(session: Session, person: Person, conditions: Iterable[Any]) -> list[ControlRow]:
    control = table("control")
    columns = [control.c[name] for name in ControlRow.__dataclass_fields__ if name in control.c]
    readable = of_catalogues(session, person, control.c.catalogue)
    query = select(*columns).where(*conditions, *readable).order_by(control.c.position)
    rows = session.execute(query).mappings().all()
    partners = _partners(session, readable, rows[0]["key"] if len(rows) == 1 else None)
    return [ControlRow(**row, partners=tuple(partners.get(row["key"], ()))) for row in rows]


def _partners(session: Session, readable: Iterable[Any], only: str | None = None) -> dict[str, list[Partner]]:
    """Return the partners of each control by its key, in both directions; only controls that may be read.

    `only`: the key of the one control whose partners are needed.
    """
    crosswalk, control = table("crosswalk"), table("control")
    columns = [crosswalk.c[name] for name in ("from_control", "to_control", "relation", *_SOURCE_AND_NOTE)]
    related = select(*columns).where(latest(crosswalk, "from_control", "to_control"), crosswalk.c.relation != GONE)
    if only is not None:
        related = related.where((crosswalk.c.from_control == only) | (crosswalk.c.to_control == only))
    pairs = list(session.execute(related))
    named = select(control.c.key, control.c.catalogue, control.c.ref, control.c.title_nl, control.c.title_en)
    named = named.where(control.c.retired_at.is_(None), *readable)
    if only is not None:
        named = named.where(control.c.key.in_({key for pair in pairs for key in pair[:2]}))
    titles = {row["key"]: row for row in session.execute(named).mappings()}
    mirrored = ((b, a, _MIRRORED.get(relation, relation), *texts) for a, b, relation, *texts in pairs)
    partners: dict[str, list[Partner]] = {}
    for own, other, relation, *texts in [*pairs, *mirrored]:
        if row := titles.get(other):
            partner = Partner(other, row["catalogue"], row["ref"], row["title_nl"], row["title_en"], relation, *texts)
            partners.setdefault(own, []).append(partner)
    return partners


# ── Requirements, measures, statements ───────────────────────────────────────────────────────────────────────────────


def requirements_on(session: Session, known: datetime) -> list[RequirementRow]:
    """Return the evidence requirements as known at a moment, without those retired by then; checks no permission."""
    return _requirements(session, known)


def requirements(session: Session, person: Person, known: datetime) -> list[RequirementRow]:
    """Return the evidence requirements as known at a moment, without those of controls the person may not read."""
    require(person, "controls.read")
    requirement, control = table("evidence_requirement"), table("control")
    readable = of_catalogues(session, person, control.c.catalogue)
    if not readable:
        return _requirements(session, known)
    of_readable_control = requirement.c.control.in_(select(control.c.key).where(*readable))
    return _requirements(session, known, [requirement.c.control.is_(None) | of_readable_control])


def _requirements(session: Session, known: datetime | None, conditions: Iterable[Any] = ()) -> list[RequirementRow]:
    requirement = table("evidence_requirement")
    columns = [requirement.c[name] for name in RequirementRow.__dataclass_fields__]
    versions = select(*columns).where(latest(requirement, "key", known=known), ~requirement.c.retired, *conditions)
    return [RequirementRow(**row) for row in session.execute(versions.order_by(requirement.c.id)).mappings()]


def measures(session: Session, person: Person) -> list[MeasureRow]:
    """List the measures in their order."""
    require(person, "controls.read")
    return _measures(session, person, None)


def measure(session: Session, person: Person, key: str) -> MeasureRow:
    """Return a measure, also a retired one. Raises `Unknown`."""
    require(person, "controls.read")
    rows = _measures(session, person, [key])
    if not rows:
        raise Unknown(text("There is no measure {measure}.", measure=key))
    return rows[0]


def former_measures(session: Session, person: Person) -> list[MeasureRow]:
    """List the retired measures that the version in effect no longer promises, but the version before did."""
    require(person, "controls.read")
    removed = [key for key, change in loaded_statements(session).change_by_measure().items() if change == REMOVED]
    rows = _measures(session, person, sorted(removed)) if removed else []
    return [row for row in rows if row.retired_at is not None]


def _measures(session: Session, person: Person, keys: Sequence[str] | None) -> list[MeasureRow]:
    """Return the measures with these keys, also retired ones; without keys all that are not retired."""
    measure = table("measure")
    query = select(measure.c.key, measure.c.position, measure.c.title_nl, measure.c.title_en, measure.c.retired_at)
    query = query.where(measure.c.retired_at.is_(None) if keys is None else measure.c.key.in_(keys))
    single_key = keys[0] if keys and len(keys) == 1 else None
    statements = loaded_statements(session)
    clauses = _grouped([(key, clause) for clause in statements.clauses_in_effect() for key in clause.measures])
    changes = statements.change_by_measure()
    mappings = _grouped([(row.measure, row) for row in list_mappings(session, person, measure=single_key)])
    requirements = _grouped([(row.measure, row) for row in _requirements(session, None)])
    return [
        MeasureRow(
            **row,
            sentence=changes.get(row["key"], ""),
            clauses=tuple(clauses.get(row["key"], ())),
            mappings=tuple(mappings.get(row["key"], ())),
            requirements=tuple(requirements.get(row["key"], ())),
        )
        for row in session.execute(query.order_by(measure.c.position)).mappings()
    ]


def _grouped(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, list[Any]]:
    groups: dict[Any, list[Any]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return groups


def statement(session: Session, person: Person, key: str | None = None) -> StatementRow:
    """Return a statement with its clauses. Raises `Unknown`.

    `key`: None for the version in effect of the statement with the latest effective day.
    """
    require(person, "controls.read")
    statement = table("statement")
    loaded = loaded_statements(session)
    key = next(iter(loaded.in_effect), None) if key is None else key
    row = session.execute(select(statement).where(statement.c.key == key)).mappings().one_or_none()
    if row is None:
        raise Unknown(text("There is no such statement."))
    columns = {**row, "no_measure": no_measure_rows(row["no_measure"])}
    return StatementRow(**columns, clauses=tuple(loaded.clauses.get(row["key"], ())))


# ── Teams, systems, periods ──────────────────────────────────────────────────────────────────────────────────────────


def teams(session: Session, person: Person) -> list[TeamRow]:
    """List the teams by title, also for people who manage accounts: they assign teams."""
    require(person, "controls.read", "people.manage")
    team = table("team")
    return [TeamRow(**row) for row in session.execute(select(team).order_by(team.c.title_en, team.c.key)).mappings()]


def systems(session: Session, person: Person) -> list[SystemRow]:
    """List all systems, in scope or not; for an auditor those of the audit."""
    require(person, "controls.read")
    system = table("system")
    readable = select(system).where(*of_systems(session, person, system.c.key))
    rows = session.execute(readable.order_by(system.c.position, system.c.key)).mappings()
    return [SystemRow(**row) for row in rows]


def in_scope(session: Session, person: Person, day: date, known: datetime) -> list[SystemInScope]:
    """List the systems in scope on a day as known at a moment; for an auditor those of the audit."""
    require(person, "controls.read")
    bounds = audit_bounds(session, person, "controls.read")
    within = bounds.systems if bounds else ()
    return [system for system in scope_on(session, day, known) if not within or system.key in within]


def periods(session: Session, person: Person) -> list[PeriodRow]:
    """List every period in scope, past and future, as known now, without withdrawn periods."""
    require(person, "controls.read")
    period, attribute = table("scope_period"), table("scope_attribute")
    lasts = period.c.last_day.is_(None) | (period.c.last_day >= period.c.first_day)
    query = (
        select(period)
        .where(latest(period, "key"), lasts, *of_systems(session, person, period.c.system))
        .order_by(period.c.system, period.c.target, period.c.first_day)
    )
    attributes = _grouped(
        session.execute(select(attribute.c.period, attribute.c.attribute).order_by(attribute.c.attribute))
    )
    columns = [name for name in PeriodRow.__dataclass_fields__ if name in period.c]
    return [
        PeriodRow(**{name: row[name] for name in columns}, attributes=tuple(attributes.get(row["id"], ())))
        for row in session.execute(query).mappings()
    ]
