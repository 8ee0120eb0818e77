"""A table of audit findings on a control: open nonconformities first, then closed ones."""

from collections.abc import Sequence

from audits.nonconformities import Finding
from dashboard.shell.badge import mark
from dashboard.shell.html import Html, address, join, link, section, table, two_lines
from dashboard.shell.title_lookup import TitleLookup
from locales import Language, text
from models.vocabulary import Grade

GRADES = {"major": text("major nonconformity"), "minor": text("minor nonconformity")}


def findings(t: Language, titles: TitleLookup, rows_found: Sequence[Finding], control: str) -> Html:
    """One row per finding; nothing without findings."""
    if not rows_found:
        return Html("")
    opened = sum(finding.closed_day is None for finding in rows_found)
    remark = t("{n} open, {closed} closed", n=opened, closed=len(rows_found) - opened)
    head = [t("Finding"), t("Classification"), t("Found on"), t("Closed")]
    rows = [_row(t, titles, finding, control) for finding in rows_found]
    return join([section(t("Nonconformities from audits"), remark), table(head, rows, "findings")])


def finding_list(t: Language, titles: TitleLookup, findings: Sequence[Finding]) -> Html:
    """One row per finding of any control, with a link to the control."""
    head = [t("Control"), t("Finding"), t("Classification"), t("Found on"), t("Closed")]
    rows = [[_control(t, titles, item.control), *_row(t, titles, item, item.control)] for item in findings]
    return table(head, rows, "findings")


def _control(t: Language, titles: TitleLookup, key: str) -> Html:
    title = t.title(titles.controls[key]) if key in titles.controls else ""
    return two_lines(link(address("control", key=key), titles.reference(t, key)), title)


def _row(t: Language, titles: TitleLookup, finding: Finding, control: str) -> list[object]:
    place = "" if finding.control == control else t("on {control}", control=titles.reference(t, finding.control))
    status = "nonconforming" if finding.grade == Grade.MAJOR else "lapsed"
    recorded = t("recorded by {name}, {day}", name=finding.found_by, day=t.day_of(finding.recorded_at))
    return [
        two_lines(finding.title, place),
        mark(t, status, t.render(GRADES[finding.grade]))
        if finding.closed_day is None
        else t.render(GRADES[finding.grade]),
        two_lines(t.value(finding.first_day), recorded),
        two_lines(t.value(finding.closed_day), t("closed by {name}", name=finding.closed_by))
        if finding.closed_day
        else t("open"),
    ]
