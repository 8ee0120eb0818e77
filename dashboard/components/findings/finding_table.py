"""A table of audit findings on a control: open nonconformities first, then closed ones."""

from collections.abc import Sequence

from audits.nonconformities import Finding
from dashboard.components.data_table import Column
from dashboard.shell.badge import mark
from dashboard.shell.html import Html, address, html, icon, join, link, section, table, two_lines
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


def columns(t: Language, titles: TitleLookup) -> list[Column[Finding]]:
    """The columns of the list of findings of all controls."""
    return [
        Column(
            "control",
            t("Control"),
            lambda row: titles.reference(t, row.control),
            lambda row: _control(t, titles, row.control),
        ),
        Column("finding", t("Finding"), lambda row: row.title),
        Column("grade", t("Classification"), lambda row: t.render(GRADES[row.grade]), lambda row: _grade(t, row)),
        Column("found", t("Found on"), lambda row: row.first_day, lambda row: _found(t, row)),
        Column("closed", t("Closed"), lambda row: row.closed_day, lambda row: _closed(t, row)),
        Column("found-by", t("Recorded by"), lambda row: row.found_by, is_extra=True),
        Column("closed-by", t("Closed by"), lambda row: row.closed_by, is_extra=True),
    ]


def _control(t: Language, titles: TitleLookup, key: str) -> Html:
    title = t.title(titles.controls[key]) if key in titles.controls else ""
    return two_lines(link(address("control", key=key), titles.reference(t, key)), title)


def _row(t: Language, titles: TitleLookup, finding: Finding, control: str) -> list[object]:
    place = "" if finding.control == control else t("on {control}", control=titles.reference(t, finding.control))
    return [two_lines(finding.title, place), _grade(t, finding), _found(t, finding), _closed(t, finding)]


def _grade(t: Language, finding: Finding) -> object:
    label = t.render(GRADES[finding.grade])
    if finding.closed_day is not None:
        return label
    if finding.grade == Grade.MAJOR:
        return mark(t, "nonconforming", label)
    return html('<span class="mark s-lapsed">{icon}<span>{label}</span></span>', icon=icon("gpp_maybe"), label=label)


def _found(t: Language, finding: Finding) -> Html:
    recorded = t("recorded by {name}, {day}", name=finding.found_by, day=t.day_of(finding.recorded_at))
    return two_lines(t.value(finding.first_day), recorded)


def _closed(t: Language, finding: Finding) -> object:
    if finding.closed_day is None:
        return t("open")
    return two_lines(t.value(finding.closed_day), t("closed by {name}", name=finding.closed_by))
