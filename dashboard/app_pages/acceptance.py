"""Says who accepted which agreement, who still must, and what the agreements say."""

from collections.abc import Sequence

import streamlit as st

from access import agreements
from access.agreements import CoverageRow
from access.permissions import may
from dashboard.parts import agreement_parts, choice, markup
from dashboard.parts.download import download
from dashboard.parts.frame import language, show
from dashboard.parts.opening import Opening, opening
from dashboard.parts.people_lists import ROLES
from dashboard.parts.people_tabs import people_tabs
from dashboard.parts.saving import say

t = language()


def draw(o: Opening) -> None:
    rows = agreements.coverage(o.session, o.person, o.today)
    lead = t("Nobody can use a role before its agreement in force is accepted; a new version asks again.")
    show(markup.answer(sentence(rows), t("Agreements"), lead), people_tabs(t, o.person, "acceptance"))
    say()
    to_file = markup.address("api/v1/agreement-acceptances", on=o.today.isoformat())
    show(markup.section(t("In force today"), download(to_file, t("Who accepted what, as CSV"))))
    show(agreement_parts.coverage(t, [one for one in rows if one.current]))
    coming = agreements.coming(o.session, o.person, o.today)
    if coming:
        show(markup.section(t("In force later")), agreement_parts.coming(t, coming))
    before = [one for one in rows if not one.current]
    if before:
        show(markup.section(t("Replaced versions")), agreement_parts.coverage(t, before))
    show(markup.section(t("What it says")))
    left, _ = st.columns([4, 8])
    with left:
        role = choice.one_of(t("Role"), {key: t.render(one) for key, one in ROLES.items()}, "role")
    found = agreements.current(o.session, role, o.today)
    if found:
        show(agreement_parts.texts(t, found))
    if may(o.person, "agreement.publish"):
        with st.expander(t("Publish a new version for: {role}", role=ROLES[role])):
            agreement_parts.publish(t, o, role, found)


def sentence(rows: Sequence[CoverageRow]) -> str:
    waiting = len({name for one in rows for name in one.missing})
    return (
        t.n("{n} person must still accept an agreement.", "{n} people must still accept an agreement.", waiting)
        if waiting
        else t("Everyone accepted the agreements of their roles.")
    )


with opening() as o:
    draw(o)
