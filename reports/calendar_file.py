"""The calendar as an iCalendar file (RFC 5545): an all-day event for each entry."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from icalendar import Calendar, Event

from locales import Language, Text, text
from readiness.tasks.calendar_entries import CalendarEntry, EntryKind

MEDIA_TYPE: Final = "text/calendar; charset=utf-8"
_REFRESH: Final = timedelta(hours=6)  # how often programs are advised to read it again

#: kind of entry → its name before what it is about
SUMMARIES: Final[Mapping[EntryKind, Text]] = {
    EntryKind.RENEWAL: text("Renew: {what}"),
    EntryKind.PLANNED: text("To do: {what}"),
    EntryKind.OVERDUE: text("Overdue: {what}"),
    EntryKind.EXCEPTION: text("Exception ends: {what}"),
}


@dataclass(frozen=True, slots=True)
class EntryTitles:
    """Titles of requirements, systems and teams by key, and the address of the product, for what leaves it."""

    address: str
    requirements: Mapping[str, Any]
    systems: Mapping[str, Any]
    teams: Mapping[str, Any]

    def what(self, t: Language, entry: CalendarEntry) -> str:
        """What an entry is about, and of which system."""
        name = self.requirement(t, entry.requirement)
        return f"{name}, {self.system(t, entry.system)}" if entry.system else name

    def requirement(self, t: Language, key: str) -> str:
        return _title(t, self.requirements, key)

    def system(self, t: Language, key: str) -> str:
        """A system's title; empty for the organisation."""
        return _title(t, self.systems, key) if key else ""

    def team(self, t: Language, key: str | None) -> str:
        return _title(t, self.teams, key) if key else t("No team yet")

    def page(self, entry: CalendarEntry) -> str:
        """The page of what an entry belongs to: a measure with the entry opened, or a control."""
        row = self.requirements.get(entry.requirement)
        if row is None:
            return f"{self.address}/measures"
        if row.measure:
            cell = "|".join((entry.requirement, entry.system, next(iter(entry.targets), "")))
            return f"{self.address}/measure?{urlencode({'key': row.measure, 'cell': cell})}"
        return f"{self.address}/control?{urlencode({'key': row.control})}"


def calendar_file(
    t: Language, titles: EntryTitles, name: str, entries: Sequence[CalendarEntry], known: datetime
) -> bytes:
    """Return the entries as a file. `known`: the moment of the last recorded fact, from which they follow."""
    calendar = Calendar()
    calendar.add("prodid", "-//Aantoonbaar//Aantoonbaar//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    line = " ".join(name.split())  # the library writes these two as they are
    calendar.add("name", line)  # RFC 7986
    calendar.add("x-wr-calname", line)
    calendar.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", _REFRESH)
    for entry in entries:
        calendar.add_component(_event(t, titles, entry, known))
    return bytes(calendar.to_ical())


def _event(t: Language, titles: EntryTitles, entry: CalendarEntry, known: datetime) -> Event:
    event, parameters = Event(), {"LANGUAGE": t.code}
    event.add("uid", uid(entry))
    event.add("dtstamp", known)
    event.add("dtstart", entry.day)
    event.add("dtend", entry.day + timedelta(days=1))
    summary = replace(SUMMARIES[entry.kind], values={"what": titles.what(t, entry)})
    event.add("summary", t.render(summary), parameters=parameters)
    event.add("description", "\n".join(_details(t, titles, entry)), parameters=parameters)
    event.add("categories", [titles.team(t, entry.team)])
    event.add("url", titles.page(entry))
    event.add("transp", "TRANSPARENT")  # it takes nobody's time
    return event


def _details(t: Language, titles: EntryTitles, entry: CalendarEntry) -> list[str]:
    """Whose it is, of which targets, until when the evidence is valid, and where to do it."""
    lines = [t("Team: {name}", name=titles.team(t, entry.team))]
    if entry.person:
        lines.append(t("Assigned to {name}", name=entry.person))
    lines += [", ".join(entry.targets)] if entry.targets else []
    if entry.kind == EntryKind.RENEWAL and entry.last_day:
        lines.append(t("The present evidence is valid until {day}.", day=entry.last_day))
    return [*lines, titles.page(entry)]


def uid(entry: CalendarEntry) -> str:
    """The identity of an entry, which stays when its day or its title changes.

    Of the targets of a system that share a day the first names them; an exception is another one on another day.
    """
    is_exception = entry.kind == EntryKind.EXCEPTION
    parts = (entry.requirement, entry.system, min(entry.targets, default=""), entry.day.isoformat() * is_exception)
    return f"{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:32]}@aantoonbaar"


def _title(t: Language, things: Mapping[str, Any], key: str) -> str:
    """The title; of a thing that no longer exists, its key."""
    return t.title(things[key]) if key in things else key
