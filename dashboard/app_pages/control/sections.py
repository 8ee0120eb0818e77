"""Sections of a control's page: sentence, reasons for the status, purpose and crosswalk."""

from collections.abc import Mapping, Sequence
from datetime import date

from controls.browse.values import ControlDetail, ControlRow, Partner
from controls.files.words import ATTRIBUTE_VALUES, CROSSWALK_RELATIONS, HEALTHCARE
from dashboard.app_pages.control.explanation import purpose, purpose_rest
from dashboard.components.blocking_controls import title
from dashboard.components.cells import CellView, worst_status
from dashboard.components.compared_catalogue import sources
from dashboard.components.evidence.deciding_evidence import Key, criteria, deciding_lines
from dashboard.components.mapping_review import review_of_mapping
from dashboard.shell.badge import mark
from dashboard.shell.html import Html, address, fold, html, icon, join, link, section
from dashboard.shell.status_styles import css_class
from dashboard.shell.title_lookup import TitleLookup
from locales import Language, text
from models.vocabulary import LAPSING, Healthcare, LineKind, MappingRelation, Status
from readiness import ControlExplanation, ControlLine, EvidenceFacts

_LACKS = text("{control} has no valid evidence: {what}.")
_SENTENCES = {
    "demonstrated": text("{control} is demonstrated."),
    "lapsing": text("{control} is demonstrated, but not until the audit."),
    "excluded": text("{control} is not applicable."),
    "in_review": text("{control} awaits our own review: {what}."),
    "unknown": text("{control}: no measure or evidence has been specified yet."),
    "nonconforming": text("{control} does not conform: {what}."),
    "failing": text("{control} is failing: {what}."),
    "missing": _LACKS,
    "lapsed": _LACKS,
}


def sentence(t: Language, titles: TitleLookup, control: ControlRow, status: str, why: ControlExplanation) -> str:
    """One sentence with the control's status and what decides it."""
    deciding = ", ".join([title(t, titles, line) for line in why.lines if line.deciding][:2])
    shown_status = status if deciding or status in (Status.DEMONSTRATED, LAPSING, Status.EXCLUDED) else "unknown"
    return t(_SENTENCES[shown_status].message, control=f"{control.ref} {t.title(control)}", what=deciding)


def expiry_sentence(
    t: Language, titles: TitleLookup, control: ControlRow, lines: Sequence[ControlLine], cells: Sequence[CellView]
) -> str:
    """One sentence on what expires before the audit. `lines`: those that decide on the day of the audit."""
    ends = [
        (view.cell.valid_until or date.max, title(t, titles, line))
        for line in lines
        for view in cells_of_line(titles, line, cells)
        if view.status == LAPSING
    ]
    name = f"{control.ref} {t.title(control)}"
    if not ends:
        return t(_SENTENCES["lapsing"].message, control=name)
    day, title_of_first = min(ends)
    if day == date.max:
        return t("{control} is demonstrated, but not until the audit: {what}.", control=name, what=title_of_first)
    return t(
        "{control} is demonstrated, but not until the audit: {what} expires on {day}.",
        control=name,
        what=title_of_first,
        day=day,
    )


def cells_of_line(titles: TitleLookup, line: ControlLine, cells: Sequence[CellView]) -> list[CellView]:
    """The cells behind a line: of a measure those of its requirements, of a requirement its own."""
    keys = requirements_of_line(titles, line)
    return [view for view in cells if view.cell.requirement in keys]


def requirements_of_line(titles: TitleLookup, line: ControlLine) -> list[str]:
    """Keys of the evidence requirements behind a line."""
    if line.kind == LineKind.REQUIREMENT:
        return [line.key]
    if line.kind == LineKind.MEASURE:
        return [key for key, requirement in titles.requirements.items() if requirement.measure == line.key]
    return []


def reason_table(
    t: Language,
    titles: TitleLookup,
    why: ControlExplanation,
    cells: Sequence[CellView],
    evidence: Mapping[Key, EvidenceFacts],
) -> Html:
    """A table of every line that the rule considered, with its evidence; lines that do not count come last."""
    rows = join(_reason(t, titles, line, cells_of_line(titles, line, cells), evidence) for line in why.lines)
    head = section(t("Why this status"), t("the worst item sets the status"))
    return join([head, html('<table class="rows why"><tbody>{rows}</tbody></table>', rows=rows)]) if rows else head


def _reason(
    t: Language,
    titles: TitleLookup,
    line: ControlLine,
    cells: Sequence[CellView],
    evidence: Mapping[Key, EvidenceFacts],
) -> Html:
    ends = line.status == Status.DEMONSTRATED and worst_status(view.status for view in cells) == LAPSING
    status = "lapsing" if ends else line.status
    kind = f"deciding {css_class(status)}" if line.deciding else "" if line.counted else "aside"
    taken = t(", taken over from {control}", control=titles.reference(t, line.taken_from)) if line.taken_from else ""
    return html(
        "<tr class='{kind}'><td>{status}{aside}</td><td><span "
        "class='two'><b>{about}</b><small>{words}{taken}</small></span>{evidence}{upload}{criteria}</td></tr>",
        kind=kind,
        status=_status_of(t, line, status, cells),
        aside="" if line.counted else html("<small class='why'>{label}</small>", label=t("Not counted")),
        evidence=deciding_lines(t, titles, cells, evidence) if cells else "",
        upload=_upload(t, line),
        criteria=criteria(t, titles, requirements_of_line(titles, line)),
        about=_about(t, titles, line),
        words=t.render(line.text),
        taken=taken,
    )


