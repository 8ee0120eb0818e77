"""The live checks on the set up page: what is on and what it saw, and the forms to switch one on or off."""

from collections.abc import Mapping

import streamlit as st

from controls.scope import live_checks
from controls.scope.live_checks import CERTIFICATE_FIELDS, LiveCheckDetails
from dashboard.app_pages.setup.addresses import places_in_scope
from dashboard.components.evidence.live_check_table import live_check_table, place_of, title_of
from dashboard.shell.frame import show
from dashboard.shell.html import section
from dashboard.shell.page_context import PageContext
from dashboard.shell.saving import save, show_refusal
from dashboard.shell.url_filters import option_label
from evidence.collect.live.last_runs import LiveCheckState, live_check_states
from locales import Language
from models.vocabulary import LiveCheckKind


def draw_live_checks(t: Language, context: PageContext) -> None:
    states = live_check_states(context.session, context.person)
    lead = t("Aantoonbaar itself looks at what you switch on here, and uploads what it saw as evidence")
    show(section(t("Live checks"), lead), live_check_table(t, context.titles, states))
    left, middle, right = st.columns(3, gap="large")
    with left:
        show(section(t("Switch on for a target"), level=3))
        switch_on_target(t, context)
    with middle:
        show(section(t("Switch on for a page or mail domain"), level=3))
        switch_on_page(t, context)
    active = [state for state in states if state.check.is_on]
    with right:
        if active:
            show(section(t("Look now, or switch off"), level=3))
            change_check(t, context, active)


def switch_on_target(t: Language, context: PageContext) -> None:
    kinds = {str(kind): title_of(t, kind) for kind in live_checks.OF_TARGETS}
    places = places_in_scope(t, context)
    with st.form("live-target", border=False):
        kind = _choice(t("Check"), kinds, t("Choose a check"))
        place = st.selectbox(
            t("Target"), list(places), index=None, format_func=option_label(places), placeholder=t("Choose a target")
        )
        inside = st.checkbox(
            t("Its recorded addresses may be private"),
            help=t("Only IP addresses that are recorded for the target are then connected to, if they are private."),
        )
        if not st.form_submit_button(t("Switch the check on"), type="primary"):
            return
        if kind is None or place is None:
            show_refusal(t("Choose the check and the target."))
            return
        system, target = place
        save(
            t,
            lambda s, now: live_checks.switch_on(
                s, context.person, kind, now, system=system, target=target, allows_inside=inside
            ),
            t("The check is on; it looks within a few minutes."),
        )


def switch_on_page(t: Language, context: PageContext) -> None:
    kinds = {str(kind): title_of(t, kind) for kind in LiveCheckKind if kind not in live_checks.OF_TARGETS}
    kind = _choice(t("Check"), kinds, t("Choose a check"), "live-page-kind")
    if kind is None:
        return
    with st.form("live-page", border=False):
        address = st.text_input(
            t("Page or mail domain"),
            placeholder="example.nl" if kind == LiveCheckKind.MAIL else "https://www.example.nl/privacy",
            help=t("For the statement: empty means the address that the statement names as its source."),
        )
        details = _details(t, kind)
        if st.form_submit_button(t("Switch the check on"), type="primary"):
            save(
                t,
                lambda s, now: live_checks.switch_on(s, context.person, kind, now, address=address, details=details),
                t("The check is on; it looks within a few minutes."),
            )


def _choice(label: str, options: Mapping[str, str], placeholder: str, key: str | None = None) -> str | None:
    """A choice without a default."""
    return st.selectbox(
        label, list(options), index=None, format_func=option_label(options), placeholder=placeholder, key=key
    )


def _details(t: Language, kind: str) -> LiveCheckDetails:
    """The fields that a kind of check needs besides its address."""
    if kind == LiveCheckKind.MAIL:
        typed = st.text_input(t("Selectors of DKIM"), help=t("Separated by spaces; your mail service names them."))
        return LiveCheckDetails(selectors=tuple(typed.split()))
    if kind == LiveCheckKind.STATEMENT:
        return LiveCheckDetails(
            element=st.text_input(t("Id of the element with the text"), help=t("Empty: the main text."))
        )
    requirement = st.text_input(t("Evidence requirement of the certificate"), value="certificate-iso27001")
    titles = dict(
        zip(
            CERTIFICATE_FIELDS,
            (t("Standard with edition"), t("Number"), t("Certification body"), t("Scope on the certificate")),
            strict=True,
        )
    )
    states = {name: st.text_input(title, key=f"certificate-{name}") for name, title in titles.items()}
    return LiveCheckDetails(certificates={requirement.strip(): states})


def change_check(t: Language, context: PageContext, active: list[LiveCheckState]) -> None:
    names = {
        state.check.key: f"{title_of(t, state.check.requirement)}: {place_of(t, context.titles, state.check)}"
        for state in active
    }
    with st.form("live-change", border=False):
        key = _choice(t("Check"), names, t("Choose a check"), "live-change-check")
        looks, ends = st.form_submit_button(t("Look now")), st.form_submit_button(t("Switch the check off"))
        if not (looks or ends):
            return
        if key is None:
            show_refusal(t("Choose the check."))
        elif looks:
            done = t("It looks within a few minutes.")
            save(t, lambda s, now: live_checks.request_run(s, context.person, key, now), done)
        else:
            done = t("The check is off; its evidence stays.")
            save(t, lambda s, now: live_checks.switch_off(s, context.person, key, now), done)
