"""From the to do list to words: per team, a verb and its object; the same proof for several systems is one line."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from dashboard.app_pages.readiness.task_list import Item, TeamList
from dashboard.components import days
from dashboard.shell.html import address
from dashboard.shell.title_lookup import TitleLookup
from locales import Language, text
from models.vocabulary import Status
from readiness import ToDo
from readiness.deciding_evidence import ignored_text

_VERBS = {
    "repair": text("Repair and test again: {what}"),
    "deliver": text("Deliver: {what}"),
    "renew": text("Renew: {what}"),
    "review": text("Review: {what}"),
}
_NAMED = 2  # places named before they are only counted


def tasks(t: Language, book: TitleLookup, given: Iterable[ToDo]) -> list[TeamList]:
    """Teams in the order of their first, most pressing thing."""
    teams: dict[str, dict[tuple[str, str, bool], list[ToDo]]] = {}
    for one in given:
        asked = book.requirements.get(one.requirement)
        team = t("Security officer") if one.action == "review" else book.team(t, asked.team if asked else one.team)
        teams.setdefault(team, {}).setdefault((one.requirement, one.action, not one.ignored), []).append(one)
    return [TeamList(team, [_item(t, book, same) for same in items.values()]) for team, items in teams.items()]


def _item(t: Language, book: TitleLookup, same: Sequence[ToDo]) -> Item:
    first = same[0]
    what = t(_VERBS[first.action].message, what=book.requirement(t, first.requirement))
    where = _places(t, book, same)
    status = "lapsing" if first.status == Status.DEMONSTRATED else first.status
    blocked = max(one.controls for one in same)
    controls = t.n("{n} control", "{n} controls", blocked) if blocked else ""
    when = " · ".join(part for part in (_when(t, first, book), controls) if part)
    return Item(status, f"{what}, {where}" if where else what, when, _to(book, first))


def _places(t: Language, book: TitleLookup, same: Sequence[ToDo]) -> str:
    names = [name for name, _ in groupby(book.system(t, one.system) for one in same if one.system)]
    names = list(dict.fromkeys(names))
    if len(names) > _NAMED + 1:
        return t("{names} and {n} more", names=", ".join(names[:_NAMED]), n=len(names) - _NAMED)
    return t("{names} and {last}", names=", ".join(names[:-1]), last=names[-1]) if len(names) > 1 else "".join(names)


def _when(t: Language, one: ToDo, book: TitleLookup) -> str:
    if one.status == Status.DEMONSTRATED:
        return days.until(t, one.due, book.today) if one.due else ""
    if one.status == Status.LAPSED and one.since:
        return days.ago(t, one.since, book.today)
    if one.status == Status.FAILING:
        return t("fails since {day}", day=one.since) if one.since else t("fails")
    if one.status == Status.MISSING and one.ignored:
        return t("delivered, but {reason}", reason=ignored_text(one.ignored))
    return t("waits for a review") if one.status == Status.IN_REVIEW else t("never delivered")


def _to(book: TitleLookup, one: ToDo) -> str:
    if one.action == "review":
        return address("evidence", requirement=one.requirement, review="waiting")
    if one.action == "repair" or one.delivered:
        return book.home(one.requirement, (one.requirement, one.system, one.target))
    return address("upload", requirement=one.requirement, system=one.system)
