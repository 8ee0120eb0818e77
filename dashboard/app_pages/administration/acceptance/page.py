"""Shows who accepted which agreement, who still has to, and the texts of the agreements."""

from collections.abc import Sequence

import streamlit as st

from access.people import agreements
from access.people.agreements import CoverageRow
from access.permissions import may
from dashboard.app_pages.administration.acceptance import agreement_texts
from dashboard.components.download import download
from dashboard.components.page_tabs import page_tabs
from dashboard.shell import html
from dashboard.shell.frame import language, show
from dashboard.shell.page_context import PageContext, page_context
from dashboard.shell.role_names import ROLES
from dashboard.shell.saving import show_message

t = language()

_NAMED = 3  # people in the sentence


def draw(context: PageContext) -> None:
    rows = [row for row in agreements.coverage(context.session, context.person, context.today) if row.current]
    place = html.html("<b>{title}</b> · {words}", title=t("Agreements"), words=t("no access without acceptance"))
    show(html.answer(sentence(rows), place), page_tabs(t, context.person, "acceptance"))
    show_message()
    role = chosen_role(rows)
    left, right = st.columns([4.4, 7.6], gap="large")
    with left:
        draw_roles(context, rows, role)
    with right:
        versions = agreements.list_versions(context.session, context.person, role, context.today)
        if versions:
            show(agreement_texts.agreement_text(t, versions))
        if may(context.person, "agreement.publish"):
            with st.expander(t("Publish a new version for: {role}", role=ROLES[role]), icon=":material/edit:"):
                agreement_texts.publish(t, context, role, versions[0] if versions else None)


def chosen_role(rows: Sequence[CoverageRow]) -> str:
    """The role in the address, else the first that someone must still accept, else the first."""
    requested = st.query_params.get("role", "")
    if requested in ROLES:
        return requested
    return next((row.role for row in rows if row.missing), next(iter(ROLES)))


def draw_roles(context: PageContext, rows: Sequence[CoverageRow], role: str) -> None:
    """Draw the roles, who is missing, what comes later, and who accepted what as a file."""
    order = {key: place for place, key in enumerate(ROLES)}
    show(agreement_texts.roles(t, sorted(rows, key=lambda row: order[row.role]), role))
    missing = [name for row in rows if row.role == role for name in row.missing]
    if missing:
        show(html.caption(t("Not accepted yet by {names}.", names=", ".join(missing))))
    coming = agreements.list_upcoming(context.session, context.person, context.today)
    if coming:
        show(html.section(t("In force at a later date")), agreement_texts.upcoming(t, coming))
    to_file = html.address("api/v1/agreement-acceptances", on=context.today.isoformat())
    show(html.html('<p class="actions">{to}</p>', to=download(to_file, t("Who accepted what (CSV)"))))


def sentence(rows: Sequence[CoverageRow]) -> str:
    """How many holders of roles accepted, and who did not."""
    names = sorted({name for row in rows for name in row.missing}, key=str.casefold)
    if not names:
        return t("Everyone has accepted the agreements for their roles.")
    accepted, holders = sum(row.accepted for row in rows), sum(row.holders for row in rows)
    if len(names) > _NAMED:
        return t(
            "Accepted: {accepted} of {all} agreements; {n} people have not accepted yet.",
            accepted=accepted,
            all=holders,
            n=len(names),
        )
    return t.n(
        "Accepted: {accepted} of {n} agreement; not yet by {names}.",
        "Accepted: {accepted} of {n} agreements; not yet by {names}.",
        holders,
        accepted=accepted,
        names=", ".join(names),
    )


with page_context() as context:
    draw(context)
