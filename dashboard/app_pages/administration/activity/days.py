"""The entries of the activity log by day; what one name did many times in a row is one line."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Final

from access.activity.read import Entry
from access.permissions import SYSTEM
from dashboard.app_pages.administration.activity import entries
from dashboard.app_pages.administration.activity.sentences import reason, sentence
from dashboard.app_pages.administration.activity.words import VERBS
from dashboard.components.evidence.evidence_list import VERDICTS
from dashboard.shell.badge import mark
from dashboard.shell.frame import initials
from dashboard.shell.html import Html, html, icon, join, section
from dashboard.shell.title_lookup import TitleLookup
from locales import Language
from models.vocabulary import Verdict

_IN_ONE_LINE: Final = 4  # entries of one name and kind in a row, from which on they are one line
_CELL: Final = 4  # parts of a recorded cell, of which the last is the verdict
_NAMED: Final = 4  # failing cells named in one line


@dataclass(frozen=True, slots=True)
class Log:
    """The entries of a page, with the titles of the evidence that the reader can open."""

    rows: Sequence[Entry]
    evidence_titles: Mapping[str, str]


def is_machine(entry: Entry) -> bool:
    """Whether a token acted, such as that of a build server."""
    return "token" in entry.details


def by_day(t: Language, titles: TitleLookup, log: Log, today: date) -> Html:
    """The entries under a heading for each day, the newest first."""
    days = groupby(log.rows, key=lambda entry: t.day_of(entry.at))
    return join(_day(t, titles, day, list(rows), log, today) for day, rows in days)


def _day(t: Language, titles: TitleLookup, day: date, rows: Sequence[Entry], log: Log, today: date) -> Html:
    runs = [list(run) for _, run in groupby(rows, key=lambda entry: (entry.person, entry.verb))]
    lines = (
        _run(t, titles, run, log) if len(run) >= _IN_ONE_LINE else join(_entry(t, titles, entry, log) for entry in run)
        for run in runs
    )
    return html('{heading}<div class="log">{lines}</div>', heading=section(_name(t, day, today)), lines=join(lines))


def _name(t: Language, day: date, today: date) -> str:
    weekday = t.weekday(day, full=True)
    written = t.day_and_month(day) if day.year == today.year else t.date(day)
    if day == today:
        return t("Today, {weekday} {day}", weekday=weekday, day=written)
    if day == today - timedelta(days=1):
        return t("Yesterday, {weekday} {day}", weekday=weekday, day=written)
    return f"{weekday[:1].upper()}{weekday[1:]} {written}"


def _entry(t: Language, titles: TitleLookup, entry: Entry, log: Log) -> Html:
    why = reason(entry)
    return html(
        '<article class="entry"><time>{time}</time>{face}<div class="any"><p>{sentence}</p>{why}</div>{more}</article>',
        time=t.time(entry.at),
        face=_face(entry),
        sentence=sentence(t, titles, entry, entries.subject(t, titles, entry, log.evidence_titles)),
        why=html('<p class="said"><q>{why}</q></p>', why=why) if why else "",
        more=html(
            '<details class="more"><summary>{title}</summary>{facts}</details>',
            title=t("Details"),
            facts=entries.facts(t, titles, entry),
        ),
    )


def _face(entry: Entry) -> Html:
    """Initials; a sign for a build server and for the product itself."""
    if is_machine(entry):
        return html('<span class="face">{icon}</span>', icon=icon("code"))
    if entry.person == SYSTEM.name:
        return html('<span class="face">{icon}</span>', icon=icon("settings"))
    return html('<span class="face" aria-hidden="true" translate="no">{name}</span>', name=initials(entry.person))


def _run(t: Language, titles: TitleLookup, run: Sequence[Entry], log: Log) -> Html:
    """Entries of one name and kind in a row, as one line that unfolds to all of them."""
    newest, oldest = run[0], run[-1]
    return html(
        '<article class="run"><time>{time}</time>{face}<div class="any"><p>{sentence}</p>{fails}</div>'
        '<details class="more"><summary>{title}</summary><div class="log">{all}</div></details></article>',
        time=t.time(oldest.at),
        face=_face(newest),
        sentence=_run_sentence(t, run),
        fails=_fails(t, titles, run),
        title=t("All {n}", n=len(run)),
        all=join(_entry(t, titles, entry, log) for entry in run),
    )


def _run_sentence(t: Language, run: Sequence[Entry]) -> Html:
    minutes = round((run[0].at - run[-1].at).total_seconds() / 60)
    who = html("<b>{name}</b>", name=run[0].person)
    verb = run[0].verb
    if verb == "evidence.file":
        passed = _verdicts(run)
        words = t(
            "{who} uploaded {n} files in {minutes} minutes: {passed} pass, {failed} fail.",
            who="{who}",
            n=len(run),
            minutes=minutes,
            passed=passed[Verdict.PASS],
            failed=passed[Verdict.FAIL],
        )
    elif verb == "evidence.open":
        words = _opening_words(t, run)
    elif verb == "evidence.review":
        words = t("{who} reviewed {n} pieces of evidence.", who="{who}", n=len(run))
    else:
        label = t.render(VERBS[verb]) if verb in VERBS else verb
        words = t("{who}: {label}, {n} times.", who="{who}", label=label.replace("{", "").replace("}", ""), n=len(run))
    return html(words, who=who)


def _opening_words(t: Language, run: Sequence[Entry]) -> str:
    """How much evidence was opened: its files are entries of their own, and no other evidence."""
    opened = len({entry.subject for entry in run})
    if opened == 1:
        return t("{who} opened files of one piece of evidence.", who="{who}")
    return t("{who} opened {n} pieces of evidence.", who="{who}", n=opened)


def _cells(entry: Entry) -> Iterable[Sequence[str]]:
    cells = entry.details.get("cells")
    return [cell for cell in cells if isinstance(cell, list) and len(cell) == _CELL] if isinstance(cells, list) else []


def _verdicts(run: Sequence[Entry]) -> Counter[str]:
    """How many entries have a failing cell, and how many of the others a passing one."""
    verdicts = ({cell[-1] for cell in _cells(entry)} for entry in run)
    return Counter(
        Verdict.FAIL if Verdict.FAIL in own else Verdict.PASS for own in verdicts if own & {Verdict.FAIL, Verdict.PASS}
    )


def _fails(t: Language, titles: TitleLookup, run: Sequence[Entry]) -> Html:
    """What failed in a run, by name."""
    failing = {
        f"{titles.requirement(t, cell[0])}, {titles.place(t, cell[1], cell[2])}"
        for entry in run
        for cell in _cells(entry)
        if cell[-1] == Verdict.FAIL
    }
    if not failing:
        return Html("")
    named = sorted(failing)[:_NAMED]
    rest = [t("{n} more", n=len(failing) - _NAMED)] if len(failing) > _NAMED else []
    marks = join(mark(t, VERDICTS[Verdict.FAIL][0], name) for name in [*named, *rest])
    return html('<p class="fails">{marks}</p>', marks=marks)
