"""A task in words: what to do, where, by when and by whom."""

from datetime import date
from typing import Final

from dashboard.components import days
from dashboard.components.tasks.grouping import TeamTask
from dashboard.shell.html import address, is_closed
from dashboard.shell.title_lookup import TitleLookup
from locales import Language, text
from models.vocabulary import Status, Verdict
from readiness import ToDo

#: What to do, by action.
VERBS: Final = {
    "repair": text("Repair and test again: {what}"),
    "deliver": text("Provide: {what}"),
    "renew": text("Renew: {what}"),
    "review": text("Review: {what}"),
}


def what(t: Language, titles: TitleLookup, task: TeamTask) -> str:
    """The action, the evidence and its system or targets."""
    name = titles.requirement(t, task.requirement)
    place = ", ".join(task.targets) or (titles.system(t, task.system) if task.system else "")
    return t(VERBS[task.action].message, what=f"{name}, {place}" if place else name)


def when(t: Language, today: date, task: TeamTask) -> str:
    """How far off the due day is, since when it fails, who chose the day, and the person it is assigned to."""
    parts = [due(t, today, task)]
    plan = task.first.plan
    if task.status == Status.FAILING and task.first.to_do.since:
        parts.append(t("failing since {day}", day=task.first.to_do.since))
    if plan and not plan.by_default:
        parts.append(t("planned by {person}", person=plan.recorded_by))
    if task.first.person:
        parts.append(t("for {person}", person=task.first.person))
    return " · ".join(parts)


def due(t: Language, today: date, task: TeamTask) -> str:
    """How far off the due day is."""
    if task.due_day is None:
        return t("no day planned yet")
    late = (today - task.due_day).days
    if late > 0:
        return t.n("{n} day late, was due on {day}", "{n} days late, was due on {day}", late, day=task.due_day)
    return t("{when}, by {day}", when=days.due(t, task.due_day, today), day=task.due_day)


def act(t: Language, task: TeamTask) -> tuple[str, str]:
    """The address where the task is done, and the words of its button."""
    if task.action == "repair":
        to = address("evidence", requirement=task.requirement, system=task.system, verdict=Verdict.FAIL)
        return to, t("See the cause")
    if task.action == "review":
        to = review_address(task.first.to_do)
        return to, t("To the evidence") if to.startswith("/evidence") else t("To the review")
    return address("upload", requirement=task.requirement, system=task.system, due=task.due_day), t("Upload")


def review_address(task: ToDo) -> str:
    """Where the evidence of a task is reviewed; for who may not review, the evidence that waits."""
    review = address("review", id=task.waiting)
    return address("evidence", requirement=task.requirement, review="waiting") if is_closed(review) else review
