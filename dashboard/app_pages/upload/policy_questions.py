"""Questions of policies that the files do not answer: the expected number of items, the zone of a scan."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from controls.browse.values import RequirementRow
from dashboard.app_pages.upload.answers import Answers
from dashboard.app_pages.upload.entered import field_key
from dashboard.shell.frame import show
from dashboard.shell.html import caption
from dashboard.shell.page_context import PageContext
from evidence.intake.delivery.delivery import Population
from evidence.intake.proposed_requirements.questions import judging_policies
from evidence.intake.reading.inspection import Inspection
from evidence.judging.policy import Policy
from locales import Language


def population_form(
    t: Language,
    context: PageContext,
    inspection: Inspection,
    judging: Mapping[str, Sequence[Policy[Any]]],
    systems: Sequence[str],
) -> tuple[Population | None, dict[str, int]]:
    """Draw the questions for the expected number of items and its source; without these, missing rows go unnoticed."""
    counting = [policy for judges in judging.values() for policy in judges if policy.counted(t)]
    if not counting:
        return None, {}
    is_by_system = any(policy.table and policy.table.per for policy in counting)
    names = [context.titles.system(t, key) for key in systems] if is_by_system else []
    counts = " · ".join(dict.fromkeys(policy.counted(t).replace("`", "") for policy in counting))
    rows = sum(sum(file.counts.values()) for file in inspection.files)
    labels = [t("How many items should it list for {system}?", system=name) for name in names] if len(names) > 1 else []
    left, right = st.columns(2)
    with left:
        labelled = labels or [t("How many items should it list?")]
        numbers = [_number(t, label, rows, of) for label, of in zip(labelled, systems if labels else [""], strict=True)]
    source = right.text_input(
        t("According to which source?"),
        placeholder=t("an export of the directory"),
        help=t("Count {what}. Take the number from the source system, not from the file.", what=counts),
        key=field_key("source"),
    )
    read = t.n("Count {what}; {n} row was read.", "Count {what}; {n} rows were read.", rows, what=counts)
    show(caption(read))
    answered = [number for number in numbers if number is not None]
    if len(answered) < len(numbers) or not source.strip():
        return None, {}
    apart = dict(zip(systems, answered, strict=True)) if len(names) > 1 else {}
    return Population(sum(answered), source, context.today), apart


def _number(t: Language, label: str, rows: int, system: str) -> int | None:
    number = st.number_input(
        label,
        min_value=0,
        value=None,
        step=1,
        placeholder=t.n("{n} was read", "{n} were read", rows),
        key=field_key(f"population of {system}"),
    )
    return None if number is None else int(number)


def missing_answers(
    t: Language, inspection: Inspection, requirements: Sequence[RequirementRow], answers: Answers
) -> str:
    """What must still be filled in before the evaluation; empty if nothing."""
    if answers.unanswered:
        return answers.unanswered
    judging = judging_policies(inspection, requirements)
    if answers.population is None and any(policy.counted(t) for judges in judging.values() for policy in judges):
        return t("Enter how many items it should list, and according to which source, to see what it changes.")
    scans = [name for name, judges in judging.items() if any(policy.scan_zones() for policy in judges)]
    if any(name not in answers.zones for name in scans):
        return t("Choose the zone from which each scan was made to see what it changes.")
    return ""


def zones_form(t: Language, inspection: Inspection, judging: Mapping[str, Sequence[Policy[Any]]]) -> dict[str, str]:
    """Draw the question from which network zone each scan was made."""
    zones: dict[str, str] = {}
    for file in inspection.files:
        choices = [names for policy in judging.get(file.name, ()) if (names := policy.scan_zones())]
        if choices:
            chosen = st.selectbox(
                t("From which zone was {file} made?", file=file.name),
                choices[0],
                index=None,
                placeholder=t("Choose the zone"),
                key=field_key(f"zone of {file.name}"),
            )
            if chosen is not None:
                zones[file.name] = chosen
    return zones
