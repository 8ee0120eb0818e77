"""Tasks for one requirement and system with the same due day are one task for a team."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from models.vocabulary import Urgency
from readiness import Task


@dataclass(frozen=True, slots=True)
class TeamTask:
    """One task: a requirement for a system, with all targets that share the action and the due day."""

    requirement: str
    system: str
    targets: tuple[str, ...]  # empty: the system or the organisation as a whole
    action: str
    status: str
    due_day: date | None
    urgency: Urgency
    first: Task  # whose facts stand for all

    @property
    def cells(self) -> list[tuple[str, str, str]]:
        return [(self.requirement, self.system, target) for target in self.targets or ("",)]


def group(tasks: Iterable[Task]) -> list[TeamTask]:
    """Group tasks, in their order."""
    groups: dict[tuple[object, ...], list[Task]] = {}
    for task in tasks:
        item = task.to_do
        groups.setdefault((item.requirement, item.system, item.action, item.status, task.due_day), []).append(task)
    return [_one(group) for group in groups.values()]


def _one(tasks: list[Task]) -> TeamTask:
    first, item = tasks[0], tasks[0].to_do
    targets = tuple(dict.fromkeys(task.to_do.target for task in tasks if task.to_do.target))
    return TeamTask(
        item.requirement, item.system, targets, item.action, item.status, first.due_day, first.urgency, first
    )
