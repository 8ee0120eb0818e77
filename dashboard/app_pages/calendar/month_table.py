"""A month as a table: a row for each week, Monday first, at most two entries a day."""

from calendar import Calendar
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final

from dashboard.app_pages.calendar.entries import LOOKS, subject, title
from dashboard.shell.html import Html, html, icon, join, link
from dashboard.shell.status_styles import css_class
from dashboard.shell.title_lookup import TitleLookup
from locales import Language
from readiness import CalendarEntry

_SHOWN: Final = 2  # entries of a day, before the rest is only counted
_SATURDAY: Final = 5

Entries = Mapping[date, Sequence[CalendarEntry]]
Address = Callable[[date], str]


def weeks_of(month: date) -> list[list[date]]:
    """The weeks that have a day in a month, each from Monday to Sunday. `month`: any day of it."""
    return Calendar().monthdatescalendar(month.year, month.month)


def month_table(t: Language, titles: TitleLookup, month: date, entries: Entries, to_day: Address) -> Html:
    """The table. `to_day`: the address at which a day's whole list is opened."""
    weeks = weeks_of(month)
    heads = join(
        html(
            '<th scope="col"{weekend}><abbr title="{full}">{short}</abbr></th>',
            weekend=_class_of(day),
            full=t.weekday(day, full=True),
            short=t.weekday(day),
        )
        for day in weeks[0]
    )
    rows = join(_week(t, titles, month, week, entries, to_day) for week in weeks)
    return html(
        '<table class="month"><caption class="unseen">{title}</caption>'
        '<thead><tr><th scope="col" class="week"><span class="unseen">{week}</span></th>{heads}</tr></thead>'
        "<tbody>{rows}</tbody></table>",
        title=t.month(month),
        week=t("Week"),
        heads=heads,
        rows=rows,
    )


def _week(
    t: Language, titles: TitleLookup, month: date, week: Sequence[date], entries: Entries, to_day: Address
) -> Html:
    cells = join(_day(t, titles, month, day, entries.get(day, ()), to_day) for day in week)
    number = week[0].isocalendar().week
    return html('<tr><th scope="row" class="week">{number}</th>{cells}</tr>', number=number, cells=cells)


def _day(
    t: Language, titles: TitleLookup, month: date, day: date, entries: Sequence[CalendarEntry], to_day: Address
) -> Html:
    groups = _by_requirement(entries)
    rest = len(groups) - _SHOWN
    more = t("{n} more", n=rest) if rest > 0 else ""
    is_today = day == titles.today
    return html(
        "<td{kind}><span{today}>{number}</span>{entries}{more}</td>",
        kind=_class_of(day, "" if day.month == month.month else "other"),
        today=Html(' class="today" aria-current="date"') if is_today else "",
        number=str(day.day) if day.month == month.month else t.short_date(day),
        entries=join(_entry(t, titles, group, to_day(day)) for group in groups[:_SHOWN]),
        more=link(to_day(day), more, "more-of-day", title=t.date(day)) if more else "",
    )


def _by_requirement(entries: Sequence[CalendarEntry]) -> list[list[CalendarEntry]]:
    """The entries of a day: those of one requirement together, whatever the system."""
    groups: dict[tuple[str, str], list[CalendarEntry]] = {}
    for entry in entries:
        groups.setdefault((entry.kind, entry.requirement), []).append(entry)
    return list(groups.values())


def _entry(t: Language, titles: TitleLookup, group: Sequence[CalendarEntry], to: str) -> Html:
    entry, number = group[0], len({entry.system for entry in group})
    look = LOOKS[entry.kind]
    several = t.n("{what}, {n} system", "{what}, {n} systems", number, what=subject(t, titles, entry))
    name = several if number > 1 else title(t, titles, entry)
    label = html(
        '{icon}<span class="unseen">{kind}: </span><span class="name">{name}</span>',
        icon=icon(look.icon),
        kind=t.render(look.label),
        name=name,
    )
    return link(to, label, f"entry {css_class(look.status)}", title=name)


def _class_of(day: date, more: str = "") -> Html:
    """The class of a day; `more`: another class."""
    names = " ".join(name for name in ("weekend" if day.weekday() >= _SATURDAY else "", more) if name)
    return html(' class="{names}"', names=names) if names else Html("")
