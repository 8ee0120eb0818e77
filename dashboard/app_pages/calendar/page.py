"""Shows what is due and what ends, by month and by team."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby

import streamlit as st

from access.permissions import limits
from dashboard.app_pages.calendar import entries as shown_entries
from dashboard.app_pages.calendar.feeds import draw_feeds
from dashboard.app_pages.calendar.month_table import month_table
from dashboard.components.data_table import TableTools, list_or_table
from dashboard.components.no_audit import no_audit
from dashboard.shell import html
from dashboard.shell.frame import language, show
from dashboard.shell.page_context import PageContext, page_context
from dashboard.shell.url_filters import choice
from readiness import CalendarEntry, EntryKind, calendar_entries
from readiness.tasks.due_days import renewal_margin

t = language()
_ALL = "all"
_YEARS = range(2000, 2100)  # that the address may name


def draw(context: PageContext) -> None:
    month = month_of(st.query_params.get("month", ""), context.today)
    top = st.container()
    with st.container(key="filters-calendar"):
        place, team_column, system_column, _ = st.columns([5, 3, 3, 1], vertical_alignment="bottom")
    with team_column:
        team = choice(t("Team"), teams_to_choose(context), "team")
    with system_column:
        system = choice(t("System"), systems_to_choose(context), "system")
    found = calendar_entries(context.session, context.person, context.systems, context.today, context.now)
    chosen = [entry for entry in found if team in (_ALL, entry.team) and system in (_ALL, entry.system)]
    of_month = [entry for entry in chosen if (entry.day.year, entry.day.month) == (month.year, month.month)]
    with top:
        show(html.answer(sentence(month, of_month), place_of(context, team, system)))
    with place:
        show(month_links(month, context.today))
    month_view = f":material/calendar_month: {t('Month')}"
    tools = TableTools("calendar", t("Calendar"), t("evidence, system or person"), own_view=month_view)
    columns = shown_entries.columns(t, context.titles)
    list_or_table(t, tools, columns, of_month, lambda: draw_calendar(context, month, chosen, of_month))
    if not context.person.previewing:
        draw_feeds(t, context)


def draw_calendar(
    context: PageContext, month: date, chosen: Sequence[CalendarEntry], of_month: Sequence[CalendarEntry]
) -> None:
    left, right = st.columns([8, 4], gap="large")
    with left:
        draw_month(context, month, chosen)
    with right:
        draw_lists(context, month, chosen, of_month)


def month_of(words: str, today: date) -> date:
    """The first day of the month that the address names (2026-12); of today's month if it names none."""
    try:
        day = date.fromisoformat(f"{words}-01")
    except ValueError:
        return today.replace(day=1)
    return day if day.year in _YEARS else today.replace(day=1)


def teams_to_choose(context: PageContext) -> dict[str, str]:
    """All teams; who works for teams sees their own first."""
    limited = limits(context.person, "evidence.file")
    own = sorted(limited.teams if limited else context.person.teams)
    names = {key: context.titles.team(t, key) for key in [*own, *context.titles.teams] if key in context.titles.teams}
    everything = {_ALL: t("All teams")}
    return names | everything if own else everything | names


def systems_to_choose(context: PageContext) -> dict[str, str]:
    return {_ALL: t("All systems")} | {system.key: t.title(system) for system in context.scope}


def place_of(context: PageContext, team: str, system: str) -> str:
    parts = [
        t("Calendar"),
        context.titles.team(t, team) if team != _ALL else t("all teams"),
        context.titles.system(t, system) if system != _ALL else t("all systems"),
    ]
    if context.audit_day:
        parts.append(t("audit on {day}", day=context.audit_day))
    return " · ".join(parts)


def sentence(month: date, entries: Sequence[CalendarEntry]) -> str:
    """How much there is to do in a month, and in which week most."""
    if not entries:
        return t("Nothing is planned in {month}.", month=t.month(month))
    *most, last = numbers(entries)
    whole = t("{some} and {last}", some=", ".join(most), last=last) if most else last
    weeks = Counter(entry.day - timedelta(days=entry.day.weekday()) for entry in entries)
    name, busiest = t.month_name(month), max(sorted(weeks), key=lambda week: weeks[week])
    if len(weeks) == 1:
        return t("In {month}: {what}.", month=name, what=whole)
    day = t.day_and_month(busiest)
    return t("In {month}: {what}; the busiest week is that of {day}.", month=name, what=whole, day=day)


