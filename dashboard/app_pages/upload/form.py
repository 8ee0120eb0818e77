"""The form of an upload, filled in from the file; the person confirms or corrects."""

from collections.abc import Sequence

import streamlit as st

from controls.browse.rows import RequirementRow
from dashboard.app_pages.upload.answers import Answers, Place
from dashboard.app_pages.upload.policy_questions import judging_policies, population_form, zones_form
from dashboard.app_pages.upload.target_form import places_on, tested_form
from dashboard.components import days
from dashboard.components.recognised_file import answerable, likely
from dashboard.shell.frame import show
from dashboard.shell.html import html
from dashboard.shell.page_context import PageContext
from dashboard.shell.url_filters import shown_as
from evidence.intake.inspection import Inspection
from evidence.intake.log_days import log_days
from evidence.intake.target_matching import Places, recorded_places
from evidence.judging.policies import policies
from locales import Language
from models.calendar import Span, calendar_of
from models.vocabulary import EvidenceKind, Scope

_DAY = "DD-MM-YYYY"


def delivery_form(t: Language, o: PageContext, inspection: Inspection) -> Answers:
    """Ask only what can't be read from the file."""
    requirements = _requirements(t, o, inspection)
    first, last = _days(t, o, inspection, requirements)
    end = (
        st.date_input(
            t("Valid until (last day)"),
            value=None,
            format=_DAY,
            help=t("The content says until when, such as a certificate."),
        )
        if _needs_end(requirements)
        else None
    )
    systems: list[str] = []
    places: dict[str, Place] = {}
    if any(one.scope != Scope.ORGANISATION for one in requirements):
        known = places_on(o, last)
        places = tested_form(t, o, inspection, requirements, known)
        systems = _systems(t, o, inspection, requirements, known, places)
    judging = judging_policies(inspection, requirements)
    population, populations = population_form(t, o, inspection, judging, systems)
    zones = zones_form(t, inspection, judging)
    note = st.text_area(t("Remark for the reviewer (may stay empty)"), height=80)
    return Answers(
        first,
        last,
        tuple(one.key for one in requirements),
        tuple(systems),
        end,
        places,
        note=note,
        population=population,
        populations=populations,
        zones=zones,
        told=_tells_days(inspection, requirements),
    )


def _requirements(t: Language, o: PageContext, inspection: Inspection) -> list[RequirementRow]:
    found = answerable(o.book.requirements.values(), inspection)
    names = {one.key: f"{t.title(one)} · {days.renewal(t, one.renewal)}" for one in found}
    chosen = st.multiselect(
        t("What it proves (evidence requirement)"),
        list(names),
        default=likely(found, st.query_params.get("requirement", "")),
        format_func=shown_as(names),
        placeholder=t("Choose what this file is proof of") if found else t("No requirement accepts this kind of file"),
    )
    return [one for one in found if one.key in chosen]


def _days(t: Language, o: PageContext, inspection: Inspection, requirements: Sequence[RequirementRow]) -> Span:
    """The days that the file tells, to be read; one day of a test that tells none; a period of what is no test."""
    if _tells_days(inspection, requirements):
        first, last = inspection.days(calendar_of(o.session)) or (o.today, o.today)
        _caption(t("Represents {days}: the file tells when it was made.", days=days.between(t, first, last)))
        return first, last
    start, end = _proposed(o, inspection, requirements)
    if any(one.kind == EvidenceKind.TEST for one in requirements):
        day = st.date_input(t("The day of the test"), value=end, format=_DAY, max_value=o.today)
        _caption(t("This file has no date. The day that you give waits for someone else's review."))
        return day, day
    left, right = st.columns(2)
    first = left.date_input(t("Represents, from"), value=start, format=_DAY, max_value=o.today)
    last = right.date_input(
        t("until and including"),
        value=end,
        format=_DAY,
        max_value=o.today,
        help=t("The day or period that the proof is about, not the day you hand it in."),
    )
    return first, last


def _proposed(o: PageContext, inspection: Inspection, requirements: Sequence[RequirementRow]) -> Span:
    """The days of a log's rows, of files that tell theirs; else today."""
    judging = [policies()[one.policy] for one in requirements if one.policy in policies()]
    calendar = calendar_of(o.session)
    first, last = log_days(inspection, judging, calendar) or inspection.days(calendar) or (o.today, o.today)
    return min(first, o.today), min(last, o.today)


def _tells_days(inspection: Inspection, requirements: Sequence[RequirementRow]) -> bool:
    """Whether there is nothing to ask: every file tells its days, and a test represents no others."""
    return not inspection.undated and (not requirements or any(one.kind == EvidenceKind.TEST for one in requirements))


def _caption(words: str) -> None:
    show(html('<p class="caption">{words}</p>', words=words))


def _needs_end(requirements: Sequence[RequirementRow]) -> bool:
    return any(not one.renewal and one.kind == EvidenceKind.RECORD for one in requirements)


def _systems(
    t: Language,
    o: PageContext,
    inspection: Inspection,
    requirements: Sequence[RequirementRow],
    known: Places,
    places: dict[str, Place],
) -> list[str]:
    """The systems that the file speaks of: those of its targets, chosen beforehand."""
    wanted = {one.applies_to for one in requirements if one.scope != Scope.ORGANISATION}
    names = {one.key: t.title(one) for one in o.scope if None in wanted or wanted & set(one.attributes)}
    recorded = [recorded_places(tested, port, known) for tested, port in inspection.named.items()]
    tested = {system for found in recorded for system, _ in found}
    tested |= {system for _, system, _ in places.values()}
    default = [key for key in names if key in tested]
    asked = st.query_params.get("system", "")
    default = default or ([asked] if asked in names else list(names) if len(names) == 1 else [])
    return list(
        st.multiselect(
            t("Systems"),
            list(names),
            default=default,
            format_func=shown_as(names),
            placeholder=t("Choose the systems that it is about"),
            key=f"systems {sorted(default)}",
        )
    )
