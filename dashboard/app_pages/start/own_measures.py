"""Measures of the organisation's own in a draft: for a promise that fits no known measure."""

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from controls.browse import lookup
from controls.statement.drafts import Draft
from controls.statement.files_of_draft import CATALOGUES
from controls.statement.own_measures import (
    RENEWALS,
    OwnEvidence,
    OwnMeasure,
    known_teams,
    own_measure,
    requirements_of_controls,
)
from dashboard.app_pages.start.draft_version import save_draft
from dashboard.components import days
from dashboard.shell import html
from dashboard.shell.frame import show
from dashboard.shell.html import Html
from dashboard.shell.page_context import PageContext
from dashboard.shell.url_filters import option_label
from locales import Language


def draw_own_measures(t: Language, context: PageContext, made: Draft) -> None:
    """Draw the draft's own measures, and the form that adds one."""
    label = t.n("{n} measure of your own", "{n} measures of your own", len(made.own_measures))
    with st.expander(label if made.own_measures else t("A promise that fits no measure?")):
        show(html.html("<p>{words}</p>", words=t("Name the measure yourself, then choose it beside its sentences.")))
        for own in made.own_measures:
            _draw_measure(t, context, made, own)
        with st.form("own measure", border=False):
            _draw_form(t, context, made)


def _draw_measure(t: Language, context: PageContext, made: Draft, own: OwnMeasure) -> None:
    show(_measure(t, context, own))
    if st.button(t("Remove “{title}”", title=own.title), type="tertiary", key=f"start remove {own.key}"):
        rows = [replace(row, measures=tuple(key for key in row.measures if key != own.key)) for row in made.sentences]
        left = [each for each in made.own_measures if each.key != own.key]
        save_draft(t, context, made, t("Removed."), own_measures=left, sentences=rows)


def _measure(t: Language, context: PageContext, own: OwnMeasure) -> Html:
    controls = ", ".join(context.titles.reference(t, key) for key in own.controls)
    known = requirements_of_controls()
    evidence = [str(getattr(known[key][1].title, t.code)) for key in own.requires]
    evidence += [own.evidence.title] if own.evidence else []
    return html.html(
        '<div class="pick"><b>{title}</b><small>{controls}<br>{evidence}</small></div>',
        title=own.title,
        controls=controls,
        evidence=", ".join(evidence),
    )


def _draw_form(t: Language, context: PageContext, made: Draft) -> None:
    left, right = st.columns(2, gap="large")
    with left:
        title = st.text_input(t("Name of the measure"), key="start own title", max_chars=120)
        other = st.text_input(
            t("Name in the other language"), placeholder=t("optional"), key="start own other", max_chars=120
        )
        controls = _choice(t("Controls that it implements"), _controls(t, context), t("Choose or search controls"))
    with right:
        requires = _choice(
            t("Evidence that controls ask for already"), _requirements(t, context), t("Choose or search evidence")
        )
        evidence = _draw_evidence(t, context)
    if st.form_submit_button(t("Add this measure")):
        own = own_measure(title, controls, other_title=other, requires=requires, evidence=evidence)
        done = t("Added. Choose “{title}” beside the sentences that promise it.", title=own.title)
        save_draft(t, context, made, done, own_measures=[*made.own_measures, own])


def _choice(label: str, options: Mapping[str, str], placeholder: str) -> list[str]:
    return st.multiselect(
        label,
        list(options),
        format_func=option_label(options),
        placeholder=placeholder,
        select_all=False,  # a measure belongs to a few of them
        key=f"start own {label}",
    )


def _draw_evidence(t: Language, context: PageContext) -> OwnEvidence | None:
    """Draw the fields of a document or record; None without a name."""
    title = st.text_input(t("Or a document or record of your own"), key="start own evidence", max_chars=120)
    renewals = {duration: days.renewal(t, duration) for duration in RENEWALS}
    renewal = st.selectbox(
        t("Renewed"),
        list(renewals),
        index=len(renewals) - 1,
        format_func=option_label(renewals),
        key="start own renewal",
    )
    teams = {key: context.titles.team(t, key) for key in known_teams()}
    team = st.selectbox(t("Provided by"), list(teams), format_func=option_label(teams), key="start own team")
    return OwnEvidence(title.strip(), renewal, team) if title.strip() else None


def _controls(t: Language, context: PageContext) -> dict[str, str]:
    rows = lookup.standing_controls(context.session, context.person)
    return {
        row.key: f"{context.titles.reference(t, row.key)} {t.title(row)}" for row in rows if row.catalogue in CATALOGUES
    }


def _requirements(t: Language, context: PageContext) -> dict[str, str]:
    return {
        key: f"{getattr(entry.title, t.code)} ({context.titles.reference(t, control)})"
        for key, (control, entry) in requirements_of_controls().items()
        if control.partition(":")[0] in CATALOGUES
    }
