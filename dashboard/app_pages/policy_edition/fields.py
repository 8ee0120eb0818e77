"""The fields of a policy, each with the sentence of the policy that it decides."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any, Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from controls.files.yaml_tree import Where
from dashboard.app_pages.policy_edition import words
from dashboard.shell.frame import show
from dashboard.shell.html import caption, section, set_apart, widget_label
from dashboard.shell.url_filters import DAY_FORMAT
from evidence.judging.own_policies.edition_start import field_sentences
from evidence.judging.own_policies.form_fields import FieldKind, FormField
from evidence.judging.policy import Policy
from evidence.judging.words import ITEM_KINDS, LEVELS, SEVERITIES, check_name
from locales import Language, Text, text

_LARGEST: Final = 999_999_999
_LONG: Final = 40  # characters of a text that needs the whole width
_MOST_OPEN: Final = 8  # groups; of more, each is folded
#: Names of fields that several kinds have; a kind names its other fields itself (`field_titles`).
_NAMES: Final[Mapping[str, Text]] = {
    "title": text("Title"),
    "about": text("What it shows"),
    "population": text("Count in the source system"),
    "is": text("The count must be"),
    "fresh": text("Days after which the newest row is too old"),
    "nil": text("No rows at all can be true"),
    "months": text("Months"),
    "days": text("Days"),
    "hours": text("Hours"),
    "working_days": text("Working days"),
    "gap_hours": text("Longest gap in hours"),
    "back_minutes": text("Minutes that it may go back"),
    "seconds": text("Seconds that it may differ"),
    "at_least": text("At least"),
    "at_most": text("At most"),
    "but": text("How many may lack one"),
    "remark": text("Only a remark, does not fail"),
    "review": text("Does not fail; someone else must look"),
    "says": text("Message"),
    "allowed": text("Allowed ports"),
    "must_open": text("Ports that must be open"),
    "ports": text("Ports"),
    "targets": text("Targets"),
    "values": text("Values"),
    "cover": text("What must be covered"),
    "good": text("Good"),
    "sufficient": text("Sufficient"),
    "phase-out": text("To be phased out"),
    "insufficient": text("Insufficient"),
    "other": text("All others"),
    "optional": text("There may be none"),
    "rules": text("Rule"),
    "complete": text("For the whole register"),
    "ends": text("Until when it is valid"),
    "through": text("The day itself still counts"),
    "zones": text("Zone"),
    "pairs": text("From zone to zone"),
    "must_scan": text("Must have been scanned"),
    "covers_each": text("For each"),
    "means": text("What a case shows"),
}
_OPTIONS: Final[Mapping[str, Text]] = {
    **SEVERITIES,
    **LEVELS,
    "equal": text("equal"),
    "at-least": text("at least as many"),
    "fail": text("failed"),
    "error": text("stopped with an error"),
    "yes": text("yes"),
    "no": text("no"),
}


def draw(t: Language, policy: Policy[Any], found: Sequence[FormField], place: str) -> dict[Where, Any]:
    """Draw the fields, those of the policy itself first; return the values of all, None for what is left out."""
    values: dict[Where, Any] = {}
    ordered = sorted(found, key=lambda field: bool(_group(field.where)))
    are_folded = len({_group(field.where) for field in ordered}) > _MOST_OPEN
    for group, some in groupby(ordered, key=lambda field: _group(field.where)):
        with _place_of(t, policy, group, is_folded=are_folded, key=f"{place} {group}"):
            values |= _draw_group(t, policy, list(some), place)
    return values


def _place_of(t: Language, policy: Policy[Any], group: Where, *, is_folded: bool, key: str) -> DeltaGenerator:
    """Where the fields of a group are drawn: below its title, which opens it where there are many groups."""
    if group and is_folded:
        return st.expander(widget_label(_group_title(t, policy, group)), key=f"group {key}")
    if group:
        show(section(_group_title(t, policy, group), level=3))
    return st.container()


def _draw_group(t: Language, policy: Policy[Any], some: Sequence[FormField], place: str) -> dict[Where, Any]:
    """Draw the fields of a group: texts in both languages side by side, the others beside their sentences."""
    values: dict[Where, Any] = {}
    sentences, titles, shown = field_sentences(t, policy), words.column_titles(t, policy), set[str]()
    for of_text, pair in groupby(some, key=lambda field: field.where[:-1] if _is_translated(field) else field.where):
        fields = list(pair)
        lines = [
            line for line in sentences.get(of_text, ()) if line not in shown and not _repeats(t, policy, fields, line)
        ]
        shown.update(lines)
        columns = st.columns([4, 8], vertical_alignment="center") if lines else _side_by_side(fields)
        for field, column in zip(fields, columns, strict=False):
            with column:
                values[field.where] = _draw(t, policy, field, f"{place} {field.where}")
        if lines:
            with columns[-1]:
                show(*(caption(set_apart(line, titles)) for line in lines))
    return values


def _repeats(t: Language, policy: Policy[Any], fields: Sequence[FormField], line: str) -> bool:
    """Whether a sentence is the label of its field with the value, as the field itself shows."""
    return any(line == f"{_label(t, policy, field.where)}: {field.value}" for field in fields)


def _side_by_side(fields: Sequence[FormField]) -> Sequence[DeltaGenerator]:
    """A place for each field; long texts get a line each, so that they can be read."""
    longest = max(len(str(field.value or "")) for field in fields)
    return [st.container() for _ in fields] if longest > _LONG else st.columns(len(fields))


def _is_translated(field: FormField) -> bool:
    return field.kind is FieldKind.TEXT and field.where[-1] in ("nl", "en")


def _group(where: Where) -> Where:
    """The item of a list to which a field belongs; empty for a field of the policy itself."""
    return where[:2] if len(where) > 1 and isinstance(where[1], int) else ()


def _group_title(t: Language, policy: Policy[Any], group: Where) -> str:
    """What the policy calls the group: its message, or its first text; of several alike also its first value."""
    every = policy.values[str(group[0])]
    item = every[group[1]]
    says = item.get("says")
    first = says[t.code] if isinstance(says, dict) else _first_text(item)
    words = t.render(ITEM_KINDS.get(first, first))
    values = next((value for value in item.values() if isinstance(value, list) and value), [])
    if values and isinstance(values[0], str) and sum(_first_text(other) == first for other in every) > 1:
        words = check_name(t, f"{first}: {values[0]}")
    return f"{_name(t, policy, str(group[0]))}: {words}"


def _first_text(item: Mapping[str, Any]) -> str:
    return next((value for value in item.values() if isinstance(value, str)), "")


def _label(t: Language, policy: Policy[Any], where: Where) -> str:
    if where[-1] in ("nl", "en"):
        languages = {"nl": t("in Dutch"), "en": t("in English")}
        return f"{_name(t, policy, str(where[-2]))}, {languages[str(where[-1])]}"
    return _name(t, policy, str(where[-1]))


def _name(t: Language, policy: Policy[Any], name: str) -> str:
    titles = {**_NAMES, **policy.field_titles}
    return t.render(titles[name]) if name in titles else name.replace("_", " ").capitalize()


def _draw(t: Language, policy: Policy[Any], field: FormField, key: str) -> Any:
    """Draw a field; return its value as it stands in the file."""
    return _DRAWN[field.kind](t, widget_label(_label(t, policy, field.where)), field, key)


def _single_number(t: Language, label: str, field: FormField, key: str) -> str | None:
    del t
    return _number(label, field.value, key, optional=field.optional)


def _choice(t: Language, label: str, field: FormField, key: str) -> str | None:
    names = {option: _option(t, option) for option in field.options}
    at = field.options.index(field.value) if field.value in field.options else None
    return st.selectbox(label, field.options, index=at, format_func=names.__getitem__, key=key)


def _day(t: Language, label: str, field: FormField, key: str) -> str | None:
    del t
    day = date.fromisoformat(field.value) if field.value else None
    chosen = st.date_input(label, value=day, format=DAY_FORMAT, key=key)
    return chosen.isoformat() if chosen else None


def _text(t: Language, label: str, field: FormField, key: str) -> str | None:
    del t
    return st.text_input(label, value=field.value or "", key=key).strip() or None


def _number(label: str, value: str | None, key: str, *, optional: bool) -> str | None:
    number = int(value) if value and value.isdecimal() else None
    typed = st.number_input(label, min_value=0, max_value=_LARGEST, value=number, step=1, key=key)
    return None if typed is None and optional else str(typed if typed is not None else number or 0)


def _numbers(t: Language, label: str, field: FormField, key: str) -> dict[str, str] | None:
    """A number for each option, side by side; an empty one is no limit."""
    show(section(label, t("An empty field sets no limit."), level=3))
    chosen: dict[str, str] = {}
    for start in range(0, len(field.options), 4):
        some = field.options[start : start + 4]
        for column, option in zip(st.columns(4), some, strict=False):
            with column:
                value = (field.value or {}).get(option)
                number = _number(widget_label(_option(t, option)), value, f"{key} {option}", optional=True)
            if number is not None:
                chosen[option] = number
    before = field.value or {}
    ordered = {option: chosen[option] for option in (*before, *field.options) if option in chosen}
    return ordered or (None if field.optional else {})


def _yes_no(t: Language, label: str, field: FormField, key: str) -> str | None:
    del t
    chosen = st.checkbox(label, value=field.value == "true", key=key)
    if field.value is None and not chosen:
        return None
    return "true" if chosen else "false"


def _texts(t: Language, label: str, field: FormField, key: str) -> list[str] | None:
    """A list: choices to tick, or one text on each line."""
    value = list(field.value or ())
    if field.options:
        names = {option: _option(t, option) for option in field.options}
        return list(st.multiselect(label, field.options, default=value, format_func=names.__getitem__, key=key))
    typed = st.text_area(label, value="\n".join(value), help=t("One on each line."), key=key)
    lines = [line.strip() for line in typed.splitlines() if line.strip()]
    return None if field.value is None and not lines else lines


def _option(t: Language, option: str) -> str:
    return t.render(_OPTIONS[option]) if option in _OPTIONS else option


_DRAWN: Final[Mapping[FieldKind, Callable[[Language, str, FormField, str], Any]]] = {
    FieldKind.NUMBER: _single_number,
    FieldKind.NUMBERS: _numbers,
    FieldKind.CHOICE: _choice,
    FieldKind.YES_NO: _yes_no,
    FieldKind.DAY: _day,
    FieldKind.TEXT: _text,
    FieldKind.TEXTS: _texts,
}
