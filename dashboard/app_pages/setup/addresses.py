"""The addresses of targets on the set up page: a table, their history, and the forms to change them."""

from collections.abc import Sequence

import streamlit as st

from controls.scope import target_addresses
from controls.scope.target_addresses import TargetAddressRow
from dashboard.shell.frame import show
from dashboard.shell.html import Html, empty, section, table, two_lines
from dashboard.shell.page_context import PageContext
from dashboard.shell.saving import save
from dashboard.shell.title_lookup import TitleLookup
from dashboard.shell.url_filters import DAY_FORMAT, shown_as
from locales import Language


def draw_addresses(t: Language, context: PageContext) -> None:
    rows = target_addresses.list_addresses(context.session, context.person)
    held = sorted(
        (one for one in rows if one.is_current and not one.is_withdrawn),
        key=lambda one: (one.system, one.target, one.address, one.first_day),
    )
    show(section(t("Addresses of targets"), t("a file that names one of these is evidence about that target")))
    left, right = st.columns([7, 5], gap="large")
    with left:
        show(addresses(t, context.titles, held) if held else _none(t))
        if rows:
            with st.expander(t("History")):
                show(history(t, context.titles, rows))
    with right:
        show(section(t("Add an address"), level=3))
        add_address(t, context)
        if held:
            show(section(t("End an address"), level=3))
            end_address(t, context, held)


def _none(t: Language) -> Html:
    return empty(
        t("No other addresses yet"),
        t(
            "A target's own name is always recognised. Add its IP addresses, other names and other ports: a file "
            "about an address that is not listed here needs someone else's review."
        ),
    )


def addresses(t: Language, titles: TitleLookup, rows: Sequence[TargetAddressRow]) -> Html:
    """A table of the present, past and future addresses."""
    lines = [
        [
            one.address,
            _target(t, titles, one),
            t.date(one.first_day),
            t.date(one.last_day) if one.last_day else t("no last day"),
        ]
        for one in rows
    ]
    return table([t("Address"), t("Target"), t("Since"), t("Until")], lines)


def history(t: Language, titles: TitleLookup, rows: Sequence[TargetAddressRow]) -> Html:
    """A table of every recorded version, newest first."""
    first = {one.key: one for one in rows}  # the last of a key in this order is its first version
    lines = [
        [
            two_lines(t.moment(one.recorded_at), one.recorded_by),
            two_lines(one.address, _target(t, titles, one)),
            _happened(t, one, is_first=first[one.key] is one),
        ]
        for one in rows
    ]
    return table([t("Recorded"), t("Address"), t("What")], lines)


def _happened(t: Language, one: TargetAddressRow, *, is_first: bool) -> str:
    if one.is_withdrawn:
        return t("withdrawn: recorded by mistake")
    if is_first and one.last_day is None:
        return t("added, since {day}", day=one.first_day)
    if is_first:
        return t("added, from {first} to {last}", first=one.first_day, last=one.last_day)
    return t("ends after {day}", day=one.last_day) if one.last_day else t("no longer ends")


def _target(t: Language, titles: TitleLookup, one: TargetAddressRow) -> Html:
    return two_lines(one.target or t("as a whole"), titles.system(t, one.system))


def add_address(t: Language, context: PageContext) -> None:
    places = _places(t, context)
    with st.form("address", border=False, clear_on_submit=True):
        place = st.selectbox(t("Target"), list(places), format_func=shown_as(places))
        given = st.text_input(
            t("Other address"),
            placeholder="portal.example.org:8443",
            help=t("A host name or an IP address, with its port unless that is 443; or a web address."),
        )
        first = st.date_input(t("Since"), value=context.today, format=DAY_FORMAT, key="address-first")
        if st.form_submit_button(t("Add the address"), type="primary") and place is not None:
            done = t("Files about {address} now count for {target}.", address=given.strip(), target=places[place])
            save(
                t,
                lambda s, now: target_addresses.record_address(s, context.person, *place, given, first, now),
                done,
            )


def _places(t: Language, context: PageContext) -> dict[tuple[str, str], str]:
    """The targets in scope, and the systems without targets."""
    return {
        (one.key, target): t("{target} of {system}", target=target, system=t.title(one)) if target else t.title(one)
        for one in context.scope
        for target in ([each.target for each in one.targets] or [""])
    }


def end_address(t: Language, context: PageContext, held: Sequence[TargetAddressRow]) -> None:
    names = {one.key: f"{one.address} ({one.target or context.titles.system(t, one.system)})" for one in held}
    with st.form("end-address", border=False):
        key = st.selectbox(t("Address"), list(names), format_func=shown_as(names))
        last = st.date_input(t("Last day"), value=context.today, format=DAY_FORMAT, key="address-last")
        mistaken = st.checkbox(t("It was recorded by mistake and never was an address of this target"))
        if st.form_submit_button(t("End the address")) and key is not None:
            if mistaken:
                done = t("{what} has been withdrawn.", what=names[key])
                save(t, lambda s, now: target_addresses.withdraw_address(s, context.person, key, now), done)
            else:
                done = t("{what} ends after {day}.", what=names[key], day=last)
                save(t, lambda s, now: target_addresses.end_address(s, context.person, key, last, now), done)
