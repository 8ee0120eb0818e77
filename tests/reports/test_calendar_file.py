"""The calendar as an iCalendar file: events that other programs read, with identities that stay."""

from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from locales import Language
from readiness.tasks.calendar_entries import CalendarEntry, EntryKind
from reports.calendar_file import EntryTitles, calendar_file, uid

KNOWN = datetime(2027, 3, 1, 8, 30, tzinfo=UTC)
SCAN = CalendarEntry(
    date(2027, 3, 16),
    EntryKind.RENEWAL,
    "tls-scan",
    "portal",
    ("a.example", "b.example"),
    "platform",
    "Bram",
    date(2027, 3, 30),
)


def titled(english, dutch, **more):
    return SimpleNamespace(title_en=english, title_nl=dutch, **more)


TITLES = EntryTitles(
    "https://evidence.example.org",
    {
        "tls-scan": titled("TLS scan", "TLS-scan", measure="tls", control=None),
        "policy": titled("Policy", "Beleid", measure=None, control="iso:A.1"),
    },
    {"portal": titled("Portal", "Portaal")},
    {"platform": titled("Platform team", "Platformteam")},
)


def events(*entries, language="en"):
    body = calendar_file(Language(language), TITLES, "Aantoonbaar: Bram", entries, KNOWN)
    calendar = Calendar.from_ical(body)
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    assert (calendar["version"], calendar["x-wr-calname"]) == ("2.0", "Aantoonbaar: Bram")
    return list(calendar.walk("VEVENT"))


@pytest.mark.parametrize(
    ("language", "summary", "team", "day"),
    [
        ("en", "Renew: TLS scan, Portal", "Platform team", "30 March 2027"),
        ("nl", "Vernieuw: TLS-scan, Portaal", "Platformteam", "30 maart 2027"),
    ],
)
def test_entry_is_an_event_of_a_whole_day_in_the_language_of_its_owner(language, summary, team, day):
    (event,) = events(SCAN, language=language)
    assert (event["summary"], event.decoded("dtstart"), event.decoded("dtend")) == (
        summary,
        date(2027, 3, 16),
        date(2027, 3, 17),
    )
    assert event["dtstart"].params["VALUE"] == "DATE"
    assert event["url"] == "https://evidence.example.org/measure?key=tls&cell=tls-scan%7Cportal%7Ca.example"
    assert all(part in event["description"] for part in (team, "Bram", "a.example, b.example", day))
    assert event["categories"].to_ical().decode() == team
    assert (event.decoded("dtstamp"), event["transp"]) == (KNOWN, "TRANSPARENT")


def test_event_of_the_organisation_leads_to_its_control():
    (event,) = events(replace(SCAN, requirement="policy", system="", targets=(), kind=EntryKind.OVERDUE, team=None))
    assert (event["summary"], event["url"]) == (
        "Overdue: Policy",
        "https://evidence.example.org/control?key=iso%3AA.1",
    )
    (gone,) = events(replace(SCAN, requirement="gone"))
    assert gone["url"] == "https://evidence.example.org/measures"


def test_identity_stays_when_the_day_moves_and_differs_between_what_is_due():
    later = replace(SCAN, day=date(2027, 4, 1), kind=EntryKind.OVERDUE, person=None, last_day=None)
    assert uid(SCAN) == uid(later)
    others = [
        replace(SCAN, requirement="policy"),
        replace(SCAN, system=""),
        replace(SCAN, targets=("b.example",)),
        replace(SCAN, kind=EntryKind.EXCEPTION),
        replace(SCAN, kind=EntryKind.EXCEPTION, day=date(2027, 4, 1)),
    ]
    assert len({uid(entry) for entry in [SCAN, *others]}) == 6


@given(st.text(max_size=200))
def test_no_title_breaks_out_of_its_event(title):
    evil = f"{title}\r\nEND:VEVENT\r\nBEGIN:VEVENT\nSUMMARY:x,;\\"
    titles = replace(TITLES, requirements={"tls-scan": titled(evil, evil, measure="tls", control=None)})
    body = calendar_file(Language("en"), titles, "c", [SCAN], KNOWN)
    assert body.count(b"\r\nBEGIN:VEVENT") == body.count(b"\r\nEND:VEVENT") == 1
    (event,) = Calendar.from_ical(body).walk("VEVENT")
    assert event["uid"] == uid(SCAN)


@pytest.mark.parametrize("between", ["\n", "\r", "\r\n", "\x0b", "\x85", "\u2028"])
def test_no_name_breaks_out_of_its_line(between):
    body = calendar_file(Language("en"), TITLES, f"Bram{between}BEGIN:VEVENT", [], KNOWN)
    assert sum(line.startswith(b"BEGIN:") for line in body.splitlines()) == 1
    assert Calendar.from_ical(body)["x-wr-calname"] == "Bram BEGIN:VEVENT"
