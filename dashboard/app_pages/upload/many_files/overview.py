"""The upload of many files: what needs the person first, then what is ready, saved together or one by one."""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.app_pages.upload.many_files.joining import join_popover
from dashboard.app_pages.upload.many_files.joint_effect import draw_joint_effect
from dashboard.app_pages.upload.many_files.needs_you import needs_you, open_alone
from dashboard.app_pages.upload.many_files.ready_table import ready_table
from dashboard.app_pages.upload.many_files.row_state import RowState, in_order, states
from dashboard.app_pages.upload.many_files.saving_rows import save_rows
from dashboard.app_pages.upload.sections import add_files, begin_again, progress_bar
from dashboard.app_pages.upload.staged_work import Work
from dashboard.components.evidence.outcomes import verdicts
from dashboard.shell import html
from dashboard.shell.frame import show
from dashboard.shell.page_context import PageContext
from dashboard.shell.url_filters import option_label
from locales import Language
from models.vocabulary import Verdict

_NAMED = 3  # failing checks of a file, and files that fail


def draw_many(t: Language, context: PageContext, work: Work, top: DeltaGenerator) -> None:
    """Draw the rows of the work that are not saved yet, or what was saved when none are left."""
    every = states(t, context, work)
    if not every:
        draw_all_saved(t, work, top)
        return
    waiting = [state for state in every if not state.is_ready]
    ready = in_order([state for state in every if state.is_ready])
    with top:
        lead = t("One file is one piece of evidence, unless you join files. Nothing of these is saved yet.")
        show(progress_bar(t, 2), html.answer(sentence(t, every, ready, waiting), "", lead))
        actions = st.container(horizontal=True, vertical_alignment="center", key="actions of many")
    if waiting:
        needs_you(t, context, work, waiting, len(ready))
    if ready:
        how = t("proposed from content, addresses and earlier uploads; failing first; double-click to change")
        show(html.section(t("Ready to save"), how))
        ready_table(t, context, work, ready)
        show(what_fails(t, context, ready))
        _alone(t, ready)
        draw_joint_effect(t, context, work, ready)
    _saved_before(t, work)
    ticked = [state for state in ready if state.row.is_ticked]
    pressed = _bottom(t, ticked) if ready else False
    with actions:
        pressed = save_button(t, ticked, "top") or pressed
        add_files(t, context, work)
        join_popover(t, context, work)
        if st.button(t("Leave out all"), type="tertiary", icon=":material/delete:"):
            begin_again(work)
    if pressed:
        save_rows(t, context, work, [state.row for state in ticked])


def sentence(t: Language, every: Sequence[RowState], ready: Sequence[RowState], waiting: Sequence[RowState]) -> str:
    """How many files were read, how many are ready, and how many wait for the person."""
    number = sum(len(state.row.files.inspection.files) if state.row.files else 1 for state in every)
    files = t.n("{n} file", "{n} files", number)
    done = t.n("{n} piece of evidence is ready", "{n} pieces of evidence are ready", len(ready))
    if not waiting:
        return t("{files}: {ready}.", files=files, ready=done)
    return t(
        "{files}: {ready}, {waiting}.",
        files=files,
        ready=done,
        waiting=t.n("{n} needs you", "{n} need you", len(waiting)),
    )


def save_button(t: Language, ticked: Sequence[RowState], place: str) -> bool:
    """Draw the button that saves the ticked rows; returns whether it was pressed."""
    label = t.n("Save {n} piece of evidence", "Save {n} pieces of evidence", len(ticked))
    return st.button(label, type="primary", icon=":material/check:", disabled=not ticked, key=f"save all {place}")


def what_fails(t: Language, context: PageContext, ready: Sequence[RowState]) -> html.Html:
    """Which files fail, each with its first checks that fail."""
    failing = [state for state in ready if state.fails]
    if not failing:
        return html.caption(t("Nothing fails."))
    more = len(failing) - _NAMED
    return html.join(
        [
            html.section(t("What would fail"), t("this counts from the moment you save it"), level=3),
            *(_failing(t, context, state) for state in failing[:_NAMED]),
            html.caption(t("and {n} more", n=more)) if more > 0 else "",
        ]
    )


def _failing(t: Language, context: PageContext, state: RowState) -> html.Html:
    covered = state.filed.covered if state.filed else []
    failing = [cell for cell in covered if cell.verdict == Verdict.FAIL]
    name = html.html('<p class="of-file"><b>{name}</b></p>', name=state.row.name)
    return html.join([name, verdicts(t, context.titles, failing, _NAMED)])


def _alone(t: Language, ready: Sequence[RowState]) -> None:
    """Open one of the ready rows by itself, to see and correct everything."""
    names = {state.row.id: state.row.name for state in ready}
    with st.container(horizontal=True, vertical_alignment="bottom", key="look at one"):
        chosen = st.selectbox(
            t("Look at one file"),
            list(names),
            index=None,
            format_func=option_label(names),
            placeholder=t("Choose a file"),
            width=360,
            filter_mode="contains",
        )
        pressed = st.button(t("Open"), key="open one", disabled=chosen is None)
    row = next((state.row for state in ready if state.row.id == chosen), None)
    if pressed and row is not None:
        open_alone(row)


def _bottom(t: Language, ticked: Sequence[RowState]) -> bool:
    show(html.html('<div class="rule"></div>'))
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = save_button(t, ticked, "bottom")
        show(html.caption(t("Untick what you do not want yet. Saved files cannot be changed afterwards.")))
    return pressed


def draw_all_saved(t: Language, work: Work, top: DeltaGenerator) -> None:
    """Draw what was saved, with the way to each."""
    number = len(work.rows)
    with top:
        done = t.n("{n} piece of evidence is saved.", "{n} pieces of evidence are saved.", number)
        show(progress_bar(t, 4), html.answer(done))
    show(html.section(t("Saved")), _links(work))
    readiness = html.link(html.address("readiness"), t("Go to readiness"), "button")
    evidence = html.link(html.address("evidence"), t("Go to evidence"), "button first")
    show(html.html('<div class="actions">{evidence}{readiness}</div>', evidence=evidence, readiness=readiness))
    if st.button(t("Upload other files")):
        begin_again(work)


def _saved_before(t: Language, work: Work) -> None:
    """What was saved of this work already."""
    number = len(work.rows) - len(work.open_rows)
    if number:
        show(html.section(t("Saved"), t.n("{n} piece of evidence", "{n} pieces of evidence", number)), _links(work))


def _links(work: Work) -> html.Html:
    saved = [row for row in work.rows if row.saved]
    links = (html.link(html.address("evidence-item", id=row.saved), row.name, "soft-link") for row in saved)
    return html.html(
        "<ul class='plain'>{items}</ul>", items=html.join(html.html("<li>{to}</li>", to=to) for to in links)
    )
