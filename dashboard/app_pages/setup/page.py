"""Shows the scope, the teams, the planned audit and the mapping, with the forms to change each."""

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from access.permissions import may
from controls import mapping
from controls.browse.former_systems import systems_of_replaced_statements
from controls.mapping import MappingRow
from controls.statement import statement_versions
from dashboard.app_pages.setup import forms as setup_forms
from dashboard.app_pages.setup import lists
from dashboard.app_pages.setup.addresses import draw_addresses
from dashboard.app_pages.setup.live_checks import draw_live_checks
from dashboard.components.former_systems import end_former_systems
from dashboard.shell import html, url_filters
from dashboard.shell.frame import language, show
from dashboard.shell.page_context import PageContext, page_context
from dashboard.shell.saving import show_message

t = language()
WAITING = "waiting"
#: part → its title, and the permission that its forms take
PARTS = {
    "systems": (t("Systems and targets"), "scope.change"),
    "live": (t("Live checks"), "scope.change"),
    "teams": (t("Teams"), "scope.change"),
    "audit": (t("The audit"), "audit.plan"),
    "mapping": (t("Mapping"), "mapping.review"),
}


def draw(context: PageContext) -> None:
    targets = sum(len(system.targets) for system in context.scope)
    systems = t.n("{n} system is in scope", "{n} systems are in scope", len(context.scope))
    tested = t.n("{n} target", "{n} targets", targets)
    day = t("the audit is on {day}.", day=context.audit.day) if context.audit else t("no audit has been planned yet.")
    begin = html.join([t("Does the statement change?"), html.link("/start", t("Start from a text"))], " ")
    sentence = t("{systems}, with {targets}; {audit}", systems=systems, targets=tested, audit=day)
    show(html.answer(sentence, t("Set up"), begin if may(context.person, "controls.load") else ""))
    show_message()
    parts = {part: title for part, (title, permission) in PARTS.items() if may(context.person, permission)}
    part = url_filters.segments(t("Part"), parts, "part")
    draws = {"systems": draw_systems, "live": draw_live, "teams": draw_teams, "audit": draw_audit}
    (draws | {"mapping": draw_mapping})[part](context)


def draw_systems(context: PageContext) -> None:
    show(html.section(t("In scope today"), t("evidence for one system or target says nothing about another")))
    show(
        lists.systems(t, context.scope)
        if context.scope
        else html.empty(
            t("Nothing is in scope yet"),
            t("Add the services that the statement covers; an auditor samples per system."),
        )
    )
    forms = {
        t("Add a target"): setup_forms.add_target,
        t("Add a system"): setup_forms.add_system,
        t("Remove from scope"): setup_forms.end_scope,
    }
    for column, (title, form) in zip(st.columns(3, gap="large"), forms.items(), strict=True):
        with column:
            show(html.section(title))
            form(t, context)
    draw_former_systems(context)
    if context.scope:
        left, _ = st.columns([7, 5])
        with left:
            show(html.section(t("Change attributes"), t("they decide which evidence is requested of a system")))
            setup_forms.change_attributes(t, context)
        draw_addresses(t, context)


def draw_former_systems(context: PageContext) -> None:
    """Draw the form that ends systems which only a replaced statement named."""
    left = systems_of_replaced_statements(context.session, context.person, context.today)
    if left:
        end_former_systems(t, context, left)


def draw_live(context: PageContext) -> None:
    draw_live_checks(t, context)


def draw_teams(context: PageContext) -> None:
    left, right = st.columns([8, 4], gap="large")
    with left:
        show(html.section(t("Teams"), t("who provides which evidence")), lists.teams(t, context.titles))
    with right:
        show(html.section(t("Add a team")))
        setup_forms.add_team(t, context)


def draw_audit(context: PageContext) -> None:
    if context.audit:
        show(lists.audit(t, context.titles, context.audit))
    else:
        show(
            html.empty(
                t("No audit has been planned yet"),
                t("Once the date is known, every page shows what will have expired by then and who must renew it."),
            )
        )
    show(html.section(t("Change the audit") if context.audit else t("Plan the audit")))
    setup_forms.plan_audit(t, context)


def _mapping_state(rows: Sequence[MappingRow], waiting: int) -> str:
    """How many mappings nobody reviewed, or else only the editors of the statement."""
    if waiting:
        return t.n("{n} mapping awaits review", "{n} mappings await review", waiting)
    unconfirmed = sum(row.confirmed_at is None for row in rows)
    if unconfirmed:
        return t.n(
            "{n} mapping not yet confirmed by your organisation",
            "{n} mappings not yet confirmed by your organisation",
            unconfirmed,
        )
    return t("all mappings have been reviewed")


def draw_mapping(context: PageContext) -> None:
    rows = mapping.list_mappings(context.session, context.person)
    waiting = sum(row.reviewed_at is None for row in rows)
    show(html.section(t("From measures to controls"), _mapping_state(rows, waiting)))
    if not rows:
        show(
            html.empty(
                t("No mapping yet"),
                t("Mappings come with the statement: each measure lists the controls that it supports."),
            )
        )
        return
    chosen = choose_mappings(rows, waiting)
    selected = [row for row in rows if (row.reviewed_at is None if chosen == WAITING else row.measure == chosen)]
    lead = t(
        "A supporting or unreviewed mapping is never enough to demonstrate a control. Below the table you confirm or "
        "end mappings."
    )
    show(
        html.caption(lead),
        lists.mappings(
            t,
            context.titles,
            selected,
            statement_versions.reworded_measures(context.session, context.person),
            of_one=chosen != WAITING,
        ),
    )
    setup_forms.review_mapping(t, context, selected)


def choose_mappings(rows: Sequence[mapping.MappingRow], waiting: int) -> str:
    """Draw the choice of mappings to show: those awaiting review, or those of one measure."""
    options = {WAITING: t("All awaiting review ({n})", n=waiting)} if waiting else {}
    numbers = Counter(row.measure for row in rows)
    options |= {row.measure: f"{t.pick(row, 'measure')} ({numbers[row.measure]})" for row in rows}
    left, _ = st.columns([7, 5])
    with left:
        return url_filters.choice(t("Show"), options, "measure")


with page_context() as context:
    draw(context)
