"""The forms of the set up page; each saves with one verb."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import streamlit as st

from audits import planning
from controls import mapping
from controls.files.words import SYSTEM_ATTRIBUTES
from controls.mapping import MappingRow
from controls.names import key_of
from controls.scope import system_scope
from dashboard.shell.frame import show
from dashboard.shell.html import section
from dashboard.shell.page_context import PageContext
from dashboard.shell.saving import save, show_refusal
from dashboard.shell.url_filters import DAY_FORMAT, option_label
from locales import Language


def add_target(t: Language, context: PageContext) -> None:
    names = {system.key: t.title(system) for system in context.scope}
    with st.form("target", border=False):
        system = st.selectbox(
            t("System"), list(names), index=None, format_func=option_label(names), placeholder=t("Choose a system")
        )
        target = st.text_input(
            t("Address or component"),
            placeholder="portal.example.org",
            help=t(
                "A host name, an address, host:port, or the name of a component. Each target needs its own evidence."
            ),
        )
        first = st.date_input(t("In scope since"), value=context.today, format=DAY_FORMAT)
        if not st.form_submit_button(t("Add the target"), type="primary"):
            return
        if system is None:
            show_refusal(t("Choose the system of this target."))
        elif not target.strip():
            show_refusal(t("Fill in the address or the component."))
        else:
            done = t("{target} is in scope; tests of it now count for {system}.", target=target, system=names[system])
            save(
                t,
                lambda s, now: system_scope.bring_into_scope(s, context.person, system, first, now, target=target),
                done,
            )


def add_system(t: Language, context: PageContext) -> None:
    with st.form("system", border=False):
        dutch = st.text_input(t("Name in Dutch"))
        english = st.text_input(t("Name in English"), help=t("If left empty, the Dutch name is used."))
        words = st.multiselect(
            t("Attributes"),
            list(SYSTEM_ATTRIBUTES),
            format_func=lambda attribute: t.render(SYSTEM_ATTRIBUTES[attribute]),
            placeholder=t("Select all that apply"),
            help=t("Some evidence is requested only of systems with an attribute, for example tests of signing in."),
        )
        first = st.date_input(t("In scope since"), value=context.today, format=DAY_FORMAT, key="system-first")
        if st.form_submit_button(t("Add the system"), type="primary"):
            key = key_of(english or dutch)

            def add(s, now):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
                system_scope.add_system(s, context.person, key, dutch, english or dutch, now)
                system_scope.bring_into_scope(s, context.person, key, first, now, attributes=words)

            save(t, add, t("{system} is in scope.", system=dutch))


def change_attributes(t: Language, context: PageContext) -> None:
    """Draw the choice of a system in scope, and its attributes to change."""
    systems = {system.period_key: system for system in context.scope}
    names = {period: t.title(system) for period, system in systems.items()}
    period = st.selectbox(
        t("System to change"),
        list(names),
        index=None,
        format_func=option_label(names),
        placeholder=t("Choose a system"),
    )
    if period is None:
        return
    words = st.multiselect(
        t("Attributes"),
        list(SYSTEM_ATTRIBUTES),
        default=[key for key in systems[period].attributes if key in SYSTEM_ATTRIBUTES],
        format_func=lambda attribute: t.render(SYSTEM_ATTRIBUTES[attribute]),
        placeholder=t("Select all that apply"),
        key=f"attributes {period}",
    )
    if st.button(t("Save the attributes")):
        done = t("The attributes of {system} are saved.", system=names[period])
        save(t, lambda s, now: system_scope.change_attributes(s, context.person, period, words, now), done)


def end_scope(t: Language, context: PageContext) -> None:
    periods = {system.period_key: t.title(system) for system in context.scope}
    periods |= {
        target.period_key: f"{t.title(system)}, {target.target}"
        for system in context.scope
        for target in system.targets
    }
    with st.form("end", border=False):
        period = st.selectbox(
            t("System or target"),
            list(periods),
            index=None,
            format_func=option_label(periods),
            placeholder=t("Choose a system or target"),
        )
        last = st.date_input(t("Last day in scope"), value=context.today, format=DAY_FORMAT)
        if not st.form_submit_button(t("Remove from scope")):
            return
        if period is None:
            show_refusal(t("Choose the system or target that goes out of scope."))
        else:
            done = t("{what} is out of scope after {day}.", what=periods[period], day=last)
            save(t, lambda s, now: system_scope.end_scope(s, context.person, period, last, now), done)


def add_team(t: Language, context: PageContext) -> None:
    with st.form("team", border=False):
        dutch = st.text_input(t("Name in Dutch"))
        english = st.text_input(t("Name in English"), help=t("If left empty, the Dutch name is used."))
        if st.form_submit_button(t("Add the team"), type="primary"):
            done = t("Evidence can now be requested from {team}.", team=dutch)
            save(
                t,
                lambda s, now: system_scope.add_team(
                    s, context.person, key_of(english or dutch), dutch, english or dutch, now
                ),
                done,
            )


def plan_audit(t: Language, context: PageContext) -> None:
    """Draw the form to plan the audit; saving it again records a new version."""
    plan = context.audit
    catalogues = {key: context.titles.edition(t, key) for key in context.titles.followed}
    systems = {system.key: t.title(system) for system in context.scope}
    with st.form("audit", border=False):
        left, right = st.columns(2)
        title = left.text_input(t("Name of the audit"), value=plan.title if plan else "")
        day = right.date_input(
            t("Date of the audit"), value=plan.day if plan else context.today + timedelta(days=120), format=DAY_FORMAT
        )
        first = left.date_input(
            t("Period from"),
            value=plan.period_first if plan else context.today - timedelta(days=365),
            format=DAY_FORMAT,
        )
        last = right.date_input(
            t("Period until"),
            value=plan.period_last if plan and plan.period_last != plan.day else None,
            format=DAY_FORMAT,
            help=t("If left empty, the period ends on the day of the audit."),
        )
        criteria = left.multiselect(
            t("Audit criteria"),
            list(catalogues),
            default=[key for key in plan.catalogues if key in catalogues] if plan else list(catalogues),
            format_func=option_label(catalogues),
            placeholder=t("Choose the catalogues"),
        )
        chosen = right.multiselect(
            t("Systems"),
            list(systems),
            default=[key for key in plan.systems if key in systems] if plan else [],
            format_func=option_label(systems),
            placeholder=t("All systems in scope"),
        )
        if st.form_submit_button(t("Save the audit"), type="primary"):
            key = plan.key if plan else "audit"
            done = t("The audit has been planned; readiness is now forecast until {day}.", day=day)
            save(
                t,
                lambda s, now: planning.plan_audit(
                    s, context.person, key, title, day, first, last, criteria, chosen, now
                ),
                done,
            )


def review_mapping(t: Language, context: PageContext, rows: Sequence[MappingRow]) -> None:
    """Draw the forms to confirm mappings that await review and to end incorrect ones."""
    kinds = {"primary": t("primary"), "supporting": t("supporting")}
    names = {
        row.id: f"{t.pick(row, 'measure')} → {context.titles.reference(t, row.control)} ({kinds[row.relation]})"
        for row in rows
    }
    waiting = [row.id for row in rows if row.reviewed_at is None]
    left, right = st.columns(2, gap="large")
    if waiting:
        with left:
            _confirm(t, context, waiting, names)
    with right if waiting else left:
        _end_mapping(t, context, names)
    _confirm_editors(t, context, rows)


def _confirm_editors(t: Language, context: PageContext, rows: Sequence[MappingRow]) -> None:
    """Draw the buttons that confirm the editors' reviews: of the rows shown, or of all."""
    measures = list(dict.fromkeys(row.measure for row in rows if row.reviewed_at and not row.confirmed_at))
    every = sum(
        1 for row in mapping.list_mappings(context.session, context.person) if row.reviewed_at and not row.confirmed_at
    )
    if not every:
        return
    show(
        section(
            t("Confirm the mappings that came with the statement"),
            t("until then they are marked as the editors' review"),
        )
    )
    done = t("Confirmed: these mappings are now your organisation's own.")
    left, right = st.columns(2, gap="large")
    if measures and left.button(t("Confirm the mappings shown")):
        save(t, lambda s, now: mapping.confirm(s, context.person, now, measures), done)
    if right.button(t.n("Confirm the one mapping", "Confirm all {n} mappings", every)):
        save(t, lambda s, now: mapping.confirm(s, context.person, now), done)


def _confirm(t: Language, context: PageContext, waiting: Sequence[int], names: Mapping[int, str]) -> None:
    show(section(t("Confirm correct mappings")))
    with st.form("review", border=False):
        chosen = st.multiselect(
            t("Mappings to confirm"),
            waiting,
            format_func=option_label(names),
            placeholder=t("Choose the mappings that you have checked"),
        )
        if not st.form_submit_button(t("Confirm"), type="primary"):
            return
        if not chosen:
            show_refusal(t("Choose the mappings that are correct."))
        else:
            done = t("The selected mappings count from now on.")
            save(t, lambda s, now: mapping.review(s, context.person, chosen, now), done)


def _end_mapping(t: Language, context: PageContext, names: Mapping[int, str]) -> None:
    show(section(t("End an incorrect mapping")))
    with st.form("end-mapping", border=False):
        ended = st.selectbox(
            t("Mapping to end"),
            list(names),
            index=None,
            format_func=option_label(names),
            placeholder=t("Choose an incorrect mapping"),
        )
        if st.form_submit_button(t("End the mapping")) and ended is not None:
            done = t("The mapping no longer counts; it remains on record.")
            save(t, lambda s, now: mapping.end(s, context.person, ended, now), done)
