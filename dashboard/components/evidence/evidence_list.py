"""The columns of the table of evidence: verdict, review and end of each; the same marks elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from access.permissions import Person
from dashboard.components import days
from dashboard.components.data_table import Column
from dashboard.components.evidence.evidence_validity import until_cell, until_shown
from dashboard.shell.badge import mark
from dashboard.shell.html import Html, address, html, link, two_lines
from dashboard.shell.title_lookup import TitleLookup
from evidence.library.evidence_items import EvidenceRow
from evidence.library.evidence_titles import evidence_title
from locales import Language, Text, text
from models.vocabulary import EvidenceKind, ReviewState, Verdict
from readiness import Readiness
from readiness.evidence_ends import EvidenceEnd, evidence_ends

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


@dataclass(frozen=True, slots=True)
class ListedEvidence:
    """A line of the table."""

    row: EvidenceRow
    end: EvidenceEnd


def listed(session: Session, person: Person, current: Readiness, rows: Sequence[EvidenceRow]) -> list[ListedEvidence]:
    """The lines of some evidence, with until when each counts by `current`."""
    ends = evidence_ends(session, person, current, [row.id for row in rows])
    return [ListedEvidence(row, ends[row.id]) for row in rows]


def columns(t: Language, titles: TitleLookup) -> list[Column[ListedEvidence]]:
    """The columns of the library."""
    return [
        Column("day", t("Date or period"), lambda line: days.between(t, line.row.first_day, line.row.last_day)),
        Column("title", t("Evidence"), lambda line: evidence_title(t, line.row), lambda line: _title(t, line.row)),
        Column(
            "for", t("Evidence for"), lambda line: _all_for(t, titles, line.row), lambda line: _for(t, titles, line.row)
        ),
        Column("until", t("Valid until"), lambda line: until_cell(t, line.end), lambda line: until_shown(t, line.end)),
        Column("verdict", t("Verdict"), lambda line: _verdict_words(t, line.row), lambda line: status(t, line.row)),
        Column(
            "review",
            t("Review"),
            lambda line: _review_words(t, line.row),
            lambda line: _reviewed(t, line.row),
        ),
        Column("kind", t("Kind"), lambda line: t.render(KINDS[line.row.kind]), is_extra=True),
        Column("tool", t("Tool"), lambda line: line.row.tool, is_extra=True),
        Column("format", t("Format"), lambda line: line.row.format, is_extra=True),
        Column("by", t("Uploaded by"), lambda line: line.row.uploaded_by, is_extra=True),
        Column("recorded", t("Uploaded"), lambda line: line.row.recorded_at, is_extra=True),
    ]


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


def _review_words(t: Language, row: EvidenceRow) -> str:
    return t.render(REVIEWS[row.review][1])


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
