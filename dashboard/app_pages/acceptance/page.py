"""Shows who accepted which agreement, who still has to, and the texts of the agreements."""

from collections.abc import Sequence

import streamlit as st

from access.people import agreements
from access.people.agreements import CoverageRow
from access.permissions import may
from dashboard.app_pages.acceptance import agreement_texts
from dashboard.components.download import download
from dashboard.components.page_tabs import page_tabs
from dashboard.shell import html, url_filters
from dashboard.shell.frame import language, show
from dashboard.shell.page_context import PageContext, page_context
from dashboard.shell.role_names import ROLES
from dashboard.shell.saving import show_message

t = language()


def draw(context: PageContext) -> None:
    rows = agreements.coverage(context.session, context.person, context.today)
    lead = t(
        "A role can only be used once its current agreement has been accepted; a new version must be accepted again."
    )
    show(html.answer(sentence(rows), t("Agreements"), lead), page_tabs(t, context.person, "acceptance"))
    show_message()
    to_file = html.address("api/v1/agreement-acceptances", on=context.today.isoformat())
    show(html.section(t("In force today"), download(to_file, t("Acceptances as CSV"))))
    show(agreement_texts.coverage(t, [row for row in rows if row.current]))
    coming = agreements.list_upcoming(context.session, context.person, context.today)
    if coming:
        show(html.section(t("In force at a later date")), agreement_texts.upcoming(t, coming))
    before = [row for row in rows if not row.current]
    if before:
        show(html.section(t("Replaced versions")), agreement_texts.coverage(t, before))
    show(html.section(t("Agreement text")))
    left, _ = st.columns([4, 8])
    with left:
        role = url_filters.choice(t("Role"), {key: t.render(role) for key, role in ROLES.items()}, "role")
    agreement = agreements.find_current(context.session, role, context.today)
    if agreement:
        show(agreement_texts.texts(t, agreement))
    if may(context.person, "agreement.publish"):
        with st.expander(t("Publish a new version for: {role}", role=ROLES[role])):
            agreement_texts.publish(t, context, role, agreement)


def sentence(rows: Sequence[CoverageRow]) -> str:
    waiting = len({name for row in rows for name in row.missing})
    return (
        t.n("{n} person must still accept an agreement.", "{n} people must still accept an agreement.", waiting)
        if waiting
        else t("Everyone has accepted the agreements for their roles.")
    )


with page_context() as context:
    draw(context)
