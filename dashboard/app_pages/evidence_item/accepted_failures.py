"""The form beside failing checks: accept one or several, as a risk or as a false positive, until a day."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

import streamlit as st
from sqlmodel import Session

from access.permissions import may
from dashboard.components.exception_words import KINDS, latest_end, proposed_end
from dashboard.shell import html
from dashboard.shell.frame import show
from dashboard.shell.page_context import PageContext
from dashboard.shell.saving import save
from dashboard.shell.url_filters import DAY_FORMAT
from evidence.decisions.exceptions import grant_exceptions
from evidence.decisions.failing_checks import OpenFailure, open_failures
from evidence.judging.words import check_name
from locales import Language
from models.vocabulary import ExceptionKind
from readiness import controls_needing

_BOXES: Final = 12  # checks with a box each; more are chosen from a list
_NAMED: Final = 3  # checks named before the rest is only counted
Failure = tuple[OpenFailure, str]  # a series and one of its checks


def draw(t: Language, context: PageContext, evidence: str) -> None:
    """Draw the failing checks that can be accepted, and the form for the chosen ones."""
    if not may(context.person, "exception.decide"):
        return
    series = open_failures(context.session, context.person, evidence, context.now)
    failures = [(item, check) for item in series for check in item.checks]
    if not failures:
        return
    show(html.section(t("Accept failing checks"), t("for a limited time, with a reason")))
    chosen = _choose(t, context, evidence, failures)
    if chosen:
        _form(t, context, evidence, chosen, [item for item in failures if item not in chosen])


def _choose(t: Language, context: PageContext, evidence: str, failures: Sequence[Failure]) -> list[Failure]:
    label = {item: _label(t, context, item, failures) for item in failures}
    if len(failures) > _BOXES:
        return st.multiselect(t("Failing checks"), failures, format_func=label.__getitem__, key=f"accept {evidence}")
    return [
        item
        for number, item in enumerate(failures)
        if st.checkbox(html.widget_label(label[item]), key=f"accept {evidence} {number} {item[1]}")
    ]


def _label(t: Language, context: PageContext, failure: Failure, failures: Sequence[Failure]) -> str:
    """The check, with its place where several places fail."""
    series, check = failure
    name = check_name(t, check)
    if len({item.cell for item, _ in failures}) == 1:
        return name
    requirement = context.titles.requirement(t, series.requirement)
    return f"{name}, {requirement}, {context.titles.place(t, series.system, series.target)}"


def _form(
    t: Language, context: PageContext, evidence: str, chosen: Sequence[Failure], others: Sequence[Failure]
) -> None:
    """Ask for kind, reason and end. Say what keeps failing all the same."""
    with st.form(f"accept form {evidence}"):
        kind = st.segmented_control(
            t("Why it is acceptable"),
            list(ExceptionKind),
            format_func=lambda key: t.render(KINDS[key]),
            default=ExceptionKind.ACCEPTED_RISK,
            required=True,
        )
        reason = st.text_area(t("Reason, as you would tell an auditor"), max_chars=4000)
        last_day = st.date_input(
            t("Until and including"),
            value=proposed_end(context.today, context.audit_day),
            min_value=context.today,
            max_value=latest_end(context.today),
            format=DAY_FORMAT,
            help=t("A year at most; then it fails again, unless you decide again."),
        )
        show(_rest(t, context, chosen, others))
        label = t.n("Accept {n} check", "Accept {n} checks", len(chosen))
        if st.form_submit_button(label, type="primary"):
            _save(t, context, chosen, str(kind), reason, last_day)


def _rest(t: Language, context: PageContext, chosen: Sequence[Failure], others: Sequence[Failure]) -> html.Html:
    """What keeps failing, with the number of controls that fail with it; else how many controls it holds."""
    keys = sorted({item.requirement for item, _ in (others or chosen)})
    session, person = context.session, context.person
    n = len(controls_needing(session, person, keys, context.today, context.now, context.systems))
    if not others:
        return html.note("unknown", f"{t('Nothing else fails here.')} {_need(t, n)}")
    names = ", ".join(dict.fromkeys(check_name(t, check) for _, check in others[:_NAMED]))
    more = len(others) - _NAMED
    names += t(" and {n} more", n=more) if more > 0 else ""
    words = t.n(
        "{n} check keeps failing ({names}), so what needs it keeps failing too.",
        "{n} checks keep failing ({names}), so what needs them keeps failing too.",
        len(others),
        names=names,
    )
    return html.note("lapsed", f"{words} {_need(t, n)}", "schedule")


def _need(t: Language, controls: int) -> str:
    """How many controls need the evidence; none does while their mappings wait for a review."""
    if not controls:
        return t("No control counts on this evidence today.")
    return t.n("{n} control needs this evidence.", "{n} controls need this evidence.", controls)


def _save(t: Language, context: PageContext, chosen: Sequence[Failure], kind: str, reason: str, last_day: date) -> None:
    def verb(session: Session, now: datetime) -> None:
        for series in dict.fromkeys(item for item, _ in chosen):
            checks = [check for item, check in chosen if item == series]
            days = (context.today, last_day)
            grant_exceptions(session, context.person, series.cell, series.tool, checks, reason, *days, now, kind)

    n = len(chosen)
    save(t, verb, t.n("{n} check accepted until {day}.", "{n} checks accepted until {day}.", n, day=last_day))
