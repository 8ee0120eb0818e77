"""Shows the nonconformities that audits found, open and closed, and records and closes them."""

from audits.nonconformities import Finding, nonconformities
from dashboard.components.finding_forms import finding_forms
from dashboard.components.finding_table import finding_list
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
    opened = [finding for finding in findings if finding.closed_day is None]
    closed = [finding for finding in findings if finding.closed_day is not None]
    if opened:
        show(html.section(t("Still open"), str(len(opened))), finding_list(t, context.titles, opened))
    if closed:
        show(html.section(t("Closed"), str(len(closed))), finding_list(t, context.titles, closed))
    if not findings:
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
