"""Shows the controls of a catalogue with the status of each, today and on the day of the audit."""

from collections import Counter
from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from controls.browse.rows import CatalogueRow
from dashboard.components.cells import control_statuses
from dashboard.components.compared_catalogue import comparison_tables
from dashboard.components.control_list import CRITERIA, by_theme, count_demonstrated, matches
from dashboard.components.page_tabs import page_tabs
from dashboard.shell import badge, html, url_filters
from dashboard.shell.frame import language, show
from dashboard.shell.page_context import PageContext, page_context
from dashboard.shell.palette import STATUSES

t = language()


MOST_SIDE_BY_SIDE = 3  # catalogues


def draw(context: PageContext) -> None:
    with st.container(key="top"):
        top = st.container()
    left, *rest = st.columns([5, 3, 3])
    with left:
        chosen = chosen_catalogue(context)
    if chosen == CRITERIA:
        judged(context, context.criteria, all_criteria(context), top, rest)
        return
    catalogue = context.titles.catalogues[chosen]
    if catalogue.followed:
        judged(context, [chosen], t.title(catalogue), top, rest)
    else:
        read(context, catalogue, top)


def chosen_catalogue(context: PageContext) -> str:
    """Draw the choice of catalogue, followed ones first, and return the chosen one, or all of the criteria."""
    catalogues = context.titles.catalogues
    names = {key: context.titles.edition(t, key) for key in context.titles.followed}
    names |= {CRITERIA: all_criteria(context)} if len(context.criteria) > 1 else {}
    names |= {key: context.titles.edition(t, key) for key in catalogues}
    if len(names) <= MOST_SIDE_BY_SIDE:
        return url_filters.segments(t("Catalogue"), names, "catalogue", labelled=True)
    return url_filters.choice(t("Catalogue"), names, "catalogue")


def all_criteria(context: PageContext) -> str:
    """The name of the catalogues that readiness is about, together."""
    return t("All audit criteria") if context.audit else t("All catalogues that you follow")


def judged(
    context: PageContext, catalogues: Sequence[str], name: str, top: DeltaGenerator, rest: Sequence[DeltaGenerator]
) -> None:
    """Draw the controls of followed catalogues with their statuses. `name`: of the catalogues."""
    current, then = context.current(), context.then()
    words = {"": t("All statuses"), "gaps": t("All gaps")} | {
        key: t.render(look.label) for key, look in STATUSES.items()
    }
    days = {"today": t("Today")} | (
        {"audit": t("On {day}", day=t.short_date(context.audit_day))} if context.audit_day else {}
    )
    with rest[0]:
        status_filter = url_filters.choice(t("Status"), words, "status")
    on = "today"
    if not context.viewed:
        with rest[1]:
            on = url_filters.segments(t("Status on"), days, "on", labelled=True)
    today, later = control_statuses(current, then), control_statuses(then, None) if then else None
    own = [control for key in catalogues for control in context.titles.controls.values() if control.catalogue == key]
    demonstrated, applicable = count_demonstrated(own, today)
    looked_at = later if later and on == "audit" else today
    matching = [control for control in own if matches(looked_at.get(control.key, "unknown"), status_filter)]
    with top:
        place = t("Controls · {catalogue}", catalogue=name)
        to = {status: html.query(status=status) for status in STATUSES}
        show(
            html.answer(
                held_sentence(context, demonstrated, applicable),
                place,
            ),
            page_tabs(t, context.person, "controls"),
            badge.status_badges(t, Counter(today.get(control.key, "unknown") for control in own), to),
        )
    if matching:
        first = t.date(context.today) if context.viewed else ""
        show(by_theme(t, context.titles, matching, today, later, days.get("audit", ""), first))
    else:
        show(html.empty(t("No control has this status"), t("Choose another status above to see other controls.")))


def held_sentence(context: PageContext, demonstrated: int, applicable: int) -> str:
    """How many are demonstrated, today or on the day that is viewed."""
    if context.viewed:
        return t(
            "On {day}: {held} of {n} controls and requirements demonstrated.",
            day=context.today,
            held=demonstrated,
            n=applicable,
        )
    return t("{held} of {n} controls and requirements are demonstrated today.", held=demonstrated, n=applicable)


def read(context: PageContext, catalogue: CatalogueRow, top: DeltaGenerator) -> None:
    """Draw a catalogue that is not followed, compared with the followed ones."""
    own = [control for control in context.titles.controls.values() if control.catalogue == catalogue.key]
    today = control_statuses(context.current(), context.then())
    with top:
        edition = context.titles.edition(t, catalogue.key)
        sentence = t("{catalogue} compared with the catalogues that you follow.", catalogue=edition)
        remark = t(
            "Your organisation does not follow this catalogue: nothing is assessed against it, and it "
            "requires no evidence."
        )
        show(html.answer(sentence, t("Controls · {catalogue}", catalogue=t.title(catalogue)), remark))
    show(comparison_tables(t, context.titles, own, today))


with page_context() as context:
    if context.titles.catalogues:
        draw(context)
    else:
        show(html.answer(t("No catalogue has been loaded yet.")))
