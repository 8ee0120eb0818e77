"""The rows of tasks: what and when, whose it is, how many controls count on it, and the way to do it."""

from collections.abc import Sequence
from typing import Final

from dashboard.components.data_table import Column
from dashboard.components.tasks.grouping import TeamTask
from dashboard.components.tasks.words import act, what, when
from dashboard.shell.badge import mark, symbol
from dashboard.shell.html import Html, html, join, link, query
from dashboard.shell.html import section as heading
from dashboard.shell.status_styles import STATUSES
from dashboard.shell.ticked_links import tick, with_ticks
from dashboard.shell.title_lookup import TitleLookup
from locales import Language
from models.vocabulary import LAPSING, Status, Urgency

_FIRST: Final = 8  # of a group, while all groups are shown


def key_of(task: TeamTask) -> str:
    """The key of a task in the address: that of its first cell."""
    return "|".join(task.cells[0])


def group(
    t: Language,
    titles: TitleLookup,
    title: str,
    tasks: Sequence[TeamTask],
    chosen: list[str] | None,
    urgency: Urgency,
    *,
    is_whole: bool,
) -> Html:
    """A group of tasks, whole or its first ones. `chosen`: the keys that are ticked; None: without boxes."""
    shown = tasks if is_whole else tasks[:_FIRST]
    lines = join(_row(t, titles, task, chosen) for task in shown)
    rest = len(tasks) - len(shown)
    more = html('<p class="more">{link}</p>', link=link(query(due=urgency), t("{n} more", n=rest))) if rest else ""
    kind = "" if chosen is None else "ticked"
    return join(
        [
            heading(title, _remark(t, tasks, chosen)),
            html('<div class="task-list {kind}">{lines}{more}</div>', kind=kind, lines=lines, more=more),
        ]
    )


def _remark(t: Language, tasks: Sequence[TeamTask], chosen: list[str] | None) -> Html:
    """How many tasks the group has, and a link that ticks all of them."""
    words = t.n("{n} task", "{n} tasks", len(tasks))
    if chosen is None:
        return html("{words}", words=words)
    keys = [key_of(task) for task in tasks]
    rest = [key for key in chosen if key not in keys]
    if len(rest) + len(keys) == len(chosen):
        return html("{words} · {all}", words=words, all=link(with_ticks("tick", rest), t("Untick all")))
    return html("{words} · {all}", words=words, all=link(with_ticks("tick", [*rest, *keys]), t("Tick all")))


def _row(t: Language, titles: TitleLookup, task: TeamTask, chosen: list[str] | None) -> Html:
    name = what(t, titles, task)
    blocked = task.first.to_do.controls
    to, words = act(t, task)
    return html(
        '<article class="task{on}">{tick}{symbol}<div class="what">{what}<small class="{urgency} s-lapsed">{when}'
        '</small></div><div class="whose">{team}<small>{controls}</small></div><div class="act">{act}</div></article>',
        on=" on" if chosen and key_of(task) in chosen else "",
        tick="" if chosen is None else tick(t, "tick", key_of(task), chosen, name),
        symbol=symbol(t, _status(task)),
        what=link(titles.home(task.requirement, task.cells[0]), name, "soft-link"),
        urgency=task.urgency,
        when=when(t, titles.today, task),
        team=_team(t, titles, task),
        controls=t.n("{n} control", "{n} controls", blocked) if blocked else "",
        act=link(to, words, "button"),
    )


def columns(t: Language, titles: TitleLookup) -> list[Column[TeamTask]]:
    """The columns of the table of tasks."""

    def home(task: TeamTask) -> Html | str:
        return link(titles.home(task.requirement, task.cells[0]), what(t, titles, task), "soft-link")

    return [
        Column("due", t("Due"), lambda task: task.due_day),
        Column("what", t("What"), lambda task: what(t, titles, task), home),
        Column(
            "status",
            t("Status"),
            lambda task: t.render(STATUSES[_status(task)].label),
            lambda task: mark(t, _status(task)),
        ),
        Column("team", t("Team"), lambda task: _team(t, titles, task)),
        Column("person", t("Person"), lambda task: task.first.person or ""),
        Column("controls", t("Controls"), lambda task: task.first.to_do.controls),
        Column(
            "requirement",
            t("Evidence requirement"),
            lambda task: titles.requirement(t, task.requirement),
            is_extra=True,
        ),
        Column("system", t("System"), lambda task: titles.system(t, task.system), is_extra=True),
        Column("targets", t("Targets"), lambda task: ", ".join(task.targets), is_extra=True),
    ]


def _status(task: TeamTask) -> str:
    return LAPSING if task.status == Status.DEMONSTRATED else task.status


def _team(t: Language, titles: TitleLookup, task: TeamTask) -> str:
    return t("Reviewer") if task.action == "review" else titles.team(t, task.first.team)
