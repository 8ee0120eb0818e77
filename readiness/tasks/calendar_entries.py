"""The calendar: the days on which evidence is due or exceptions end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlmodel import Session

from access.permissions import Person, may, require
from controls.audit.audit_bounds import audit_bounds
from controls.browse import shared_definitions
from evidence.decisions.exceptions import exceptions
from models.calendar import calendar_of
from models.vocabulary import Status
from readiness.status import readiness
from readiness.tasks.due_days import Task, tasks_of_all_cells, teams_of_requirements


class EntryKind(StrEnum):
    """Why something is in the calendar."""

    RENEWAL = "renewal"  # valid now: to be renewed by this day, a margin before it ends
    PLANNED = "planned"  # not valid now: to be provided or repaired by this day
    OVERDUE = "overdue"
    EXCEPTION = "exception"  # ends after this day


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One thing on one day: a requirement for a system, with all its targets that share the day.

    `targets`: empty for the system or the organisation as a whole. `team`: its key; `person`: the name of whoever it
    is assigned to. `last_day`: the last day on which the present evidence, or the exception, is valid.
    """

    day: date
    kind: EntryKind
    requirement: str
    system: str
    targets: tuple[str, ...]
    team: str | None
    person: str | None
    last_day: date | None

    def concerns(self, person: Person) -> bool:
        """Whether it is of one of the person's teams, or assigned to the person."""
        return self.team in person.teams or self.person == person.name


def calendar_entries(
    session: Session, person: Person, systems: Sequence[str], today: date, now: datetime
) -> list[CalendarEntry]:
    """List everything that has a day, the earliest first. `systems`: as for `readiness`; empty: all.

    Exceptions are listed for those who may read the evidence. What waits for a review is not listed: it was provided.
    """
    require(person, "readiness.read")
    current = readiness(session, person, today, now, systems)
    audit = shared_definitions.audit(session, person)
    tasks = tasks_of_all_cells(session, person, current, audit, now)
    entries = [_of_task(task, today) for task in tasks if task.due_day and task.to_do.action != "review"]
    entries += _exceptions(session, person, systems, today)
    return sorted(_joined(entries), key=lambda entry: (entry.day, entry.requirement, entry.system, entry.targets))


def current_entries(session: Session, person: Person, now: datetime) -> tuple[date, list[CalendarEntry]]:
    """List what the calendar page shows the person now, with the day that it is read on: an auditor's nearest."""
    require(person, "readiness.read")
    bounds, today = audit_bounds(session, person, "readiness.read"), calendar_of(session).day_of(now)
    today = bounds.nearest(today) if bounds else today
    plan = shared_definitions.audit(session, person)
    return today, calendar_entries(session, person, plan.systems if plan else (), today, now)


def entries_of(entries: Iterable[CalendarEntry], reader: Person, team: str | None) -> list[CalendarEntry]:
    """The entries of a team; or (None) those that concern the reader, and all for a reader without a team."""
    if team is not None:
        return [entry for entry in entries if entry.team == team]
    return [entry for entry in entries if not reader.teams or entry.concerns(reader)]


def _of_task(task: Task, today: date) -> CalendarEntry:
    item, day = task.to_do, task.due_day
    assert day  # noqa: S101 - only tasks with a day are listed
    targets = (item.target,) if item.target else ()
    ends = item.due - timedelta(days=1) if item.due else None
    return CalendarEntry(
        day, _kind(task, day, today), item.requirement, item.system, targets, task.team, task.person, ends
    )


def _kind(task: Task, day: date, today: date) -> EntryKind:
    if day < today:
        return EntryKind.OVERDUE
    return EntryKind.RENEWAL if task.to_do.status == Status.DEMONSTRATED else EntryKind.PLANNED


def _exceptions(session: Session, person: Person, systems: Sequence[str], today: date) -> list[CalendarEntry]:
    """The ends of the exceptions in force and to come."""
    if not may(person, "evidence.read"):
        return []
    teams = teams_of_requirements(session)
    return [
        CalendarEntry(
            row.last_day,
            EntryKind.EXCEPTION,
            row.requirement,
            row.system,
            (row.target,) if row.target else (),
            teams.get(row.requirement),
            None,
            row.last_day,
        )
        for row in exceptions(session, person)
        if row.last_day >= today and row.revoked_at is None and (not systems or row.system in ("", *systems))
    ]


def _joined(entries: Iterable[CalendarEntry]) -> list[CalendarEntry]:
    """Join the targets of a system that share all else."""
    targets: dict[CalendarEntry, list[str]] = {}
    for entry in entries:
        targets.setdefault(replace(entry, targets=()), []).extend(entry.targets)
    return [replace(entry, targets=tuple(dict.fromkeys(names))) for entry, names in targets.items()]
