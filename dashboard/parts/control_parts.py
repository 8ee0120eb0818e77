"""What the page of one control says: its sentence, why it has its status, what it asks, and its crosswalk."""

from collections.abc import Sequence

from controls.views import ControlDetail, ControlRow
from controls.words import ATTRIBUTE_VALUES, CROSSWALK_RELATIONS, HEALTHCARE
from dashboard.parts.badge import mark
from dashboard.parts.blocking import title
from dashboard.parts.book import Book
from dashboard.parts.compared import sources
from dashboard.parts.explained import purpose
from dashboard.parts.mapping_words import reviewed
from dashboard.parts.markup import Html, address, html, icon, join, link, section
from dashboard.parts.palette import css_class
from locales import Language, text
from readiness import ControlExplanation, ControlLine

_LACKS = text("{control} lacks valid proof: {what}.")
_SENTENCES = {
    "demonstrated": text("{control} is demonstrated."),
    "lapsing": text("{control} is demonstrated, but not until the audit."),
    "excluded": text("{control} is not applicable."),
    "in_review": text("{control} waits for our own review: {what}."),
    "unknown": text("{control}: nobody has said yet how this is shown."),
    "nonconforming": text("{control} does not conform: {what}."),
    "failing": text("{control} fails: {what}."),
    "missing": _LACKS,
    "lapsed": _LACKS,
}


def sentence(t: Language, book: Book, control: ControlRow, status: str, why: ControlExplanation) -> str:
    """The control's title, and the line that decides its status."""
    deciding = ", ".join([title(t, book, line) for line in why.lines if line.deciding][:2])
    known = status if deciding or status in ("demonstrated", "lapsing", "excluded") else "unknown"
    return t(_SENTENCES[known].message, control=f"{control.ref} {t.title(control)}", what=deciding)


def reasons(t: Language, book: Book, why: ControlExplanation) -> Html:
    """Every line that the rule looked at, the deciding one tinted, then what is not counted and why."""
    rows = join(_reason(t, book, line) for line in why.lines)
    head = section(t("Why this status"), t("the worst line decides"))
    return join([head, html('<table class="rows why"><tbody>{rows}</tbody></table>', rows=rows)]) if rows else head


def _reason(t: Language, book: Book, line: ControlLine) -> Html:
    kind = f"deciding {css_class(line.status)}" if line.deciding else "" if line.counted else "aside"
    status = (
        mark(t, line.status)
        if line.counted
        else html("{icon} {word}", icon=icon("do_not_disturb_on"), word=t("Not counted"))
    )
    taken = t(", taken over from {control}", control=book.reference(t, line.taken_from)) if line.taken_from else ""
    return html(
        "<tr class='{kind}'><td>{status}</td><td><span "
        "class='two'><b>{about}</b><small>{words}{taken}</small></span></td></tr>",
        kind=kind,
        status=status,
        about=_about(t, book, line),
        words=t.render(line.text),
        taken=taken,
    )


def _about(t: Language, book: Book, line: ControlLine) -> Html | str:
    if line.kind == "measure":
        return link(address("measure", key=line.key), book.measure(t, line.key), "soft-link")
    if line.kind == "requirement":
        return link(address("upload", requirement=line.key), book.requirement(t, line.key), "soft-link")
    kinds = {
        "nonconformity": line.key or t("Nonconformity"),
        "applicability": t("Statement of Applicability"),
        "rest": t("Not said yet"),
    }
    return kinds.get(line.kind, line.key)


def asks(t: Language, book: Book, detail: ControlDetail, *, with_crosswalk: bool = True) -> Html:
    """What it is for, what healthcare adds, its theme and relations to other catalogues; never a standard's text."""
    control = detail.control
    added = t.render(HEALTHCARE[control.healthcare]) if control.healthcare in HEALTHCARE else ""
    found = detail.explanation
    care = html(
        '<div class="asks care"><span class="tag care">{word}</span>{adds}{disputed}</div>',
        word=added,
        adds=html("<p>{words}</p>", words=t.pick(found, "adds")) if found and found.adds_nl else "",
        disputed=html(
            "<p>{words}</p>", words=t("Sources do not agree on this addition; check it in your copy of the standard.")
        )
        if control.disputed
        else "",
    )
    theme = html(
        '<div class="asks"><span class="tag">{theme}</span>{words}</div>',
        theme=book.theme(t, control.catalogue, control.theme),
        words=_attributes(t, control),
    )
    healthcare = care if control.healthcare not in ("none", "") else ""
    crosswalk = _crosswalk(t, book, control) if with_crosswalk else ""
    title = t("What it is for") if found else t("What it is")
    return join([section(title), purpose(t, found), healthcare, theme, crosswalk])


def _attributes(t: Language, control: ControlRow) -> Html:
    words = [
        t.render(ATTRIBUTE_VALUES.get(name, {}).get(value, value))
        for name, values in control.attributes.items()
        for value in values
    ]
    return html("<p><small>{words}</small></p>", words=" · ".join(words)) if words else Html("")


def _crosswalk(t: Language, book: Book, control: ControlRow) -> Html:
    lines = join(
        html(
            "<p>{relation} {other}{note}</p>",
            relation=t.render(CROSSWALK_RELATIONS[one.relation]),
            other=book.control_link(t, one.control),
            note=html("<small>: {words}</small>", words=t.pick(one, "note")) if one.note_nl else "",
        )
        for one in control.partners
    )
    none = html("<p>{words}</p>", words=t("No counterpart in another catalogue."))
    return html(
        '<h3>{title}</h3><div class="prose small">{lines}{basis}</div>',
        title=t("Crosswalk"),
        lines=lines or none,
        basis=sources(t, control),
    )


def requirements_of(book: Book, why: ControlExplanation) -> list[str]:
    """The evidence requirements behind the lines that count."""
    measures = {line.key for line in why.lines if line.kind == "measure" and line.counted}
    own = {line.key for line in why.lines if line.kind == "requirement"}
    return [key for key, one in book.requirements.items() if key in own or one.measure in measures]


def mapping(t: Language, detail: ControlDetail) -> Sequence[Sequence[object]]:
    """Which measures are mapped to it, and why."""
    return [
        [
            link(address("measure", key=one.measure), t.pick(one, "measure")),
            t("primary") if one.relation == "primary" else t("supporting"),
            t.pick(one, "rationale"),
            reviewed(t, one),
        ]
        for one in detail.mappings
    ]
