"""The evidence that sets a status: title, day, who accepted it and its exceptions; the rest folded."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from dashboard.components import days
from dashboard.components.cells import CellView, long_fact, rank
from dashboard.shell.badge import symbol
from dashboard.shell.html import Html, address, html, join, link
from dashboard.shell.page_context import PageContext
from dashboard.shell.title_lookup import TitleLookup
from evidence.judging.words import check_name
from evidence.library.evidence_titles import evidence_title
from locales import Language, Text
from models.vocabulary import ExceptionKind
from readiness import CellStatus, EvidenceFacts, ExceptionFact
from readiness.explanations.deciding_evidence import find_deciding_evidence

Key = tuple[str, str, str]


def evidence_of_cells(context: PageContext, cells: Iterable[CellStatus]) -> Mapping[Key, EvidenceFacts]:
    """The evidence behind each cell, as far as the person can read it."""
    return find_deciding_evidence(context.session, context.person, cells, context.today, context.now)


def worst_first(titles: TitleLookup, cells: Iterable[CellView]) -> list[CellView]:
    """The cells in order of severity, of equals the one that ends first."""
    place = {key: at for at, key in enumerate(("", *titles.systems))}
    return sorted(
        cells,
        key=lambda view: (
            rank(view.status),
            view.cell.valid_until or date.max,
            place.get(view.cell.system, len(place)),
            view.cell.target,
        ),
    )


def deciding_lines(
    t: Language, titles: TitleLookup, cells: Sequence[CellView], evidence: Mapping[Key, EvidenceFacts]
) -> Html:
    """One line per cell, worst first; all but the first folded."""
    several = len({view.cell.requirement for view in cells}) > 1
    ordered = worst_first(titles, cells)
    lines = [_line(t, titles, view, evidence.get(view.cell.key), several=several) for view in ordered]
    return join([*lines[:1], folded(t.n("and one more", "and {n} more", len(lines) - 1), lines[1:])])


def folded(summary: str, lines: Sequence[Html]) -> Html:
    """Lines that open at a click on the summary."""
    if not lines:
        return Html("")
    return html(
        '<details class="more"><summary>{summary}</summary>{lines}</details>', summary=summary, lines=join(lines)
    )


def _line(t: Language, titles: TitleLookup, view: CellView, evidence: EvidenceFacts | None, *, several: bool) -> Html:
    """The place of a cell (of `several` requirements also its title), its status, day and evidence."""
    cell = view.cell
    place = titles.place(t, cell.system, cell.target)
    label = f"{titles.requirement(t, cell.requirement)}, {place}" if several else place
    return html(
        '<div class="proof">{mark}<span>{label}: {fact}{evidence}</span></div>',
        mark=symbol(t, view.status),
        label=label,
        fact=long_fact(t, cell, titles.today) or t("no date"),
        evidence=evidence_line(t, evidence) if evidence else "",
    )


def evidence_line(t: Language, evidence: EvidenceFacts) -> Html:
    """The evidence as a link, with who accepted it and its exceptions."""
    return html(
        "<small>{evidence}, {day}, {accepted}{declared}{exceptions}</small>",
        evidence=link(address("evidence-item", id=evidence.evidence), evidence_title(t, evidence)),
        day=days.between(t, evidence.first_day, evidence.last_day),
        accepted=t.render(evidence.accepted),
        declared=declared(t, evidence.declared),
        exceptions=exceptions(t, evidence.exceptions),
    )


def declared(t: Language, facts: Sequence[Text]) -> Html:
    """What the uploader declared about the evidence that is not stated in a file."""
    words = t("Not stated in a file: {facts}.", facts=", ".join(t.render(fact) for fact in facts))
    return html('<br><span class="declared">{words}</span>', words=words) if facts else Html("")


def exceptions(t: Language, exception_facts: Sequence[ExceptionFact]) -> Html:
    """The exceptions that the evidence relies on, one per line."""
    lines = (
        html('<br><span class="excepted">{words}</span>', words=exception_words(t, exception))
        for exception in exception_facts
    )
    return join(lines)


def exception_words(t: Language, exception: ExceptionFact) -> str:
    if exception.kind == ExceptionKind.FALSE_POSITIVE:
        return t(
            "{check} is a false positive, {first} to {last}, by {name}: {reason}",
            check=check_name(t, exception.check),
            first=exception.first_day,
            last=exception.last_day,
            name=exception.granted_by,
            reason=exception.reason,
        )
    return t(
        "Exception for {check}, {first} to {last}, by {name}: {reason}",
        check=check_name(t, exception.check),
        first=exception.first_day,
        last=exception.last_day,
        name=exception.granted_by,
        reason=exception.reason,
    )


def criteria(t: Language, titles: TitleLookup, requirements: Iterable[str]) -> Html:
    """The acceptance criteria of evidence requirements, folded."""
    rows = [titles.requirements[key] for key in requirements if key in titles.requirements]
    lines = [
        html("<p><b>{title}</b>: {judged}</p>", title=t.title(requirement), judged=words)
        for requirement in rows
        if (words := titles.criteria(t, requirement))
    ]
    return folded(t("Acceptance criteria"), lines)
