"""The first steps of an organisation that starts: which are done, by the facts, and which were skipped or confirmed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from sqlalchemy import delete, func, insert, or_, select
from sqlmodel import Session

from access.activity.record import record
from access.permissions import SYSTEM, Person, require
from controls.browse.shared_definitions import audit, definitions, scope
from controls.errors import NotPossible
from controls.load import HERE
from controls.statement.statement_versions import versions
from controls.statement.version_rows import VersionRow
from evidence.collect.own_checks import own_system
from locales import text
from models.bulk_changes import table
from models.calendar import calendar_of

_SETTING: Final = "first step: "


class Step(StrEnum):
    """The steps in their order."""

    STATEMENT = "statement"
    SYSTEMS = "systems"
    AUDIT = "audit"
    COLLEAGUES = "colleagues"
    MAPPING = "mapping"
    UPLOAD = "upload"


class StepState(StrEnum):
    """Done by the facts, or confirmed or skipped by a person; open otherwise."""

    OPEN = "open"
    DONE = "done"
    CONFIRMED = "confirmed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class FirstSteps:
    """The state of each step, and the facts that it follows from.

    `systems`: their keys, without the product's own; `targets`: how many addresses and components they have;
    `teams_without_people`: teams that provide evidence and have no member; `waiting`: mappings that wait for a review;
    `unconfirmed`: mappings that only the editors of the statement reviewed.
    """

    states: Mapping[Step, StepState]
    statements: tuple[VersionRow, ...]  # in effect
    systems: tuple[str, ...]
    targets: int
    audit_day: date | None
    colleagues: int
    teams_without_people: int
    waiting: int
    unconfirmed: int
    has_own_system: bool

    @property
    def open(self) -> tuple[Step, ...]:
        """The steps that are still to be taken, in their order."""
        return tuple(step for step in Step if self.states[step] is StepState.OPEN)

    @property
    def finished(self) -> int:
        """How many steps are done, confirmed or skipped."""
        return len(Step) - len(self.open)


def first_steps(session: Session, person: Person, now: datetime) -> FirstSteps:
    """The steps of the organisation at this moment."""
    require(person, "audit.plan")
    today = calendar_of(session).day_of(now)
    statements = tuple(row for row in versions(session, person) if row.in_effect)
    in_scope = scope(session, person, today)
    systems = [row for key, row in in_scope.items() if key != own_system.KEY]
    plan = audit(session, person)
    known = definitions(session, person)
    teams = {row.team for row in known.requirements.values()}
    people, without = _people(session, today), len(teams - _staffed(session))
    waiting, unconfirmed = _mappings(session)
    targets = sum(len(row.targets) for row in systems)
    done = {
        Step.STATEMENT: bool(statements) and not {row.key for row in statements} & _included(),
        Step.SYSTEMS: targets > 0,
        Step.AUDIT: plan is not None,
        Step.COLLEAGUES: people > 1,
        Step.MAPPING: bool(known.measures) and not waiting and not unconfirmed,
        Step.UPLOAD: _has_upload(session),
    }
    return FirstSteps(
        _states(session, done),
        statements,
        tuple(row.key for row in systems),
        targets,
        plan.day if plan else None,
        people - 1,
        without,
        waiting,
        unconfirmed,
        own_system.KEY in in_scope,
    )


def set_first_step(session: Session, person: Person, step: Step, state: StepState, now: datetime) -> None:
    """Skip a step, open it again, or confirm that the statement in effect is the organisation's own.

    Raises `NotPossible` for a state that only facts give.
    """
    require(person, "audit.plan")
    if state is StepState.DONE or (state is StepState.CONFIRMED and step is not Step.STATEMENT):
        raise NotPossible(text("The step {step} becomes {state} by itself.", step=step.value, state=state.value))
    setting, key = table("setting"), f"{_SETTING}{step.value}"
    session.execute(delete(setting).where(setting.c.key == key))
    if state is not StepState.OPEN:
        row = {"key": key, "value": state.value, "changed_at": now, "changed_by": person.name}
        session.execute(insert(setting), [row])
    record(session, person, "settings.change", key, now, state=state.value)


def _states(session: Session, done: Mapping[Step, bool]) -> dict[Step, StepState]:
    setting = table("setting")
    rows = session.execute(select(setting.c.key, setting.c.value).where(setting.c.key.startswith(_SETTING)))
    chosen = {row.key.removeprefix(_SETTING): StepState(row.value) for row in rows}
    return {step: StepState.DONE if done[step] else chosen.get(step.value, StepState.OPEN) for step in Step}


def _included() -> set[str]:
    """The keys of the statements that come with the product."""
    return {path.stem for path in (Path(HERE) / "statements").glob("*.yaml")}


def _people(session: Session, today: date) -> int:
    """How many people have an account."""
    account = table("account")
    current = or_(account.c.ends_on.is_(None), account.c.ends_on >= today)
    people: int = session.execute(select(func.count()).select_from(account).where(current)).scalar_one()
    return people


def _staffed(session: Session) -> set[str]:
    """The keys of the teams that have a member."""
    grant = table("role_grant")
    return set(
        session.execute(select(grant.c.team).where(grant.c.ended_at.is_(None), grant.c.team.is_not(None))).scalars()
    )


def _mappings(session: Session) -> tuple[int, int]:
    """How many mappings wait for a review, and how many only the editors of the statement reviewed."""
    mapping = table("mapping")
    in_force = select(func.count()).select_from(mapping).where(mapping.c.ended_at.is_(None))
    waiting = in_force.where(mapping.c.reviewed_at.is_(None))
    unconfirmed = in_force.where(mapping.c.reviewed_at.is_not(None), mapping.c.confirmed_at.is_(None))
    return session.execute(waiting).scalar_one(), session.execute(unconfirmed).scalar_one()


def _has_upload(session: Session) -> bool:
    """Whether a person uploaded evidence; the product collects evidence about itself."""
    evidence = table("evidence")
    by_people = select(evidence.c.id).where(evidence.c.uploaded_by != SYSTEM.name)
    return session.execute(by_people.limit(1)).first() is not None