def _upload(t: Language, line: ControlLine) -> Html:
    """The way to provide what a requirement of the control itself lacks, for who may; a measure's page has its own."""
    if line.kind != LineKind.REQUIREMENT or not line.counted or line.status in (Status.DEMONSTRATED, Status.EXCLUDED):
        return Html("")
    to = link(address("upload", requirement=line.key), t("Upload evidence"), "action")
    return html('<p class="caption">{to}</p>', to=to) if to else to


def _status_of(t: Language, line: ControlLine, status: str, cells: Sequence[CellView]) -> Html:
    """The status of a line; applicability and minor nonconformities have a label instead."""
    words = {"applicability": t("Applicable"), "nonconformity": t("Minor nonconformity")}
    if line.kind in words and line.status == Status.DEMONSTRATED:
        return html("{icon} {label}", icon=icon("info"), label=words[line.kind])
    excepted = status in (Status.DEMONSTRATED, LAPSING) and any(view.cell.with_exception for view in cells)
    return mark(t, status, with_exception=excepted)


def _about(t: Language, titles: TitleLookup, line: ControlLine) -> Html | str:
    if line.kind == LineKind.MEASURE:
        return link(address("measure", key=line.key), titles.measure(t, line.key), "soft-link")
    if line.kind == LineKind.REQUIREMENT:
        return titles.requirement(t, line.key)
    kinds = {
        "nonconformity": line.key or t("Nonconformity"),
        "applicability": t("Statement of Applicability"),
        "rest": t("Not specified yet"),
    }
    return kinds.get(line.kind, line.key)


def purpose_section(t: Language, titles: TitleLookup, detail: ControlDetail, *, with_crosswalk: bool = True) -> Html:
    """Purpose, healthcare addition, theme and crosswalk of a control; never the text of a standard."""
    control = detail.control
    added = t.render(HEALTHCARE[control.healthcare]) if control.healthcare in HEALTHCARE else ""
    explanation = detail.explanation
    care = html(
        '<div class="asks care"><span class="tag care">{label}</span>{adds}{disputed}</div>',
        label=added,
        adds=html("<p>{words}</p>", words=t.pick(explanation, "adds")) if explanation and explanation.adds_nl else "",
        disputed=html(
            "<p>{words}</p>", words=t("Sources disagree about this addition; check it in your copy of the standard.")
        )
        if control.disputed
        else "",
    )
    theme = html(
        '<div class="asks"><span class="tag">{theme}</span>{words}</div>',
        theme=titles.theme(t, control.catalogue, control.theme),
        words=_attributes(t, control),
    )
    healthcare = care if control.healthcare not in (Healthcare.NONE, "") else ""
    crosswalk = _crosswalk(t, titles, control) if with_crosswalk else ""
    title = t("Purpose") if explanation else t("Description")
    more = fold(t("More about this control"), join([purpose_rest(t, explanation), theme]))
    return join([section(title), purpose(t, explanation), healthcare, more, crosswalk])


def _attributes(t: Language, control: ControlRow) -> Html:
    words = [
        t.render(ATTRIBUTE_VALUES.get(name, {}).get(value, value))
        for name, values in control.attributes.items()
        for value in values
    ]
    return html("<p><small>{words}</small></p>", words=" · ".join(words)) if words else Html("")


def _partner(t: Language, titles: TitleLookup, partner: Partner) -> Html:
    return html(
        "<p>{relation} {other}{note}</p>",
        relation=t.render(CROSSWALK_RELATIONS[partner.relation]),
        other=titles.control_link(t, partner.control),
        note=html("<small>: {words}</small>", words=t.pick(partner, "note")) if partner.note_nl else "",
    )


def _crosswalk(t: Language, titles: TitleLookup, control: ControlRow) -> Html:
    lines = join(_partner(t, titles, partner) for partner in control.partners)
    none = html("<p>{words}</p>", words=t("No counterpart in another catalogue."))
    body = html('<div class="prose small">{lines}{basis}</div>', lines=lines or none, basis=sources(t, control))
    count = len(control.partners)
    return fold(t.n("{n} related control", "{n} related controls", count) if count else t("Crosswalk"), body)


def mapping(t: Language, detail: ControlDetail) -> Sequence[Sequence[object]]:
    """Rows of the measures that are mapped to the control, with the reason."""
    return [
        [
            link(address("measure", key=row.measure), t.pick(row, "measure")),
            t("primary") if row.relation == MappingRelation.PRIMARY else t("supporting"),
            t.pick(row, "rationale"),
            review_of_mapping(t, row),
        ]
        for row in detail.mappings
    ]
