"""A table of evidence with verdict and review of each."""

from collections.abc import Sequence

from dashboard.components import days
from dashboard.shell.badge import mark
from dashboard.shell.html import Html, address, html, link, table, two_lines
from dashboard.shell.title_lookup import TitleLookup
from evidence.library.evidence_items import EvidenceRow
from locales import Language, Text, text
from models.vocabulary import EvidenceKind, ReviewState, Verdict

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


def evidence_list(t: Language, titles: TitleLookup, rows: Sequence[EvidenceRow]) -> Html:
    heads = [t("Date or period"), t("Evidence"), t("Evidence for"), t("Verdict"), t("Review")]
    return table(heads, [_row(t, titles, row) for row in rows], "library")


def _row(t: Language, titles: TitleLookup, row: EvidenceRow) -> Sequence[object]:
    return [
        days.between(t, row.first_day, row.last_day),
        html(
            '<span class="two any">{title}<small>{about}</small></span>',
            title=link(address("evidence-item", id=row.id), row.title),
            about=_about(t, row),
        ),
        two_lines(
            _names(t, [titles.requirement(t, key) for key in row.requirements]),
            _names(t, [titles.system(t, key) for key in row.systems]),
        ),
        status(t, row),
        _reviewed(t, row),
    ]


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