def numbers(entries: Sequence[CalendarEntry]) -> list[str]:
    """How many entries there are of each kind, in words."""
    count = Counter(entry.kind for entry in entries)
    renewals, exceptions = count[EntryKind.RENEWAL], count[EntryKind.EXCEPTION]
    words = {
        EntryKind.RENEWAL: t.n("{n} piece of evidence to renew", "{n} pieces of evidence to renew", renewals),
        EntryKind.PLANNED: t.n("{n} planned", "{n} planned", count[EntryKind.PLANNED]),
        EntryKind.OVERDUE: t.n("{n} overdue", "{n} overdue", count[EntryKind.OVERDUE]),
        EntryKind.EXCEPTION: t.n("{n} exception that ends", "{n} exceptions that end", exceptions),
    }
    return [words[kind] for kind in words if count[kind]]


def month_links(month: date, today: date) -> html.Html:
    """The month between links to the one before and the one after, and to today's."""
    before, after = month - timedelta(days=1), month + timedelta(days=31)
    return html.html(
        '<div class="months">{before}<b>{month}</b>{after}{now}</div>',
        before=html.link(address(before), arrow("chevron_left", before), "button"),
        month=t.month(month),
        after=html.link(address(after), arrow("chevron_right", after), "button"),
        now=html.link(address(today), t("Today")),
    )


def arrow(icon: str, month: date) -> html.Html:
    return html.html('{icon}<span class="unseen">{month}</span>', icon=html.icon(icon), month=t.month(month))


def address(month: date, day: date | None = None) -> str:
    """The address of this page for another month, or with a day opened; the filters stay."""
    filters = {name: st.query_params.get(name) for name in ("team", "system", "view", "sort")}
    return html.address("calendar", month=f"{month:%Y-%m}", day=day.isoformat() if day else "", **filters)


def draw_month(context: PageContext, month: date, entries: Sequence[CalendarEntry]) -> None:
    by_day: Mapping[date, list[CalendarEntry]] = {
        day: list(group) for day, group in groupby(entries, key=lambda entry: entry.day)
    }
    margin = renewal_margin(context.session)
    words = t.n(
        "Evidence is to be renewed {n} day before it ends.",
        "Evidence is to be renewed {n} days before it ends.",
        margin,
    )
    show(
        month_table(t, context.titles, month, by_day, lambda day: address(month, day)),
        shown_entries.legend(t),
        html.caption(words),
    )


def draw_lists(
    context: PageContext, month: date, entries: Sequence[CalendarEntry], of_month: Sequence[CalendarEntry]
) -> None:
    """The opened day, each team's entries of the month, and what is late."""
    opened = st.query_params.get("day", "")
    of_day = [entry for entry in entries if entry.day.isoformat() == opened]
    if of_day:
        close = html.link(address(month), t("Close"))
        show(shown_entries.of_day(t, context.titles, t.date(of_day[0].day), close, of_day))
    nothing = nothing_due(context, month)
    order = [*teams_to_choose(context), *(entry.team for entry in of_month)]
    by_team = {team: [entry for entry in of_month if entry.team == team] for team in order}
    lists = [shown_entries.of_team(t, context.titles, team, lines) for team, lines in by_team.items() if lines]
    show(html.section(t("Per team"), t.month_name(month)), *(lists or [nothing]))
    late = [entry for entry in entries if entry.kind == EntryKind.OVERDUE]
    show(shown_entries.overdue(t, context.titles, late) if late else "")


def nothing_due(context: PageContext, month: date) -> html.Html:
    """That the month is empty; without an audit, that most days come with it."""
    if context.audit:
        return html.caption(t("Nothing is planned in {month}.", month=t.month(month)))
    why = t("Once the date is known, every page shows what will have expired by then and who must renew it.")
    return no_audit(t, context, t("No audit has been planned yet"), why)


with page_context() as context:
    draw(context)
