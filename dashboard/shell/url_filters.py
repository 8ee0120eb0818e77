"""Filters kept in the address, so that a filtered page can be mailed. The address decides; a widget writes to it.

Streamlit's own binding would put the shown words in the address, which depend on the language.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import streamlit as st

#: How the forms show a day and take it.
DAY_FORMAT = "DD-MM-YYYY"


def option_label(names: Mapping[Any, str]) -> Callable[[Any], str]:
    """A function that gives an option's label; an unknown option is its own label."""
    return lambda option: names.get(option, str(option))


def segments(label: str, options: Mapping[str, str], name: str, *, labelled: bool = False) -> str:
    """Draw a choice of a few side by side; the first is the default and not in the address."""
    key = _lead(options, name)
    st.segmented_control(
        label,
        list(options),
        format_func=option_label(options),
        key=key,
        required=True,
        on_change=_follow(key, name, next(iter(options))),
        label_visibility="visible" if labelled else "collapsed",
    )
    return str(st.session_state[key])


def pills(label: str, options: Mapping[str, str], name: str) -> str:
    """Draw options of which at most one is chosen; empty for none, also for an unknown value in the address."""
    key = f"choice {name}"
    value_in_address = st.query_params.get(name)
    value = value_in_address if value_in_address in options else None
    if st.session_state.get(key) != value:
        st.session_state[key] = value
    st.pills(
        label,
        list(options),
        format_func=option_label(options),
        key=key,
        on_change=_follow(key, name, ""),
        label_visibility="collapsed",
    )
    return str(st.session_state[key] or "")


def values_in_address(name: str, options: Mapping[str, str]) -> list[str]:
    """The values of a choice of several, in the order of the options; unknown ones are ignored."""
    requested = st.query_params.get(name, "").split(",")
    return [option for option in options if option in requested]


def several(label: str, options: Mapping[str, str], name: str, usual: Sequence[str]) -> None:
    """Draw a choice of several; `usual`: the default, which is not in the address, as is none."""
    key = f"choice {name}"
    values = values_in_address(name, options) or list(usual)
    if st.session_state.get(key) != values:
        st.session_state[key] = values

    def write() -> None:
        chosen = [option for option in options if option in st.session_state[key]]
        if chosen and chosen != list(usual):
            st.query_params[name] = ",".join(chosen)
        else:
            st.query_params.pop(name, None)

    st.pills(
        label,
        list(options),
        selection_mode="multi",
        format_func=option_label(options),
        key=key,
        on_change=write,
        label_visibility="collapsed",
    )


def choice(label: str, options: Mapping[str, str], name: str) -> str:
    """Draw a choice from a list; the first is the default and not in the address."""
    key = _lead(options, name)
    st.selectbox(
        label,
        list(options),
        format_func=option_label(options),
        filter_mode="contains",
        key=key,
        on_change=_follow(key, name, next(iter(options))),
    )
    return str(st.session_state[key])


def search_field(label: str, name: str, hint: str = "") -> str:
    """Draw a search field."""
    key = f"choice {name}"
    value_in_address = st.query_params.get(name, "")
    if st.session_state.get(key) != value_in_address:
        st.session_state[key] = value_in_address
    st.text_input(label, key=key, placeholder=hint, on_change=_follow(key, name, ""))
    return str(st.session_state[key])


def day_field(label: str, name: str, otherwise: date | None = None, *, first: date | None = None) -> date | None:
    """Draw a day. One in the address counts as none if invalid, as `first` if before it. `otherwise`: the default."""
    key = f"choice {name}"
    day_in_address = _day_of(st.query_params.get(name, "")) or otherwise
    if day_in_address and first:
        day_in_address = max(day_in_address, first)
    if st.session_state.get(key) != day_in_address:
        st.session_state[key] = day_in_address
    value = st.date_input(
        label, key=key, value=None, min_value=first, format=DAY_FORMAT, on_change=_follow_day(key, name)
    )
    return value if isinstance(value, date) else otherwise


def _day_of(value: str) -> date | None:
    """The day in an address; None for one so near an end of the years that its moments can't be told."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    return day if date.min.year < day.year < date.max.year else None


def _follow_day(key: str, name: str) -> Callable[[], None]:
    def write() -> None:
        value = st.session_state[key]
        if value is None:
            st.query_params.pop(name, None)
        else:
            st.query_params[name] = value.isoformat()
        _from_the_start()

    return write


def _from_the_start() -> None:
    """Go back to the first page after another choice."""
    for name in ("page", "before"):
        st.query_params.pop(name, None)


def _lead(options: Mapping[str, str], name: str) -> str:
    """Set the widget to the value in the address; an unknown value counts as the default."""
    key, first = f"choice {name}", next(iter(options))
    value_in_address = st.query_params.get(name, first)
    value_in_address = value_in_address if value_in_address in options else first
    if st.session_state.get(key) != value_in_address:
        st.session_state[key] = value_in_address
    return key


def _follow(key: str, name: str, nothing: str) -> Callable[[], None]:
    def write() -> None:
        value = st.session_state[key]
        if value in (None, nothing):
            st.query_params.pop(name, None)
        else:
            st.query_params[name] = value
        _from_the_start()

    return write
