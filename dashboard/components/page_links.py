"""Links to the pages of a list: by page number, or, in a log that grows, by the number of the last entry shown."""

from collections.abc import Sequence

import streamlit as st

from dashboard.shell.html import Html, html, icon, join, link, query
from locales import Language

_MOST_DIGITS = 15  # of a number in an address


def page_number() -> int:
    """The page that the address names; anything else is the first."""
    return max(1, _number("page") or 1)


def page_links(t: Language, page: int, size: int, total: int) -> Html:
    """Which of the `total` rows are shown, with links to the pages before and after; nothing if one page holds all."""
    if total <= size:
        return Html("")
    first, last = (page - 1) * size + 1, min(page * size, total)
    newer = link(query(page=page - 1), join([icon("arrow_back"), t("Newer")]), "button") if page > 1 else ""
    older = _older(t, page=page + 1) if last < total else ""
    position = t("{first} to {last} of {total}", first=first, last=last, total=total)
    return _links(newer, older, html("<span>{position}</span>", position=position))


def before_entry() -> int | None:
    """The number of the log's entry before which the page begins; None: the newest page."""
    return _number("before")


def older_entries(t: Language, numbers: Sequence[int], size: int) -> Html:
    """Links to the newest and to the older entries of a log.

    `numbers`: of the entries read, one more than `size` if there are older ones.
    """
    newest = link(query(before="newest"), join([icon("first_page"), t("Newest")]), "button")
    has_older, is_newest = len(numbers) > size, before_entry() is None
    if is_newest and not has_older:
        return Html("")
    return _links("" if is_newest else newest, _older(t, before=numbers[size - 1]) if has_older else "")


def _number(name: str) -> int | None:
    value = st.query_params.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) <= _MOST_DIGITS else None


def _older(t: Language, **values: int) -> Html:
    return link(query(**values), join([t("Older"), icon("arrow_forward")]), "button")


def _links(newer: Html | str, older: Html | str, position: Html | str = "") -> Html:
    return html(
        '<div class="actions pager">{newer}{position}{older}</div>', newer=newer, position=position, older=older
    )
