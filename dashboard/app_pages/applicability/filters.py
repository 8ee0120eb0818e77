"""Which lines of the Statement of Applicability are shown: of which catalogues, with which words, for healthcare."""

from collections.abc import Sequence
from typing import Final

from streamlit.delta_generator import DeltaGenerator

from audits.applicability_lines import ApplicabilityLine
from controls.files.words import HEALTHCARE
from dashboard.components.control_list import CRITERIA
from dashboard.shell import url_filters
from dashboard.shell.page_context import PageContext
from dashboard.shell.title_lookup import TitleLookup
from locales import Language
from models.vocabulary import Healthcare

_ADDED: Final = (Healthcare.HLT, Healthcare.REQUIREMENT, Healthcare.GUIDANCE)  # what a catalogue has for healthcare


def chosen_catalogues(t: Language, context: PageContext) -> list[str]:
    """Draw the choice of catalogue, with all that are followed together last; return the keys of those chosen."""
    names = {key: context.titles.edition(t, key) for key in context.criteria if key in context.titles.catalogues}
    every = list(names)
    if len(every) > 1:
        names[CRITERIA] = t("All audit criteria") if context.audit else t("All catalogues that you follow")
    chosen = url_filters.choice(t("Catalogue"), names, "catalogue")
    return every if chosen == CRITERIA else [chosen]


def filtered(
    t: Language,
    titles: TitleLookup,
    lines: Sequence[ApplicabilityLine],
    place: Sequence[DeltaGenerator],
) -> list[ApplicabilityLine]:
    """Draw the search and, if the lines have any, the choice of what is for healthcare; return what they let pass."""
    with place[0]:
        words = url_filters.search_field(t("Search"), "find", t("number, title, measure or reason"))
    present = {line.control.healthcare for line in lines}
    names = {"": t("All")} | {str(kind): t.render(HEALTHCARE[kind]) for kind in _ADDED if kind in present}
    care = ""
    if len(names) > 1:
        with place[1]:
            care = url_filters.choice(t("Healthcare"), names, "care")
    return [line for line in lines if care in ("", line.control.healthcare) and _has(titles, line, words)]


def _has(titles: TitleLookup, line: ApplicabilityLine, words: str) -> bool:
    text = _words(titles, line).casefold()
    return all(part in text for part in words.casefold().split())


def _words(titles: TitleLookup, line: ApplicabilityLine) -> str:
    """What a search looks in: number, titles and measures in either language, and what was stated."""
    measures = [titles.measures[key] for key in line.measures if key in titles.measures]
    named = [f"{thing.title_nl} {thing.title_en}" for thing in (line.control, *measures)]
    stated = line.decision
    own = [stated.justification, stated.inclusion.reference, stated.inclusion.by] if stated else []
    return " ".join([line.control.ref, *named, *own])
