"""The form that decides on one or several controls at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Final

import streamlit as st
from sqlmodel import Session

from audits import applicability as soa
from audits.applicability import NOT_STATED, Inclusion
from audits.applicability_lines import ApplicabilityLine
from audits.words import IMPLEMENTATIONS, INCLUSION_REASONS
from dashboard.components.cells import measure_statuses
from dashboard.shell import html
from dashboard.shell.badge import mark
from dashboard.shell.frame import show
from dashboard.shell.page_context import PageContext
from dashboard.shell.saving import save
from dashboard.shell.url_filters import DAY_FORMAT
from locales import Language, Text, text
from models.vocabulary import Implementation, InclusionReason, Status

_NAMED = 4  # controls named before the rest is only counted
_JUSTIFICATION: Final = "justification"
_NAMES: Final[dict[str, Text]] = {
    "reasons": text("reasons"),
    "reference": text("reference"),
    "implementation": text("state of implementation"),
    "by": text("by whom"),
    "day": text("since when"),
    _JUSTIFICATION: text("justification"),
}


@dataclass(frozen=True, slots=True)
class Stated:
    """What the Statement of Applicability says of a control, besides whether it applies."""

    inclusion: Inclusion = NOT_STATED
    justification: str = ""


def decide(t: Language, context: PageContext, chosen: Sequence[ApplicabilityLine]) -> None:
    """Draw the form, filled with what the ticked controls have in common; what differs stays unless it is filled in."""
    show(html.section(t.n("{n} control ticked", "{n} controls ticked", len(chosen))), html.caption(_named(t, chosen)))
    show(_measures(t, context, chosen))
    key = _form_key(chosen)
    decided = {line.decision.applicable if line.decision else None for line in chosen}
    applies = st.segmented_control(
        t("Applicable"),
        [True, False],
        format_func=lambda answer: t("Yes") if answer else t("No"),
        default=decided.pop() if len(decided) == 1 else None,
        key=f"applies {key}",
    )
    if applies is None:
        return
    before = {line.control.key: _stated(line, applies=applies) for line in chosen}
    common, differing = _common(list(before.values()))
    with st.form(f"decide {key}", border=False):
        show(_differs(t, differing))
        inclusion = _inclusion(t, common.inclusion, key) if applies else NOT_STATED
        justification = st.text_area(
            t("Justification") if applies else t("Why it does not apply"), value=common.justification, key=f"why {key}"
        )
        first = st.date_input(t("From"), value=context.today, format=DAY_FORMAT, key=f"from {key}")
        label = t.n("Save for {n} control", "Save for {n} controls", len(chosen))
        if st.form_submit_button(label, type="primary"):
            filled_in = Stated(inclusion, justification)
            kept = {control: _kept(own, filled_in, differing) for control, own in before.items()}
            _save(t, context, kept, first, applies=applies)


def _form_key(chosen: Sequence[ApplicabilityLine]) -> str:
    """A key that other ticks and other decisions change: nothing shown for others is saved as if it was filled in."""
    return sha256(repr([(line.control.key, line.decision) for line in chosen]).encode()).hexdigest()


def _named(t: Language, chosen: Sequence[ApplicabilityLine]) -> str:
    names = ", ".join(f"{line.control.ref} {t.title(line.control)}" for line in chosen[:_NAMED])
    rest = len(chosen) - _NAMED
    return t("{names} and {n} more", names=names, n=rest) if rest > 0 else names


def _measures(t: Language, context: PageContext, chosen: Sequence[ApplicabilityLine]) -> html.Html:
    """The measures that implement the ticked controls, each with its status and its page."""
    keys = dict.fromkeys(key for line in chosen for key in line.measures)
    statuses = measure_statuses(context.current(), context.then())
    links = [
        html.html(
            "{status} {to}",
            status=mark(t, statuses.get(key, Status.UNKNOWN)),
            to=html.link(html.address("measure", key=key), context.titles.measure(t, key)),
        )
        for key in keys
    ]
    return html.pairs([(t("Measures"), html.join(links, html.Html("<br>")))]) if links else html.Html("")


def _stated(line: ApplicabilityLine, *, applies: bool) -> Stated:
    """What is stated of a control; nothing where the opposite was decided, whose reasons are no reasons for this."""
    decision = line.decision
    if decision is None or decision.applicable != applies:
        return Stated()
    return Stated(decision.inclusion, decision.justification)


def _common(stated: Sequence[Stated]) -> tuple[Stated, frozenset[str]]:
    """What all controls have in common, and the names of what differs, which is empty in it."""
    values = {
        name: {getattr(each.inclusion, name) for each in stated} for name in (field.name for field in fields(Inclusion))
    }
    reasons = {each.justification for each in stated}
    same = {name: next(iter(each)) for name, each in values.items() if len(each) == 1}
    differing = {*values, *([_JUSTIFICATION] if len(reasons) > 1 else [])} - set(same)
    return Stated(Inclusion(**same), reasons.pop() if len(reasons) == 1 else ""), frozenset(differing)


def _kept(own: Stated, filled_in: Stated, differing: frozenset[str]) -> Stated:
    """What is recorded of one control: its own where the controls differ and nothing was filled in for all."""
    keep = {
        name: getattr(own.inclusion, name)
        for name in differing - {_JUSTIFICATION}
        if getattr(filled_in.inclusion, name) == getattr(NOT_STATED, name)
    }
    is_own = _JUSTIFICATION in differing and not filled_in.justification.strip()
    return Stated(replace(filled_in.inclusion, **keep), own.justification if is_own else filled_in.justification)


def _differs(t: Language, differing: frozenset[str]) -> html.Html:
    """Which fields differ between the ticked controls."""
    if not differing:
        return html.Html("")
    names = ", ".join(t.render(words) for name, words in _NAMES.items() if name in differing)
    return html.caption(t("These differ and stay as they are, unless you fill them in: {names}.", names=names))


def _inclusion(t: Language, before: Inclusion, key: str) -> Inclusion:
    reasons = st.pills(
        t("Reasons for inclusion"),
        list(InclusionReason),
        format_func=lambda reason: t.render(INCLUSION_REASONS[reason]),
        selection_mode="multi",
        default=list(before.reasons),
        key=f"reasons {key}",
    )
    reference = st.text_input(
        t("Reference"), value=before.reference, placeholder=t("Risk register R-12"), key=f"reference {key}"
    )
    state = st.segmented_control(
        t("State of implementation"),
        list(Implementation),
        format_func=lambda state: t.render(IMPLEMENTATIONS[state]),
        default=before.implementation,
        key=f"state {key}",
    )
    left, right = st.columns(2)
    by = left.text_input(t("By"), value=before.by, key=f"by {key}")
    day = right.date_input(t("Since or planned for"), value=before.day, format=DAY_FORMAT, key=f"day {key}")
    return Inclusion(tuple(reasons), reference, state, day if isinstance(day, date) else None, by)


def _save(t: Language, context: PageContext, kept: Mapping[str, Stated], first: date, *, applies: bool) -> None:
    def verb(session: Session, now: datetime) -> None:
        for control, stated in kept.items():
            soa.decide(session, context.person, control, applies, stated.justification, first, now, stated.inclusion)

    save(t, verb, t.n("Saved for {n} control.", "Saved for {n} controls.", len(kept)))
