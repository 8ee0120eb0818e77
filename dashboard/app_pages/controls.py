"""Says which controls of a catalogue are demonstrated, and which are not."""

from collections import Counter

import streamlit as st

from dashboard.parts import badge, choice, markup
from dashboard.parts.cells import controls_shown
from dashboard.parts.control_list import by_theme, count_held, matches
from dashboard.parts.frame import language, show
from dashboard.parts.opening import Opening, opening
from dashboard.parts.palette import STATUSES

t = language()


def draw(o: Opening) -> None:
    current, then = o.current(), o.then()
    with st.container(key="top"):
        top = st.container()
    names = {key: f"{t.pick(one, 'short')} ({one.edition})" for key, one in o.book.catalogues.items()}
    words = {"": t("All statuses"), "gaps": t("All gaps")} | {
        key: t.render(look.word) for key, look in STATUSES.items()
    }
    left, middle, right = st.columns([5, 3, 3])
    days = {"today": t("Today")} | ({"audit": t("On {day}", day=t.short_date(o.audit_day))} if o.audit_day else {})
    with left:
        catalogue = choice.segments(t("Catalogue"), names, "catalogue", labelled=True)
    with middle:
        wanted = choice.one_of(t("Status"), words, "status")
    with right:
        on = choice.segments(t("Status on"), days, "on", labelled=True)
    today, later = controls_shown(current, then), controls_shown(then, None) if then else None
    own = [one for one in o.book.controls.values() if one.catalogue == catalogue]
    held, asked = count_held(own, today)
    judged = later if later and on == "audit" else today
    found = [one for one in own if matches(judged.get(one.key, "unknown"), wanted)]
    with top:
        place = t("Controls · {catalogue}", catalogue=t.title(o.book.catalogues[catalogue]))
        to = {status: markup.query(status=status) for status in STATUSES}
        show(
            markup.answer(
                t("{held} of {n} controls and requirements are demonstrated today.", held=held, n=asked), place
            ),
            badge.counts(t, Counter(today.get(one.key, "unknown") for one in own), to),
        )
    if found:
        show(by_theme(t, found, today, later, days.get("audit", "")))
    else:
        show(
            markup.empty(
                t("No control has this status"), t("Choose another status above to see the rest of the catalogue.")
            )
        )


with opening() as o:
    if o.book.catalogues:
        draw(o)
    else:
        show(markup.answer(t("No catalogue has been loaded yet.")))
