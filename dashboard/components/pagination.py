"""The way through a log: older entries by the number of the last one shown, and back to the newest."""

from collections.abc import Sequence

import streamlit as st

from dashboard.shell.html import Html, html, icon, join, link, query
from locales import Language

_LONGEST = 15  # digits of a number


def shown_before() -> int | None:
    """The number that the address names; anything else is the newest page."""
    given = st.query_params.get("before", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) <= _LONGEST else None


def older(t: Language, numbers: Sequence[int], size: int) -> Html:
    """`numbers`: of the entries found, one more than `size` if there are older ones."""
    more, later = len(numbers) > size, shown_before() is not None
    if not more and not later:
        return Html("")
    back = link(query(before="newest"), join([icon("first_page"), t("Newest")]), "button") if later else ""
    on = link(query(before=numbers[size - 1]), join([t("Older"), icon("arrow_forward")]), "button") if more else ""
    return html('<div class="actions pager">{back}{on}</div>', back=back, on=on)
