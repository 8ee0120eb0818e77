"""Shows the exceptions: which failing checks are accepted, why, until when, and what happens then."""

import streamlit as st

from access.permissions import may
from dashboard.app_pages.exceptions import exception_row, forms
from dashboard.components import days
from dashboard.components.data_table import TableTools, list_or_table
from dashboard.components.page_tabs import page_tabs
from dashboard.shell import html
from dashboard.shell.frame import language, show
from dashboard.shell.page_context import PageContext, page_context
from dashboard.shell.saving import show_message
from evidence.decisions.exception_overview import ExceptionOverview, StandingException, exception_overview
from evidence.decisions.exceptions import exceptions
from readiness import controls_needing

t = language()


def draw(context: PageContext) -> None:
    overview = exception_overview(exceptions(context.session, context.person), context.today, context.audit_day)
    place = html.html("<b>{title}</b> · {what}", title=t("Exceptions"), what=t("failing checks accepted for a while"))
    show(html.answer(sentence(context, overview), place), page_tabs(t, context.person, "exceptions"))
    show_message()
    then = consequences(context, overview)
    chosen = chosen_item(context, overview)
    if chosen is None and (overview.standing or overview.ended):
        tools = TableTools("exceptions", t("Exceptions"), t("check, reason or name"))
        list_or_table(
            t,
            tools,
            exception_row.columns(t, context.titles, then),
            exception_row.every(overview),
            lambda: draw_lists(context, overview, then),
        )
        return
    if chosen is None:
        draw_lists(context, overview, then)
        return
    left, right = st.columns([8, 4], gap="large")
    with left:
        draw_lists(context, overview, then)
    with right:
        if st.query_params.get("act") == "extend":
            forms.extend(t, context, chosen)
        else:
            forms.end(t, context, chosen, then.words(t, chosen.row))


def draw_lists(context: PageContext, overview: ExceptionOverview, then: exception_row.Consequences) -> None:
    may_decide = may(context.person, "exception.decide")
    before_audit = t("within 30 days, or before the audit") if context.audit_day else t("within 30 days")
    later = t("In force until the audit or longer") if context.audit_day else t("In force for longer")
    groups = ((t("Ends soon"), before_audit, overview.soon), (later, "", overview.later))
    for title, remark, items in groups:
        if items:
            count = t.n("{n} exception", "{n} exceptions", len(items))
            table = exception_row.standing_table(t, context.titles, items, then, may_decide=may_decide)
            show(html.section(title, ", ".join(part for part in (count, remark) if part)), table)
    if not overview.standing:
        why = t("On the page of evidence that fails, a security officer accepts a check with a reason, until a day.")
        failing = html.link(html.address("evidence", verdict="fail"), t("See failing evidence"), "button")
        show(html.empty(t("No exception is in force"), why, failing))
    if overview.ended:
        show(exception_row.ended_table(t, context.titles, overview.ended))


def chosen_item(context: PageContext, overview: ExceptionOverview) -> StandingException | None:
    """The exception that the address names, if the person may change it."""
    if not may(context.person, "exception.decide") or st.query_params.get("act") not in ("extend", "end"):
        return None
    number = st.query_params.get("exception", "")
    return next((item for item in overview.standing if str(item.row.id) == number), None)


def consequences(context: PageContext, overview: ExceptionOverview) -> exception_row.Consequences:
    cells = {cell.key: cell for cell in context.current().cells}
    requirements = {item.row.requirement for item in overview.standing}
    needing = {
        key: len(controls_needing(context.session, context.person, [key], context.today, context.now, context.systems))
        for key in requirements
    }
    return exception_row.Consequences(cells, needing)


def sentence(context: PageContext, overview: ExceptionOverview) -> str:
    """How many exceptions are in force, how many end soon, and when the first does."""
    total, soon = len(overview.standing), len(overview.soon)
    if not total:
        return t("No failing check is accepted now.")
    standing = t.n("{n} exception is in force", "{n} exceptions are in force", total)
    if not soon:
        return t("{standing}; none ends soon.", standing=standing)
    first = days.due(t, overview.soon[0].ends_on, context.today)
    if total == 1:
        return t("{standing}; it ends {when}.", standing=standing, when=first)
    return t.n(
        "{standing}; {n} ends soon, {when}.",
        "{standing}; {n} end soon, the first {when}.",
        soon,
        standing=standing,
        when=first,
    )


with page_context() as context:
    draw(context)
