"""The lines of the Statement of Applicability as a table, in which an officer ticks controls."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Final

import pandas as pd
import streamlit as st

from audits.applicability import Decision
from audits.applicability_lines import ApplicabilityLine
from audits.words import IMPLEMENTATIONS, INCLUSION_REASONS
from dashboard.components import days
from dashboard.components.control_list import folded_theme, tag
from dashboard.shell import html
from dashboard.shell.badge import mark
from dashboard.shell.status_styles import STATUSES
from dashboard.shell.ticked_links import tick
from dashboard.shell.title_lookup import TitleLookup
from locales import Language
from models.vocabulary import Healthcare, Implementation, Status

TICK: Final = "tick"  # ticked controls in the page's address
_ROW, _HEAD, _MOST = 35, 38, 700  # pixels
_WIDTHS = (62, 280, 178, 150, 154)  # pixels; these fit beside the form, which names the measures
_MARGIN, _CHARACTER = 16, 6.2  # pixels of a cell's sides together, and of a character on average
_OPEN_LINES = 20  # so few are shown unfolded


def selectable(
    t: Language, titles: TitleLookup, lines: Sequence[ApplicabilityLine], statuses: Mapping[str, str], key: str
) -> list[ApplicabilityLine]:
    """Draw a table with a box before each line; return the ticked lines."""
    names = _names(t)[: len(_WIDTHS)]
    frame = pd.DataFrame([_short_cells(t, titles, line, statuses) for line in lines], columns=names)
    chosen = st.dataframe(
        frame,
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        key=key,
        height=min(_MOST, _HEAD + _ROW * max(1, len(lines))),
        column_config={name: st.column_config.Column(width=width) for name, width in zip(names, _WIDTHS, strict=True)},
    )
    return [lines[row] for row in chosen["selection"]["rows"] if row < len(lines)]


def _short_cells(t: Language, titles: TitleLookup, line: ApplicabilityLine, statuses: Mapping[str, str]) -> list[str]:
    """The cells, as long as their columns are wide: a cell of such a table cuts the rest without a sign."""
    ref, title, answer, _, status, _ = _cells(t, titles, line, statuses)
    title = f"HLT: {title}" if line.control.healthcare == Healthcare.HLT else title
    cells = (ref, title, answer, _short_state(t, line.decision), status)
    return [_shortened(words, width) for words, width in zip(cells, _WIDTHS, strict=True)]


def _shortened(words: str, width: int) -> str:
    longest = int((width - _MARGIN) / _CHARACTER)
    return words if len(words) <= longest else f"{words[: longest - 1].rstrip(' ,')}…"


def unfolding(
    t: Language,
    titles: TitleLookup,
    lines: Sequence[ApplicabilityLine],
    statuses: Mapping[str, str],
    chosen: Sequence[str] | None = None,
) -> html.Html:
    """The same with the justifications, for who may not decide and on narrow screens; each theme unfolds.

    `chosen`: the keys of ticked controls; None: without boxes.
    """
    themes = (list(group) for _, group in groupby(lines, key=lambda line: (line.control.catalogue, line.control.theme)))
    folded = (
        folded_theme(
            t,
            _theme_title(t, titles, group[0], is_named=len({line.control.catalogue for line in lines}) > 1),
            len(group),
            _theme_table(t, titles, group, statuses, chosen),
            is_open=len(lines) <= _OPEN_LINES or any(line.control.key in (chosen or ()) for line in group),
        )
        for group in themes
    )
    return html.html('<div class="themes">{themes}</div>', themes=html.join(folded))


def _theme_title(t: Language, titles: TitleLookup, line: ApplicabilityLine, *, is_named: bool) -> str:
    """The theme of a line, with its catalogue where others are shown beside it."""
    theme = titles.theme(t, line.control.catalogue, line.control.theme)
    return f"{theme} · {titles.edition(t, line.control.catalogue)}" if is_named else theme


def _theme_table(
    t: Language,
    titles: TitleLookup,
    lines: Sequence[ApplicabilityLine],
    statuses: Mapping[str, str],
    chosen: Sequence[str] | None,
) -> html.Html:
    rows = []
    for line in lines:
        ref, title, answer, stated, _, measures = _cells(t, titles, line, statuses)
        control = html.link(html.address("control", key=line.control.key), title, "soft-link")
        control = html.join([control, tag(t, line.control)])
        justification = line.decision.justification if line.decision and line.decision.inclusion.reasons else ""
        status = mark(t, statuses.get(line.control.key, Status.UNKNOWN))
        if chosen is not None:
            box = tick(t, TICK, line.control.key, chosen, ref)
            ref = html.html('<span class="ticked-ref">{box} {ref}</span>', box=box, ref=ref)
        rows.append([ref, control, html.two_lines(answer, justification), stated, status, measures])
    return html.table(_names(t), rows, "applicability")


def _names(t: Language) -> list[str]:
    return [t("No."), t("Control"), t("Applicable"), t("State of implementation"), t("Status"), t("Measures")]


def _cells(t: Language, titles: TitleLookup, line: ApplicabilityLine, statuses: Mapping[str, str]) -> list[str]:
    status = STATUSES[statuses.get(line.control.key, Status.UNKNOWN)]
    measures = ", ".join(titles.measure(t, key) for key in line.measures)
    return [
        line.control.ref,
        t.title(line.control),
        applies(t, line.decision),
        implementation(t, line.decision),
        t.render(status.label),
        measures,
    ]


def applies(t: Language, decision: Decision | None) -> str:
    """Such as "Yes: risk, law", "Yes, without a reason" or "No: we develop nothing ourselves"."""
    if decision is None:
        return t("not decided yet")
    reasons = ", ".join(t.render(INCLUSION_REASONS[reason]).lower() for reason in decision.inclusion.reasons)
    if decision.applicable and not (reasons or decision.justification):
        return t("Yes, without a reason")
    why = reasons or decision.justification
    answer = t("Yes") if decision.applicable else t("No")
    return f"{answer}: {why}" if why else answer


def implementation(t: Language, decision: Decision | None) -> str:
    """Such as "Implemented since 4 March 2026 · Platform"."""
    if decision is None or decision.inclusion.implementation is None:
        return ""
    stated = decision.inclusion
    words = t.render(IMPLEMENTATIONS[decision.inclusion.implementation])
    if stated.day:
        words = (
            t("{state} for {day}", state=words, day=stated.day)
            if stated.implementation == Implementation.PLANNED
            else t("{state} since {day}", state=words, day=stated.day)
        )
    return f"{words} · {stated.by}" if stated.by else words


def _short_state(t: Language, decision: Decision | None) -> str:
    """Such as "since 4 Mar 2026"; without a day the state alone."""
    stated = decision.inclusion if decision else None
    if stated is None or stated.implementation is None:
        return ""
    if stated.day is None:
        return t.render(IMPLEMENTATIONS[stated.implementation])
    day = days.short(t, stated.day)
    return {
        Implementation.IMPLEMENTED: t("since {day}", day=day),
        Implementation.PARTLY: t("partly since {day}", day=day),
        Implementation.PLANNED: t("planned for {day}", day=day),
    }[stated.implementation]


def history(t: Language, decisions: Sequence[Decision]) -> html.Html:
    """The decisions on one control, latest first."""
    rows = [
        [
            html.two_lines(t.date(decision.in_force), decision.decided_by),
            html.two_lines(applies(t, decision), implementation(t, decision)),
        ]
        for decision in decisions
    ]
    return html.table([t("In force from"), t("Decision")], rows)
