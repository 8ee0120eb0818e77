"""Choosing an evidence requirement: labels that can be searched in either language, and a field that narrows a list."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from dashboard.shell.frame import show
from dashboard.shell.html import caption
from dashboard.shell.page_context import PageContext
from dashboard.shell.title_lookup import TitleLookup
from evidence.library.requirement_search import search_requirements
from locales import Language

_NUMBERS = 2  # controls named in a label
_MANY = 6  # a shorter list needs no search


def both_titles(t: Language, row: Any) -> str:
    """The title in the reader's language, and in the other one, so that typing either finds it."""
    own, other = t.title(row), row.title_nl if t.code == "en" else row.title_en
    return str(own) if own == other else f"{own} · {other}"


def searchable_label(t: Language, titles: TitleLookup, key: str) -> str:
    """The title of a requirement, its controls, and its title in the other language."""
    row = titles.requirements.get(key)
    if row is None:
        return key
    title, *others = both_titles(t, row).split(" · ", 1)
    return " · ".join(filter(None, [title, _numbers(titles, row), *others]))


def _numbers(titles: TitleLookup, row: Any) -> str:
    measure = titles.measures.get(row.measure or "")
    keys = [row.control] if row.control else [mapping.control for mapping in measure.mappings] if measure else []
    references = dict.fromkeys(titles.controls[key].ref for key in keys if key in titles.controls)
    return ", ".join(list(references)[:_NUMBERS])


def found_requirements(t: Language, context: PageContext, keys: Sequence[str], key: str) -> list[str]:
    """Draw the search field; return the keys that it finds, the best first, or all while it is empty."""
    if len(keys) < _MANY:
        return list(keys)
    query = st.text_input(
        t("Find evidence requirements"),
        placeholder=t("number such as A.8.24, title, tool or word"),
        icon=":material/search:",
        live=True,
        key=key,
    )
    if not (query or "").strip():
        return list(keys)
    found = [name for name in search_requirements(context.session, context.person, str(query)) if name in keys]
    show(caption(t.n("{n} evidence requirement found", "{n} evidence requirements found", len(found))))
    return found
