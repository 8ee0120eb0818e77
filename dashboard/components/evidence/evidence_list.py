"""The columns of the table of evidence: verdict, review and end of each; the same marks elsewhere."""

from collections.abc import Mapping, Sequence

from dashboard.components import days
from dashboard.components.data_table import Column
from dashboard.components.evidence.evidence_title import evidence_title
from dashboard.components.evidence.evidence_validity import Validity
from dashboard.shell.badge import mark
from dashboard.shell.html import Html, address, html, link, two_lines
from dashboard.shell.title_lookup import TitleLookup
from evidence.library.evidence_items import EvidenceRow
from locales import Language, Text, text
from models.vocabulary import EvidenceKind, ReviewState, Status, Verdict

KINDS: dict[str, Text] = {"test": text("Test result"), "register": text("Register"), "record": text("Document")}
REVIEWS: dict[str, tuple[str, Text]] = {
    "waiting": ("in_review", text("Awaiting review")),
    "accepted": ("demonstrated", text("Accepted")),
    "automatic": ("demonstrated", text("Accepted by the policy")),
    "rejected": ("unknown", text("Rejected")),
    "withdrawn": ("excluded", text("Withdrawn")),
}
VERDICTS: dict[str, tuple[str, Text]] = {
    "fail": ("failing", text("Fails the policy")),
    "pass": ("demonstrated", text("Passes the policy")),
    "none": ("unknown", text("No verdict")),
}
_NAMED = 2


def columns(t: Language, titles: TitleLookup, ends: Mapping[str, Validity]) -> list[Column[EvidenceRow]]:
    """The columns of the library. `ends`: until when each evidence counts, by its id."""
    end = Validity(None, None)
    return [
        Column("day", t("Date or period"), lambda row: days.between(t, row.first_day, row.last_day)),
        Column("title", t("Evidence"), lambda row: evidence_title(t, row), lambda row: _title(t, row)),
        Column("for", t("Evidence for"), lambda row: _all_for(t, titles, row), lambda row: _for(t, titles, row)),
        Column(
            "until",
            t("Valid until"),
            lambda row: ends.get(row.id, end).until,
            lambda row: _until(t, ends.get(row.id, end)),
        ),
        Column("verdict", t("Verdict"), lambda row: _verdict_words(t, row), lambda row: status(t, row)),
        Column("review", t("Review"), lambda row: t.render(REVIEWS[row.review][1]), lambda row: _reviewed(t, row)),
        Column("kind", t("Kind"), lambda row: t.render(KINDS[row.kind]), is_extra=True),
        Column("tool", t("Tool"), lambda row: row.tool, is_extra=True),
        Column("format", t("Format"), lambda row: row.format, is_extra=True),
        Column("by", t("Uploaded by"), lambda row: row.uploaded_by, is_extra=True),
        Column("recorded", t("Uploaded"), lambda row: row.recorded_at, is_extra=True),
    ]


def _until(t: Language, end: Validity) -> Html:
    if end.ended:
        return mark(t, Status.LAPSED, t("expired {day}", day=days.short(t, end.ended)))
    return html('<span class="day">{day}</span>', day=days.short(t, end.until)) if end.until else Html("")


def _title(t: Language, row: EvidenceRow) -> Html:
    return html(
        '<span class="two any">{title}<small>{about}</small></span>',
        title=link(address("evidence-item", id=row.id), evidence_title(t, row)),
        about=_about(t, row),
    )


def _for(t: Language, titles: TitleLookup, row: EvidenceRow) -> Html:
    return two_lines(
        _names(t, [titles.requirement(t, key) for key in row.requirements]),
        _names(t, [titles.system(t, key) for key in row.systems]),
    )


def _all_for(t: Language, titles: TitleLookup, row: EvidenceRow) -> str:
    names = [titles.requirement(t, key) for key in row.requirements]
    return ", ".join([*names, *(titles.system(t, key) for key in row.systems)])


def _verdict_words(t: Language, row: EvidenceRow) -> str:
    return t("a document") if row.kind == EvidenceKind.RECORD else t.render(VERDICTS[row.verdict][1])


def _about(t: Language, row: EvidenceRow) -> str:
    """Tool or kind, format and uploader; a tool often has the name of its format, and a document needs none."""
    kind = t.render(KINDS[row.kind]) if row.kind in KINDS else row.kind
    parts = (row.tool or kind, "" if row.kind == EvidenceKind.RECORD else row.format, row.uploaded_by)
    return " · ".join(part for part in dict.fromkeys(parts) if part)


def status(t: Language, row: EvidenceRow) -> Html:
    """The verdict of a test or register; a document has none."""
    if row.kind == EvidenceKind.RECORD:
        return html("<small>{words}</small>", words=t("a document"))
    look, name = VERDICTS[row.verdict]
    return mark(t, look, t.render(name))


def _reviewed(t: Language, row: EvidenceRow) -> Html:
    """The review, or why none is needed: a failure counts immediately, a test without a verdict never."""
    if row.verdict == Verdict.NONE and row.kind != EvidenceKind.RECORD:
        return html("<small>{words}</small>", words=t("does not count"))
    if row.verdict == Verdict.FAIL and row.review in (ReviewState.AUTOMATIC, ReviewState.WAITING):
        return html("<small>{words}</small>", words=t("counts immediately"))
    return review_mark(t, row.review)


def verdict_mark(t: Language, verdict: str) -> Html:
    """A verdict, with its icon."""
    look, name = VERDICTS[verdict]
    return mark(t, look, t.render(name))


def review_mark(t: Language, review: str) -> Html:
    look, name = REVIEWS[review]
    return mark(t, look, t.render(name))


def _names(t: Language, names: Sequence[str]) -> str:
    more = t(" and {n} more", n=len(names) - _NAMED) if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
