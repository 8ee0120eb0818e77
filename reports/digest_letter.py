"""The daily digest as a letter."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlencode

from evidence.library.evidence_titles import evidence_title
from locales import Language
from readiness.tasks.calendar_entries import CalendarEntry, EntryKind
from readiness.tasks.daily_digest import Digest
from reports.calendar_file import EntryTitles
from reports.mail.message import Letter, Line, Section

_SHOWN: Final = 15  # lines of a section


def digest_letter(t: Language, titles: EntryTitles, name: str, digest: Digest) -> Letter:
    """The letter to a person: what is overdue first, then what comes due, what waits, and what was rejected."""
    counts = _counts(t, digest)
    first = Line(t("Open the calendar"), f"{titles.address}/calendar")
    if digest.waiting and not (digest.due or digest.overdue):
        first = Line(t("Open the evidence that waits"), f"{titles.address}/evidence?review=waiting")
    why = t("You get this message because you have an account in Aantoonbaar. At most one comes on a working day.")
    return Letter(
        subject=t("Aantoonbaar: {what}", what=", ".join(counts[:2])),
        opening=[t("Dear {name},", name=name), t("As of {day}: {what}.", day=digest.day, what=_listed(t, counts))],
        sections=_sections(t, titles, digest),
        button=first,
        closing=[Line(why), Line(t("Turn this daily message off"), f"{titles.address}/account")],
    )


def _counts(t: Language, digest: Digest) -> list[str]:
    overdue, due, others = len(digest.overdue), len(digest.due), len(digest.of_others)
    waiting, rejected = len(digest.waiting), len(digest.rejected)
    reviews = t.n("{n} piece of evidence waits for your review", "{n} pieces of evidence wait for your review", waiting)
    words = {
        t.n("{n} task overdue", "{n} tasks overdue", overdue): overdue,
        t.n("{n} task due soon", "{n} tasks due soon", due): due,
        t.n("{n} piece of evidence rejected", "{n} pieces of evidence rejected", rejected): rejected,
        reviews: waiting,
        t.n("{n} task of others overdue", "{n} tasks of others overdue", others): others,
    }
    return [phrase for phrase, number in words.items() if number]


def _listed(t: Language, phrases: Sequence[str]) -> str:
    *most, last = phrases
    return t("{some} and {last}", some=", ".join(most), last=last) if most else last


def _sections(t: Language, titles: EntryTitles, digest: Digest) -> list[Section]:
    waiting = [
        Line(
            evidence_title(t, item.row),
            _evidence(titles, item.row.id),
            t("uploaded by {name} on {day}", name=item.row.uploaded_by, day=t.day_of(item.row.recorded_at)),
        )
        for item in digest.waiting
    ]
    rejected = [
        Line(row.title, _evidence(titles, row.id), f"{row.reviewed_by}: {' '.join(row.remark.split())}")
        for row in digest.rejected
    ]
    sections = [
        _section(t, t("Overdue"), _lines(t, titles, digest.overdue)),
        _section(t, t("Due soon"), _lines(t, titles, digest.due)),
        _section(t, t("Rejected"), rejected),
        _section(t, t("Waiting for your review"), waiting),
        _section(t, t("Overdue, of others"), _lines(t, titles, digest.of_others, whose=True)),
    ]
    return [section for section in sections if section.lines]


def _section(t: Language, title: str, lines: Sequence[Line]) -> Section:
    rest = len(lines) - _SHOWN
    return Section(title, lines[:_SHOWN], t.n("and {n} more", "and {n} more", rest) if rest > 0 else "")


def _lines(t: Language, titles: EntryTitles, entries: Sequence[CalendarEntry], *, whose: bool = False) -> list[Line]:
    """A line for each requirement on a day, with all its systems. `whose`: with the team or person of each."""
    groups: dict[tuple[object, ...], list[CalendarEntry]] = {}
    for entry in entries:
        groups.setdefault((entry.kind, entry.requirement, entry.day), []).append(entry)
    return [_line(t, titles, group, whose=whose) for group in groups.values()]


def _line(t: Language, titles: EntryTitles, group: Sequence[CalendarEntry], *, whose: bool) -> Line:
    """What is to be done, as a link; by when; of which systems or targets; and of others, whose it is."""
    entry, is_exception = group[0], group[0].kind == EntryKind.EXCEPTION
    day = f"{t.weekday(entry.day, full=True)} {t.date(entry.day)}"
    when = t("ends after {day}", day=day) if is_exception else t("due {day}", day=day)
    name = titles.what(t, entry) if len(group) == 1 else titles.requirement(t, entry.requirement)
    what = t("Exception ends: {what}", what=name) if is_exception else name
    places = entry.targets if len(group) == 1 else [titles.system(t, each.system) for each in group]
    owner = entry.person or titles.team(t, entry.team) if whose else ""
    details = (when, ", ".join(dict.fromkeys(places)), owner)
    return Line(what, titles.page(entry), " · ".join(part for part in details if part))


def _evidence(titles: EntryTitles, evidence: str) -> str:
    return f"{titles.address}/evidence-item?{urlencode({'id': evidence})}"
