"""Boxes that are ticked by links: a long list stays one element, and what is ticked stays in the address."""

from collections.abc import Collection, Iterable
from urllib.parse import quote, unquote

import streamlit as st

from dashboard.shell.html import Html, icon, link, query
from locales import Language

_NONE = "none"  # an empty value would leave the address as it is
_BETWEEN = ","


def ticked(name: str, available: Iterable[str]) -> list[str]:
    """The keys of the `available` ones that the address names under `name`, in their order."""
    named = {unquote(part) for part in st.query_params.get(name, "").split(_BETWEEN)}
    return [key for key in available if key in named]


def with_ticks(name: str, keys: Iterable[str]) -> str:
    """The address of this page with these ticks."""
    return query(**{name: _BETWEEN.join(quote(key, safe="") for key in keys) or _NONE})


def tick(t: Language, name: str, key: str, chosen: Collection[str], what: str) -> Html:
    """A box before something: a link that ticks it, or takes the tick away."""
    if key in chosen:
        to, words, symbol = [other for other in chosen if other != key], t("Untick: {what}", what=what), "check_box"
    else:
        to, words, symbol = [*chosen, key], t("Tick: {what}", what=what), "check_box_outline_blank"
    label = Html('{icon}<span class="unseen">{words}</span>').format(icon=icon(symbol), words=words)
    return link(with_ticks(name, to), label, "tick on" if key in chosen else "tick")
