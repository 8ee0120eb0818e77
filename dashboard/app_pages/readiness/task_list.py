"""The tasks of each team: what, when, and for how many controls; the first two shown, the rest folded."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dashboard.components.tasks.grouping import group
from dashboard.shell.badge import symbol
from dashboard.shell.html import Html, address, html, join, link
from locales import Language
from models.vocabulary import Urgency
from readiness import Task

SHOWN = 2


@dataclass(frozen=True, slots=True)
class Item:
    """Tasks for the same evidence. `status` gives its icon, `to` is where it is done; `number`: of tasks."""

    status: str
    what: str
    when: str
    to: str
    number: int = 1


@dataclass(frozen=True, slots=True)
class TeamList:
    """The tasks of one team, most urgent first."""

    team: str
    items: Sequence[Item]


def numbers(t: Language, due: Iterable[Task]) -> Html:
    """How many tasks are overdue, due soon and due later, each with its list on the page of tasks."""
    counts = Counter(task.urgency for task in group(due))
    words = {
        Urgency.OVERDUE: t.n("{n} overdue", "{n} overdue", counts[Urgency.OVERDUE]),
        Urgency.SOON: t("{n} within 30 days", n=counts[Urgency.SOON]),
        Urgency.PLANNED: t("{n} later", n=counts[Urgency.PLANNED]),
    }
    links = (link(address("tasks", due=urgency), words[urgency]) for urgency in words if counts[urgency])
    return html('<p class="caption due">{links}</p>', links=join(links, " · "))


def todo(t: Language, teams: Sequence[TeamList]) -> Html:
    return html('<div class="todo">{teams}</div>', teams=join(_team(t, team) for team in teams))


def _team(t: Language, team: TeamList) -> Html:
    rest = team.items[SHOWN:]
    folded = html(
        "<details><summary>{more}</summary><ul>{rest}</ul></details>",
        more=t("{n} more", n=_number(rest)),
        rest=join(_item(t, item) for item in rest),
    )
    return html(
        '<section><h3>{team}<span class="remark">{count}</span></h3><ul>{items}</ul>{folded}</section>',
        team=team.team,
        count=t("{n} to do", n=_number(team.items)),
        items=join(_item(t, item) for item in team.items[:SHOWN]),
        folded=folded if rest else "",
    )


def _number(items: Sequence[Item]) -> int:
    return sum(item.number for item in items)


def _item(t: Language, item: Item) -> Html:
    return html(
        "<li>{symbol}<span>{what}<small>{when}</small></span></li>",
        symbol=symbol(t, item.status),
        what=link(item.to, item.what, "soft-link"),
        when=item.when,
    )
