"""What audits found on a control: open nonconformities first; closed ones stay readable."""

from collections.abc import Sequence

from audits.nonconformities import Finding
from dashboard.components.badge import mark
from dashboard.shell.html import Html, join, section, table, two_lines
from dashboard.shell.title_lookup import TitleLookup
from locales import Language, text
from models.vocabulary import Grade

GRADES = {"major": text("major nonconformity"), "minor": text("minor nonconformity")}


def findings(t: Language, book: TitleLookup, found: Sequence[Finding], control: str) -> Html:
    """One line a finding, also where two have one title; nothing without findings."""
    if not found:
        return Html("")
    opened = sum(one.closed_day is None for one in found)
    remark = t("{n} open, {closed} closed", n=opened, closed=len(found) - opened)
    head = [t("Finding"), t("Grade"), t("Found"), t("Closed")]
    rows = [_row(t, book, one, control) for one in found]
    return join([section(t("Nonconformities from audits"), remark), table(head, rows, "findings")])


def _row(t: Language, book: TitleLookup, one: Finding, control: str) -> list[object]:
    where = "" if one.control == control else t("on {control}", control=book.reference(t, one.control))
    status = "nonconforming" if one.grade == Grade.MAJOR else "lapsed"
    recorded = t("recorded by {name}, {day}", name=one.found_by, day=t.day_of(one.recorded_at))
    return [
        two_lines(one.title, where),
        mark(t, status, t.render(GRADES[one.grade])) if one.closed_day is None else t.render(GRADES[one.grade]),
        two_lines(t.value(one.first_day), recorded),
        two_lines(t.value(one.closed_day), t("closed by {name}", name=one.closed_by)) if one.closed_day else t("open"),
    ]
