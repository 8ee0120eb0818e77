"""Exceptions as people speak of them: one for each check, until its last extension ends; ended ones apart."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from evidence.decisions.exceptions import ExceptionRow

SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class StandingException:
    """An exception that is in force or will be. `ends_on`: its last day, extensions included."""

    row: ExceptionRow
    ends_on: date
    extensions: tuple[ExceptionRow, ...] = ()


@dataclass(frozen=True, slots=True)
class ExceptionOverview:
    """Standing exceptions, those that end soon first, and the ended ones, the latest first."""

    soon: list[StandingException]
    later: list[StandingException]
    ended: list[ExceptionRow]

    @property
    def standing(self) -> list[StandingException]:
        return [*self.soon, *self.later]


def exception_overview(rows: Iterable[ExceptionRow], today: date, audit_day: date | None) -> ExceptionOverview:
    """Sort exceptions into standing and ended ones. Soon: within 30 days, or before the audit."""
    by_check: dict[tuple[str, ...], list[ExceptionRow]] = {}
    ended = []
    for row in rows:
        if row.last_day < today or row.revoked_day is not None:
            ended.append(row)
        else:
            by_check.setdefault((row.requirement, row.system, row.target, row.tool, row.check), []).append(row)
    standing = sorted((_standing(same) for same in by_check.values()), key=lambda item: (item.ends_on, item.row.id))
    limit = max(today + SOON, audit_day - timedelta(days=1) if audit_day else today)
    soon = [item for item in standing if item.ends_on <= limit]
    return ExceptionOverview(soon, [item for item in standing if item.ends_on > limit], ended)


def _standing(rows: list[ExceptionRow]) -> StandingException:
    """The exception that is in force first, with those that follow without a gap."""
    first, *others = sorted(rows, key=lambda row: (row.in_force, row.id))
    ends_on, extensions = first.last_day, []
    for row in others:
        if row.in_force <= ends_on + timedelta(days=1) and row.last_day > ends_on:
            ends_on = row.last_day
            extensions.append(row)
    return StandingException(first, ends_on, tuple(extensions))
