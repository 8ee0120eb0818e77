"""How an entry of the calendar looks, alone and in the list of a team or a day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from dashboard.components.data_table import Column
from dashboard.shell.html import Html, html, icon, join, link
from dashboard.shell.html import section as heading
from dashboard.shell.status_styles import css_class
from dashboard.shell.title_lookup import TitleLookup
from locales import Language, Text, text
from readiness import CalendarEntry, EntryKind

_SHOWN: Final = 3  # of a team, before the rest is folded


@dataclass(frozen=True, slots=True)
class EntryLook:
    """How a kind of entry is shown: in words, with an icon, in the colours of a status."""

    label: Text
    icon: str
    status: str


LOOKS: Final = {
    EntryKind.RENEWAL: EntryLook(text("to be renewed"), "schedule", "lapsing"),
    EntryKind.PLANNED: EntryLook(text("planned"), "radio_button_unchecked", "missing"),
    EntryKind.OVERDUE: EntryLook(text("overdue"), "event_busy", "lapsed"),
    EntryKind.EXCEPTION: EntryLook(text("exception ends"), "gavel", "unknown"),
}


def title(t: Language, titles: TitleLookup, entry: CalendarEntry) -> str:
    """What an entry is about, and of which system."""
    name = subject(t, titles, entry)
    return f"{name}, {titles.system(t, entry.system)}" if entry.system else name


def subject(t: Language, titles: TitleLookup, entry: CalendarEntry) -> str:
    """What an entry is about, whatever the system."""
    name = titles.requirement(t, entry.requirement)
    return t("Exception ends: {what}", what=name) if entry.kind == EntryKind.EXCEPTION else name


def legend(t: Language) -> Html:
    """What the icons mean."""
    marks = join(_mark(look, t.render(look.label)) for look in LOOKS.values())
    return html('<p class="legend">{marks}</p>', marks=marks)


def of_team(t: Language, titles: TitleLookup, team: str | None, entries: Sequence[CalendarEntry]) -> Html:
    """A team's entries: the first ones, and the rest folded."""
    rest = entries[_SHOWN:]
    folded = html(
        '<details class="more"><summary>{words}</summary>{lines}</details>',
        words=t("{n} more", n=len(rest)),
        lines=_lines(t, titles, rest),
    )
    return html(
        '<section class="dated"><h3><span>{name}</span><small>{number}</small></h3>{lines}{rest}</section>',
        name=titles.team(t, team),
        number=t.number(len(entries)),
        lines=_lines(t, titles, entries[:_SHOWN]),
        rest=folded if rest else "",
    )


def of_day(
    t: Language, titles: TitleLookup, heading_of_day: str, close: Html, entries: Sequence[CalendarEntry]
) -> Html:
    """All entries of a day."""
    return join(
        [
            heading(heading_of_day, close),
            html('<section class="dated">{lines}</section>', lines=_lines(t, titles, entries)),
        ]
    )


def overdue(t: Language, titles: TitleLookup, entries: Sequence[CalendarEntry]) -> Html:
    """What is late, whatever the month: a note that opens."""
    words = t.n("{n} piece of evidence is overdue", "{n} pieces of evidence are overdue", len(entries))
    return html(
        '<details class="note dated s-lapsed"><summary>{icon}{words}</summary>{lines}</details>',
        icon=icon(LOOKS[EntryKind.OVERDUE].icon),
        words=words,
        lines=_lines(t, titles, entries),
    )


def columns(t: Language, titles: TitleLookup) -> list[Column[CalendarEntry]]:
    """The columns of the table of entries."""
    return [
        Column("day", t("Day"), lambda entry: entry.day),
        Column("what", t("What"), lambda entry: t.render(LOOKS[entry.kind].label)),
        Column(
            "requirement",
            t("Evidence requirement"),
            lambda entry: titles.requirement(t, entry.requirement),
            lambda entry: link(_home(titles, entry), titles.requirement(t, entry.requirement), "soft-link"),
        ),
        Column("system", t("System"), lambda entry: titles.system(t, entry.system)),
        Column("targets", t("Targets"), lambda entry: ", ".join(entry.targets)),
        Column("team", t("Team"), lambda entry: titles.team(t, entry.team)),
        Column("person", t("Person"), lambda entry: entry.person or ""),
    ]


def _home(titles: TitleLookup, entry: CalendarEntry) -> str:
    return titles.home(entry.requirement, (entry.requirement, entry.system, next(iter(entry.targets), "")))


def _lines(t: Language, titles: TitleLookup, entries: Iterable[CalendarEntry]) -> Html:
    return html("<ul>{lines}</ul>", lines=join(_line(t, titles, entry) for entry in entries))


def _line(t: Language, titles: TitleLookup, entry: CalendarEntry) -> Html:
    look = LOOKS[entry.kind]
    details = [", ".join(entry.targets), _validity(t, entry), entry.person or ""]
    return html(
        '<li>{mark}<time datetime="{iso}">{day}</time><span>{what}<small>{details}</small></span></li>',
        mark=_mark(look, html('<span class="unseen">{label}</span>', label=t.render(look.label))),
        iso=entry.day.isoformat(),
        day=t.short_date(entry.day),
        what=link(_home(titles, entry), title(t, titles, entry), "soft-link"),
        details=" · ".join(detail for detail in details if detail),
    )


def _validity(t: Language, entry: CalendarEntry) -> str:
    """Until when the present evidence is valid, if it is renewed before that day."""
    return t("valid until {day}", day=entry.last_day) if entry.kind == EntryKind.RENEWAL and entry.last_day else ""


def _mark(look: EntryLook, label: object) -> Html:
    return html(
        '<span class="mark {kind}">{icon}{label}</span>', kind=css_class(look.status), icon=icon(look.icon), label=label
    )
