"""The addresses of targets on the set up page: a table, their history, and the forms to change them."""

from collections.abc import Sequence

import streamlit as st

from controls.scope import target_addresses
from controls.scope.target_addresses import TargetAddressRow
from dashboard.shell.frame import show
from dashboard.shell.html import Html, empty, section, table, two_lines
from dashboard.shell.page_context import PageContext
from dashboard.shell.saving import save, show_refusal
from dashboard.shell.title_lookup import TitleLookup
from dashboard.shell.url_filters import DAY_FORMAT, option_label
from evidence.intake.judged_again import withdrawn_addresses
from locales import Language


def draw_addresses(t: Language, context: PageContext) -> None:
    rows = target_addresses.list_addresses(context.session, context.person)
    current = sorted(
        (row for row in rows if row.is_current and not row.is_withdrawn),
        key=lambda row: (row.system, row.target, row.address, row.first_day),
    )
    show(section(t("Addresses of targets"), t("a file that names one of these is evidence about that target")))
    left, right = st.columns([7, 5], gap="large")
    with left:
        show(addresses(t, context.titles, current) if current else _none(t))
        if rows:
            with st.expander(t("History")):
                show(history(t, context.titles, rows))
    with right:
        show(section(t("Add an address"), level=3))
        add_address(t, context)
        if current:
            show(section(t("End an address"), level=3))
            end_address(t, context, current)


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
            row.address,
            _target(t, titles, row),
            t.date(row.first_day),
            t.date(row.last_day) if row.last_day else t("no last day"),
        ]
        for row in rows
    ]
    return table([t("Address"), t("Target"), t("Since"), t("Until")], lines)


def history(t: Language, titles: TitleLookup, rows: Sequence[TargetAddressRow]) -> Html:
    """A table of every recorded version, newest first."""
    first = {row.key: row for row in rows}  # the last of a key in this order is its first version
    lines = [
        [
            two_lines(t.moment(row.recorded_at), row.recorded_by),
            two_lines(row.address, _target(t, titles, row)),
            _happened(t, row, is_first=first[row.key] is row),
        ]
        for row in rows
    ]
    return table([t("Recorded"), t("Address"), t("What")], lines)


def _happened(t: Language, row: TargetAddressRow, *, is_first: bool) -> str:
    if row.is_withdrawn:
        return t("withdrawn: recorded by mistake")
    if is_first and row.last_day is None:
        return t("added, since {day}", day=row.first_day)
    if is_first:
        return t("added, from {first} to {last}", first=row.first_day, last=row.last_day)
    return t("ends after {day}", day=row.last_day) if row.last_day else t("no longer ends")


def _target(t: Language, titles: TitleLookup, row: TargetAddressRow) -> Html:
    return two_lines(row.target or t("whole system"), titles.system(t, row.system))


def add_address(t: Language, context: PageContext) -> None:
    places = places_in_scope(t, context)
    with st.form("address", border=False, clear_on_submit=True):
        place = st.selectbox(
            t("Target"), list(places), index=None, format_func=option_label(places), placeholder=t("Choose a target")
        )
        address = st.text_input(
            t("Other address"),
            placeholder="portal.example.org:8443",
            help=t("A host name or an IP address, with its port unless that is 443; or a web address."),
        )
        first = st.date_input(t("Since"), value=context.today, format=DAY_FORMAT, key="address-first")
        if not st.form_submit_button(t("Add the address"), type="primary"):
            return
        if place is None:
            show_refusal(t("Choose the target that has this address."))
        else:
            done = t("Files about {address} now count for {target}.", address=address.strip(), target=places[place])
            save(
                t,
                lambda s, now: target_addresses.record_address(s, context.person, *place, address, first, now),
                done,
            )


def places_in_scope(t: Language, context: PageContext) -> dict[tuple[str, str], str]:
    """The targets in scope, and the systems without targets."""
    return {
        (system.key, target): t("{target} of {system}", target=target, system=t.title(system))
        if target
        else t.title(system)
        for system in context.scope
        for target in ([each.target for each in system.targets] or [""])
    }


def end_address(t: Language, context: PageContext, current: Sequence[TargetAddressRow]) -> None:
    names = {row.key: f"{row.address} ({row.target or context.titles.system(t, row.system)})" for row in current}
    with st.form("end-address", border=False):
        key = st.selectbox(
            t("Address"), list(names), index=None, format_func=option_label(names), placeholder=t("Choose an address")
        )
        last = st.date_input(t("Last day"), value=context.today, format=DAY_FORMAT, key="address-last")
        mistaken = st.checkbox(
            t("It was recorded by mistake and never was an address of this target"),
            help=t("A test there that passed counts for nothing from now on; one that failed stays."),
        )
        if not st.form_submit_button(t("End the address")):
            return
        if key is None:
            show_refusal(t("Choose the address that ends."))
        elif mistaken:
            done = t("{what} has been withdrawn.", what=names[key])
            save(t, lambda s, now: withdrawn_addresses.withdraw_address(s, context.person, key, now), done)
        else:
            done = t("{what} ends after {day}.", what=names[key], day=last)
            save(t, lambda s, now: withdrawn_addresses.end_address(s, context.person, key, last, now), done)
