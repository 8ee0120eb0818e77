"""What pages and the API read of this room: catalogues, controls, measures, a statement; a few SQL statements each."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from access.permissions import Person, require
from controls.audit.audit_bounds import audit_bounds, of_catalogues, of_systems
from controls.browse.rows import (
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
from controls.statement import no_measure
from controls.statement.differences import WENT
from controls.statement.statement_versions import texts
from locales import text
from models.queries import latest
from models.rows import table

_SAID = ("source_nl", "source_en", "note_nl", "note_en")
_FROM_THE_OTHER_SIDE = {"superset": "subset", "subset": "superset"}


# ── Catalogues and controls ──────────────────────────────────────────────────────────────────────────────────────────


def catalogues(session: Session, person: Person) -> list[CatalogueRow]:
    """The catalogues that have controls, in their order."""
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
    """The controls and clauses of a catalogue in its order, each with its crosswalk partners."""
    require(person, "controls.read")
    control = table("control")
    conditions = [control.c.catalogue == catalogue]
    conditions += [] if retired else [control.c.retired_at.is_(None)]
    return _controls(session, person, conditions)


def standing_controls(session: Session, person: Person) -> list[ControlRow]:
    """The controls and clauses of every catalogue that are not retired, by position, each with its partners."""
    require(person, "controls.read")
    return _controls(session, person, [table("control").c.retired_at.is_(None)])


def control(session: Session, person: Person, key: str) -> ControlDetail:
    """One control, also a retired one."""
    require(person, "controls.read")
    found = _controls(session, person, [table("control").c.key == key])
    if not found:
        raise Unknown(text("There is no control {control} in a catalogue.", control=key))
    own = [row for row in _requirements(session, None) if row.control == key]
    mapped = tuple(list_mappings(session, person, control=key))
    return ControlDetail(found[0], _explanation(session, key), mapped, tuple(own))


def _explanation(session: Session, key: str) -> ExplanationRow | None:
    explanation = table("explanation")
    columns = [explanation.c[name] for name in ExplanationRow.__dataclass_fields__]
    row = session.execute(select(*columns).where(explanation.c.control == key)).mappings().one_or_none()
    return ExplanationRow(**{**row, "looks_for": tuple(PointRow(**one) for one in row["looks_for"])}) if row else None


def _controls(session: Session, person: Person, conditions: Iterable[Any]) -> list[ControlRow]:
    control = table("control")
    columns = [control.c[name] for name in ControlRow.__dataclass_fields__ if name in control.c]
    readable = of_catalogues(session, person, control.c.catalogue)
    query = select(*columns).where(*conditions, *readable).order_by(control.c.position)
    rows = session.execute(query).mappings().all()
    partners = _partners(session, readable, rows[0]["key"] if len(rows) == 1 else None)
    return [ControlRow(**row, partners=tuple(partners.get(row["key"], ()))) for row in rows]


def _partners(session: Session, readable: Iterable[Any], only: str | None = None) -> dict[str, list[Partner]]:
    """Each control's relations as they are now, read from either side; only with controls that may be read.

    `only`: the one control whose relations are wanted; the others may be left out.
    """
    crosswalk, control = table("crosswalk"), table("control")
    columns = [crosswalk.c[name] for name in ("from_control", "to_control", "relation", *_SAID)]
    related = select(*columns).where(latest(crosswalk, "from_control", "to_control"), crosswalk.c.relation != GONE)
    if only is not None:
        related = related.where((crosswalk.c.from_control == only) | (crosswalk.c.to_control == only))
    pairs = list(session.execute(related))
    named = select(control.c.key, control.c.catalogue, control.c.ref, control.c.title_nl, control.c.title_en)
    named = named.where(control.c.retired_at.is_(None), *readable)
    if only is not None:
        named = named.where(control.c.key.in_({key for pair in pairs for key in pair[:2]}))
    titles = {row["key"]: row for row in session.execute(named).mappings()}
    mirrored = ((b, a, _FROM_THE_OTHER_SIDE.get(relation, relation), *said) for a, b, relation, *said in pairs)
    partners: dict[str, list[Partner]] = {}
    for one, other, relation, *said in [*pairs, *mirrored]:
        if row := titles.get(other):
            partner = Partner(other, row["catalogue"], row["ref"], row["title_nl"], row["title_en"], relation, *said)
            partners.setdefault(one, []).append(partner)
    return partners


# ── Requirements, measures, statements ───────────────────────────────────────────────────────────────────────────────


def requirements_on(session: Session, known: datetime) -> list[RequirementRow]:
    """The evidence requirements as defined at a moment, without those that were retired then."""
    return _requirements(session, known)


def requirements(session: Session, person: Person, known: datetime) -> list[RequirementRow]:
    """The same for a person: without those of a control that they may not read."""
    require(person, "controls.read")
    requirement, control = table("evidence_requirement"), table("control")
    readable = of_catalogues(session, person, control.c.catalogue)
    if not readable:
        return _requirements(session, known)
    its = requirement.c.control.in_(select(control.c.key).where(*readable))
    return _requirements(session, known, [requirement.c.control.is_(None) | its])


def _requirements(session: Session, known: datetime | None, conditions: Iterable[Any] = ()) -> list[RequirementRow]:
    requirement = table("evidence_requirement")
    columns = [requirement.c[name] for name in RequirementRow.__dataclass_fields__]
    versions = select(*columns).where(latest(requirement, "key", known=known), ~requirement.c.retired, *conditions)
    return [RequirementRow(**row) for row in session.execute(versions.order_by(requirement.c.id)).mappings()]


def measures(session: Session, person: Person) -> list[MeasureRow]:
    """The measures in their order."""
    require(person, "controls.read")
    return _measures(session, person, None)


def measure(session: Session, person: Person, key: str) -> MeasureRow:
    """One measure."""
    require(person, "controls.read")
    found = _measures(session, person, [key])
    if not found:
        raise Unknown(text("There is no measure {measure}.", measure=key))
    return found[0]


def former_measures(session: Session, person: Person) -> list[MeasureRow]:
    """What the version before promised and the statement in effect has not any more; retired, still named."""
    require(person, "controls.read")
    went = [key for key, became in texts(session).sentences().items() if became == WENT]
    found = _measures(session, person, sorted(went)) if went else []
    return [row for row in found if row.retired_at is not None]


def _measures(session: Session, person: Person, keys: Sequence[str] | None) -> list[MeasureRow]:
    """Those of these keys, retired ones too; without keys all that stand. As many statements however many they are."""
    measure = table("measure")
    query = select(measure.c.key, measure.c.position, measure.c.title_nl, measure.c.title_en, measure.c.retired_at)
    query = query.where(measure.c.retired_at.is_(None) if keys is None else measure.c.key.in_(keys))
    only = keys[0] if keys and len(keys) == 1 else None
    known = texts(session)
    clauses = _by([(name, clause) for clause in known.promising() for name in clause.measures])
    became = known.sentences()
    mappings = _by([(row.measure, row) for row in list_mappings(session, person, measure=only)])
    requirements = _by([(row.measure, row) for row in _requirements(session, None)])
    return [
        MeasureRow(
            **row,
            sentence=became.get(row["key"], ""),
            clauses=tuple(clauses.get(row["key"], ())),
            mappings=tuple(mappings.get(row["key"], ())),
            requirements=tuple(requirements.get(row["key"], ())),
        )
        for row in session.execute(query.order_by(measure.c.position)).mappings()
    ]


def _by(pairs: Iterable[tuple[Any, Any]]) -> dict[Any, list[Any]]:
    groups: dict[Any, list[Any]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return groups


def statement(session: Session, person: Person, key: str | None = None) -> StatementRow:
    """A statement with its clauses; without a key the version in effect, of the one that took effect last."""
    require(person, "controls.read")
    statement = table("statement")
    known = texts(session)
    key = next(iter(known.in_effect), None) if key is None else key
    row = session.execute(select(statement).where(statement.c.key == key)).mappings().one_or_none()
    if row is None:
        raise Unknown(text("There is no such statement."))
    read = {**row, "no_measure": no_measure.rows(row["no_measure"])}
    return StatementRow(**read, clauses=tuple(known.clauses.get(row["key"], ())))


# ── Teams, systems, periods ──────────────────────────────────────────────────────────────────────────────────────────


def teams(session: Session, person: Person) -> list[TeamRow]:
    """The teams by title; who manages people gives them their teams."""
    require(person, "controls.read", "people.manage")
    team = table("team")
    return [TeamRow(**row) for row in session.execute(select(team).order_by(team.c.title_en, team.c.key)).mappings()]


def systems(session: Session, person: Person) -> list[SystemRow]:
    """All systems, in scope or not; for an auditor those of the audit."""
    require(person, "controls.read")
    system = table("system")
    readable = select(system).where(*of_systems(session, person, system.c.key))
    rows = session.execute(readable.order_by(system.c.position, system.c.key)).mappings()
    return [SystemRow(**row) for row in rows]


def in_scope(session: Session, person: Person, day: date, known: datetime) -> list[SystemInScope]:
    """The systems in scope on a day, for a person: for an auditor those of the audit."""
    require(person, "controls.read")
    bounds = audit_bounds(session, person, "controls.read")
    within = bounds.systems if bounds else ()
    return [one for one in scope_on(session, day, known) if not within or one.key in within]


def periods(session: Session, person: Person) -> list[PeriodRow]:
    """Every period in scope, past and to come, as known now; those withdrawn are left out."""
    require(person, "controls.read")
    period, attribute = table("scope_period"), table("scope_attribute")
    lasts = period.c.last_day.is_(None) | (period.c.last_day >= period.c.first_day)
    query = (
        select(period)
        .where(latest(period, "key"), lasts, *of_systems(session, person, period.c.system))
        .order_by(period.c.system, period.c.target, period.c.first_day)
    )
    words = _by(session.execute(select(attribute.c.period, attribute.c.attribute).order_by(attribute.c.attribute)))
    columns = [name for name in PeriodRow.__dataclass_fields__ if name in period.c]
    return [
        PeriodRow(**{name: row[name] for name in columns}, attributes=tuple(words.get(row["id"], ())))
        for row in session.execute(query).mappings()
    ]
