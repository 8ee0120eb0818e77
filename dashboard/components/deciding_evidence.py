"""The evidence that sets a status: title, day, who accepted it and its exceptions; the rest folded."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from dashboard.components import days
from dashboard.components.cells import Shown, long_fact, rank
from dashboard.shell.badge import symbol
from dashboard.shell.html import Html, address, html, join, link
from dashboard.shell.page_context import PageContext
from dashboard.shell.title_lookup import TitleLookup
from evidence.judging.words import check_name
from evidence.library import evidence_items
from locales import Language, Text
from readiness import CellStatus, EvidenceFacts, ExceptionFact, behind

Key = tuple[str, str, str]


def evidence_behind(context: PageContext, cells: Iterable[CellStatus]) -> Mapping[Key, EvidenceFacts]:
    """The evidence behind each cell, as far as the person can read it."""
    named = {cell: key for cell in cells if (key := cell.evidence or cell.delivered)}
    known = evidence_items.readable(context.session, context.person, set(named.values()))
    return behind(
        context.session,
        context.person,
        [cell for cell, key in named.items() if key in known],
        context.today,
        context.now,
    )


def in_order(titles: TitleLookup, cells: Iterable[Shown]) -> list[Shown]:
    """The cells in order of severity, of equals the one that ends first."""
    place = {key: at for at, key in enumerate(("", *titles.systems))}
    return sorted(
        cells,
        key=lambda one: (
            rank(one.status),
            one.cell.valid_until or date.max,
            place.get(one.cell.system, len(place)),
            one.cell.target,
        ),
    )


def deciding(t: Language, titles: TitleLookup, cells: Sequence[Shown], found: Mapping[Key, EvidenceFacts]) -> Html:
    """One line per cell, worst first; all but the first folded."""
    several = len({one.cell.requirement for one in cells}) > 1
    ordered = in_order(titles, cells)
    lines = [_line(t, titles, one, found.get(one.cell.key), several=several) for one in ordered]
    return join([*lines[:1], folded(t.n("and one more", "and {n} more", len(lines) - 1), lines[1:])])


def folded(summary: str, lines: Sequence[Html]) -> Html:
    """Lines that open at a click on the summary."""
    if not lines:
        return Html("")
    return html(
        '<details class="more"><summary>{summary}</summary>{lines}</details>', summary=summary, lines=join(lines)
    )


def _line(t: Language, titles: TitleLookup, one: Shown, found: EvidenceFacts | None, *, several: bool) -> Html:
    """The place of a cell (of `several` requirements also its title), its status, day and evidence."""
    cell = one.cell
    place = titles.place(t, cell.system, cell.target)
    asked = f"{titles.requirement(t, cell.requirement)}, {place}" if several else place
    return html(
        '<div class="proof">{mark}<span>{asked}: {fact}{evidence}</span></div>',
        mark=symbol(t, one.status),
        asked=asked,
        fact=long_fact(t, cell, titles.today) or t("no date"),
        evidence=evidence_line(t, found) if found else "",
    )


def evidence_line(t: Language, found: EvidenceFacts) -> Html:
    """The evidence as a link, with who accepted it and its exceptions."""
    return html(
        "<small>{evidence}, {day}, {accepted}{declared}{exceptions}</small>",
        evidence=link(address("evidence-item", id=found.evidence), found.title),
        day=days.between(t, found.first_day, found.last_day),
        accepted=t.render(found.accepted),
        declared=declared(t, found.declared),
        exceptions=exceptions(t, found.exceptions),
    )


def declared(t: Language, facts: Sequence[Text]) -> Html:
    """What the uploader declared about the evidence that is not stated in a file."""
    words = t("Not stated in a file: {facts}.", facts=", ".join(t.render(one) for one in facts))
    return html('<br><span class="declared">{words}</span>', words=words) if facts else Html("")


def exceptions(t: Language, given: Sequence[ExceptionFact]) -> Html:
    """The exceptions that the evidence relies on, one per line."""
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


def criteria(t: Language, titles: TitleLookup, requirements: Iterable[str]) -> Html:
    """The acceptance criteria of evidence requirements, folded."""
    asked = [titles.requirements[key] for key in requirements if key in titles.requirements]
    lines = [
        html("<p><b>{title}</b>: {judged}</p>", title=t.title(one), judged=words)
        for one in asked
        if (words := t.pick(one, "judged"))
    ]
    return folded(t("Acceptance criteria"), lines)
