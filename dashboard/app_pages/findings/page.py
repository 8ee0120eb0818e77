"""Shows the nonconformities that audits found, open and closed, and records and closes them."""

from audits.nonconformities import Finding, nonconformities
from dashboard.components.data_table import TableTools, data_table
from dashboard.components.findings.finding_forms import finding_forms
from dashboard.components.findings.finding_table import columns
from dashboard.components.page_tabs import page_tabs
from dashboard.shell import html
from dashboard.shell.frame import language, show
from dashboard.shell.page_context import PageContext, page_context
from dashboard.shell.saving import show_message
from models.vocabulary import Grade

t = language()


def draw(context: PageContext) -> None:
    findings = nonconformities(context.session, context.person, None, context.now)
    place = html.html("<b>{title}</b> · {what}", title=t("Nonconformities"), what=t("what audits found"))
    show(html.answer(sentence(findings), place), page_tabs(t, context.person, "findings"))
    show_message()
    followed = [key for key, row in context.titles.controls.items() if row.catalogue in context.criteria]
    finding_forms(t, context, followed, findings)
    if findings:
        tools = TableTools("nonconformities", t("Nonconformities"), t("control, finding or name"), "findings")
        data_table(t, tools, columns(t, context.titles), sorted(findings, key=lambda row: row.closed_day is not None))
    else:
        why = t("An open major nonconformity makes its control nonconforming, whatever its evidence says.")
        show(html.empty(t("No nonconformities"), why))


def sentence(findings: list[Finding]) -> str:
    """How many are open, and how many of these are major."""
    opened = [finding for finding in findings if finding.closed_day is None]
    if not opened:
        return t("No nonconformity is open.")
    major = sum(finding.grade == Grade.MAJOR for finding in opened)
    words = t.n("{n} nonconformity is open", "{n} nonconformities are open", len(opened))
    return (
        t("{words}; {major} major.", words=words, major=major) if major else t("{words}; none is major.", words=words)
    )


with page_context() as context:
    draw(context)
