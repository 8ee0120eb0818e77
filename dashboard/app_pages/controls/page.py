"""Shows the controls of one or several catalogues by theme, with the status of each, today or on the audit's day."""

from collections import Counter
from collections.abc import Mapping, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from controls.browse.values import CatalogueRow, ControlRow
from dashboard.app_pages.controls import lines, themes
from dashboard.app_pages.controls.lines import Line
from dashboard.app_pages.controls.themes import Statuses
from dashboard.components.cells import control_statuses
from dashboard.components.compared_catalogue import comparison_tables
from dashboard.components.control_list import CRITERIA, GAPS, count_demonstrated
from dashboard.components.data_table import TableTools, list_or_table
from dashboard.components.page_tabs import page_tabs
from dashboard.shell import html, url_filters
from dashboard.shell.frame import language, show
from dashboard.shell.page_context import PageContext, page_context
from dashboard.shell.status_styles import STATUSES
from readiness import CellStatus, Readiness, needed_requirements

t = language()

_OPEN_LINES = 40  # of a filtered list: as many are shown unfolded


def draw(context: PageContext) -> None:
    with st.container(key="top"):
        top = st.container()
    with st.container(key="filters-controls"):
        fields = st.columns([4.4, 3, 2.4, 2.6])
    with fields[1]:
        chosen = chosen_catalogue(context)
    if chosen == CRITERIA:
        judged(context, context.criteria, all_criteria(context), top, fields)
        return
    catalogue = context.titles.catalogues[chosen]
    if catalogue.followed:
        judged(context, [chosen], t.title(catalogue), top, fields)
    else:
        read(context, catalogue, top)


def chosen_catalogue(context: PageContext) -> str:
    """Draw the choice of catalogue, all criteria first, and return the chosen one."""
    catalogues = context.titles.catalogues
    names = {CRITERIA: all_criteria(context)} if len(context.criteria) > 1 else {}
    names |= {key: context.titles.edition(t, key) for key in (*context.titles.followed, *catalogues)}
    return url_filters.choice(t("Catalogue"), names, "catalogue")


def all_criteria(context: PageContext) -> str:
    """The name of the catalogues that readiness is about, together."""
    return t("All audit criteria") if context.audit else t("All catalogues that you follow")


def judged(
    context: PageContext,
    catalogues: Sequence[str],
    name: str,
    top: DeltaGenerator,
    fields: Sequence[DeltaGenerator],
) -> None:
    """Draw the controls of followed catalogues with their statuses. `name`: of the catalogues."""
    own = [control for control in context.titles.controls.values() if control.catalogue in catalogues]
    own.sort(key=lambda control: (list(catalogues).index(control.catalogue), control.position))
    needed = needed_requirements(context.session, context.person, context.today, context.now, context.systems)
    listed = lines.list_lines(own, needed)
    with fields[0]:
        words = url_filters.search_field(t("Search"), "find", t("8.24, encryption, second factor"))
    with fields[2]:
        team = chosen_team(context, listed)
    with fields[3]:
        statuses = chosen_statuses(context)
    show_top(context, own, name, top)
    searched = lines.search(context.titles, listed, words)
    searched = [line for line in searched if not team or team in lines.teams_of(context.titles, line)]
    draw_list(context, searched, statuses, is_filtered=bool(words or team))


def chosen_team(context: PageContext, listed: Sequence[Line]) -> str:
    teams = {key for line in listed for key in lines.teams_of(context.titles, line)}
    names = {key: context.titles.team(t, key) for key in context.titles.teams if key in teams}
    return url_filters.choice(t("Team"), {"": t("All teams")} | names, "team")


def chosen_statuses(context: PageContext) -> Statuses:
    """Draw the choice of the day, unless another day is viewed, and return the statuses on it."""
    current, then = context.current(), context.then()
    days = {"today": t("Today")}
    if context.audit_day:
        days["audit"] = t("On {day}", day=t.short_date(context.audit_day))
    on = "today"
    if not context.viewed and len(days) > 1:
        on = url_filters.segments(t("Status on"), days, "on", labelled=True)
    if then and on == "audit":
        return Statuses(days[on], control_statuses(then, None), cells_of(then))
    day = t.date(context.today) if context.viewed else days["today"]
    return Statuses(day, control_statuses(current, then), cells_of(current))


def cells_of(whole: Readiness) -> dict[str, list[CellStatus]]:
    """The cells by requirement."""
    cells: dict[str, list[CellStatus]] = {}
    for cell in whole.cells:
        cells.setdefault(cell.requirement, []).append(cell)
    return cells


def show_top(context: PageContext, own: Sequence[ControlRow], name: str, top: DeltaGenerator) -> None:
    today = control_statuses(context.current(), context.then())
    demonstrated, applicable = count_demonstrated(own, today)
    gaps = sum(today.get(control.key, "unknown") in GAPS for control in own)
    with top:
        place = t("Controls · {catalogue}", catalogue=name)
        show(
            html.answer(held_sentence(context, demonstrated, applicable, gaps), place),
            page_tabs(t, context.person, "controls"),
        )


def draw_list(context: PageContext, searched: Sequence[Line], statuses: Statuses, *, is_filtered: bool) -> None:
    """Draw the numbers of each status, the export and the themes."""
    counts = Counter(statuses.of(control) for line in searched for control in line.controls.values())
    status = url_filters.pills(t("Status"), status_names(counts), "status")
    chosen = Statuses(statuses.day, statuses.controls, statuses.cells, status)
    shown = [line for line in searched if chosen.has_match(line)]
    if not shown:
        show(html.empty(t("No control matches"), t("Search for another word, or remove a filter above.")))
        return
    is_open = (is_filtered or bool(status)) and len(shown) <= _OPEN_LINES
    list_or_table(
        t,
        TableTools("controls", t("Controls"), finds=False),
        themes.columns(t, context.titles, shown, statuses),
        shown,
        lambda: show(themes.theme_list(t, context.titles, shown, chosen, is_open=is_open)),
    )


def status_names(counts: Mapping[str, int]) -> dict[str, str]:
    """The statuses that occur, each with its icon and number; all gaps together if there are several kinds."""
    present = {status: look for status, look in STATUSES.items() if counts.get(status)}
    gaps = [status for status in present if status in GAPS]
    names = {"gaps": f"{t('All gaps')} {t.number(sum(counts[status] for status in gaps))}"} if len(gaps) > 1 else {}
    return names | {
        status: f":material/{look.icon}: {t.render(look.label)} {t.number(counts[status])}"
        for status, look in present.items()
    }


def held_sentence(context: PageContext, demonstrated: int, applicable: int, gaps: int) -> str:
    """How many are demonstrated, today or on the day that is viewed."""
    if context.viewed:
        return t.n(
            "On {day}: {held} of {n} control or requirement demonstrated.",
            "On {day}: {held} of {n} controls and requirements demonstrated.",
            applicable,
            day=context.today,
            held=demonstrated,
        )
    if not gaps:
        return t.n(
            "{n} of {all} controls is demonstrated.",
            "{n} of {all} controls are demonstrated.",
            demonstrated,
            all=applicable,
        )
    return t.n(
        "{held} of {all} controls demonstrated; {n} has no valid evidence.",
        "{held} of {all} controls demonstrated; {n} have no valid evidence.",
        gaps,
        held=demonstrated,
        all=applicable,
    )


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
