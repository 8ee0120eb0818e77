"""The form of an upload, filled in from the file; the person confirms or corrects."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from controls.views import RequirementRow
from dashboard.parts import days
from dashboard.parts.answers import ADD, IS, Answers, Place
from dashboard.parts.choice import shown_as
from dashboard.parts.frame import show
from dashboard.parts.judged_by import judging_policies, population_form, zones_form
from dashboard.parts.markup import html
from dashboard.parts.opening import Opening
from dashboard.parts.recognised import answerable, likely, owners
from evidence.inspection import Inspection
from locales import Language

_DAY = "DD-MM-YYYY"


def delivery_form(t: Language, o: Opening, inspection: Inspection) -> Answers:
    """Ask only what can't be read from the file."""
    requirements = _requirements(t, o, inspection)
    first, last = _days(t, o, inspection)
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
    if any(one.scope != "organisation" for one in requirements):
        places = _places(t, o, inspection, requirements)
        systems = _systems(t, o, inspection, requirements, places)
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
    )


def _requirements(t: Language, o: Opening, inspection: Inspection) -> list[RequirementRow]:
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


def _days(t: Language, o: Opening, inspection: Inspection) -> tuple[date, date]:
    own = inspection.days or (o.today, o.today)
    read = t("Read from the file.") if inspection.days else t("The file does not say.")
    left, right = st.columns(2)
    first = left.date_input(
        t("Represents, from"), value=min(own[0], o.today), format=_DAY, max_value=o.today, help=read
    )
    last = right.date_input(
        t("until and including"),
        value=min(own[1], o.today),
        format=_DAY,
        max_value=o.today,
        help=t("The day or period that the proof is about, not the day you hand it in."),
    )
    if not inspection.days:
        show(
            html(
                '<p class="caption">{words}</p>',
                words=t("The file does not say of which day it is. Set the day yourself."),
            )
        )
    return first, last


def _needs_end(requirements: Sequence[RequirementRow]) -> bool:
    return any(not one.renewal and one.kind == "record" for one in requirements)


def _places(
    t: Language, o: Opening, inspection: Inspection, requirements: Sequence[RequirementRow]
) -> dict[str, Place]:
    """Tested addresses that are no target yet, with what the person says they are."""
    if all(one.scope != "target" or one.kind == "record" for one in requirements):
        return {}
    if not inspection.targets and any(one.scope == "target" and one.kind == "test" for one in requirements):
        return _tested(t, o)
    strays = [tested for tested, found in owners(o.scope, inspection.targets).items() if not found]
    asked = st.query_params.get("system", "")
    places: dict[str, Place] = {}
    for tested in strays:
        options: dict[Place, str] = {
            (ADD, one.key, ""): t("a new target of {system}", system=t.title(one)) for one in o.scope
        }
        options |= {
            (IS, one.key, target.target): t("{target} of {system}", target=target.target, system=t.title(one))
            for one in o.scope
            for target in one.targets
        }
        named = [place for place in options if place[:2] == (ADD, asked)]
        chosen = st.selectbox(
            t("{target} is not in scope yet. It is …", target=tested),
            list(options),
            index=list(options).index(named[0]) if named else None,
            format_func=shown_as(options),
            placeholder=t("Choose the system that it belongs to"),
            help=t("A new target comes into scope when you save. From then on it needs its own proof."),
            key=f"place of {tested}",
        )
        if chosen is not None:
            places[tested] = chosen
    return places


def _tested(t: Language, o: Opening) -> dict[str, Place]:
    """Of a test that names no address, such as JUnit's: the target in scope that it was of."""
    options: dict[Place, str] = {
        (IS, one.key, target.target): t("{target} of {system}", target=target.target, system=t.title(one))
        for one in o.scope
        for target in one.targets
    }
    if not options:
        return {}
    chosen = st.selectbox(
        t("Which target was tested? The file does not say."),
        list(options),
        index=None,
        format_func=shown_as(options),
        placeholder=t("Choose the target"),
        key="tested target",
    )
    return {} if chosen is None else {"": chosen}


def _systems(
    t: Language, o: Opening, inspection: Inspection, requirements: Sequence[RequirementRow], places: dict[str, Place]
) -> list[str]:
    """The systems that the file speaks of: those of its targets, chosen beforehand."""
    wanted = {one.applies_to for one in requirements if one.scope != "organisation"}
    names = {one.key: t.title(one) for one in o.scope if None in wanted or wanted & set(one.attributes)}
    tested = {system for found in owners(o.scope, inspection.targets).values() for system in found}
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
