"""Shows the controls of a catalogue with the status of each, today and on the day of the audit."""

from collections import Counter
from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from controls.browse.rows import CatalogueRow
from dashboard.components.cells import controls_shown
from dashboard.components.compared_catalogue import compared
from dashboard.components.control_list import by_theme, count_held, matches
from dashboard.shell import badge, html, url_filters
from dashboard.shell.frame import language, show
from dashboard.shell.page_context import PageContext, opening
from dashboard.shell.palette import STATUSES

t = language()


MOST_SIDE_BY_SIDE = 3  # catalogues


def draw(context: PageContext) -> None:
    with st.container(key="top"):
        top = st.container()
    left, *rest = st.columns([5, 3, 3])
    with left:
        catalogue = context.titles.catalogues[chosen_catalogue(context)]
    if catalogue.followed:
        judged(context, catalogue, top, rest)
    else:
        read(context, catalogue, top)


def chosen_catalogue(context: PageContext) -> str:
    """Draw the choice of catalogue, followed ones first, and return the chosen one."""
    known = context.titles.catalogues
    names = {
        key: f"{t.pick(known[key], 'short')} ({known[key].edition})"
        for key in dict.fromkeys([*context.titles.followed, *known])
    }
    if len(names) <= MOST_SIDE_BY_SIDE:
        return url_filters.segments(t("Catalogue"), names, "catalogue", labelled=True)
    return url_filters.one_of(t("Catalogue"), names, "catalogue")


def judged(context: PageContext, catalogue: CatalogueRow, top: DeltaGenerator, rest: Sequence[DeltaGenerator]) -> None:
    """Draw the controls of a followed catalogue with their statuses."""
    current, then = context.current(), context.then()
    words = {"": t("All statuses"), "gaps": t("All gaps")} | {
        key: t.render(look.word) for key, look in STATUSES.items()
    }
    days = {"today": t("Today")} | (
        {"audit": t("On {day}", day=t.short_date(context.audit_day))} if context.audit_day else {}
    )
    with rest[0]:
        wanted = url_filters.one_of(t("Status"), words, "status")
    with rest[1]:
        on = url_filters.segments(t("Status on"), days, "on", labelled=True)
    today, later = controls_shown(current, then), controls_shown(then, None) if then else None
    own = [one for one in context.titles.controls.values() if one.catalogue == catalogue.key]
    held, asked = count_held(own, today)
    looked_at = later if later and on == "audit" else today
    found = [one for one in own if matches(looked_at.get(one.key, "unknown"), wanted)]
    with top:
        place = t("Controls · {catalogue}", catalogue=t.title(catalogue))
        to = {status: html.query(status=status) for status in STATUSES}
        show(
            html.answer(
                t("{held} of {n} controls and requirements are demonstrated today.", held=held, n=asked), place
            ),
            badge.counts(t, Counter(today.get(one.key, "unknown") for one in own), to),
        )
    if found:
        show(by_theme(t, context.titles, found, today, later, days.get("audit", "")))
    else:
        show(html.empty(t("No control has this status"), t("Choose another status above to see other controls.")))


def read(context: PageContext, catalogue: CatalogueRow, top: DeltaGenerator) -> None:
    """Draw a catalogue that is not followed, compared with the followed ones."""
    own = [one for one in context.titles.controls.values() if one.catalogue == catalogue.key]
    today = controls_shown(context.current(), context.then())
    with top:
        show(
            html.answer(
                t(
                    "{catalogue} compared with the catalogues that you follow.",
                    catalogue=f"{t.pick(catalogue, 'short')} ({catalogue.edition})",
                ),
                t("Controls · {catalogue}", catalogue=t.title(catalogue)),
                t(
                    "Your organisation does not follow this catalogue: nothing is assessed against it, and it "
                    "requires no evidence."
                ),
            )
        )
    show(compared(t, context.titles, own, today))


with opening() as context:
    if context.titles.catalogues:
        draw(context)
    else:
        show(html.answer(t("No catalogue has been loaded yet.")))
