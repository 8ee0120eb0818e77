"""Turns the to-do list into tasks per team; the same evidence for several systems is one task."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from dashboard.app_pages.readiness.task_list import Item, TeamList
from dashboard.components import days
from dashboard.components.tasks.grouping import group
from dashboard.components.tasks.words import VERBS, review_address
from dashboard.shell.html import address, is_closed
from dashboard.shell.title_lookup import TitleLookup
from locales import Language
from models.vocabulary import Status
from readiness import Task, ToDo
from readiness.explanations.deciding_evidence import ignored_text

_NAMED = 2  # places named before they are only counted


def tasks(t: Language, titles: TitleLookup, due: Iterable[Task]) -> list[TeamList]:
    """The tasks by team, in the order of each team's most urgent task; they are counted as on the page of tasks."""
    teams: dict[str, dict[tuple[str, str, bool], list[Task]]] = {}
    for each in group(sorted(due, key=lambda task: -task.to_do.controls)):  # stable: the earliest due day first
        task, item = each.first, each.first.to_do
        team = t("Security officer") if item.action == "review" else titles.team(t, task.team)
        teams.setdefault(team, {}).setdefault((item.requirement, item.action, not item.ignored), []).append(task)
    return [TeamList(team, [_item(t, titles, same) for same in items.values()]) for team, items in teams.items()]


def _item(t: Language, titles: TitleLookup, tasks: Sequence[Task]) -> Item:
    same = [task.to_do for task in tasks]
    first = same[0]
    action = t(VERBS[first.action].message, what=titles.requirement(t, first.requirement))
    place = _places(t, titles, same)
    status = "lapsing" if first.status == Status.DEMONSTRATED else first.status
    blocked = max(task.controls for task in same)
    controls = t.n("{n} control", "{n} controls", blocked) if blocked else ""
    number = t.n("{n} task", "{n} tasks", len(tasks)) if len(tasks) > 1 else ""
    due = _due(t, tasks[0], titles)
    when = " · ".join(part for part in (_when(t, first, titles), due, controls, number) if part)
    return Item(status, f"{action}, {place}" if place else action, when, _to(titles, first), len(tasks))


def _places(t: Language, titles: TitleLookup, same: Sequence[ToDo]) -> str:
    names = [name for name, _ in groupby(titles.system(t, task.system) for task in same if task.system)]
    names = list(dict.fromkeys(names))
    if len(names) > _NAMED + 1:
        return t("{names} and {n} more", names=", ".join(names[:_NAMED]), n=len(names) - _NAMED)
    return t("{names} and {last}", names=", ".join(names[:-1]), last=names[-1]) if len(names) > 1 else "".join(names)


def _when(t: Language, task: ToDo, titles: TitleLookup) -> str:
    if task.status == Status.DEMONSTRATED:
        return days.until(t, task.due, titles.today) if task.due else ""
    if task.status == Status.LAPSED and task.since:
        return days.ago(t, task.since, titles.today)
    if task.status == Status.FAILING:
        return t("failing since {day}", day=task.since) if task.since else t("fails")
    if task.status == Status.MISSING and task.ignored:
        return t("provided, but {reason}", reason=ignored_text(task.ignored))
    return t("awaiting review") if task.status == Status.IN_REVIEW else t("not yet provided")


def _due(t: Language, task: Task, titles: TitleLookup) -> str:
    if task.due_day is None:
        return ""
    late = (titles.today - task.due_day).days
    return (
        t.n("{n} day late", "{n} days late", late)
        if late > 0
        else t("due {when}", when=days.due(t, task.due_day, titles.today))
    )


def _to(titles: TitleLookup, task: ToDo) -> str:
    if task.action == "review":
        return review_address(task)
    upload = address("upload", requirement=task.requirement, system=task.system)
    if task.action == "repair" or task.delivered or is_closed(upload):
        return titles.home(task.requirement, (task.requirement, task.system, task.target))
    return upload
