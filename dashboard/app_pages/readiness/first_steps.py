"""The first steps of an organisation that starts: a list on this page until every step is done or skipped."""

from datetime import datetime, timedelta
from typing import Final

import streamlit as st
from sqlmodel import Session

from access.permissions import may
from audits.first_steps import FirstSteps, Step, StepState, first_steps, set_first_step
from audits.planning import plan_audit
from controls.statement.drafts import Draft, drafts
from dashboard.app_pages.readiness import step_words
from dashboard.app_pages.readiness.step_words import StepWords
from dashboard.shell import html
from dashboard.shell.frame import show
from dashboard.shell.html import Html
from dashboard.shell.page_context import PageContext
from dashboard.shell.saving import save, show_message
from dashboard.shell.url_filters import DAY_FORMAT, option_label
from locales import Language, Text, text
from models.vocabulary import SentenceDecision

_SHOWN: Final = ("steps", "show")  # in the address
_KINDS: Final[dict[str, Text]] = {
    "certification": text("Certification audit"),
    "surveillance": text("Surveillance audit"),
    "recertification": text("Recertification audit"),
    "internal": text("Internal audit"),
}


def open_steps(context: PageContext) -> FirstSteps | None:
    """The steps while some are open, for who can take them."""
    if context.viewed or context.person.previewing or not may(context.person, "audit.plan"):
        return None
    steps = first_steps(context.session, context.person, context.now)
    return steps if steps.open else None


def take_the_page(steps: FirstSteps) -> bool:
    """Whether the list is shown instead of readiness: there is nothing to see yet, or the person asked for it."""
    name, value = _SHOWN
    begins = Step.UPLOAD in steps.open and Step.AUDIT in steps.open
    return begins or st.query_params.get(name) == value


def strip(t: Language, steps: FirstSteps) -> Html:
    """One line with the next step, above readiness."""
    words = t.n(
        "{n} first step is left: {next}.",
        "{n} first steps are left, next: {next}.",
        len(steps.open),
        next=step_words.TITLES[steps.open[0]],
    )
    to = html.link(html.query(steps="show"), t("To the first steps"), "action")
    return html.note("in_review", html.html("{words} {to}", words=words, to=to), "checklist")


def open_drafts(t: Language, context: PageContext) -> Html:
    """A note for each statement that waits to be decided and published, for who may publish it."""
    if not may(context.person, "controls.load"):
        return Html("")
    return html.join(_draft(t, made) for made in drafts(context.session, context.person))


def _draft(t: Language, made: Draft) -> Html:
    words = t.n(
        "Draft of a statement, “{name}”: {n} sentence is not decided yet.",
        "Draft of a statement, “{name}”: {n} sentences are not decided yet.",
        made.decisions[SentenceDecision.UNDECIDED],
        name=made.name,
    )
    to = html.link(html.address("start", draft=made.key), t("Go on with it"), "action")
    return html.note("in_review", html.html("{words} {to}", words=words, to=to), "edit_note")


def draw(t: Language, context: PageContext, steps: FirstSteps) -> None:
    """Draw the list: finished steps, the next one with its form, and those to come."""
    show(html.section(t("Get started"), t("{n} of {total} done", n=steps.finished, total=len(Step))))
    share = 100 * steps.finished // len(Step)
    show(html.html('<div class="step-rule"><i style="width:{share}%"></i></div>', share=share))
    show_message()
    for number, step in enumerate(Step, start=1):
        words = step_words.of(t, context, steps, step)
        if step == steps.open[0]:
            _draw_next(t, context, steps, step, number, words)
        else:
            show(_line(t, number, words, steps.states[step]))
    if st.button(t("Skip all that is left"), type="tertiary"):
        _save_states(t, context, dict.fromkeys(steps.open, StepState.SKIPPED))


def _line(t: Language, number: int, words: StepWords, state: StepState) -> Html:
    finished = state is not StepState.OPEN
    sign = html.icon("redo" if state is StepState.SKIPPED else "check") if finished else number
    kind = {StepState.OPEN: "", StepState.SKIPPED: "skipped"}.get(state, "done")
    to = html.link(words.to, words.again if finished else words.action, "quiet" if finished else "button")
    return html.html(
        '<div class="first-step {kind}"><span class="n">{sign}</span><div><h3>{title}</h3><p>{why}</p></div>{to}</div>',
        kind=kind,
        sign=sign,
        title=words.title,
        why=html.html("<b>{skipped}</b> {facts}", skipped=t("Skipped."), facts=words.facts)
        if state is StepState.SKIPPED
        else words.facts,
        to=to,
    )


def _draw_next(t: Language, context: PageContext, steps: FirstSteps, step: Step, number: int, words: StepWords) -> None:
    show(
        html.html(
            '<div class="first-step now"><span class="n">{number}</span><div><h3>{title}</h3><p>{why}</p></div></div>',
            number=number,
            title=words.title,
            why=words.facts,
        )
    )
    with st.container(key="first-step"):
        if step is Step.AUDIT:
            _plan_audit(t, context)
        else:
            action = t("Start from our own text") if step is Step.STATEMENT else words.action
            show(html.link(words.to, action, "button first"))
        with st.container(horizontal=True):
            if step is Step.STATEMENT and steps.statements and st.button(t("Yes, this is our statement")):
                _save_states(t, context, {step: StepState.CONFIRMED})
            if st.button(t("Skip this step"), type="tertiary"):
                _save_states(t, context, {step: StepState.SKIPPED})


def _plan_audit(t: Language, context: PageContext) -> None:
    """Draw the short form; Set up has the whole one."""
    followed = {key: t.pick(row, "short") for key, row in context.titles.catalogues.items() if row.followed}
    kinds = {key: t.render(words) for key, words in _KINDS.items()}
    with st.form("first audit", border=False):
        left, right = st.columns(2)
        day = left.date_input(t("First day of the audit"), value=context.today + timedelta(days=120), format=DAY_FORMAT)
        kind = right.selectbox(t("Kind of audit"), list(kinds), format_func=option_label(kinds))
        criteria = st.pills(
            t("Standards"),
            list(followed),
            selection_mode="multi",
            default=list(followed),
            format_func=option_label(followed),
        )
        if st.form_submit_button(t("Save and go on"), type="primary"):
            first = day - timedelta(days=365)
            title = kinds[kind]
            _keep_shown()
            save(
                t,
                lambda s, now: plan_audit(s, context.person, "audit", title, day, first, None, criteria, [], now),
                t("The audit has been planned; readiness is now forecast until {day}.", day=day),
            )
    show(html.caption(html.link(html.address("setup", part="audit"), t("Plan it with its period and systems"))))


def _keep_shown() -> None:
    name, value = _SHOWN
    st.query_params[name] = value


def _save_states(t: Language, context: PageContext, states: dict[Step, StepState]) -> None:
    def change(session: Session, now: datetime) -> None:
        for step, state in states.items():
            set_first_step(session, context.person, step, state, now)

    _keep_shown()
    save(t, change, t("Saved."))
