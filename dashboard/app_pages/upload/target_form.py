"""The part of the upload form that asks which target was tested, if the file names none that is recorded."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

import streamlit as st

from access.permissions import may
from controls.browse.values import RequirementRow
from controls.scope.target_addresses import addresses_on
from dashboard.app_pages.upload.answers import ADD, ADDRESS, IS, Place
from dashboard.app_pages.upload.entered import field_key
from dashboard.shell.frame import show
from dashboard.shell.html import caption
from dashboard.shell.page_context import PageContext
from dashboard.shell.url_filters import option_label
from evidence.intake.delivery.target_matching import Places, places_in, recorded_places, same_host
from evidence.intake.reading.inspection import Inspection
from locales import Language
from models.vocabulary import EvidenceKind, Scope


class Tested(NamedTuple):
    """The place of each tested address that was asked for; `without`: those still to be chosen."""

    places: dict[str, Place]
    without: Sequence[str] = ()


def places_on(context: PageContext, day: date) -> Places:
    """Systems and targets in scope, with their addresses on the day that the file covers."""
    return places_in([context.scope], addresses_on(context.session, day, context.now))


def tested_form(
    t: Language, context: PageContext, inspection: Inspection, requirements: Sequence[RequirementRow], places: Places
) -> Tested:
    """Draw the questions and return the place chosen for each tested address; key "" for a test that names none."""
    if all(
        requirement.scope != Scope.TARGET or requirement.kind == EvidenceKind.RECORD for requirement in requirements
    ):
        return Tested({})
    if not inspection.targets:
        is_test = any(
            requirement.scope == Scope.TARGET and requirement.kind == EvidenceKind.TEST for requirement in requirements
        )
        return Tested(_of_unnamed(t, context, places) if is_test else {})
    strays = [tested for tested, port in inspection.named.items() if not recorded_places(tested, port, places)]
    chosen = {tested: _of_stray(t, context, tested, places) for tested in sorted(strays)}
    without = [tested for tested, place in chosen.items() if place is None]
    return Tested({tested: place for tested, place in chosen.items() if place is not None}, without)


def _of_stray(t: Language, context: PageContext, tested: str, places: Places) -> Place | None:
    options = proposals(t, context, tested, places)
    if not options:
        _say(t("{target} is not in scope. Ask a security officer to add it.", target=tested))
        return None
    first = _proposed(list(options), same_host(tested, places), st.query_params.get("system", ""))
    chosen = st.selectbox(
        t("{target} is not recorded as an address. It is …", target=_as_code(tested)),
        list(options),
        index=first,
        format_func=option_label(options),
        placeholder=t("Choose what it is"),
        key=field_key(f"place of {tested}"),
    )
    if chosen is not None:
        _say(_consequence(t, context, tested, chosen))
    return chosen


def proposals(t: Language, context: PageContext, tested: str, places: Places) -> dict[Place, str]:
    """The places that a tested address may belong to, likeliest first; scope changes need their permission."""
    near = same_host(tested, places)
    places_in_order = [*near, *(place for place in _every(places) if place not in near)]
    named = {place: _named(t, context, *place) for place in places_in_order}
    this_file = {(IS, *place): t("this file only: {target}", target=name) for place, name in named.items()}
    if not may(context.person, "scope.change"):
        return this_file
    return {
        **{(ADDRESS, *place): t("a new address of {target}", target=name) for place, name in named.items()},
        **{(ADD, system.key, ""): t("a new target of {system}", system=t.title(system)) for system in context.scope},
        **this_file,
    }


def _every(places: Places) -> list[tuple[str, str]]:
    """All targets, and the systems without targets."""
    return [
        (system, target)
        for system, targets in places.items()
        for target in (sorted(target for target in targets if target) or [""])
    ]


def _named(t: Language, context: PageContext, system: str, target: str) -> str:
    title = context.titles.system(t, system)
    return f"{target} ({title})" if target else t("{system} (whole system)", system=title)


def _proposed(options: Sequence[Place], near: Sequence[tuple[str, str]], system: str) -> int | None:
    """Index of the option to choose beforehand, if one is evident."""
    if len(near) == 1:
        return 0
    return options.index((ADD, system, "")) if (ADD, system, "") in options else None


def _consequence(t: Language, context: PageContext, tested: str, chosen: Place) -> str:
    choice, system, target = chosen
    name = target or context.titles.system(t, system)
    if choice == ADD:
        return t("Saving adds a new target to the scope. From then on it needs its own evidence.")
    if choice == ADDRESS:
        return t(
            "{tested} becomes an address of {target} when you save. "
            "This evidence counts once someone other than you accepts it.",
            tested=tested,
            target=name,
        )
    return t(
        "{tested} is not recorded as an address of {target}. "
        "This evidence counts once someone other than you accepts it.",
        tested=tested,
        target=name,
    )


def _of_unnamed(t: Language, context: PageContext, places: Places) -> dict[str, Place]:
    """Draw the choice of target for a test that names no address, such as JUnit."""
    options: Mapping[Place, str] = {(IS, *place): _named(t, context, *place) for place in _every(places)}
    if not any(target for _, _, target in options):
        return {}
    chosen = st.selectbox(
        t("Which target was tested? The file does not say."),
        list(options),
        index=None,
        format_func=option_label(options),
        placeholder=t("Choose the target"),
        key=field_key("tested target"),
    )
    if chosen is None:
        return {}
    _say(t("The file does not name the target. This evidence counts once someone other than you accepts it."))
    return {"": chosen}


def _as_code(name: str) -> str:
    """A name for a label, which is Markdown: as code, so that nothing in it is formatted or linked."""
    return f"`{name.replace('`', ' ')}`"


def _say(words: str) -> None:
    show(caption(words))
