"""The live checks on the set up page: what is on and what it saw, and the forms to switch one on or off."""

from collections.abc import Mapping

import streamlit as st

from controls.scope import live_checks, target_addresses
from controls.scope.live_checks import CERTIFICATE_FIELDS, LiveCheckDetails
from dashboard.app_pages.setup.addresses import places_in_scope
from dashboard.components.evidence.live_check_table import live_check_table, place_of, title_of
from dashboard.shell.frame import show
from dashboard.shell.html import Html, address, caption, fold, html, link, section, table
from dashboard.shell.page_context import PageContext
from dashboard.shell.saving import save, show_refusal
from dashboard.shell.url_filters import option_label
from evidence.collect.live.last_runs import LiveCheckState, live_check_states
from locales import Language
from models.vocabulary import EvidenceKind, LiveCheckKind


def draw_live_checks(t: Language, context: PageContext) -> None:
    states = live_check_states(context.session, context.person)
    lead = t("Aantoonbaar itself looks at what you switch on here, and uploads what it saw as evidence")
    often = t("A check looks every week; the day after, if something failed or could not be reached.")
    show(
        section(t("Live checks"), lead),
        live_check_table(t, context.titles, states),
        caption(often),
        _kinds(t, context),
    )
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


def _kinds(t: Language, context: PageContext) -> Html:
    """Each kind of check, with the evidence that it gives."""
    rows = [[title_of(t, kind), _gives(t, context, kind)] for kind in LiveCheckKind]
    title = t("What each check looks at, and what it is evidence for")
    return fold(title, table([t("Check"), t("Evidence for")], rows))


def _gives(t: Language, context: PageContext, kind: LiveCheckKind) -> Html:
    """The evidence requirement of a check, with its page; without it the check gives nothing."""
    if kind not in context.titles.requirements:
        return html("<small>{words}</small>", words=t("your statement does not ask for it"))
    return link(context.titles.home(kind), context.titles.requirement(t, kind), "soft-link")


def switch_on_target(t: Language, context: PageContext) -> None:
    kinds = {str(kind): title_of(t, kind) for kind in live_checks.OF_TARGETS}
    places = _with_address(context, places_in_scope(t, context))
    if not places:
        to = link(address("setup", part="systems"), t("Systems and targets"))
        show(caption(html("{words} {to}", words=t("No system has an address to check yet. Add one:"), to=to)))
        return
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


def _with_address(context: PageContext, places: Mapping[tuple[str, str], str]) -> dict[tuple[str, str], str]:
    """The places that a check can look at: targets, and systems for which an address is recorded."""
    rows = target_addresses.list_addresses(context.session, context.person)
    recorded = {(row.system, row.target) for row in rows if row.is_current and not row.is_withdrawn}
    return {place: name for place, name in places.items() if place[1] or place in recorded}


def switch_on_page(t: Language, context: PageContext) -> None:
    kinds = {str(kind): title_of(t, kind) for kind in LiveCheckKind if kind not in live_checks.OF_TARGETS}
    kind = _choice(t("Check"), kinds, t("Choose a check"), "live-page-kind")
    if kind is None:
        return
    with st.form("live-page", border=False):
        page = st.text_input(
            t("Page or mail domain"),
            placeholder="example.nl" if kind == LiveCheckKind.MAIL else "https://www.example.nl/privacy",
            help=t("For the statement: empty means the address that the statement names as its source."),
        )
        details = _details(t, context, kind)
        if st.form_submit_button(t("Switch the check on"), type="primary"):
            save(
                t,
                lambda s, now: live_checks.switch_on(s, context.person, kind, now, address=page, details=details),
                t("The check is on; it looks within a few minutes."),
            )


def _choice(label: str, options: Mapping[str, str], placeholder: str, key: str | None = None) -> str | None:
    """A choice without a default."""
    return st.selectbox(
        label, list(options), index=None, format_func=option_label(options), placeholder=placeholder, key=key
    )


def _details(t: Language, context: PageContext, kind: str) -> LiveCheckDetails:
    """The fields that a kind of check needs besides its address."""
    if kind == LiveCheckKind.MAIL:
        typed = st.text_input(t("Selectors of DKIM"), help=t("Separated by spaces; your mail service names them."))
        return LiveCheckDetails(selectors=tuple(typed.split()))
    if kind == LiveCheckKind.STATEMENT:
        return LiveCheckDetails(
            element=st.text_input(t("Id of the element with the text"), help=t("Empty: the main text."))
        )
    records = [row.key for row in context.titles.requirements.values() if row.kind == EvidenceKind.RECORD]
    names = {key: context.titles.requirement(t, key) for key in records}
    label, hint = t("Evidence requirement of the certificate"), t("Choose an evidence requirement")
    requirement = _choice(label, names, hint, "certificate-requirement")
    titles = dict(
        zip(
            CERTIFICATE_FIELDS,
            (t("Standard with edition"), t("Number"), t("Certification body"), t("Scope on the certificate")),
            strict=True,
        )
    )
    states = {name: st.text_input(title, key=f"certificate-{name}") for name, title in titles.items()}
    return LiveCheckDetails(certificates={requirement: states} if requirement else {})


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
