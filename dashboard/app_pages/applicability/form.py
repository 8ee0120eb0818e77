"""The form that decides on one or several controls at once."""

from collections.abc import Sequence
from datetime import date, datetime

import streamlit as st
from sqlmodel import Session

from audits import applicability as soa
from audits.applicability import NOT_STATED, Inclusion
from audits.applicability_lines import ApplicabilityLine
from audits.words import IMPLEMENTATIONS, INCLUSION_REASONS
from dashboard.shell import html
from dashboard.shell.frame import show
from dashboard.shell.page_context import PageContext
from dashboard.shell.saving import save
from dashboard.shell.url_filters import DAY_FORMAT
from locales import Language
from models.vocabulary import Implementation, InclusionReason

_NAMED = 4  # controls named before the rest is only counted


def decide(t: Language, context: PageContext, chosen: Sequence[ApplicabilityLine]) -> None:
    """Draw the form, filled with what the ticked controls have in common."""
    show(html.section(t.n("{n} control ticked", "{n} controls ticked", len(chosen))), html.caption(_named(t, chosen)))
    show(_measures(t, context, chosen))
    key = " ".join(line.control.key for line in chosen)[:200]
    before = _common(chosen)
    applies = st.segmented_control(
        t("Applicable"),
        [True, False],
        format_func=lambda answer: t("Yes") if answer else t("No"),
        default=before[0],
        key=f"applies {key}",
    )
    if applies is None:
        return
    with st.form(f"decide {key}", border=False):
        stated = _inclusion(t, before[1], key) if applies else NOT_STATED
        justification = st.text_area(
            t("Justification") if applies else t("Why it does not apply"), value=before[2], key=f"why {key}"
        )
        first = st.date_input(t("From"), value=context.today, format=DAY_FORMAT, key=f"from {key}")
        label = t.n("Save for {n} control", "Save for {n} controls", len(chosen))
        if st.form_submit_button(label, type="primary"):
            _save(t, context, chosen, stated, justification, first, applies=applies)


def _named(t: Language, chosen: Sequence[ApplicabilityLine]) -> str:
    names = ", ".join(f"{line.control.ref} {t.title(line.control)}" for line in chosen[:_NAMED])
    rest = len(chosen) - _NAMED
    return t("{names} and {n} more", names=names, n=rest) if rest > 0 else names


def _measures(t: Language, context: PageContext, chosen: Sequence[ApplicabilityLine]) -> html.Html:
    """The measures that implement the ticked controls, each with its page."""
    keys = dict.fromkeys(key for line in chosen for key in line.measures)
    links = [html.link(html.address("measure", key=key), context.titles.measure(t, key)) for key in keys]
    return html.pairs([(t("Measures"), html.join(links, ", "))]) if links else html.Html("")


def _common(chosen: Sequence[ApplicabilityLine]) -> tuple[bool | None, Inclusion, str]:
    """What all ticked controls have in common: whether they apply, what is stated, and the justification."""
    decisions = [line.decision for line in chosen]
    applies = {decision.applicable if decision else None for decision in decisions}
    stated = {decision.inclusion if decision else NOT_STATED for decision in decisions}
    reasons = {decision.justification if decision else "" for decision in decisions}
    return (
        applies.pop() if len(applies) == 1 else None,
        stated.pop() if len(stated) == 1 else NOT_STATED,
        reasons.pop() if len(reasons) == 1 else "",
    )


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


def _save(
    t: Language,
    context: PageContext,
    chosen: Sequence[ApplicabilityLine],
    stated: Inclusion,
    justification: str,
    first: date,
    *,
    applies: bool,
) -> None:
    def verb(session: Session, now: datetime) -> None:
        for line in chosen:
            soa.decide(session, context.person, line.control.key, applies, justification, first, now, stated)

    save(t, verb, t.n("Saved for {n} control.", "Saved for {n} controls.", len(chosen)))
