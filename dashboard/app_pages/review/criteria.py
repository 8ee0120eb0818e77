"""The right side of the page: criteria, what to look at, what was declared, and what accepting would do."""

import re
from collections.abc import Sequence
from datetime import timedelta

import streamlit as st

from dashboard.components import days
from dashboard.components.evidence import declared_facts
from dashboard.components.evidence.outcomes import verdicts
from dashboard.shell import html
from dashboard.shell.badge import mark
from dashboard.shell.frame import show
from dashboard.shell.page_context import PageContext
from dashboard.shell.title_lookup import TitleLookup
from evidence.library.evidence_items import EvidenceDetail
from locales import Language
from readiness import AcceptanceEffect, QueueItem

_PART_END = re.compile(r"(?<=\.)\s+(?=[A-Z])|;\s+(?![^()]*\))")  # never inside brackets
_AND = re.compile(r"^(?:and that|that|and|en) ")  # what joined a part to the one before, in either language
_MOST_BOXES = 12
_MOST_CONTROLS = 12
_PLACES = 4


def draw_criteria(t: Language, context: PageContext, detail: EvidenceDetail) -> None:
    """An unticked box for each criterion: a list for the reviewer, of which nothing is stored."""
    criteria = criteria_of(t, context.titles, detail.row.requirements)
    number = sum(map(len, criteria.values()))
    show(html.section(t("Does it meet these?"), t.n("{n} criterion", "{n} criteria", number)))
    for requirement, sentences in criteria.items():
        if len(criteria) > 1:
            show(html.caption(context.titles.requirement(t, requirement)))
        for at, sentence in enumerate(sentences[:_MOST_BOXES]):
            st.checkbox(html.widget_label(sentence), key=f"criterion {detail.row.id} {requirement} {at}")
    if not criteria:
        names = ", ".join(context.titles.requirement(t, key) for key in detail.row.requirements)
        show(html.caption(t("No criteria are recorded. Look whether it shows what is asked: {names}.", names=names)))


def criteria_of(t: Language, titles: TitleLookup, requirements: Sequence[str]) -> dict[str, list[str]]:
    """The criteria of each requirement that has any, part by part."""
    rows = [titles.requirements[key] for key in requirements if key in titles.requirements]
    parts = {row.key: [part for part in _PART_END.split(t.pick(row, "judged")) if part] for row in rows}
    return {key: list(map(_capitalised, some)) for key, some in parts.items() if some}


def _capitalised(part: str) -> str:
    part = _AND.sub("", part)
    return f"{part[:1].upper()}{part[1:]}"


def facts(t: Language, titles: TitleLookup, detail: EvidenceDetail) -> html.Html:
    """What it is, and what the uploader declared."""
    return html.join(
        [
            declared_facts.same_files(t, titles, detail),
            html.section(t("About it"), html.link(html.address("evidence-item", id=detail.row.id), t("All details"))),
            html.pairs(_about(t, titles, detail)),
            declared_facts.declared(t, titles, detail),
        ]
    )


def to_look_at(t: Language, titles: TitleLookup, detail: EvidenceDetail) -> html.Html:
    """Why a person must look, and which checks fail."""
    reasons = html.join(
        html.html(
            '<p class="look-at">{icon}<span>{reason}</span></p>', icon=html.icon("warning"), reason=t.render(reason)
        )
        for reason in detail.review_reasons
    )
    failing = verdicts(t, titles, detail.coverage)
    return html.join([html.section(t("Look at")), reasons, failing]) if reasons or failing else html.Html("")


def _about(t: Language, titles: TitleLookup, detail: EvidenceDetail) -> list[tuple[str, object]]:
    row = detail.row
    places = list(
        dict.fromkeys(
            f"{titles.requirement(t, cell.requirement)}, {titles.place(t, cell.system, cell.target)}"
            for cell in detail.coverage
        )
    )
    more = t(" and {n} more", n=len(places) - _PLACES) if len(places) > _PLACES else ""
    pairs: list[tuple[str, object]] = [
        (t("Date or period"), days.between(t, row.first_day, row.last_day)),
        (t("Evidence for"), "; ".join(places[:_PLACES]) + more),
        (t("Uploaded"), t("{moment} by {name}", moment=t.moment(row.recorded_at), name=row.uploaded_by)),
    ]
    if detail.note:
        pairs.append((t("Note"), detail.note))
    return pairs


def effect(t: Language, titles: TitleLookup, item: QueueItem, changed: AcceptanceEffect | None) -> html.Html:
    """What accepting would do to controls, and until when; nothing if that is not known now."""
    if changed is None:
        return html.Html("")
    return html.join([html.section(t("If you accept")), *_effect(t, titles, item, changed)])


def _effect(t: Language, titles: TitleLookup, item: QueueItem, changed: AcceptanceEffect) -> list[html.Html]:
    ends = [cell.valid_until for cell in changed.cells if cell.valid_until]
    until = t("until {day}", day=min(ends) - timedelta(days=1)) if ends else ""
    if changed.controls:
        lines = [_line(t, titles, "demonstrated", until, changed.controls)]
    elif changed.cells:
        status = changed.cells[0].status
        lines = [_line(t, titles, status, until, ()), html.caption(t("No control changes its status today."))]
    else:
        lines = [html.caption(t("Nothing changes today: something else decides the status."))]
    if changed.others:
        names = _names(t, titles, changed.others)
        lines.append(html.caption(t("The status of these changes too: {names}", names=names)))
    later = [control for control in item.controls if control not in changed.controls]
    if later:
        names = _names(t, titles, later)
        lines.append(html.caption(t("Needed on the day of the audit: {names}", names=names)))
    return lines


def _line(t: Language, titles: TitleLookup, status: str, until: str, controls: Sequence[str]) -> html.Html:
    names = _names(t, titles, controls)
    words = ": ".join(filter(None, [until, names]))
    return html.html("<p>{mark} {words}</p>", mark=mark(t, status), words=words)


def _names(t: Language, titles: TitleLookup, controls: Sequence[str]) -> str:
    more = t(" and {n} more", n=len(controls) - _MOST_CONTROLS) if len(controls) > _MOST_CONTROLS else ""
    return ", ".join(titles.reference(t, control) for control in controls[:_MOST_CONTROLS]) + more
