"""The evidence that decides a status: which, until when, accepted by whom, with which exceptions; the rest folded."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from dashboard.components import days
from dashboard.components.badge import symbol
from dashboard.components.cells import Shown, long_fact, rank
from dashboard.shell.html import Html, address, html, join, link
from dashboard.shell.page_context import PageContext
from dashboard.shell.title_lookup import TitleLookup
from evidence.judging.words import check_name
from evidence.library import evidence_items
from locales import Language, Text
from readiness import CellStatus, EvidenceFacts, ExceptionFact, find_deciding_evidence

Key = tuple[str, str, str]


def evidence_behind(o: PageContext, cells: Iterable[CellStatus]) -> Mapping[Key, EvidenceFacts]:
    """The evidence behind each cell that the person may read."""
    named = {cell: key for cell in cells if (key := cell.evidence or cell.delivered)}
    known = evidence_items.readable(o.session, o.person, set(named.values()))
    return find_deciding_evidence(
        o.session, o.person, [cell for cell, key in named.items() if key in known], o.today, o.now
    )


def in_order(book: TitleLookup, cells: Iterable[Shown]) -> list[Shown]:
    """What decides first: the worst, of equals what ends first."""
    place = {key: at for at, key in enumerate(("", *book.systems))}
    return sorted(
        cells,
        key=lambda one: (
            rank(one.status),
            one.cell.valid_until or date.max,
            place.get(one.cell.system, len(place)),
            one.cell.target,
        ),
    )


def deciding(t: Language, book: TitleLookup, cells: Sequence[Shown], found: Mapping[Key, EvidenceFacts]) -> Html:
    """A line for each cell, the one that decides first; the others folded."""
    several = len({one.cell.requirement for one in cells}) > 1
    ordered = in_order(book, cells)
    lines = [_line(t, book, one, found.get(one.cell.key), several=several) for one in ordered]
    return join([*lines[:1], folded(t.n("and one more", "and {n} more", len(lines) - 1), lines[1:])])


def folded(summary: str, lines: Sequence[Html]) -> Html:
    """Lines behind one that opens them."""
    if not lines:
        return Html("")
    return html(
        '<details class="more"><summary>{summary}</summary>{lines}</details>', summary=summary, lines=join(lines)
    )


def _line(t: Language, book: TitleLookup, one: Shown, found: EvidenceFacts | None, *, several: bool) -> Html:
    """Where (of `several` requirements also what) is asked, its status and day, and the evidence behind it."""
    cell = one.cell
    place = book.place(t, cell.system, cell.target)
    asked = f"{book.requirement(t, cell.requirement)}, {place}" if several else place
    return html(
        '<div class="proof">{mark}<span>{asked}: {fact}{evidence}</span></div>',
        mark=symbol(t, one.status),
        asked=asked,
        fact=long_fact(t, cell, book.today) or t("no day"),
        evidence=evidence_line(t, found) if found else "",
    )


def evidence_line(t: Language, found: EvidenceFacts) -> Html:
    """The evidence as a link, who accepted it, and its exceptions."""
    return html(
        "<small>{evidence}, {day}, {accepted}{declared}{exceptions}</small>",
        evidence=link(address("evidence-item", id=found.evidence), found.title),
        day=days.between(t, found.first_day, found.last_day),
        accepted=t.render(found.accepted),
        declared=declared(t, found.declared),
        exceptions=exceptions(t, found.exceptions),
    )


def declared(t: Language, facts: Sequence[Text]) -> Html:
    """What of the evidence no file says, and who declared it."""
    words = t("No file says: {facts}.", facts=", ".join(t.render(one) for one in facts))
    return html('<br><span class="declared">{words}</span>', words=words) if facts else Html("")


def exceptions(t: Language, given: Sequence[ExceptionFact]) -> Html:
    """Each exception that it rests on: check, reason, person, first and last day."""
    lines = (html('<br><span class="excepted">{words}</span>', words=exception_words(t, one)) for one in given)
    return join(lines)


def exception_words(t: Language, one: ExceptionFact) -> str:
    return t(
        "Exception for {check}, {first} to {last}, by {name}: {reason}",
        check=check_name(t, one.check),
        first=one.first_day,
        last=one.last_day,
        name=one.granted_by,
        reason=one.reason,
    )


def criteria(t: Language, book: TitleLookup, requirements: Iterable[str]) -> Html:
    """The acceptance criteria of some evidence requirements, folded."""
    asked = [book.requirements[key] for key in requirements if key in book.requirements]
    lines = [
        html("<p><b>{title}</b>: {judged}</p>", title=t.title(one), judged=words)
        for one in asked
        if (words := t.pick(one, "judged"))
    ]
    return folded(t("Acceptance criteria"), lines)
