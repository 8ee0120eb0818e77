"""What the uploader declared, why evidence needs review, the same file elsewhere, and earlier evaluations."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from dashboard.components import days
from dashboard.components.evidence.evidence_list import verdict_mark
from dashboard.shell.html import Html, address, caption, html, join, link, note, section
from dashboard.shell.html import pairs as pairs_of
from dashboard.shell.title_lookup import TitleLookup
from evidence.formats import title_of
from evidence.intake.delivery.declarations import declared_places
from evidence.intake.reasons.seen_before import SeenBefore
from evidence.library.evidence_items import EarlierJudgement, EvidenceDetail
from evidence.library.evidence_titles import evidence_title
from locales import Language, Text
from models.vocabulary import ReviewState

_MOST_PLACES = 4  # that are named of one evidence
_MOST_VERDICTS = 6  # of one evaluation


def same_file_note(t: Language, titles: TitleLookup, earlier_rows: Sequence[SeenBefore]) -> Html:
    """A note that the same file was uploaded before: when, by whom, for which days and for what."""
    if not earlier_rows:
        return Html("")
    lines = join(html("<li>{line}</li>", line=_seen(t, titles, earlier)) for earlier in earlier_rows)
    words = t("The same file was uploaded before. If uploaded again as other evidence, it needs someone else's review.")
    return note("unknown", html("{words}<ul>{lines}</ul>", words=words, lines=lines), "content_copy")


def _seen(t: Language, titles: TitleLookup, earlier: SeenBefore) -> Html:
    places = [titles.place(t, system, target) for system, target in earlier.places]
    named = ", ".join(places[:_MOST_PLACES]) + (", …" if len(places) > _MOST_PLACES else "")
    return html(
        "{when}: {title}{places}",
        places=f" ({named})" if named else "",
        when=t(
            "on {moment} by {person}, for {days}",
            moment=t.moment(earlier.recorded_at),
            person=earlier.uploaded_by,
            days=days.between(t, earlier.first_day, earlier.last_day),
        ),
        title=link(address("evidence-item", id=earlier.evidence), evidence_title(t, earlier)),
    )


def review_note(t: Language, reasons: Sequence[Text]) -> Html:
    """A note that the evidence needs someone else's review, with the reasons."""
    if not reasons:
        return Html("")
    lines = join(html("<li>{reason}</li>", reason=t.render(reason)) for reason in reasons)
    words = t("This needs someone else's review, because:")
    return note("in-review", html("{words}<ul>{lines}</ul>", words=words, lines=lines), "pending")


def declared(t: Language, titles: TitleLookup, detail: EvidenceDetail) -> Html:
    """What the uploader entered that is not in the file, for the reviewer to check."""
    pairs = _declared_values(t, titles, detail)
    by = detail.declared.get("by", detail.row.uploaded_by)
    head = section(t("Entered by the uploader, not in the file"), t("by {name}", name=by))
    return join([head, pairs_of(pairs)]) if pairs else Html("")


def _declared_values(t: Language, titles: TitleLookup, detail: EvidenceDetail) -> list[tuple[str, object]]:
    values = detail.declared
    pairs: list[tuple[str, object]] = []
    if whole := values.get("days"):
        pairs.append((t("Days"), days.between(t, *map(date.fromisoformat, whole))))
    pairs += [(t("Tested"), titles.system(t, system)) for system in values.get("systems", ())]
    pairs += [
        (tested or t("Tested"), titles.place(t, system, target)) for tested, system, target in declared_places(values)
    ]
    if tool := values.get("tool"):
        pairs.append((t("Tool"), tool))
    if whole := values.get("population"):
        pairs += _population(t, whole)
    pairs += [(titles.system(t, system), t.value(number)) for system, number in values.get("populations", {}).items()]
    pairs += [(name, t("from zone {zone}", zone=zone)) for name, zone in values.get("zones", {}).items()]
    pairs += [(name, t("read as {format}", format=title_of(chosen))) for name, (chosen, _) in _chosen(values)]
    if end := values.get("end"):
        pairs.append((t("Valid until"), t.date(date.fromisoformat(end))))
    return pairs


def _chosen(values: Mapping[str, Any]) -> Iterable[tuple[str, Sequence[str]]]:
    """By file the format that was chosen, and the one that the content shows."""
    chosen: Mapping[str, Sequence[str]] = values.get("formats", {})
    return chosen.items()


def _population(t: Language, population: Mapping[str, Any]) -> list[tuple[str, object]]:
    """How many items a register should list, by which source and on which day."""
    return [
        (t("Expected number"), t.value(population["number"])),
        (t("Source"), population["source"]),
        (t("Date"), t.date(date.fromisoformat(population["on"]))),
    ]


def reasons(t: Language, detail: EvidenceDetail) -> Html:
    """Why the evidence needs, or needed, a review although its requirement accepts automatically."""
    if detail.row.review == ReviewState.WAITING:
        return review_note(t, detail.review_reasons)
    lines = join(caption(t.render(reason)) for reason in detail.review_reasons)
    return join([section(t("Not accepted automatically")), lines]) if detail.review_reasons else Html("")


def same_files(t: Language, titles: TitleLookup, detail: EvidenceDetail) -> Html:
    """Other evidence with the same file."""
    lines = join(caption(_seen(t, titles, earlier)) for earlier in detail.seen_before)
    return join([section(t("Same file uploaded at another time")), lines]) if detail.seen_before else Html("")


def judgements(t: Language, titles: TitleLookup, detail: EvidenceDetail) -> Html:
    """When and by whom the evidence was evaluated, with what result each time; nothing if it was once."""
    if len(detail.judgements) <= 1:
        return Html("")
    lines = join(_judgement(t, titles, judgement) for judgement in detail.judgements)
    return join([section(t("Evaluated again"), t("results shown are of the latest evaluation")), lines])


def _judgement(t: Language, titles: TitleLookup, judgement: EarlierJudgement) -> Html:
    """One evaluation: its moment and who asked for it, each verdict, and why it had to be reviewed."""
    cells = [
        html(
            '<p class="moved">{mark} <small>{place}</small></p>',
            mark=verdict_mark(t, cell.verdict),
            place=f"{titles.requirement(t, cell.requirement)}, {titles.place(t, cell.system, cell.target)}",
        )
        for cell in judgement.coverage[:_MOST_VERDICTS]
    ]
    more = len(judgement.coverage) - len(cells)
    rest = [caption(t.n("and one more", "and {n} more", more))] if more > 0 else []
    reasons = [caption(t("Needs review: {reason}", reason=t.render(text))) for text in judgement.review_reasons or ()]
    head = html(
        '<p class="caption">{moment}, {name}</p>', moment=t.moment(judgement.judged_at), name=judgement.judged_by
    )
    return join([head, *cells, *rest, *reasons])
