"""The upload form, filled in from the file; the person confirms or corrects it."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from controls.browse.values import RequirementRow
from dashboard.app_pages.upload.answers import Answers, Place
from dashboard.app_pages.upload.entered import field_key
from dashboard.app_pages.upload.mapping_form import mapping_form
from dashboard.app_pages.upload.policy_questions import population_form, zones_form
from dashboard.app_pages.upload.target_form import Tested, places_on, tested_form
from dashboard.components import days
from dashboard.components.evidence.recognised_file import proposed_requirement
from dashboard.shell.frame import show
from dashboard.shell.html import caption
from dashboard.shell.page_context import PageContext
from dashboard.shell.requirement_choice import found_requirements
from dashboard.shell.url_filters import DAY_FORMAT, option_label
from evidence.intake.delivery.target_matching import Places, recorded_places
from evidence.intake.delivery.token_limits import may_upload_for
from evidence.intake.proposed_requirements.candidates import accepting_requirements, stating
from evidence.intake.proposed_requirements.questions import Choice, judging_policies
from evidence.intake.reading.inspection import Inspection
from evidence.intake.reading.log_days import log_days
from evidence.judging.policies import policies
from evidence.judging.policy import Policy
from evidence.judging.table_mapping import NOTHING, TableMapping
from locales import Language
from models.calendar import Span, calendar_of
from models.vocabulary import EvidenceKind, Scope


def delivery_form(t: Language, context: PageContext, inspection: Inspection, start: Choice) -> Answers:
    """Draw the form, filled in with what is proposed; it asks only what cannot be read from the file."""
    requirements = _requirements(t, context, inspection, start.requirement)
    first, last = _days(t, context, inspection, requirements, start)
    end = (
        st.date_input(
            t("Valid until (last day)"),
            value=None,
            format=DAY_FORMAT,
            help=t("The content states an end date, as a certificate does."),
            key=field_key("end"),
        )
        if _needs_end(requirements)
        else None
    )
    systems: list[str] = []
    tested = Tested({})
    if any(requirement.scope != Scope.ORGANISATION for requirement in requirements):
        places_in_scope = places_on(context, last)
        tested = tested_form(t, context, inspection, requirements, places_in_scope)
        if not tested.without:  # the systems follow from the places
            systems = _systems(t, context, inspection, requirements, places_in_scope, tested.places, start)
    judging = judging_policies(inspection, requirements)
    cells = [
        (requirement.key, system, "") for requirement in requirements for system in _systems_of(requirement, systems)
    ]
    mapped = mapping_form(t, context, inspection, judging, cells)
    of_rows = _days_of_results(context, inspection, judging, mapped.mapping)
    if of_rows is not None:
        first, last = of_rows
        _caption(t("Covers {days}: the rows say when the checks were done.", days=days.between(t, first, last)))
    population, populations = population_form(t, context, inspection, judging, systems)
    zones = zones_form(t, inspection, judging)
    note = st.text_area(t("Note for the reviewer (optional)"), height=80, key=field_key("note"))
    return Answers(
        first,
        last,
        tuple(requirement.key for requirement in requirements),
        tuple(systems),
        end,
        tested.places,
        without_place=tuple(tested.without),
        note=note,
        population=population,
        populations=populations,
        zones=zones,
        days_from_files=of_rows is not None or _tells_days(inspection, requirements),
        mapping=mapped.mapping,
        unanswered=mapped.unanswered,
    )


def _systems_of(requirement: RequirementRow, systems: Sequence[str]) -> Sequence[str]:
    """The systems for which a requirement is shown; empty: the organisation."""
    return [""] if requirement.scope == Scope.ORGANISATION else systems


def _requirements(t: Language, context: PageContext, inspection: Inspection, proposed: str) -> list[RequirementRow]:
    accepting = accepting_requirements(context.titles.requirements.values(), inspection)
    candidates = [requirement for requirement in accepting if may_upload_for(context.person, requirement)]
    names = {
        requirement.key: f"{t.title(requirement)} · {days.renewal(t, requirement.renewal)}"
        for requirement in candidates
    }
    in_address = proposed or st.query_params.get("requirement", "")
    named = stating(candidates, inspection)
    default = proposed_requirement(
        named if all(row.key != in_address for row in candidates) else candidates, in_address
    )
    key = field_key("requirements")
    found = found_requirements(t, context, list(names), field_key("find"))
    picked = [name for name in st.session_state.get(key) or () if name in names]
    chosen = st.multiselect(
        t("Evidence for (evidence requirement)"),
        list(dict.fromkeys([*default, *picked, *found])),  # what is chosen stays, also while it is not found
        default=default,
        filter_mode="contains",
        key=key,
        format_func=option_label(names),
        placeholder=t("Choose what this file is evidence for")
        if candidates
        else t("No evidence requirement accepts this kind of file"),
    )
    if accepting and not candidates:
        teams = dict.fromkeys(context.titles.team(t, requirement.team) for requirement in accepting)
        _caption(t("Other teams upload evidence of this kind: {teams}.", teams=", ".join(teams)))
    return [requirement for requirement in candidates if requirement.key in chosen]


def _days(
    t: Language, context: PageContext, inspection: Inspection, requirements: Sequence[RequirementRow], proposed: Choice
) -> Span:
    """Draw the days: as read from the file, one day for a test without a date, a period for other evidence."""
    if _tells_days(inspection, requirements):
        first, last = inspection.days(calendar_of(context.session)) or (context.today, context.today)
        _caption(t("Covers {days}: the file says when it was made.", days=days.between(t, first, last)))
        return first, last
    start, end = _proposed(context, inspection, requirements, proposed)
    if _days_of_results(context, inspection, judging_policies(inspection, requirements), None):
        return start, end
    if any(requirement.kind == EvidenceKind.TEST for requirement in requirements):
        day = st.date_input(
            t("The date of the test"),
            value=end,
            format=DAY_FORMAT,
            max_value=context.today,
            key=field_key(f"day {end}"),
        )
        _caption(t("This file has no date. The date that you enter needs someone else's review."))
        return day, day
    left, right = st.columns(2)
    first = left.date_input(
        t("Date or start of the period"),
        value=start,
        format=DAY_FORMAT,
        max_value=context.today,
        key=field_key(f"first day {start}"),
    )
    last = right.date_input(
        t("End of the period"),
        value=end,
        format=DAY_FORMAT,
        max_value=context.today,
        help=t("The date or period that the evidence covers, not the day on which you upload it."),
        key=field_key(f"last day {end}"),
    )
    return first, last


def _days_of_results(
    context: PageContext,
    inspection: Inspection,
    judging: Mapping[str, Sequence[Policy[Any]]],
    mapping: TableMapping | None,
) -> Span | None:
    """The days of the rows of tables of test results; None if these do not tell, or for other files."""
    reading = [policy for some in judging.values() for policy in some if policy.reads_tables_as_results]
    return log_days(inspection, reading, calendar_of(context.session), mapping or NOTHING)


def _proposed(
    context: PageContext, inspection: Inspection, requirements: Sequence[RequirementRow], proposed: Choice
) -> Span:
    """The proposed period: as chosen before, the days in the rows of a log, else today."""
    if proposed.first_day and proposed.last_day:
        return min(proposed.first_day, context.today), min(proposed.last_day, context.today)
    judging = [policies()[requirement.policy] for requirement in requirements if requirement.policy in policies()]
    calendar = calendar_of(context.session)
    today = (context.today, context.today)
    first, last = log_days(inspection, judging, calendar) or inspection.days(calendar) or today
    return min(first, context.today), min(last, context.today)


def _tells_days(inspection: Inspection, requirements: Sequence[RequirementRow]) -> bool:
    """Whether every file has its own date, so that nothing needs to be asked."""
    return not inspection.undated and (
        not requirements or any(requirement.kind == EvidenceKind.TEST for requirement in requirements)
    )


def _caption(words: str) -> None:
    show(caption(words))


def _needs_end(requirements: Sequence[RequirementRow]) -> bool:
    return any(not requirement.renewal and requirement.kind == EvidenceKind.RECORD for requirement in requirements)


def _systems(
    t: Language,
    context: PageContext,
    inspection: Inspection,
    requirements: Sequence[RequirementRow],
    places_in_scope: Places,
    places: dict[str, Place],
    proposed: Choice,
) -> list[str]:
    """Draw the choice of systems; those of the file's targets are chosen beforehand."""
    attributes = {requirement.applies_to for requirement in requirements if requirement.scope != Scope.ORGANISATION}
    names = {
        system.key: t.title(system)
        for system in context.scope
        if None in attributes or attributes & set(system.attributes)
    }
    recorded = [recorded_places(tested, port, places_in_scope) for tested, port in inspection.named.items()]
    tested = {system for places_of_address in recorded for system, _ in places_of_address}
    tested |= {system for _, system, _ in places.values()}
    tested = tested or set(proposed.systems)
    default = [key for key in names if key in tested]
    system_in_address = st.query_params.get("system", "")
    default = default or ([system_in_address] if system_in_address in names else list(names) if len(names) == 1 else [])
    return list(
        st.multiselect(
            t("Systems"),
            list(names),
            default=default,
            format_func=option_label(names),
            placeholder=t("Choose the systems that this is about"),
            key=field_key(f"systems {sorted(default)}"),
        )
    )
