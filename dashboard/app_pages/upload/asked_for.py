"""What an upload was opened for: the evidence that a task asks, its place and day, what is accepted, and criteria."""

from dataclasses import dataclass
from datetime import date

import streamlit as st

from dashboard.components import days
from dashboard.shell import html
from dashboard.shell.html import Html
from dashboard.shell.page_context import PageContext
from evidence.formats import formats, title_of
from locales import Language


@dataclass(frozen=True, slots=True)
class AskedFor:
    """`place`: where and by when; `asked`: what is accepted, and the criteria, folded."""

    name: str
    place: str
    asked: Html


def asked_for(t: Language, context: PageContext) -> AskedFor | None:
    """What the address asks for; None for an upload that was opened without a task."""
    titles = context.titles
    row = titles.requirements.get(st.query_params.get("requirement", ""))
    if row is None:
        return None
    system = st.query_params.get("system", "")
    due = _day(st.query_params.get("due", ""))
    place = [
        titles.system(t, system) if system in titles.systems else "",
        titles.team(t, row.team),
        t("{when}, by {day}", when=days.due(t, due, context.today), day=due) if due else "",
    ]
    known = formats()
    accepted = ", ".join(title_of(name) if name in known else name for name in row.formats)
    criteria = t.pick(row, "judged")
    asked = html.join(
        [
            html.caption(t("Accepted: {formats}.", formats=accepted)),
            html.fold(t("Acceptance criteria"), html.html('<p class="prose">{words}</p>', words=criteria))
            if criteria
            else Html(""),
        ]
    )
    return AskedFor(t.title(row), " · ".join(filter(None, place)), asked)


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None
