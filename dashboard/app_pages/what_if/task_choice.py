"""The tasks that can be ticked: one for each requirement, with what it adds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from dashboard.components import days
from dashboard.components.tasks.words import VERBS
from dashboard.shell.html import Html, html, join, link, query
from dashboard.shell.html import section as heading
from dashboard.shell.ticked_links import tick, with_ticks
from dashboard.shell.title_lookup import TitleLookup
from evidence.intake.delivery.cells import CellKey
from locales import Language
from models.vocabulary import Status
from readiness import Task

#: In the address.
NAME: Final = "done"
_FIRST: Final = 10  # until all are asked for


@dataclass(frozen=True, slots=True)
class Choice:
    """All tasks for a requirement. `tasks`: at least one."""

    requirement: str
    team: str | None
    tasks: tuple[Task, ...]

    @property
    def cells(self) -> list[CellKey]:
        return [task.cell for task in self.tasks]


def choices(tasks: Iterable[Task], gains: Mapping[str, int]) -> list[Choice]:
    """The tasks by requirement; what adds most by itself first, then what most controls count on.

    `gains`: with nothing ticked, so that the order stays while one ticks.
    """
    groups: dict[str, list[Task]] = {}
    for task in tasks:
        groups.setdefault(task.to_do.requirement, []).append(task)
    every = [Choice(key, group[0].team, tuple(group)) for key, group in groups.items()]
    return sorted(every, key=lambda each: (-gains.get(each.requirement, 0), -each.tasks[0].to_do.controls))


def draw(
    t: Language,
    titles: TitleLookup,
    every: Sequence[Choice],
    ticked: list[str],
    gains: Mapping[str, int],
    *,
    whole: bool,
) -> Html:
    """The heading and the rows. `whole`: all of them, not only the first and those that are ticked."""
    shown = [each for number, each in enumerate(every) if whole or number < _FIRST or each.requirement in ticked]
    rows = join(_row(t, titles, each, ticked, gains.get(each.requirement, 0)) for each in shown)
    rest = len(every) - len(shown)
    more = html('<p class="more">{to}</p>', to=link(query(all="yes"), t("Show all {n}", n=len(every)))) if rest else ""
    return join(
        [
            heading(t("If these are done"), _remark(t, every, ticked)),
            html('<div class="task-list">{rows}{more}</div>', rows=rows, more=more),
            html('<p class="caption">{words}</p>', words=_assumption(t)),
        ]
    )


def _assumption(t: Language) -> str:
    return t(
        "A ticked task is assumed to be provided and accepted on the day above, and renewed in time after it. "
        "+2: two more controls, with all that is ticked."
    )


def _remark(t: Language, every: Sequence[Choice], ticked: list[str]) -> Html:
    words = t("{n} of {total}", n=len(ticked), total=len(every))
    to = link(
        with_ticks(NAME, [] if ticked else [each.requirement for each in every]),
        t("Untick all") if ticked else t("Tick all"),
    )
    return html("{words} · {to}", words=words, to=to)


def _row(t: Language, titles: TitleLookup, each: Choice, ticked: list[str], gain: int) -> Html:
    name = _what(t, titles, each)
    is_on = each.requirement in ticked
    return html(
        '<article class="task choice{on}">{tick}<div class="what">{what}<small>{why}</small></div>'
        '<b class="gain{more}">+{gain}</b></article>',
        on=" on" if is_on else "",
        tick=tick(t, NAME, each.requirement, ticked, name),
        what=link(titles.home(each.requirement), name, "soft-link"),
        why=" · ".join([_state(t, titles, each), titles.team(t, each.team)]),
        more=" some" if gain else "",
        gain=gain,
    )


def _what(t: Language, titles: TitleLookup, each: Choice) -> str:
    name = titles.requirement(t, each.requirement)
    systems = {task.to_do.system for task in each.tasks if task.to_do.system}
    only = titles.system(t, systems.pop()) if len(systems) == 1 else ""
    place = t("{n} systems", n=len(systems)) if len(systems) > 1 else only
    return t(VERBS[each.tasks[0].to_do.action].message, what=f"{name}, {place}" if place else name)


def _state(t: Language, titles: TitleLookup, each: Choice) -> str:
    """What it is today, and how often it must be renewed."""
    item = each.tasks[0].to_do
    if item.status == Status.DEMONSTRATED:
        row = titles.requirements.get(each.requirement)
        often = [days.renewal(t, row.renewal)] if row else []
        return " · ".join([*([days.until(t, item.due, titles.today)] if item.due else []), *often])
    if item.status == Status.LAPSED and item.since:
        return days.ago(t, item.since, titles.today)
    words = {Status.FAILING: t("fails"), Status.IN_REVIEW: t("awaiting review")}
    return words.get(Status(item.status), t("not yet provided"))
