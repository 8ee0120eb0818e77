"""The tasks of each team: what, when, and for how many controls; the first three shown, the rest folded."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.shell.badge import symbol
from dashboard.shell.html import Html, html, join, link
from locales import Language

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Item:
    """One task. `status` gives its icon, `to` is the address where it is done."""

    status: str
    what: str
    when: str
    to: str


@dataclass(frozen=True, slots=True)
class TeamList:
    """The tasks of one team, most urgent first."""

    team: str
    items: Sequence[Item]


def todo(t: Language, teams: Sequence[TeamList]) -> Html:
    return html('<div class="todo">{teams}</div>', teams=join(_team(t, team) for team in teams))


def _team(t: Language, team: TeamList) -> Html:
    rest = team.items[SHOWN:]
    folded = html(
        "<details><summary>{more}</summary><ul>{rest}</ul></details>",
        more=t("{n} more", n=len(rest)),
        rest=join(_item(t, item) for item in rest),
    )
    return html(
        '<section><h3>{team}<span class="remark">{count}</span></h3><ul>{items}</ul>{folded}</section>',
        team=team.team,
        count=t("{n} to do", n=len(team.items)),
        items=join(_item(t, item) for item in team.items[:SHOWN]),
        folded=folded if rest else "",
    )


def _item(t: Language, item: Item) -> Html:
    return html(
        "<li>{symbol}<span>{what}<small>{when}</small></span></li>",
        symbol=symbol(t, item.status),
        what=link(item.to, item.what, "soft-link"),
        when=item.when,
    )
